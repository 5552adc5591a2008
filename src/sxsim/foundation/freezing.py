"""Records that cannot be changed, inside neither, and that survive copying and pickling as equal ones."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NoReturn, TypeVar

__all__ = ["Compared", "FrozenTable", "Record", "freeze", "same"]

T = TypeVar("T")
K = TypeVar("K")


class FrozenTable(dict[K, T]):
    """A dict that cannot be changed after it is made.

    Examples
    --------
    >>> FrozenTable(Nd=0.75) | {"Pr": 0.25}
    {'Nd': 0.75, 'Pr': 0.25}
    """

    def _frozen(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise TypeError(
            "definitions and results are frozen; change a copy: Cascade.replace of a definition, dict(...) of a result"
        )

    __setitem__ = __delitem__ = clear = pop = popitem = setdefault = update = __ior__ = _frozen

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        return (FrozenTable, (dict(self),))


_AS_IT_IS = frozenset({float, int, str, bool, type(None), tuple, FrozenTable})
"""Types of what need not be looked at again: most values of a record."""


def freeze(value: Any) -> Any:
    """The same value, dicts in it frozen, its arrays read-only and numpy's scalars plain; other values as they are.

    Examples
    --------
    >>> freeze({"Nd": {"feed": 0.5}})["Nd"]["feed"] = 1.0
    Traceback (most recent call last):
        ...
    TypeError: definitions and results are frozen...
    """
    if type(value) in _AS_IT_IS:
        return value
    if isinstance(value, dict | MappingProxyType):
        return FrozenTable({key: each if type(each) in _AS_IT_IS else freeze(each) for key, each in value.items()})
    if _is_array(value) and value.flags.writeable:
        value = value.view()
        value.flags.writeable = False
    return value.item() if _is_scalar(value) else value


def same(one: Any, other: Any) -> bool:
    """Whether two values are alike, inside too; NaN is like NaN.

    Examples
    --------
    >>> same({"a": (float("nan"), 1)}, {"a": (float("nan"), 1)}), same((1, 2), (1, 3))
    (True, False)
    """
    if one is other:
        return True
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if type(one) is not type(other):
        return False
    if _is_array(one):
        inexact = one.dtype.kind in "fc"
        return bool(sys.modules["numpy"].array_equal(one, other, equal_nan=inexact)) and one.dtype == other.dtype
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(map(same, one, other))
    if hasattr(one, "__dataclass_fields__"):
        return all(same(getattr(one, name), getattr(other, name)) for name in one.__dataclass_fields__)
    return bool(one == other) or bool(one != one and other != other)


class Compared:
    """Base of a dataclass with ``eq=False``: equal are records of one class with like fields, arrays and NaN included.

    A pickled or deep-copied record equals the first; what was deferred is worked out for it.
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return all(same(getattr(self, name), getattr(other, name)) for name in _fields(self))

    def __hash__(self) -> int:
        values = (getattr(self, name) for name in _fields(self))
        return hash((type(self), *(value for value in values if isinstance(value, int | str))))

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuilt, (type(self), tuple(getattr(self, name) for name in _fields(self))))


class Record(Compared):
    """The same, its dicts frozen and its arrays read-only as soon as it is made.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True, slots=True, eq=False)
    ... class Held(Record):
    ...     mol: dict
    >>> Held({"Nd": 1.0}) == Held({"Nd": 1.0}), type(Held({}).mol).__name__
    (True, 'FrozenTable')
    """

    __slots__ = ()

    def __post_init__(self) -> None:
        held = getattr(self, "__dict__", None)  # a deferred field is not asked for
        for name in _fields(self):
            value = getattr(self, name) if held is None else held[name]
            if type(value) not in _AS_IT_IS and (frozen := freeze(value)) is not value:
                object.__setattr__(self, name, frozen)


def _fields(record: Any) -> tuple[str, ...]:
    """Names of the fields of a dataclass."""
    return tuple(type(record).__dataclass_fields__)


def _rebuilt(cls: type, values: tuple[Any, ...]) -> Any:
    """A record with these values; nothing is worked out anew."""
    record: Any = object.__new__(cls)
    frozen = issubclass(cls, Record)
    for name, value in zip(cls.__dataclass_fields__, values, strict=True):  # type: ignore[attr-defined]
        object.__setattr__(record, name, freeze(value) if frozen else value)
    return record


def _is_scalar(value: Any) -> bool:
    """Whether a value is a number of numpy's; numpy is not loaded for that."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(value, numpy.generic)


def _is_array(value: Any) -> bool:
    """Whether a value is a numpy array; numpy is not loaded for that."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(value, numpy.ndarray)
