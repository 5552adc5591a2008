"""Every line of the bill of a plant, from its balances."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sxsim.economics.capital import Purchase
from sxsim.economics.finance import annuity, cost_year
from sxsim.economics.items import CostItem, bought
from sxsim.economics.options import CostOptions
from sxsim.economics.organic import OrganicLoss, organic_kg_m3
from sxsim.economics.plant import Plant, base_kg_per_kmol, base_water_m3_h, oxide_kg
from sxsim.economics.price_sets import PriceSet
from sxsim.equipment import Equipment
from sxsim.foundation.cited import CitedNumber, ParameterSet
from sxsim.processes import molar_mass_kg_kmol

__all__ = ["Context", "bill", "diluent_item"]

_PROTONS = {"HCl": 1, "HNO3": 1, "H2SO4": 2}
HOURS_PER_Y = 8760.0
WATER_KG_M3 = 1000.0
GRAVITY_M_S2 = 9.81


@dataclass(frozen=True, slots=True)
class Context:
    """What every line needs.

    Attributes
    ----------
    plant : Plant
        Balance of the plant.
    equipment : Equipment
        Mixer-settlers.
    purchases : tuple of Purchase
        Equipment with its cost.
    organic : OrganicLoss
        What is made up.
    prices : PriceSet
        Prices.
    options : CostOptions
        Choices.
    parameters, process : ParameterSet
        Numbers; yields and strengths of solutions.
    """

    plant: Plant
    equipment: Equipment
    purchases: tuple[Purchase, ...]
    organic: OrganicLoss
    prices: PriceSet
    options: CostOptions
    parameters: ParameterSet
    process: ParameterSet

    @property
    def hours(self) -> float:
        """Hours of operation a year [h/y]."""
        return self.parameters["operating_h_per_y"]

    @property
    def plant_cost_usd(self) -> float:
        """Fixed capital, installed [USD]."""
        erected = math.fsum(each.cost_usd for each in self.purchases)
        return erected * self.parameters["lang_factor"] * self.parameters["location_factor"]

    @property
    def first_fill_usd(self) -> float:
        """Organic of the first fill [USD]."""
        flows = self.plant.flows
        held = organic_kg_m3(flows.extractant, flows.extractant_mol_L, flows.diluent, self.parameters)
        items = (flows.extractant, diluent_item(self.prices, flows.diluent))
        value = math.fsum(
            kg * self.prices.price(item).usd_per_unit for kg, item in zip(held, items, strict=True) if kg > 0.0
        )
        return value * self.equipment.organic_m3

    @property
    def inventory_usd(self) -> float:
        """Rare earths held in the stages, at the price of the feed or else of their oxides [USD]."""
        feed = self.options.feed_usd_per_kg_oxide
        if feed is not None:
            return self.equipment.oxide_kg * feed
        return math.fsum(
            oxide_kg({name: amount}) * self.prices.oxide(name).usd_per_unit
            for name, amount in self.equipment.metal_kmol.items()
            if oxide_kg({name: amount}) > 0.0
        )


def bill(context: Context) -> tuple[CostItem, ...]:
    """List every line of the bill.

    Parameters
    ----------
    context : Context
        Balances, prices and numbers.

    Returns
    -------
    tuple of CostItem
        Lines that cost nothing because nothing is used are left out.

    Raises
    ------
    InputError
        The price of something used is missing.
    """
    lines = [
        *_feed(context),
        *_separation_reagents(context),
        *_finishing(context),
        *_power(context),
        *_labour(context),
        *_waste(context),
        *_capital(context),
    ]
    return tuple(lines)


def _feed(context: Context) -> list[CostItem]:
    """The feed, where the user says what it costs."""
    price = context.options.feed_usd_per_kg_oxide
    if price is None:
        return []
    amount = context.plant.flows.oxide_fed_kg_h * context.hours
    line = CostItem("feed", "feed", "material", "separation", amount, "kg", price, amount * price, "user", "given")
    return [replace(line, low_usd_per_unit=price, high_usd_per_unit=price)]


def _separation_reagents(context: Context) -> list[CostItem]:
    """Acids, base, water and make-up of organic."""
    flows, prices, hours = context.plant.flows, context.prices, context.hours
    lines = []
    for acid, liquor in flows.acids:
        if acid and liquor.amount_kmol_h.get("H", 0.0) > 0.0:
            kg = liquor.amount_kmol_h["H"] / _PROTONS[acid] * molar_mass_kg_kmol(acid) * hours
            lines.append(bought(f"{acid}, {liquor.name}", acid, prices, kg, "reagents", "material", "separation"))
        water = liquor.flow_m3_h * hours
        if water > 0.0:
            lines.append(bought(f"water, {liquor.name}", "water", prices, water, "reagents", "material", "separation"))
    for base, kmol_h, liquor in flows.alkaline:
        kg = kmol_h * base_kg_per_kmol(base) * hours
        lines.append(bought(f"{base}, {liquor.name}", base, prices, kg, "reagents", "material", "separation"))
    if flows.base_kmol_h > 0.0:
        kg = flows.base_kmol_h * base_kg_per_kmol(flows.base) * hours
        name = f"{flows.base}, saponification"
        lines.append(bought(name, flows.base, prices, kg, "reagents", "material", "separation"))
        water = base_water_m3_h(flows, context.process) * hours
        if water > 0.0:
            name = f"water, {flows.base} of the saponification"
            lines.append(bought(name, "water", prices, water, "reagents", "material", "separation"))
    loss = context.organic
    caused = "modelled entrainment" if loss.modelled else "default entrainment"
    bought_again = 1.0 - loss.given_share
    for item, water_kg, bleed_kg, drawn in (
        (
            flows.extractant,
            loss.extractant_water_kg_h,
            loss.extractant_bleed_kg_h,
            [each.extractant_kg_h for each in loss.drawn],
        ),
        (
            diluent_item(prices, flows.diluent),
            loss.diluent_water_kg_h,
            loss.diluent_bleed_kg_h,
            [each.diluent_kg_h for each in loss.drawn],
        ),
    ):
        reasons = [("carried off by water", water_kg, caused), ("bleed and crud", bleed_kg, "")]
        reasons += [
            (f"drawn off with {each.stream}", kg * bought_again, f"{each.flow_m3_h:.4g} m3/h of organic leave for good")
            for each, kg in zip(loss.drawn, drawn, strict=True)
        ]
        for reason, kg_h, note in reasons:
            if kg_h > 0.0:
                name = f"{item}, {reason}"
                amount = kg_h * hours
                lines.append(bought(name, item, prices, amount, "reagents", "material", "separation", note=note))
    return lines


def _finishing(context: Context) -> list[CostItem]:
    """Precipitant, wash water and fuel of each product."""
    prices, hours, lines = context.prices, context.hours, []
    for product in context.plant.finished:
        if product.precipitation is None or product.calcination is None:
            continue
        item, stream = product.precipitation.precipitant, product.stream
        kg = product.precipitation.precipitant_kg_h * hours
        name = f"{item}, {stream}"
        lines.append(bought(name, item, prices, kg, "reagents", "material", "precipitation", stream))
        for what, m3_h in (
            (f"water, {item} solution of {stream}", product.precipitation.solution_m3_h),
            (f"wash water, {stream}", product.calcination.wash_m3_h),
        ):
            if m3_h > 0.0:
                water = m3_h * hours
                lines.append(bought(what, "water", prices, water, "reagents", "material", "precipitation", stream))
        fuel = product.calcination.fuel_GJ_h * hours
        name = f"natural gas, {stream}"
        lines.append(bought(name, "natural gas", prices, fuel, "energy", "energy", "calcination", stream))
    return lines


def _power(context: Context) -> list[CostItem]:
    """Electricity of agitators and pumps."""
    flows, numbers = context.plant.flows, context.parameters
    streams = [each.flow_m3_h for each in (*flows.aqueous_in, *flows.products)]
    pumped = math.fsum([*streams, flows.organic_m3_h])
    head = WATER_KG_M3 * GRAVITY_M_S2 * numbers["pump_head_m"] / numbers["pump_efficiency"]
    pumps_kW = pumped * head / 3.6e6
    return [
        bought(name, "electricity", context.prices, kW * context.hours, "energy", "energy", "separation")
        for name, kW in (
            ("electricity, agitators", context.equipment.agitators_kW),
            ("electricity, pumps", pumps_kW),
        )
        if kW > 0.0
    ]


def _labour(context: Context) -> list[CostItem]:
    """Operators around the clock, overhead, maintenance; shared among the centres by their capital."""
    numbers, prices = context.parameters, context.prices
    hours = numbers["operators_per_shift"] * HOURS_PER_Y
    wages = hours * prices.price("operator").usd_per_unit
    lines = []
    for centre, share in _capital_shares(context.purchases).items():
        lines.append(bought(f"operators, {centre}", "operator", prices, share * hours, "labour", "system", centre))
        for name, amount, key in (
            ("overhead", share * wages, "overhead_fraction"),
            ("maintenance", share * context.plant_cost_usd, "maintenance_fraction_per_y"),
        ):
            category = "labour" if name == "overhead" else "maintenance"
            unit = "USD of wages" if name == "overhead" else "USD of plant"
            lines.append(_fraction(f"{name}, {centre}", category, centre, amount, unit, numbers.cited[key]))
    return lines


def _waste(context: Context) -> list[CostItem]:
    """Treatment of the effluents."""
    options, plant, prices, hours = context.options, context.plant, context.prices, context.hours
    if options.treatment == "none":
        return []
    lines = []
    acid = plant.effluent_kmol_h.get("H", 0.0)
    if acid > 0.0:
        kg = acid * base_kg_per_kmol("lime") * hours
        lines.append(bought("lime, free acid of effluents", "lime", prices, kg, "waste", "waste", "effluent"))
    if options.treatment == "evaporate" and plant.effluent_m3_h > 0.0:
        volume = plant.effluent_m3_h * hours
        added = [f"{name} {m3_h * hours / volume:.0%}" for name, m3_h in plant.added_water_m3_h.items() if m3_h > 0.0]
        note = f"of it {', '.join(added)}" if added else ""
        name = "evaporation of effluents"
        lines.append(bought(name, "evaporation", prices, volume, "waste", "waste", "effluent", note=note))
    return lines


def _capital(context: Context) -> list[CostItem]:
    """Yearly charge on plant, first fill of organic and rare earths held."""
    numbers = context.parameters
    rate, years = numbers["discount_rate"], numbers["lifetime_y"]
    factor = annuity(rate, years)
    installed = numbers["lang_factor"] * numbers["location_factor"]
    said = f"annuity at {100.0 * rate:g} % over {years:g} years; installed x {installed:g}; USD of {cost_year()}"
    lines = []
    for each in context.purchases:
        kind = each.correlation
        sizes = f"{len(each.sizes)} x {min(each.sizes):.3g}-{max(each.sizes):.3g} {kind.size_unit}"
        note = "; ".join(text for text in (sizes, said, "extrapolated" if each.extrapolated else "", kind.note) if text)
        lines.append(
            _charged(each.name, each.centre, each.cost_usd * installed, factor, kind.source, kind.status, note)
        )
    fill = context.first_fill_usd
    item = context.prices.price(context.plant.flows.extractant)
    lines.append(
        _charged("first fill of organic", "separation", fill, factor, item.source, item.status, said.split(";")[0])
    )
    held = context.inventory_usd
    note = "working capital, interest only"
    lines.append(_charged("rare earths in process", "separation", held, rate, "price set", "derived", note))
    return lines


def _charged(
    name: str, centre: str, invested_usd: float, factor: float, source: str, status: str, note: str
) -> CostItem:
    """A yearly charge on invested money."""
    yearly = invested_usd * factor
    line = CostItem(name, "capital", "system", centre, invested_usd, "USD invested", factor, yearly, source, status)
    return replace(line, note=note, low_usd_per_unit=factor, high_usd_per_unit=factor)


def _fraction(name: str, category: str, centre: str, amount: float, unit: str, number: CitedNumber) -> CostItem:
    """A line that is a fraction of an amount of money."""
    return CostItem(
        name,
        "labour" if category == "labour" else "maintenance",
        "system",
        centre,
        amount,
        unit,
        number.value,
        amount * number.value,
        number.source,
        number.status,
        number.note,
        "",
        number.low,
        number.high,
    )


def _capital_shares(purchases: Sequence[Purchase]) -> dict[str, float]:
    """Share of each quantity centre in the erected cost."""
    total = math.fsum(each.cost_usd for each in purchases)
    centres = dict.fromkeys(each.centre for each in purchases)
    return {
        centre: math.fsum(each.cost_usd for each in purchases if each.centre == centre) / total for centre in centres
    }


def diluent_item(prices: PriceSet, diluent: str) -> str:
    """Item a diluent is bought as: its own when the set has it, else kerosene."""
    return diluent if diluent in prices.prices else "kerosene"
