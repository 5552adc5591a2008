"""From what pydantic says to findings with a dotted place, what is allowed and a cure."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sxsim.definition.shape import keys_at, takes_at
from sxsim.errors import Finding
from sxsim.foundation.suggestions import did_you_mean, nearest

__all__ = ["dotted_place", "findings_of_validation", "salvaged"]

_CURES = {
    "float_type": "write a number, without quotes or unit",
    "int_type": "write a whole number, without quotes or decimal point",
    "int_from_float": "write a whole number, without decimal point",
    "string_type": "write one text in quotes",
    "bool_type": "write true or false, without quotes",
    "tuple_type": "put the entries in square brackets, or each under a heading in [[ ]]",
    "model_type": "put its keys under a heading in [ ]",
    "mapping_type": "write name = value pairs in braces, or under a heading in [ ]",
    "dict_type": "write name = value pairs in braces, or under a heading in [ ]",
    "model_attributes_type": "put its keys under a heading in [ ]",
}
"""How a value of each type is written."""
_BOUNDS = {
    "greater_than": ("gt", "above"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "below"),
    "less_than_equal": ("le", "at most"),
}
_FIRST_LINES = {
    "schema": "begin the file with schema = 1",
    "elements": 'add elements = ["Pr", "Nd"], or others',
    "organic": "add a table [organic]",
    "section": "add a table [[section]] for each section",
    "stream": "add a table [stream.NAME] for each liquor that enters",
    "feed": 'add a table [[feed]] with name = "ore"',
    "cascade": "add a table [[cascade]] for each cascade",
    "product": "add a table [[product]] for each stream that is sold",
}
_NAMED_BY = {
    "target": ("stream", "element"),
    "split": ("from",),
    "level": ("element",),
    "element": ("element",),
    "separation_factor": ("pair",),
}
"""Keys that name an entry of a list, where it is not `name`."""
_PLACEHOLDERS: dict[str, Any] = {
    "title": "untitled",
    "schema": 1,
    "extractant": "P507",
    "extractant_mol_L": 1.0,
    "flow_m3_h": 1.0e6,  # so large that no base is too much for it
    "kind": "washing",
    "stages": "design",
    "fraction": 0.0,
}
"""Values under which the rest of a definition can still be checked when one of its own is unusable."""


def findings_of_validation(error: ValidationError, data: Mapping[str, Any], model: type[BaseModel]) -> list[Finding]:
    """Translate every complaint of one validation.

    Parameters
    ----------
    error : pydantic.ValidationError
        What pydantic found.
    data : mapping
        The data it looked at; it gives the names that stand in the places.
    model : type
        What the data should have been; it knows what is allowed.

    Returns
    -------
    list of Finding
        In the order of the file's schema, one a place.
    """
    found: dict[str, Finding] = {}
    details = error.errors(include_url=False)
    meant = {(*loc[:-1], _meant(loc, data, model)) for loc in (_within(detail["loc"], data) for detail in details)}
    for detail in details:
        if detail["type"] == "missing" and detail["loc"] in meant:
            continue  # the unknown key beside it says how to mend this
        finding = _finding(detail, data, model)
        found.setdefault(finding.place, finding)
    return list(found.values())


def salvaged(error: ValidationError, data: Mapping[str, Any], model: type[BaseModel]) -> dict[str, Any] | None:
    """Return the data without its unusable values, so that the rest can be checked too.

    Parameters
    ----------
    error : pydantic.ValidationError
        What pydantic found.
    data : mapping
        The data it looked at.
    model : type
        What the data should have been.

    Returns
    -------
    dict or None
        A copy in which misspelt keys are mended and refused values are dropped or stand at a placeholder; None when
        a whole table is unusable.
    """
    rest = copy.deepcopy(dict(data))
    for detail in sorted(error.errors(include_url=False), key=lambda detail: detail["type"] == "extra_forbidden"):
        loc = _within(detail["loc"], data)
        *parents, key = loc
        table: Any = rest
        for part in parents:
            try:
                table = table[part]
            except (KeyError, IndexError, TypeError):
                return None
        if not isinstance(table, dict):
            return None
        value = table.pop(key, None)
        if detail["type"] != "extra_forbidden" and key in _PLACEHOLDERS:
            table[key] = _PLACEHOLDERS[str(key)]
        elif detail["type"] == "extra_forbidden" and (meant := _meant(loc, data, model)):
            table[meant] = value
    return rest


def dotted_place(loc: tuple[int | str, ...], data: Mapping[str, Any]) -> str:
    """Return a place as people write it, with list entries by their names.

    Parameters
    ----------
    loc : tuple
        Keys and list positions, as pydantic gives them.
    data : mapping
        The data they lead into.

    Returns
    -------
    str
        E.g. ``section.scrubbing.stages``.

    Examples
    --------
    >>> dotted_place(("section", 0, "stages"), {"section": [{"name": "scrubbing"}]})
    'section.scrubbing.stages'
    """
    parts: list[str] = []
    value: Any = data
    for part in loc:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            value = None
        parts.append(_entry_name(parts[-1] if parts else "", part, value) if isinstance(part, int) else str(part))
    return ".".join(parts)


def _entry_name(table: str, position: int, entry: Any) -> str:
    """Return the name of a list's entry, or its number counted from 1."""
    if not isinstance(entry, Mapping):
        return str(position + 1)
    wanted = _NAMED_BY.get(table, ("name",))
    names = [_group(entry) if key == "element" and entry.get(key) is None else entry.get(key) for key in wanted]
    return ".".join(map(str, names)) if all(isinstance(name, str) for name in names) else str(position + 1)


