"""What a costing found beside what others report per tonne of oxide; shown, never tuned to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sxsim.economics.accounts import Cost
from sxsim.economics.feeds import Benchmark, benchmarks

__all__ = ["Comparison", "compare"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One reported figure beside the costing's own.

    Attributes
    ----------
    benchmark : Benchmark
        What is reported, with its status.
    found : float
        The costing's figure, in the unit of the benchmark.
    """

    benchmark: Benchmark
    found: float

    @property
    def ratio(self) -> float | None:
        """Found beside reported [-]; None when no central figure is reported."""
        central = self.benchmark.central
        return self.found / central if central else None

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as plain data."""
        row = self.benchmark
        return {
            "id": row.id,
            "route": row.route,
            "item": row.item,
            "unit": row.unit,
            "low": row.low,
            "central": row.central,
            "high": row.high,
            "found": self.found,
            "ratio": self.ratio,
            "status": row.status,
            "citation": row.citation,
        }


def _reagent(name: str, scale: float) -> Callable[[Cost], float | None]:
    """Consumption of one reagent in the benchmark's unit; None when the plant does not use it."""

    def of(cost: Cost) -> float | None:
        used = cost.reagents_kg_per_kg_oxide.get(name)
        return None if used is None else used * scale

    return of


_FIGURES: dict[int, Callable[[Cost], float | None]] = {
    44: _reagent("HCl", 1.0 / 0.31),
    45: _reagent("NH3", 1.0),
    46: _reagent("NaOH", 1.0 / 0.30),
    47: _reagent("oxalic acid", 1.0),
    48: _reagent("NH4HCO3", 1.0),
    49: _reagent("P507", 1000.0),
    50: _reagent("kerosene", 1000.0),
    51: lambda cost: cost.waste.m3_per_t,
    53: lambda cost: cost.waste.ammonium_N_kg_per_t / 1000.0 or None,
}
"""How to read the figure of each comparable row of data/economics/benchmarks.csv, by its id."""


def compare(cost: Cost) -> tuple[Comparison, ...]:
    """Put a costing beside the reported figures of whole plants.

    Parameters
    ----------
    cost : Cost
        A costing; of one cascade it is one cut of what a plant does in several.

    Returns
    -------
    tuple of Comparison
        Rows for which the plant has a figure.
    """
    rows = []
    for row in benchmarks():
        found = _FIGURES[row.id](cost) if row.id in _FIGURES else None
        if found is not None:
            rows.append(Comparison(row, found))
    return tuple(rows)
