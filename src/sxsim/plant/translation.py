"""From what pydantic says about a train to findings with a dotted place, what is allowed and a cure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sxsim.definition.tables import Target
from sxsim.definition.translation import BOUNDS, EXPECTED
from sxsim.errors import Finding
from sxsim.foundation.suggestions import did_you_mean
from sxsim.plant import tables

__all__ = ["train_findings"]

_TABLES: dict[str, type[BaseModel]] = {
    "feed": tables.TrainFeed,
    "cascade": tables.TrainCascade,
    "step": tables.Step,
    "product": tables.TrainProduct,
    "economics": tables.Economics,
}
_TOP_LEVEL = ("schema", "title", "description", "waste", *_TABLES)
_FIRST_LINES = {
    "schema": "begin the file with schema = 1",
    "feed": 'add a table [[feed]] with name = "ore"',
    "cascade": "add a table [[cascade]] for each cascade",
    "product": "add a table [[product]] for each stream that is sold",
}


def train_findings(error: ValidationError, data: Mapping[str, Any]) -> list[Finding]:
    """Translate every complaint of one validation; one finding a place.

    Parameters
    ----------
    error : pydantic.ValidationError
        What pydantic found.
    data : mapping
        The data it looked at; it gives the names that stand in the places.
    """
    found: dict[str, Finding] = {}
    for detail in error.errors(include_url=False):
        finding = _finding(detail, data)
        found.setdefault(finding.place, finding)
    return list(found.values())


def _finding(detail: ErrorDetails, data: Mapping[str, Any]) -> Finding:
    """Translate one complaint."""
    loc = tuple(part for part in detail["loc"] if part != "[key]")
    place, kind, value = _place(loc, data), detail["type"], detail.get("input")
    context = detail.get("ctx", {})
    if kind == "sxsim":
        return Finding(place, context["offence"], context["allowed"], context["cure"])
    if kind == "extra_forbidden":
        choices = _keys_beside(loc)
        return Finding(place, "unknown key", ", ".join(choices), did_you_mean(str(loc[-1]), choices))
    if kind == "missing":
        return Finding(place, "missing", cure=_FIRST_LINES.get(place, f"add {loc[-1]} = ..."))
    if kind == "literal_error":
        choices = [part.strip().strip("'") for part in str(context["expected"]).replace(" or ", ", ").split(",")]
        return Finding(
            place, f"{value!r} is none of the choices", ", ".join(choices), did_you_mean(f"{value}", choices)
        )
    if kind in BOUNDS:
        key, word = BOUNDS[kind]
        return Finding(place, f"{value!r} is out of range", f"{word} {context[key]:g}")
    if kind == "too_short":
        return Finding(place, "empty", "at least one entry")
    if kind in EXPECTED:
        return Finding(place, f"{value!r:.60} is of the wrong type", EXPECTED[kind])
    return Finding(place, detail["msg"])


def _place(loc: tuple[int | str, ...], data: Mapping[str, Any]) -> str:
    """A place as people write it, entries of lists by their names."""
    parts: list[str] = []
    value: Any = data
    for part in loc:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            value = None
        if isinstance(part, int):
            name = value.get("name") if isinstance(value, Mapping) else None
            parts.append(name if isinstance(name, str) else str(part + 1))
        else:
            parts.append(part)
    return ".".join(parts)


def _keys_beside(loc: tuple[int | str, ...]) -> list[str]:
    """The keys that a table allows."""
    if len(loc) == 1:
        return list(_TOP_LEVEL)
    model = Target if "target" in loc[1:-1] else _TABLES.get(str(loc[0]))
    fields = model.model_fields if model is not None else {}
    return [field.alias or name for name, field in fields.items()]