def _group(entry: Mapping[str, Any]) -> str | None:
    """The name of a target's group of elements, where there is a usable one."""
    group = entry.get("elements")
    if not isinstance(group, list | tuple) or not group or not all(isinstance(symbol, str) for symbol in group):
        return None
    return "+".join(group)


def _meant(loc: tuple[int | str, ...], data: Mapping[str, Any], model: type[BaseModel]) -> str:
    """Return the key that a misspelt one stands for, when that is not there itself; else nothing."""
    if not loc:
        return ""
    table: Any = data
    for part in loc[:-1]:
        table = table[part]
    choices = keys_at(model, loc[:-1])
    if not isinstance(table, Mapping) or loc[-1] in choices:
        return ""
    near = nearest(str(loc[-1]), choices, limit=1)
    return near[0] if near and near[0] not in table else ""


def _within(loc: tuple[int | str, ...], data: Mapping[str, Any]) -> tuple[int | str, ...]:
    """Cut what pydantic adds to a location behind the last key of the data itself."""
    value: Any = data
    kept: list[int | str] = []
    for part in loc:
        if part == "[key]":
            break
        kept.append(part)
        if isinstance(value, Mapping) and part in value:
            value = value[part]
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            break
        if not isinstance(value, Mapping | list):
            break
    return tuple(kept)


def _finding(detail: ErrorDetails, data: Mapping[str, Any], model: type[BaseModel]) -> Finding:
    """Translate one complaint."""
    loc = _within(detail["loc"], data)
    place, kind, value = dotted_place(loc, data) or "file", detail["type"], detail.get("input")
    context, allowed = detail.get("ctx", {}), takes_at(model, loc)
    if kind == "sxsim":
        return Finding(place, context["offence"], context["allowed"] or allowed, context["cure"])
    if kind == "extra_forbidden":
        choices = keys_at(model, loc[:-1])
        return Finding(place, "unknown key", ", ".join(choices), did_you_mean(str(loc[-1]), choices) or "drop it")
    if kind == "missing":
        return Finding(place, "missing", allowed, _FIRST_LINES.get(place, f"add {loc[-1]} = ..."))
    if place == "schema":
        offence = f"schema {_shown(value)} is not known to this release"
        return Finding(place, offence, "1", "update sxsim, or mend the file")
    if kind in ("literal_error", "enum"):
        choices = _literals(str(context.get("expected", "")))
        cure = did_you_mean(f"{value!s:.60}", choices) or "write one of them in quotes"
        return Finding(place, f"{_shown(value)} is none of the choices", ", ".join(choices), cure)
    if kind in _BOUNDS:
        key, word = _BOUNDS[kind]
        bound = f"{word} {context[key]:g}"
        return Finding(
            place, f"{_shown(value)} is out of range", bound, _range_cure(value, context) or f"write {bound}"
        )
    if kind == "too_short":
        cure = _empty_cure(place) or f"name one, or leave {loc[-1]} out where it may be"
        return Finding(place, "empty", "at least one entry", cure)
    if kind == "finite_number":
        return Finding(place, f"{_shown(value)} is not a finite number", "a finite number", "write the figure itself")
    if kind in _CURES:
        cure = _type_cure(kind, value) or _CURES[kind]
        return Finding(place, f"{_shown(value)} is of the wrong type", allowed or "another type", cure)
    offence = detail["msg"].removeprefix("Value error, ")
    return Finding(place, offence, allowed or "see docs/reference.md", "mend what it says")


def _literals(expected: str) -> list[str]:
    """Take the choices out of pydantic's sentence, ``'a', 'b' or 'c'``."""
    return [part.strip().strip("'") for part in expected.replace(" or ", ", ").split(",") if part.strip()]


def _shown(value: Any) -> str:
    """Return a value short enough for a message."""
    return str(value).lower() if isinstance(value, bool) else f"{value!r:.60}"


def _range_cure(value: Any, context: Mapping[str, Any]) -> str:
    """Return what to do about a number out of its range: a share above its bound was most likely typed in per cent."""
    most = context.get("le", context.get("lt", math.inf))
    if isinstance(value, int | float) and 0.0 < most <= 1.0 and most < value <= 100.0 * most:
        return f"fractions are 0-1: for {value:g} % write {value / 100:g}"
    return ""


def _type_cure(kind: str, value: Any) -> str:
    """Return what to do about a value of the wrong type."""
    if kind in ("float_type", "int_type") and isinstance(value, str):
        try:
            float(value)
        except ValueError:
            return ""
        return "drop the quotes"
    return ""


def _empty_cure(place: str) -> str:
    """Return what to do about a list that may not be empty."""
    return "leave [solve] out to simulate the flows as typed" if place == "solve.free" else ""
