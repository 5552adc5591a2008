"""Sharing the cost of a train among its products: along the streams, by mass, by value."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from sxsim.economics.options import BASES
from sxsim.economics.plant import Finished
from sxsim.economics.price_sets import PriceSet
from sxsim.foundation.freezing import Record
from sxsim.plant.layout import WASTE
from sxsim.plant.lines import Line

if TYPE_CHECKING:
    from sxsim.plant.result import TrainResult

__all__ = ["Shares", "figures_by_path", "follow", "share_by_path", "share_jointly"]

Key = Literal["path", "mass", "value"]
ACIDS = ("HCl", "HNO3", "H2SO4")


@dataclass(frozen=True, slots=True, eq=False)
class Shares(Record):
    """Cost of each product under one way of sharing.

    Attributes
    ----------
    key : {"path", "mass", "value"}
        Joint cost follows the streams, each unit sharing by the mass of oxide that leaves it; or it is shared by mass
        of product, or by sales value.
    usd_per_kg_oxide : mapping of str to float
        By product [USD/kg oxide].
    """

    key: Key
    usd_per_kg_oxide: Mapping[str, float]

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {"key": self.key, "usd_per_kg_oxide": dict(self.usd_per_kg_oxide)}


def share_by_path(result: TrainResult, lines: Sequence[Line], finished: Mapping[str, Finished], hours: float) -> Shares:
    """Let cost follow the streams.

    Parameters
    ----------
    result : TrainResult
        Solved train.
    lines : sequence of Line
        The bill.
    finished : mapping of str to Finished
        Products.
    hours : float
        Hours a year [h/y].

    Returns
    -------
    Shares
        The costs of all products add up to all cost.

    Notes
    -----
    What a unit spends and takes over goes to the streams that leave it for other units or as products, by the mass of
    oxide in them; recycles are followed round by one linear solve. A product so carries only the cuts it went through.
    """
    spent: dict[str, float] = {}
    for line in lines:
        if not line.item.product:
            spent[line.unit] = spent.get(line.unit, 0.0) + line.item.usd_per_y
    return Shares("path", _per_kg(follow(result, spent), lines, finished, hours))


def follow(result: TrainResult, spent: Mapping[str, float]) -> dict[str, float]:
    """Lead what units spend along the streams to the products.

    Parameters
    ----------
    result : TrainResult
        Solved train.
    spent : mapping of str to float
        By unit, of anything that can be shared: money, reagents, waste, stages.

    Returns
    -------
    dict of str to float
        By product; the sum stays.
    """
    units = list(result.layout.units)
    place = {name: row for row, name in enumerate(units)}
    onward = np.zeros((len(units), len(units)))
    to_product: dict[str, tuple[int, float]] = {}
    names = {each.stream: each.name for each in result.train.product}
    for unit in result.layout.units.values():
        kept = {
            stream: result.streams[stream].oxide_kg_h
            for stream in unit.outlet.values()
            if result.layout.taken_by[stream][0][0] != WASTE
        }
        total = math.fsum(kept.values())
        for stream, kg in kept.items():
            share = kg / total if total > 0.0 else 1.0 / len(kept)
            taker = result.layout.taken_by[stream][0][0]
            if taker in place:
                onward[place[taker], place[unit.name]] += share
            else:
                to_product[names[stream]] = (place[unit.name], share)
    through = np.linalg.solve(np.eye(len(units)) - onward, [spent.get(name, 0.0) for name in units])
    return {name: share * float(through[row]) for name, (row, share) in to_product.items()}


def figures_by_path(
    result: TrainResult,
    lines: Sequence[Line],
    finished: Mapping[str, Finished],
    hours: float,
    base_water_m3_h: Mapping[str, float],
) -> dict[str, dict[str, float]]:
    """Acid, base, waste, stages and inventory of each product, led along its path.

    Parameters
    ----------
    result : TrainResult
        Solved train.
    lines : sequence of Line
        The bill.
    finished : mapping of str to Finished
        Products.
    hours : float
        Hours a year [h/y].
    base_water_m3_h : mapping of str to float
        Water that the base of each cascade brings [m3/h].

    Returns
    -------
    dict of str to dict of str to float
        By product: ``acid_kg_per_kg_oxide``, ``base_kg_per_kg_oxide``, ``waste_m3_per_t_oxide`` (brines and its own
        mother liquor), ``stages`` (they add up to those of the train) and ``inventory_h``, rare earths held beside its
        production [h].
    """
    spent: dict[str, dict[str, float]] = {
        "acid": {},
        "base": {},
        "waste": dict(base_water_m3_h),
        "stages": {},
        "held": {},
    }
    for line in lines:
        item = line.item.name.split(",")[0]
        kind = "acid" if item in ACIDS else "base" if item in BASES else ""
        if kind and line.item.category == "reagents" and not line.item.product:
            spent[kind][line.unit] = spent[kind].get(line.unit, 0.0) + line.item.quantity_per_y / hours
    for stream in result.train.waste:
        if result.streams[stream].phase == "organic":
            continue
        maker = result.layout.made_by[stream]
        spent["waste"][maker] = spent["waste"].get(maker, 0.0) + result.streams[stream].flow_m3_h
    for each in result.passes:
        spent["stages"][each.cascade] = float(each.stages)
        spent["held"][each.cascade] = each.inventory_kg_oxide
    led = {kind: follow(result, amounts) for kind, amounts in spent.items()}
    found = {}
    for name, product in finished.items():
        own = 0.0
        if product.precipitation is not None and product.calcination is not None:
            own = product.precipitation.mother_liquor.flow_m3_h + product.calcination.wash_m3_h
        found[name] = {
            "acid_kg_per_kg_oxide": led["acid"][name] / product.oxide_kg_h,
            "base_kg_per_kg_oxide": led["base"][name] / product.oxide_kg_h,
            "waste_m3_per_t_oxide": 1000.0 * (led["waste"][name] + own) / product.oxide_kg_h,
            "stages": led["stages"][name],
            "inventory_h": led["held"][name] / product.oxide_kg_h,
        }
    return found


def share_jointly(
    lines: Sequence[Line],
    finished: Mapping[str, Finished],
    prices: PriceSet,
    hours: float,
    key: Literal["mass", "value"],
) -> Shares:
    """Share all joint cost by mass or by value of the products.

    Parameters
    ----------
    lines : sequence of Line
        The bill.
    finished : mapping of str to Finished
        Products.
    prices : PriceSet
        Prices of the oxides; a group is worth what its oxides are.
    hours : float
        Hours a year [h/y].
    key : {"mass", "value"}
        How to share.
    """
    weights = {name: each.oxide_kg_h if key == "mass" else _worth(each, prices) for name, each in finished.items()}
    total = math.fsum(weights.values())
    whole = math.fsum(line.item.usd_per_y for line in lines if not line.item.product)
    joint = {name: whole * weight / total for name, weight in weights.items()}
    return Shares(key, _per_kg(joint, lines, finished, hours))


def _worth(product: Finished, prices: PriceSet) -> float:
    """Sales value of a product [USD/h]."""
    from sxsim.economics.plant import oxide_kg

    return math.fsum(
        oxide_kg({name: amount}) * prices.oxide(name).usd_per_unit for name, amount in product.amount_kmol_h.items()
    )


def _per_kg(
    joint: Mapping[str, float], lines: Sequence[Line], finished: Mapping[str, Finished], hours: float
) -> dict[str, float]:
    """Joint and own cost of each product per mass of it."""
    found = {}
    for name, product in finished.items():
        own = math.fsum(line.item.usd_per_y for line in lines if line.item.product == name)
        found[name] = (own + joint[name]) / (product.oxide_kg_h * hours)
    return found
