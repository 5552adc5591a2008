"""Numbers that carry their range, unit, status and source, and options that stand in for them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sxsim.errors import DataError, Finding, InputError
from sxsim.foundation.freezing import FrozenTable
from sxsim.foundation.plain import plain
from sxsim.foundation.reading import shipped_tables

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = ["CitedNumber", "ParameterSet", "cited_numbers", "with_defaults"]

STATUSES = ("measured", "reported", "derived", "unverified")
GIVEN = "given"
"""Status of a number that the user typed."""


@dataclass(frozen=True, slots=True)
class CitedNumber:
    """One number of a data file.

    Attributes
    ----------
    name : str
        Its key; dimensional names end in their unit.
    value, low, high : float
        Central value and the range met.
    minimum, maximum : float
        What the number may be at all; outside it is refused.
    unit : str
        Unit, in words where the name cannot hold it.
    status : {"measured", "reported", "derived", "unverified", "given"}
        How far it can be trusted; `given` is the user's own.
    source : str
        Key of the sources file beside it.
    note : str
        What a reader must know.
    """

    name: str
    value: float
    low: float
    high: float
    minimum: float
    maximum: float
    unit: str
    status: str
    source: str
    note: str = ""


class ParameterSet(Mapping[str, float]):
    """Values by name, each with its evidence.

    Examples
    --------
    >>> parameters = ParameterSet(cited_numbers("data", "economics", "parameters", "finance.toml"))
    >>> parameters["discount_rate"], parameters.cited["discount_rate"].status
    (0.1, 'reported')
    """

    def __init__(self, cited: Mapping[str, CitedNumber]) -> None:
        self.cited: Mapping[str, CitedNumber] = FrozenTable(dict(cited))

    def __getitem__(self, name: str) -> float:
        return self.cited[name].value

    def __iter__(self) -> Any:
        return iter(self.cited)

    def __len__(self) -> int:
        return len(self.cited)


@lru_cache(maxsize=32)
def cited_numbers(*way: str) -> Mapping[str, CitedNumber]:
    """Read a shipped TOML file of cited numbers.

    Parameters
    ----------
    *way : str
        Folders and name of the file.

    Returns
    -------
    mapping of str to CitedNumber
        By name, in the order of the file.

    Raises
    ------
    DataError
        A number lacks a key, is not finite, or lies outside its own range.
    """
    found = {}
    for name, table in shipped_tables(*way).items():
        try:
            number = CitedNumber(name=name, **table)
        except TypeError as error:
            raise DataError(f"{'/'.join(way)}: {name}: {error}") from None
        ordered = number.minimum <= number.low <= number.value <= number.high <= number.maximum
        if not ordered or number.status not in STATUSES:
            raise DataError(f"{'/'.join(way)}: {name}: out of order, or status {number.status!r} is unknown")
        found[name] = number
    return FrozenTable(found)


def with_defaults(options: DataclassInstance, defaults: Mapping[str, CitedNumber]) -> ParameterSet:
    """Fill what a user left out of a dataclass of options with the cited defaults.

    Parameters
    ----------
    options : dataclass instance
        A field of the same name as a default replaces it unless it is None.
    defaults : mapping of str to CitedNumber
        What stands where the field is None.

    Returns
    -------
    ParameterSet
        Every default, or what stands in for it.

    Raises
    ------
    InputError
        A value is no finite number, or outside what it may be.
    """
    merged, findings = dict(defaults), []
    for name in (field.name for field in fields(options) if field.name in defaults):
        value, default = plain(getattr(options, name)), defaults[name]
        if value is None:
            continue
        findings += _refused(value, default)
        merged[name] = CitedNumber(
            name, value, value, value, default.minimum, default.maximum, default.unit, GIVEN, "user"
        )
    if findings:
        raise InputError(findings)
    return ParameterSet(merged)


def _refused(value: Any, default: CitedNumber) -> list[Finding]:
    """Say why a typed value cannot be used; empty when it can."""
    allowed = f"{default.minimum:g} to {default.maximum:g} {default.unit}"
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return [Finding(default.name, f"{value!r} is not a finite number", allowed, cure=f"usual is {default.value:g}")]
    if default.minimum <= value <= default.maximum:
        return []
    percent = default.maximum <= 1.0 < value <= 100.0
    cure = f"fractions are 0-1: for {value:g} % write {value / 100:g}" if percent else f"usual is {default.value:g}"
    return [Finding(default.name, f"{value:g} is out of range", allowed, cure)]
