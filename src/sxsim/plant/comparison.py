"""Two trains beside each other: what makes one kilogram dearer than the other, part by part."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sxsim.economics.options import CostOptions
from sxsim.economics.price_sets import PriceSet
from sxsim.foundation.cited import CitedNumber, cited_numbers
from sxsim.foundation.freezing import Record
from sxsim.plant.bill import TrainCost
from sxsim.plant.costing import cost_train
from sxsim.plant.lines import PARTS
from sxsim.plant.solving import solve_train

if TYPE_CHECKING:
    from sxsim.plant.result import TrainResult

__all__ = ["Comparison", "compare_trains"]

SEPARATION = ("reagents", "waste", "stages", "labour", "inventory")
"""Parts that the cuts decide; finishing belongs to every oxide alike."""
RAW = ("ore", "front end")


@dataclass(frozen=True, slots=True, eq=False)
class Comparison(Record):
    """A train beside a reference train, and beside what is published.

    Attributes
    ----------
    result, reference : TrainResult
        Solved trains.
    cost, reference_cost : TrainCost
        Their costs, each at its own throughput.
    at_reference_scale : TrainCost
        Cost of the train with the throughput of the reference.
    contributions : mapping of str to float
        What each part, and scale, adds to the ratio of the costs; they add up to the ratio less one [-].
    published : mapping of str to CitedNumber
        Published costs of light and heavy oxides [USD/t].
    """

    result: TrainResult
    reference: TrainResult
    cost: TrainCost
    reference_cost: TrainCost
    at_reference_scale: TrainCost
    contributions: Mapping[str, float]
    published: Mapping[str, CitedNumber]

    @property
    def ratio(self) -> float:
        """Cost of a kilogram beside that of the reference [-]."""
        return self.cost.usd_per_kg_oxide / self.reference_cost.usd_per_kg_oxide

    @property
    def separation_ratio(self) -> float:
        """The same of what the cuts decide, at the throughput of the reference [-]."""
        return _separation(self.at_reference_scale) / _separation(self.reference_cost)

    @property
    def published_ratio(self) -> float:
        """Published cost of heavy beside light oxides [-]."""
        heavy, light = self.published["published_heavy_usd_per_t"], self.published["published_light_usd_per_t"]
        return heavy.value / light.value

    @property
    def factors(self) -> dict[str, tuple[float, float]]:
        """Physical figures of the train and of the reference.

        Notes
        -----
        Passes of the feed [mol/mol], stages, cascades, acid and salt [kg/kg], waste [m3/t], and rare earths held, in
        hours of feed [h].
        """
        pairs = ((self.result, self.cost), (self.reference, self.reference_cost))
        rows: dict[str, list[float]] = {}
        for result, cost in pairs:
            figures = {
                "passes of the feed": result.total_passes,
                "cascades": float(len(result.cascades)),
                "stages": float(result.stages),
                "HCl [kg/kg]": cost.reagents_kg_per_kg_oxide.get("HCl", 0.0),
                "waste [m3/t]": cost.waste.m3_per_t,
                "salt [kg/kg]": cost.waste.salt_kg_per_kg,
                "inventory [h of feed]": result.inventory_kg_oxide / result.feed_oxide_kg_h,
                "product [t/y]": cost.oxide_kg_per_y / 1000.0,
            }
            for name, value in figures.items():
                rows.setdefault(name, []).append(value)
        return {name: (one, other) for name, (one, other) in rows.items()}

    @property
    def statement(self) -> tuple[str, ...]:
        """What the model explains of the published ratio, and what it does not, in plain sentences."""
        own, other = self.cost, self.reference_cost
        heavy = self.published["published_heavy_usd_per_t"].value / 1000.0
        light = self.published["published_light_usd_per_t"].value / 1000.0
        most = sorted(self.contributions.items(), key=lambda each: -abs(each[1]))[:3]
        told = ", ".join(f"{name} {value:+.2f}" for name, value in most)
        before = [sum(cost.parts_usd_per_kg_oxide[part] for part in RAW) for cost in (own, other)]
        after = [cost.usd_per_kg_oxide - raw for cost, raw in zip((own, other), before, strict=True)]
        return (
            f"{own.title}: {own.usd_per_kg_oxide:.2f} usd/kg; {other.title}: {other.usd_per_kg_oxide:.2f} usd/kg; "
            f"ratio {self.ratio:.2f}. The largest contributions to it: {told}.",
            f"What the cuts decide (reagents, waste, stages, labour, inventory) costs {self.separation_ratio:.2f} "
            f"times as much at equal throughput; passes of the whole feed {self.result.total_passes:.2f} against "
            f"{self.reference.total_passes:.2f}, stages {self.result.stages} against {self.reference.stages}.",
            f"Before the first cut stand {before[0]:.2f} and {before[1]:.2f} usd/kg (ore and front end, as far as "
            f"figures were found); from there on it is {after[0]:.2f} and {after[1]:.2f} usd/kg, a ratio of "
            f"{after[0] / after[1]:.2f}.",
            f"Published are {heavy:g} and {light:g} usd/kg (Ge et al. 2025, doi 10.1088/2515-7620/ae0300, read only "
            f"through summaries): a ratio of {self.published_ratio:.1f}. The model, tuned to nothing, gives "
            f"{self.ratio:.2f}; separation alone accounts for a factor of {self.separation_ratio:.2f}.",
            "What is left the model does not explain. It holds no figure, and makes none up, for the price of heavy "
            "ore and of mining rights, for quotas, taxes and remediation, nor for which oxides were counted.",
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        parts = {
            part: {
                "usd_per_kg_oxide": self.cost.parts_usd_per_kg_oxide[part],
                "at_reference_scale_usd_per_kg_oxide": self.at_reference_scale.parts_usd_per_kg_oxide[part],
                "reference_usd_per_kg_oxide": self.reference_cost.parts_usd_per_kg_oxide[part],
            }
            for part in PARTS
        }
        return {
            "reference": self.reference_cost.title,
            "ratio": self.ratio,
            "separation_ratio": self.separation_ratio,
            "published_ratio": self.published_ratio,
            "published_usd_per_t": {name: each.value for name, each in self.published.items()},
            "contributions_to_ratio": dict(self.contributions),
            "parts": parts,
            "factors": {name: {"this": one, "reference": other} for name, (one, other) in self.factors.items()},
            "statement": list(self.statement),
        }


def compare_trains(
    result: TrainResult,
    reference: TrainResult,
    prices: str | PriceSet | None = None,
    options: CostOptions | None = None,
    progress: Callable[[str], None] | None = None,
) -> Comparison:
    """Split the ratio of the costs of two trains into parts.

    Parameters
    ----------
    result : TrainResult
        Solved train, such as a heavy one.
    reference : TrainResult
        Solved train to compare with, such as a light one.
    prices, options
        As of `cost_train`, for both.
    progress : callable, optional
        Takes a line for each cascade solved at the throughput of the reference.

    Returns
    -------
    Comparison
        Contributions that add up, and a plain statement.

    Raises
    ------
    InputError, ConvergenceError
        As `cost_train` and `solve_train`.

    Notes
    -----
    ``ratio - 1 = sum over parts (c_part - c_part,reference)/c_reference + scale``, with the parts of the train at the
    throughput of the reference and scale as the difference that its own throughput makes.
    """
    own, other = cost_train(result, prices, options), cost_train(reference, prices, options)
    times = other.plant.oxide_kg_h / own.plant.oxide_kg_h
    scaled = cost_train(solve_train(result.train.scaled(times), progress=progress), prices, options)
    base = other.usd_per_kg_oxide
    contributions = {
        part: (scaled.parts_usd_per_kg_oxide[part] - other.parts_usd_per_kg_oxide[part]) / base for part in PARTS
    }
    contributions["scale"] = (own.usd_per_kg_oxide - scaled.usd_per_kg_oxide) / base
    numbers = cited_numbers("data", "economics", "parameters", "trains.toml")
    published = {name: each for name, each in numbers.items() if name.startswith("published_")}
    return Comparison(result, reference, own, other, scaled, contributions, published)


def _separation(cost: TrainCost) -> float:
    """Cost of what the cuts decide [USD/kg oxide]."""
    return sum(cost.parts_usd_per_kg_oxide[part] for part in SEPARATION)
