"""From what pydantic says to findings with a dotted place, what is allowed and a cure."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sxsim.definition import tables
from sxsim.errors import Finding
from sxsim.foundation.suggestions import did_you_mean, nearest

__all__ = ["BOUNDS", "EXPECTED", "dotted_place", "findings_of_validation", "salvaged"]

EXPECTED = {
    "float_type": "a number",
    "int_type": "a whole number",
    "string_type": "text in quotes",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "model_type": "a table",
    "mapping_type": "a table",
    "dict_type": "a table",
    "model_attributes_type": "a table",
}
BOUNDS = {
    "greater_than": ("gt", "above"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "below"),
    "less_than_equal": ("le", "at most"),
}
_TABLES: dict[str, type[BaseModel]] = {
    "organic": tables.Organic,
    "section": tables.Section,
    "stream": tables.Stream,
    "target": tables.Target,
    "solve": tables.Solve,
    "split": tables.Split,
    "draw": tables.Draw,
    "startup": tables.Startup,
    "design": tables.Design,
    "economics": tables.Economics,
}
_FIRST_LINES = {
    "schema": "begin the file with schema = 1",
    "elements": 'add elements = ["Pr", "Nd"], or others',
    "organic": "add a table [organic]",
    "section": "add a table [[section]] for each section",
    "stream": "add a table [stream.NAME] for each liquor that enters",
}
_TOP_LEVEL = ("schema", "title", "description", "elements", *_TABLES)
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


def findings_of_validation(error: ValidationError, data: Mapping[str, Any]) -> list[Finding]:
    """Translate every complaint of one validation.

    Parameters
    ----------
    error : pydantic.ValidationError
        What pydantic found.
    data : mapping
        The data it looked at; it gives the names that stand in the places.

    Returns
    -------
    list of Finding
        In the order of the file's schema, one a place.
    """
    found: dict[str, Finding] = {}
    details = error.errors(include_url=False)
    meant = {(*loc[:-1], _meant(loc, data)) for loc in (_within(detail["loc"], data) for detail in details)}
    for detail in details:
        if detail["type"] == "missing" and detail["loc"] in meant:
            continue  # the unknown key beside it says how to mend this
        finding = _finding(detail, data)
        found.setdefault(finding.place, finding)
    return list(found.values())


def salvaged(error: ValidationError, data: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the data without its unusable values, so that the rest can be checked too.

    Parameters
    ----------
    error : pydantic.ValidationError
        What pydantic found.
    data : mapping
        The data it looked at.

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
        elif detail["type"] == "extra_forbidden" and (meant := _meant(loc, data)):
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
        parts.append(_entry_name(str(loc[0]), part, value) if isinstance(part, int) else str(part))
    return ".".join(parts)


def _entry_name(table: str, position: int, entry: Any) -> str:
    """Return the name of a list's entry, or its number counted from 1."""
    keys = {"section": ("name",), "draw": ("name",), "target": ("stream", "element"), "split": ("from",)}
    wanted = keys.get(table, ())
    if not wanted or not isinstance(entry, Mapping):
        return str(position + 1)
    names = [_group(entry) if key == "element" and entry.get(key) is None else entry.get(key) for key in wanted]
    return ".".join(map(str, names)) if all(isinstance(name, str) for name in names) else str(position + 1)


def _group(entry: Mapping[str, Any]) -> str | None:
    """The name of a target's group of elements, where there is a usable one."""
    group = entry.get("elements")
    if not isinstance(group, list | tuple) or not group or not all(isinstance(symbol, str) for symbol in group):
        return None
    return "+".join(group)


def _meant(loc: tuple[int | str, ...], data: Mapping[str, Any]) -> str:
    """Return the key that a misspelt one stands for, when that is not there itself; else nothing."""
    table: Any = data
    for part in loc[:-1]:
        table = table[part]
    choices = _keys_beside(loc)
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


def _finding(detail: ErrorDetails, data: Mapping[str, Any]) -> Finding:
    """Translate one complaint."""
    loc = _within(detail["loc"], data)
    place, kind, value = dotted_place(loc, data), detail["type"], detail.get("input")
    context = detail.get("ctx", {})
    if kind == "sxsim":
        return Finding(place, context["offence"], context["allowed"], context["cure"])
    if kind == "extra_forbidden":
        choices = _keys_beside(loc)
        return Finding(place, "unknown key", ", ".join(choices), did_you_mean(str(loc[-1]), choices))
    if kind == "missing":
        return Finding(place, "missing", cure=_FIRST_LINES.get(place, f"add {loc[-1]} = ..."))
    if place == "schema":
        return Finding(place, f"schema {value!r} is not known to this release", "1", "update sxsim, or mend the file")
    if kind in ("literal_error", "enum"):
        choices = _literals(str(context.get("expected", "")))
        return Finding(
            place, f"{value!r} is none of the choices", ", ".join(choices), did_you_mean(str(value), choices)
        )
    if kind in BOUNDS:
        key, word = BOUNDS[kind]
        return Finding(place, f"{value!r} is out of range", f"{word} {context[key]:g}", _range_cure(value, context))
    if kind == "too_short":
        return Finding(place, "empty", "at least one entry", _empty_cure(place))
    if kind == "finite_number":
        return Finding(place, f"{value} is not a finite number", "a finite number")
    if kind in EXPECTED:
        return Finding(place, f"{_shown(value)} is of the wrong type", EXPECTED[kind], _type_cure(kind, value))
    return Finding(place, detail["msg"])


def _keys_beside(loc: tuple[int | str, ...]) -> list[str]:
    """Return the keys that a table allows."""
    if len(loc) == 1:
        return list(_TOP_LEVEL)
    fields = _TABLES[str(loc[0])].model_fields if loc[0] in _TABLES else {}
    return [field.alias or name for name, field in fields.items()]


def _literals(expected: str) -> list[str]:
    """Take the choices out of pydantic's sentence, ``'a', 'b' or 'c'``."""
    return [part.strip().strip("'") for part in expected.replace(" or ", ", ").split(",") if part.strip()]


def _shown(value: Any) -> str:
    """Return a value short enough for a message."""
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else f"{value!r:.60}"


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
