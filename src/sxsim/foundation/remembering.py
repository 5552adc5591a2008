"""Remembering what was worked out of an object that never changes, for as long as the object lives."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, TypeVarTuple
from weakref import ref

__all__ = ["remembered"]

Thing = TypeVar("Thing")
Others = TypeVarTuple("Others")
Answer = TypeVar("Answer")

MOST = 256
"""Answers that are kept for one object; then they are forgotten all at once."""


def remembered(function: Callable[[Thing, *Others], Answer]) -> Callable[[Thing, *Others], Answer]:
    """Work out what follows from a frozen object once for each object and each set of further arguments.

    Parameters
    ----------
    function : callable
        Takes the object, which nothing may change and which must allow weak references, then positional arguments
        that can be hashed. What it returns is handed to every caller: it must not be changed either.

    Returns
    -------
    callable
        The same function, which remembers.

    Notes
    -----
    An object is known by what it is, not by what it equals, so nothing of it is compared or hashed. Several threads
    may ask at once: at worst they work out the same twice.

    Examples
    --------
    >>> class Word(str):
    ...     pass
    >>> asked = []
    >>> @remembered
    ... def length(word):
    ...     asked.append(word)
    ...     return len(word)
    >>> word = Word("scrub")
    >>> length(word), length(word), len(asked)
    (5, 5, 1)
    """
    known: dict[int, tuple[ref[Thing], dict[tuple[*Others], Answer]]] = {}

    @wraps(function)
    def once(thing: Thing, *others: *Others) -> Answer:
        key = id(thing)
        held = known.get(key)
        if held is None or held[0]() is not thing:
            held = known[key] = (ref(thing, lambda _: known.pop(key, None)), {})
        answers = held[1]
        try:
            return answers[others]
        except KeyError:
            pass
        answer = function(thing, *others)
        if len(answers) >= MOST:
            answers.clear()
        answers[others] = answer
        return answer

    return once
