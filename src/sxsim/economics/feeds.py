"""Rare earths of ores, concentrates and scrap; and what others report per tonne of oxide."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from sxsim.chemistry.tables import read_data_file
from sxsim.elements import ELEMENTS
from sxsim.errors import Finding, InputError
from sxsim.foundation.files import shipped
from sxsim.foundation.freezing import FrozenTable, Record
from sxsim.foundation.suggestions import one_of

__all__ = ["Benchmark", "Feed", "benchmarks", "feed", "feed_names"]


@dataclass(frozen=True, slots=True, eq=False)
class Feed(Record):
    """Rare earths of one feed.

    Attributes
    ----------
    name, kind, description : str
        What it is called, light or heavy or scrap, and what it is.
    oxide_fraction : mapping of str to float
        Share of each oxide in the oxides that are listed one by one, by mass, summing to 1 [kg/kg].
    lump_label : str
        What is listed as a lump and left out of the shares; empty for nothing.
    lump_wt_pct, sum_as_listed_wt_pct : float
        The lump and the sum of the list [% of total rare-earth oxides].
    mol_per_t_as_listed : float
        Moles of rare earths per tonne of oxides as the collected table states [mol/t].
    status, quality, citation, note : str
        How far it can be trusted, and where it was read.
    """

    name: str
    kind: str
    description: str
    oxide_fraction: Mapping[str, float]
    lump_label: str
    lump_wt_pct: float
    sum_as_listed_wt_pct: float
    mol_per_t_as_listed: float
    status: str
    quality: str
    citation: str
    note: str

    @property
    def mole_fraction(self) -> dict[str, float]:
        """Share of each element by moles, summing to 1 [mol/mol]."""
        moles = self._moles_per_t()
        total = math.fsum(moles.values())
        return {name: amount / total for name, amount in moles.items()}

    @property
    def mol_per_t(self) -> float:
        """Moles of rare earths per tonne of oxides [mol/t]."""
        return math.fsum(self._moles_per_t().values())

    def _moles_per_t(self) -> dict[str, float]:
        """Moles of each element per tonne of oxides."""
        return {
            name: 1e6 * share / ELEMENTS[name].equivalent_mass_g_mol("oxide")
            for name, share in self.oxide_fraction.items()
        }


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One figure that others report, or that stoichiometry gives; to compare with, never to tune to.

    Attributes
    ----------
    id : int
        Its number.
    route, feed_class, stage, item, unit : str
        What it is about.
    low, central, high : float or None
        Range and central figure [`unit`]; None where the item itself says them.
    status, quality, citation, note : str
        How far it can be trusted, and where it was read.
    """

    id: int
    route: str
    feed_class: str
    stage: str
    item: str
    low: float | None
    central: float | None
    high: float | None
    unit: str
    status: str
    quality: str
    citation: str
    note: str


@lru_cache(maxsize=1)
def _feeds() -> Mapping[str, Feed]:
    """Every shipped feed by name."""
    file = read_data_file(shipped("data", "economics", "feeds.csv"), "feeds.csv")
    by_oxide = {known.oxide: symbol for symbol, known in ELEMENTS.items()}
    found = {}
    for row in file.rows:
        listed = {
            by_oxide[column.removesuffix("_wt_pct")]: float(text)
            for column, text in row.items()
            if column.removesuffix("_wt_pct") in by_oxide and text
        }
        total = math.fsum(listed.values())
        found[row["feed"]] = Feed(
            name=row["feed"],
            kind=row["class"],
            description=row["description"],
            oxide_fraction=FrozenTable({symbol: value / total for symbol, value in listed.items()}),
            lump_label=row["lump_label"],
            lump_wt_pct=float(row["lump_wt_pct"] or 0.0),
            sum_as_listed_wt_pct=float(row["sum_as_listed_wt_pct"]),
            mol_per_t_as_listed=float(row["mol_RE_per_t_REO"]),
            status=row["status"],
            quality=row["quality"],
            citation=row["citation"],
            note=row["note"],
        )
    return FrozenTable(found)


def feed_names() -> list[str]:
    """Return the names of the shipped feeds, in the order of the file."""
    return list(_feeds())


def feed(name: str) -> Feed:
    """Look up a shipped feed.

    Parameters
    ----------
    name : str
        One of `feed_names`.

    Raises
    ------
    InputError
        There is no such feed.

    Examples
    --------
    >>> round(feed("bayan_obo_usgs").mol_per_t)
    5911
    """
    if name in _feeds():
        return _feeds()[name]
    raise InputError(Finding("feed", f"there is no feed named {name!r}", ", ".join(_feeds()), one_of(name, _feeds())))


@lru_cache(maxsize=1)
def benchmarks() -> tuple[Benchmark, ...]:
    """Return the shipped benchmark figures."""
    file = read_data_file(shipped("data", "economics", "benchmarks.csv"), "benchmarks.csv")
    words = ("route", "feed_class", "stage", "item", "unit", "status", "quality", "citation", "note")
    return tuple(
        Benchmark(
            id=int(row["id"]),
            low=_figure(row["low"]),
            central=_figure(row["central"]),
            high=_figure(row["high"]),
            **{word: row[word] for word in words},
        )
        for row in file.rows
    )


def _figure(text: str) -> float | None:
    """A number, or None where the row states none."""
    return float(text) if text else None
