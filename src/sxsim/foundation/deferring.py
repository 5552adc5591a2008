"""Fields of a frozen record that are worked out when they are first asked for."""

from __future__ import annotations

from typing import Any, Generic, Never, TypeVar, overload

from sxsim.foundation.freezing import freeze

__all__ = ["Deferred", "Later"]

T = TypeVar("T")


class Later:
    """Stands for a value that has not been asked for yet: an attribute of something that works it out.

    Parameters
    ----------
    source : object
        What works it out.
    name : str
        Its attribute.
    """

    __slots__ = ("name", "source")

    def __init__(self, source: object, name: str) -> None:
        self.source, self.name = source, name

    def worked_out(self) -> Any:
        """The value."""
        return getattr(self.source, self.name)


class Deferred(Generic[T]):
    """Field of a dataclass without slots that takes a value, or `Later` for one; dicts and arrays are frozen.

    Examples
    --------
    >>> from dataclasses import dataclass, replace
    >>> @dataclass(frozen=True)
    ... class Told:
    ...     moles: Deferred[float] = Deferred()
    >>> told = Told(Later(3 + 4j, "imag"))
    >>> told.moles, replace(told, moles=5.0).moles
    (4.0, 5.0)
    """

    __slots__ = ("name",)

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, thing: None, owner: type) -> Never: ...
    @overload
    def __get__(self, thing: object, owner: type) -> T: ...
    def __get__(self, thing: object | None, owner: type) -> T:
        if thing is None:  # a field without a default
            raise AttributeError(self.name)
        held = thing.__dict__
        value = held[self.name]
        if isinstance(value, Later):
            value = held[self.name] = freeze(value.worked_out())
        answer: T = value
        return answer

    def __set__(self, thing: object, value: T | Later) -> None:
        thing.__dict__[self.name] = freeze(value)
