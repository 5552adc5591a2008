"""From the flows of a cascade to oxides, effluents and what they take: the balance of the whole plant."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sxsim.economics.flows import DROPS, CascadeFlows, OrganicOut
from sxsim.economics.options import CostOptions, Finish
from sxsim.elements import ELEMENTS
from sxsim.errors import Finding, InputError
from sxsim.foundation.cited import ParameterSet
from sxsim.foundation.freezing import Record
from sxsim.foundation.suggestions import one_of
from sxsim.processes import (
    Calcination,
    Liquor,
    Precipitation,
    calcine,
    molar_mass_kg_kmol,
    precipitate,
    reagent_water_m3,
)

__all__ = ["Finished", "Plant", "base_kg_per_kmol", "base_water_m3_h", "oxide_kg", "plant_balance"]

WORTH_FINISHING = 0.01
"""Share of the rare earths fed from which an aqueous product becomes oxide unless the user says otherwise."""


@dataclass(frozen=True, slots=True, eq=False)
class Finished(Record):
    """A product that leaves the plant.

    Attributes
    ----------
    stream : str
        Its liquor or organic.
    element : str
        Its main rare earth.
    amount_kmol_h : mapping of str to float
        Rare earths delivered [kmol/h].
    oxide_kg_h : float
        The same as oxides [kg/h].
    from_organic : bool
        Whether its rare earths went through the organic: strip liquors and organic products.
    precipitation : Precipitation or None
        None for what is delivered as liquor or organic.
    calcination : Calcination or None
        None for what is delivered as liquor or organic.
    """

    stream: str
    element: str
    amount_kmol_h: Mapping[str, float]
    oxide_kg_h: float
    from_organic: bool
    precipitation: Precipitation | None = None
    calcination: Calcination | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Plant(Record):
    """A cascade with its precipitation, calcination and effluents.

    Attributes
    ----------
    flows : CascadeFlows
        What crosses the border of the cascade.
    finished : tuple of Finished
        Products.
    effluents : tuple of Liquor
        Aqueous waste before any treatment, wash water and the water of reagents included.
    added_water_m3_h : mapping of str to float
        What of it came with reagents and wash, by what brought it [m3/h]; the rest are liquors.
    """

    flows: CascadeFlows
    finished: tuple[Finished, ...]
    effluents: tuple[Liquor, ...]
    added_water_m3_h: Mapping[str, float]

    @property
    def oxide_kg_h(self) -> float:
        """All products, weighed as oxides [kg/h]."""
        return math.fsum(product.oxide_kg_h for product in self.finished)

    @property
    def effluent_m3_h(self) -> float:
        """All aqueous waste [m3/h]."""
        return math.fsum(liquor.flow_m3_h for liquor in self.effluents)

    @property
    def effluent_kmol_h(self) -> dict[str, float]:
        """Ions of all aqueous waste together [kmol/h]."""
        names = dict.fromkeys(name for liquor in self.effluents for name in liquor.amount_kmol_h)
        return {name: math.fsum(each.amount_kmol_h.get(name, 0.0) for each in self.effluents) for name in names}


def oxide_kg(amounts: Mapping[str, float]) -> float:
    """Weigh rare earths as oxides [kg/h from kmol/h]; what is no rare earth does not count."""
    return math.fsum(
        amount * ELEMENTS[name].equivalent_mass_g_mol("oxide")
        for name, amount in amounts.items()
        if name in ELEMENTS and ELEMENTS[name].is_rare_earth
    )


def plant_balance(flows: CascadeFlows, options: CostOptions, process: ParameterSet) -> Plant:
    """Finish the products of a cascade and collect its effluents.

    Parameters
    ----------
    flows : CascadeFlows
        What crosses the border of the cascade.
    options : CostOptions
        What becomes of each product, and the precipitant.
    process : ParameterSet
        Yields, excess, wash water, strengths of solutions.

    Returns
    -------
    Plant
        Products and effluents. The water of the base leaves the saponification as an effluent of its own, without salt:
        the counter-ion is in the organic.

    Raises
    ------
    InputError
        A product in `finish` does not exist, or nothing is left to sell.
    """
    organic = {out.name: out for out in flows.organic_out if not out.entrained}
    names = [*(liquor.name for liquor in flows.products), *organic]
    findings = [
        Finding(f"finish.{name}", f"there is no product named {name!r}", ", ".join(names), one_of(name, names))
        for name in options.finish
        if name not in names
    ]
    findings += [
        Finding(
            f"finish.{name}",
            "an organic product is no liquor to precipitate",
            "liquor, waste",
            cure="take one of those",
        )
        for name, finish in options.finish.items()
        if name in organic and finish == "oxide"
    ]
    if findings:
        raise InputError(findings)
    finished: list[Finished] = []
    effluents: list[Liquor] = []
    thrown = {name for name in organic if _finish_of_organic(organic[name], flows, options) == "waste"}
    fed = math.fsum(flows.rare_earths_fed_kmol_h.values())
    for liquor in flows.products:
        rare_earths = liquor.rare_earths_kmol_h
        worth = math.fsum(rare_earths.values()) >= WORTH_FINISHING * fed
        usual: Finish = "oxide" if worth else "waste"
        if liquor.name in flows.carried:  # drops go where their organic goes
            usual = "waste" if liquor.name.removesuffix(DROPS) in thrown else "liquor"
        finish = options.finish.get(liquor.name, usual)
        if finish == "waste" or not math.fsum(rare_earths.values()) > 0.0:
            effluents.append(liquor)
        elif finish == "liquor":
            finished.append(_delivered(liquor.name, rare_earths, liquor.name in flows.stripped))
        else:
            made, mother = _oxide(liquor, liquor.name in flows.stripped, options.precipitant, process)
            finished.append(made)
            effluents.append(mother)
    for name, out in organic.items():
        held = {symbol: amount for symbol, amount in out.amount_kmol_h.items() if symbol in ELEMENTS}
        if name not in thrown:
            finished.append(_delivered(name, held, True))
    if not math.fsum(product.oxide_kg_h for product in finished) > 0.0:
        allowed = "oxide, liquor for at least one product"
        raise InputError(Finding("finish", "no product is left to sell", allowed, "finish one of them"))
    water = base_water_m3_h(flows, process)
    if water > 0.0:
        effluents.append(Liquor("saponification_water", water, {}))
    return Plant(flows, tuple(finished), tuple(effluents), _added(flows, finished, water))


def base_water_m3_h(flows: CascadeFlows, process: ParameterSet) -> float:
    """Water that the base of the saponification brings [m3/h]."""
    if not flows.base_kmol_h > 0.0:
        return 0.0
    return reagent_water_m3(flows.base, flows.base_kmol_h * base_kg_per_kmol(flows.base), process)


def base_kg_per_kmol(base: str) -> float:
    """Base that gives one kmol of hydroxide [kg/kmol].

    Examples
    --------
    >>> round(base_kg_per_kmol("lime"), 2)
    28.04
    """
    return molar_mass_kg_kmol(base) * (0.5 if base in ("lime", "magnesia") else 1.0)


def _added(flows: CascadeFlows, finished: Sequence[Finished], base_water_m3_h: float) -> dict[str, float]:
    """Water of reagents and wash by what brought it [m3/h]."""
    found = {f"{flows.base} of the saponification": base_water_m3_h} if base_water_m3_h > 0.0 else {}
    for product in finished:
        if product.precipitation is not None and product.calcination is not None:
            name = f"{product.precipitation.precipitant} solution"
            found[name] = found.get(name, 0.0) + product.precipitation.solution_m3_h
            found["cake wash"] = found.get("cake wash", 0.0) + product.calcination.wash_m3_h
    return found


def _finish_of_organic(out: OrganicOut, flows: CascadeFlows, options: CostOptions) -> Finish:
    """What becomes of an organic product."""
    held = {symbol: amount for symbol, amount in out.amount_kmol_h.items() if symbol in ELEMENTS}
    usual: Finish = "liquor" if oxide_kg(held) >= WORTH_FINISHING * flows.oxide_fed_kg_h else "waste"
    return options.finish.get(out.name, usual)


def _delivered(name: str, amounts: Mapping[str, float], from_organic: bool) -> Finished:
    """A product that leaves as it is."""
    rare_earths = {symbol: amount for symbol, amount in amounts.items() if ELEMENTS[symbol].is_rare_earth}
    return Finished(name, _main(rare_earths), rare_earths, oxide_kg(rare_earths), from_organic)


def _oxide(liquor: Liquor, stripped: bool, precipitant: str, process: ParameterSet) -> tuple[Finished, Liquor]:
    """A liquor made into oxide, and the mother liquor together with the wash water."""
    cake = precipitate(liquor, precipitant, process)
    made = calcine(cake, process)
    mother = cake.mother_liquor
    effluent = Liquor(mother.name, mother.flow_m3_h + made.wash_m3_h, mother.amount_kmol_h)
    main = _main(made.oxide_kmol_h)
    return (
        Finished(liquor.name, main, made.oxide_kmol_h, made.oxide_kg_h, stripped, cake, made),
        effluent,
    )


def _main(amounts: Mapping[str, float]) -> str:
    """The rare earth that weighs most."""
    return max(amounts, key=lambda name: amounts[name] * ELEMENTS[name].equivalent_mass_g_mol("oxide"))
