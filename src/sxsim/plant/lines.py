"""What feeds and steps of a train cost beside its cascades: ore, front end, dissolving, adjusting, precipitating."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sxsim.economics.items import CostItem, bought
from sxsim.economics.price_sets import PriceSet
from sxsim.economics.quotes import Quote
from sxsim.foundation.cited import CitedNumber
from sxsim.plant.feeding import Fed, concentrate_quotes
from sxsim.plant.steps import StepResult
from sxsim.processes import molar_mass_kg_kmol

if TYPE_CHECKING:
    from sxsim.plant.tables import TrainFeed

__all__ = ["PARTS", "Line", "feed_lines", "step_lines"]

PARTS = ("ore", "front end", "reagents", "waste", "stages", "labour", "inventory", "finishing")
"""Parts of a train's cost, in the order of the material."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the bill of a train.

    Attributes
    ----------
    unit : str
        Feed, cascade or step that spends it.
    part : str
        One of `PARTS`.
    item : CostItem
        What is bought; its `product` is the name of the train's product, or empty for joint cost.
    """

    unit: str
    part: str
    item: CostItem


def feed_lines(table: TrainFeed, fed: Fed, prices: PriceSet, hours: float) -> list[Line]:
    """Price of the concentrate, cost of the front end, acid that dissolves.

    Parameters
    ----------
    table : TrainFeed
        Definition.
    fed : Fed
        What entered.
    prices : PriceSet
        Prices.
    hours : float
        Hours a year [h/y].

    Returns
    -------
    list of Line
        What nobody reports is left out: `notes` of a costing say so.
    """
    kg = table.oxide_kg_h * hours
    found = []
    if table.usd_per_kg_oxide is not None:
        price = table.usd_per_kg_oxide
        line = CostItem("concentrate", "feed", "material", table.name, kg, "kg", price, kg * price, "user", "given")
        found.append(Line(table.name, "ore", replace(line, low_usd_per_unit=price, high_usd_per_unit=price)))
    elif table.quote is not None:
        quote = concentrate_quotes()[table.quote]
        found.append(Line(table.name, "ore", _quoted(quote, table.name, kg)))
    if fed.front_end is not None:
        cost = fed.front_end.route.numbers.get("cost_usd_per_t")
        if cost is not None:
            found.append(Line(table.name, "front end", _reported(cost, f"{table.route}, whole", table.name, kg)))
    if fed.acid_kmol_h > 0.0:
        amount = fed.acid_kmol_h * molar_mass_kg_kmol("HCl") * hours
        item = bought("HCl, dissolving", "HCl", prices, amount, "reagents", "material", table.name)
        found.append(Line(table.name, "front end", item))
    return found


def _quoted(quote: Quote, centre: str, kg: float) -> CostItem:
    """A concentrate at a quoted price."""
    low, price, high = (quote.usd(each) for each in (quote.low, quote.central, quote.high))
    note = f"{quote.region}, {quote.year}; {quote.grade}"
    line = CostItem(
        f"concentrate, {quote.id}", "feed", "material", centre, kg, "kg", price, kg * price, quote.source, quote.status
    )
    return replace(line, note=note, low_usd_per_unit=low, high_usd_per_unit=high)


def _reported(number: CitedNumber, name: str, centre: str, kg: float) -> CostItem:
    """A cost somebody reports for a whole route."""
    price = number.value / 1000.0
    line = CostItem(name, "feed", "material", centre, kg, "kg", price, kg * price, number.source, number.status)
    return replace(line, note=number.note, low_usd_per_unit=number.low / 1000.0, high_usd_per_unit=number.high / 1000.0)


def step_lines(step: StepResult, prices: PriceSet, hours: float) -> list[Line]:
    """Reagents, water, evaporation and fuel of a step.

    Parameters
    ----------
    step : StepResult
        Step.
    prices : PriceSet
        Prices.
    hours : float
        Hours a year [h/y].
    """
    found = []
    for reagent, kmol_h in step.reagents_kmol_h.items():
        if kmol_h > 0.0:
            kg = kmol_h * molar_mass_kg_kmol(reagent) * hours
            item = bought(f"{reagent}, {step.name}", reagent, prices, kg, "reagents", "material", step.name)
            found.append(Line(step.name, "reagents", item))
    added, brought = step.water_m3_h - step.reagent_water_m3_h, step.reagent_water_m3_h
    for what, m3_h in (
        (f"water, {step.name}", max(added, 0.0) + step.wash_m3_h),
        (f"water, reagents of {step.name}", brought),
    ):
        if m3_h > 0.0:
            item = bought(what, "water", prices, m3_h * hours, "reagents", "material", step.name)
            found.append(Line(step.name, "reagents", item))
    if added < 0.0:
        name = f"evaporation, {step.name}"
        note = f"of it {min(brought, -added):.3g} m3/h that its reagents bring" if brought > 0.0 else ""
        item = bought(name, "evaporation", prices, -added * hours, "energy", "energy", step.name, note=note)
        found.append(Line(step.name, "reagents", item))
    if step.calcination is not None:
        fuel = step.calcination.fuel_GJ_h * hours
        name = f"natural gas, {step.name}"
        item = bought(name, "natural gas", prices, fuel, "energy", "energy", step.name)
        found.append(Line(step.name, "reagents", item))
    return found
