"""One price with its evidence, and the check of a price that a user typed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sxsim.economics.quotes import unit_of
from sxsim.errors import Finding, InputError
from sxsim.foundation.cited import GIVEN, STATUSES
from sxsim.foundation.plain import plain
from sxsim.foundation.suggestions import did_you_mean

__all__ = ["Price", "typed_price"]

_FIGURES = ("usd_per_unit", "low", "high")
_KEYS = (*_FIGURES, "strength_kg_per_kg", "basis", "region", "year", "status", "source", "note")


@dataclass(frozen=True, slots=True)
class Price:
    """What one item costs.

    Attributes
    ----------
    item : str
        Name; an oxide goes by its formula.
    usd_per_unit, low, high : float
        Central price and range [USD per `unit` of the pure substance].
    unit : {"kg", "m3", "kWh", "GJ", "h"}
        What the item is counted in.
    strength_kg_per_kg : float
        Pure substance in what is sold [kg/kg].
    basis, region, year : str
        Basis, place and time of the quote.
    status, quality, source, note : str
        How far it can be trusted, and where it was read.
    """

    item: str
    usd_per_unit: float
    low: float
    high: float
    unit: str
    strength_kg_per_kg: float = 1.0
    basis: str = ""
    region: str = ""
    year: str = ""
    status: str = GIVEN
    quality: str = ""
    source: str = "user"
    note: str = ""


def typed_price(place: str, item: str, entry: Any) -> Price:
    """Check a price that a user typed.

    Parameters
    ----------
    place : str
        Dotted path for the findings.
    item : str
        What it is the price of.
    entry : mapping
        Its table.

    Raises
    ------
    InputError
        A price is missing, negative or not finite, or a key is unknown; all findings together.
    """
    allowed = (
        "usd_per_unit",
        "low",
        "high",
        "strength_kg_per_kg",
        "basis",
        "region",
        "year",
        "status",
        "source",
        "note",
    )
    if not isinstance(entry, Mapping):
        raise InputError(Finding(place, f"{entry!r:.60} is not a table", "usd_per_unit = ...", f"write [{place}]"))
    entry = plain(entry)
    findings = [
        Finding(
            f"{place}.{key}", "is not a key of a price", ", ".join(allowed), did_you_mean(key, allowed) or "drop it"
        )
        for key in entry
        if key not in allowed
    ]
    if "usd_per_unit" not in entry:
        findings.append(Finding(f"{place}.usd_per_unit", "missing", f"a price per {unit_of(item)}", "say the price"))
    for key in _FIGURES:
        value = entry.get(key, 0.0)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            cure = "write a number, without quotes or unit"
            findings.append(Finding(f"{place}.{key}", f"{value!r:.60} is not a finite number", "at least 0 USD", cure))
        elif value < 0.0:
            cure = "a waste that costs is not an item that is sold for less than nothing"
            findings.append(Finding(f"{place}.{key}", f"{value:g} USD is negative", "at least 0 USD", cure))
    strength = entry.get("strength_kg_per_kg", 1.0)
    if isinstance(strength, bool) or not isinstance(strength, int | float) or not 0.0 < strength <= 1.0:
        cure = "write the share of the pure substance in what is sold, 0.31 for 31 %"
        findings.append(Finding(f"{place}.strength_kg_per_kg", f"{strength!r:.60}", "above 0 to 1", cure))
    status = entry.get("status", GIVEN)
    if status not in (*STATUSES, GIVEN):
        cure = did_you_mean(f"{status}", (*STATUSES, GIVEN)) or f'leave it out: a typed price is "{GIVEN}"'
        findings.append(
            Finding(f"{place}.status", f"unknown status {status!r:.60}", ", ".join((*STATUSES, GIVEN)), cure)
        )
    if not findings:
        findings = _order(place, entry)
    if findings:
        raise InputError(findings)
    central = float(entry["usd_per_unit"])
    return Price(
        item=item,
        usd_per_unit=central,
        low=float(entry.get("low", central)),
        high=float(entry.get("high", central)),
        unit=unit_of(item),
        strength_kg_per_kg=float(strength),
        basis=str(entry.get("basis", "dry")),
        region=str(entry.get("region", "")),
        year=str(entry.get("year", "")),
        status=status,
        source=str(entry.get("source", "user")),
        note=str(entry.get("note", "")),
    )


def _order(place: str, entry: Mapping[str, Any]) -> list[Finding]:
    """The finding of a price outside its own range."""
    central = entry["usd_per_unit"]
    low, high = entry.get("low", central), entry.get("high", central)
    if low <= central <= high:
        return []
    offence = f"the price of {central:g} USD is outside {low:g} to {high:g}"
    return [Finding(f"{place}.usd_per_unit", offence, "low, then the price, then high", "correct one of the three")]
