"""Guessing what was meant by a word that nobody knows."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["did_you_mean", "nearest", "one_of"]

_NEAR = 0.6  # share of letters in common from which a choice may have been meant
_AS_NEAR = 0.1  # what falls further behind the best choice is not offered beside it


def nearest(word: str, choices: Iterable[str], limit: int = 3) -> list[str]:
    """Return the choices nearest to `word`, best first; empty when none is near or begins with it.

    Parameters
    ----------
    word : str
        What was written; upper and lower case count as one.
    choices : iterable of str
        What could have been written.
    limit : int
        At most so many [-].

    Examples
    --------
    >>> nearest("srubbing", ["extraction", "scrubbing", "stripping"], limit=1)
    ['scrubbing']
    >>> nearest("p507", ["d2ehpa-chloride", "p507-chloride"])
    ['p507-chloride']
    """
    from difflib import SequenceMatcher  # only a wrong word needs it

    matcher = SequenceMatcher(b=word.casefold())
    scores: dict[str, float] = {}
    for choice in choices:
        matcher.set_seq1(choice.casefold())
        begun = len(word) > 2 and choice.casefold().startswith(word.casefold())
        scores[choice] = max(matcher.ratio(), _NEAR if begun else 0.0)
    worst = max(_NEAR, max(scores.values(), default=0.0) - _AS_NEAR)
    near = sorted((choice for choice in scores if scores[choice] >= worst), key=lambda choice: -scores[choice])
    return near[:limit]


def did_you_mean(word: str, choices: Iterable[str], prefix: str = "") -> str:
    """Say which choices are near to `word`: ``did you mean a, b or c?``, or nothing when none is.

    Parameters
    ----------
    word : str
        What was written.
    choices : iterable of str
        What could have been written.
    prefix : str
        What to put before each choice that is offered.

    Examples
    --------
    >>> did_you_mean("stage", ["stages", "name", "kind"])
    'did you mean stages?'
    """
    near = [prefix + choice for choice in nearest(word, choices)]
    if not near:
        return ""
    *others, last = near
    return f"did you mean {', '.join(others)} or {last}?" if others else f"did you mean {last}?"


def one_of(word: str, choices: Iterable[str]) -> str:
    """The cure of a word that is none of the choices: those near to it, else any of them.

    Parameters
    ----------
    word : str
        What was written.
    choices : iterable of str
        What could have been written; the finding lists them as allowed.

    Examples
    --------
    >>> one_of("stage", ["stages", "name"]), one_of("x", ["stages", "name"])
    ('did you mean stages?', 'take one of those that are allowed')
    """
    return did_you_mean(word, choices) or "take one of those that are allowed"
