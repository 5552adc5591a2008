"""What a table takes, read from its model: keys, kinds of value, choices."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

__all__ = ["keys_at", "kinds_at", "takes_at"]

_PLAIN = {bool: "true or false", int: "a whole number", float: "a number", str: "text in quotes"}


def keys_at(model: type[BaseModel], way: tuple[int | str, ...]) -> list[str]:
    """Keys of the table that a way leads to; empty where there is none, or one that takes any key.

    Parameters
    ----------
    model : type
        Model of the whole file.
    way : tuple
        Keys and places in lists that lead to the table.

    Examples
    --------
    >>> from sxsim.definition.cascade import Cascade
    >>> keys_at(Cascade, ("split", 0))
    ['from', 'to', 'fraction']
    """
    tables = [each for each in kinds_at(model, way) if _is_model(each)]
    return [field.alias or name for each in tables[:1] for name, field in each.model_fields.items()]


def takes_at(model: type[BaseModel], way: tuple[int | str, ...]) -> str:
    """What a value may be, for people: ``a number or "design"``; empty where nothing is known.

    Examples
    --------
    >>> from sxsim.definition.cascade import Cascade
    >>> takes_at(Cascade, ("organic", "flow_m3_h")), takes_at(Cascade, ("section",))
    ('a number or "design"', 'a list of tables')
    """
    told = [_told(kind) for kind in kinds_at(model, way)]
    return " or ".join(dict.fromkeys(each for each in told if each))


def kinds_at(model: type[BaseModel], way: tuple[int | str, ...]) -> list[Any]:
    """Types that the value at the end of a way may have, without None."""
    kinds: list[Any] = [model]
    for part in way:
        kinds = [each for kind in kinds for below in _below(kind, part) for each in _alternatives(below)]
    return kinds


def _alternatives(kind: Any) -> Iterator[Any]:
    """The types that an annotation stands for."""
    origin = get_origin(kind)
    if origin is Annotated:
        yield from _alternatives(get_args(kind)[0])
    elif origin in (Union, types.UnionType):
        for each in get_args(kind):
            yield from _alternatives(each)
    elif kind is not type(None):
        yield kind


def _below(kind: Any, part: int | str) -> Iterator[Any]:
    """Annotations of what stands under a key, or at a place in a list."""
    origin, arguments = get_origin(kind), get_args(kind)
    if _is_model(kind):
        found = [field for name, field in kind.model_fields.items() if part in (name, field.alias)]
        yield from (field.annotation for field in found)
    elif isinstance(origin, type) and issubclass(origin, Mapping):
        yield arguments[1]
    elif origin is tuple and isinstance(part, int):
        yield arguments[0] if arguments[-1] is Ellipsis or part >= len(arguments) else arguments[part]


def _told(kind: Any) -> str:
    """One type, for people."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return ", ".join(f'"{each}"' if isinstance(each, str) else str(each) for each in arguments)
    if origin is tuple:
        first = next(_alternatives(arguments[0]))
        return "a list of tables" if _is_model(first) else "a list"
    if _is_model(kind) or (isinstance(origin, type) and issubclass(origin, Mapping)):
        return "a table"
    return _PLAIN.get(kind, "")


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
