"""Yearly cost from stages, flows, acid and base alone: what a design makes least."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sxsim.definition import Cascade
from sxsim.economics.bill import diluent_item
from sxsim.economics.capital import correlations, mixer_settler_correlation
from sxsim.economics.finance import annuity
from sxsim.economics.flows import SAPONIFIER_BASE
from sxsim.economics.options import CostOptions, cost_parameters, options_of
from sxsim.economics.organic import organic_kg_m3
from sxsim.economics.plant import base_kg_per_kmol, oxide_kg
from sxsim.economics.price_sets import DEFAULT_SET, PriceSet, price_set
from sxsim.equipment import StageFlows, mixer_settler
from sxsim.equipment.options import equipment_parameters
from sxsim.foundation.cited import ParameterSet
from sxsim.processes import molar_mass_kg_kmol, process_parameters, reagent_water_m3

__all__ = ["CostModel", "SectionFlows"]


@dataclass(frozen=True, slots=True)
class SectionFlows:
    """One section as the cost sees it.

    Attributes
    ----------
    stages : float
        Number of mixer-settlers; need not be whole during a search [-].
    aqueous_m3_h, organic_m3_h : float
        Flows through it [m3/h].
    """

    stages: float
    aqueous_m3_h: float
    organic_m3_h: float


@dataclass(frozen=True, slots=True)
class CostModel:
    """Prices and rules folded into the few numbers that a design moves.

    Attributes
    ----------
    hours : float
        Hours a year [h/y].
    acid_usd_per_kmol, base_usd_per_kmol : float
        Of protons and hydroxide, the water of the base included [USD/kmol].
    water_usd_per_m3 : float
        Water of acids, its evaporation, and the organic that it carries off [USD/m3].
    lime_usd_per_kmol : float
        Of free acid in effluents; 0 without treatment [USD/kmol].
    power_usd_per_kWh : float
        Electricity [USD/kWh].
    organic_usd_per_m3_y : float
        First fill and bleed of organic [USD/(m3 y)].
    held_usd_per_kg_y : float
        Interest on rare earths in process [USD/(kg oxide y)].
    capital_per_y : float
        Yearly charge and maintenance per erected dollar [1/y].
    mixer_settlers : str
        Which cost correlation.
    rules : ParameterSet
        Rules of sizing.

    Notes
    -----
    Precipitation, calcination and labour are left out: they do not depend on stages and flows of the cascade.
    """

    hours: float
    acid_usd_per_kmol: float
    base_usd_per_kmol: float
    water_usd_per_m3: float
    lime_usd_per_kmol: float
    power_usd_per_kWh: float
    organic_usd_per_m3_y: float
    held_usd_per_kg_y: float
    capital_per_y: float
    mixer_settlers: str
    rules: ParameterSet

    @classmethod
    def of(
        cls, cascade: Cascade, prices: str | PriceSet | None = None, options: CostOptions | None = None
    ) -> CostModel:
        """Fold prices and rules for one cascade; its stages and flows are not used.

        Parameters
        ----------
        cascade : Cascade
            Names the extractant, its concentration, the saponifier, the acids and the feeds.
        prices : str or PriceSet, optional
            As in `cost`.
        options : CostOptions, optional
            As in `cost`.

        Raises
        ------
        InputError
            A price is missing or an option out of range.

        Examples
        --------
        >>> from sxsim.definition import load
        >>> model = CostModel.of(load("nd_pr_p507"))
        >>> model.acid_usd_per_kmol < model.base_usd_per_kmol
        True
        """
        table = cascade.economics
        chosen = price_set(prices if prices is not None else table.price_set if table is not None else DEFAULT_SET)
        choices = options or options_of(cascade)
        numbers = cost_parameters(choices)
        organic = cascade.organic
        extractant, diluent = organic_kg_m3(organic.extractant, organic.extractant_mol_L, organic.diluent, numbers)
        fill = extractant * chosen.price(organic.extractant).usd_per_unit
        fill += diluent * chosen.price(diluent_item(chosen, organic.diluent)).usd_per_unit
        factor = annuity(numbers["discount_rate"], numbers["lifetime_y"])
        installed = numbers["lang_factor"] * numbers["location_factor"]
        treated = choices.treatment != "none"
        evaporated = chosen.price("evaporation").usd_per_unit if choices.treatment == "evaporate" else 0.0
        carried = numbers["organic_entrained_mg_L"] / 1000.0 / (extractant + diluent) * fill
        base = choices.base or SAPONIFIER_BASE.get(organic.saponifier or "", "")
        base_kg = base_kg_per_kmol(base) if base else 0.0
        base_usd = base_kg * chosen.price(base).usd_per_unit if base else 0.0
        if base:
            water = reagent_water_m3(base, base_kg, process_parameters(choices.process))
            base_usd += water * (chosen.price("water").usd_per_unit + evaporated)
        acids = [stream.acid for stream in cascade.stream.values() if stream.acid]
        acid = acids[0] if acids else "HCl"
        valence = 2.0 if acid == "H2SO4" else 1.0
        return cls(
            hours=numbers["operating_h_per_y"],
            acid_usd_per_kmol=molar_mass_kg_kmol(acid) / valence * chosen.price(acid).usd_per_unit,
            base_usd_per_kmol=base_usd,
            water_usd_per_m3=chosen.price("water").usd_per_unit + evaporated + carried,
            lime_usd_per_kmol=base_kg_per_kmol("lime") * chosen.price("lime").usd_per_unit if treated else 0.0,
            power_usd_per_kWh=chosen.price("electricity").usd_per_unit,
            organic_usd_per_m3_y=fill * (factor + numbers["organic_bleed_per_y"]),
            held_usd_per_kg_y=numbers["discount_rate"] * _held_usd_per_kg(cascade, chosen, choices),
            capital_per_y=installed * (factor + numbers["maintenance_fraction_per_y"]),
            mixer_settlers=choices.mixer_settlers,
            rules=equipment_parameters(choices.equipment),
        )

    def annual_usd(
        self,
        sections: Sequence[SectionFlows],
        acid_kmol_h: float,
        base_kmol_h: float,
        bought_water_m3_h: float,
        free_acid_kmol_h: float = 0.0,
        organic_kg_oxide_m3: float = 0.0,
    ) -> float:
        """Yearly cost of what a design decides [USD/y].

        Parameters
        ----------
        sections : sequence of SectionFlows
            Stages and flows of each section.
        acid_kmol_h, base_kmol_h : float
            Protons and hydroxide bought [kmol/h].
        bought_water_m3_h : float
            Volume of scrub, strip and wash streams, which ends as effluent [m3/h].
        free_acid_kmol_h : float
            Acid left in the outlets [kmol/h].
        organic_kg_oxide_m3 : float
            Load of the organic as oxide, for the interest on what is held [kg/m3].

        Returns
        -------
        float
            Lower is better; differences between designs are those of `cost`.
        """
        erected, organic, power = 0.0, 0.0, 0.0
        for section in sections:
            unit = mixer_settler(StageFlows("section", 1, section.aqueous_m3_h, section.organic_m3_h), self.rules)
            kind = mixer_settler_correlation(self.mixer_settlers, unit.volume_m3)
            erected += section.stages * kind.cost_usd(unit.volume_m3)
            organic += section.stages * unit.organic_m3
            power += section.stages * unit.agitator_kW
        if sections:
            tank = sections[0].organic_m3_h * self.rules["organic_tank_h"]
            organic += tank
            if tank > 0.0:
                erected += correlations()["tanks"].cost_usd(tank)
        running = (
            acid_kmol_h * self.acid_usd_per_kmol
            + base_kmol_h * self.base_usd_per_kmol
            + bought_water_m3_h * self.water_usd_per_m3
            + free_acid_kmol_h * self.lime_usd_per_kmol
            + power * self.power_usd_per_kWh
        )
        held = organic * organic_kg_oxide_m3 * self.held_usd_per_kg_y
        return erected * self.capital_per_y + organic * self.organic_usd_per_m3_y + held + running * self.hours


def _held_usd_per_kg(cascade: Cascade, prices: PriceSet, options: CostOptions) -> float:
    """Worth of a kilogram of the oxides fed: the price of the feed, else of its oxides [USD/kg]."""
    if options.feed_usd_per_kg_oxide is not None:
        return options.feed_usd_per_kg_oxide
    fed: dict[str, float] = {}
    for stream in cascade.stream.values():
        flow = stream.flow_m3_h if isinstance(stream.flow_m3_h, float) else 1.0
        for name, value in stream.concentration_mol_L.items():
            fed[name] = fed.get(name, 0.0) + flow * value
    weight = {name: oxide_kg({name: amount}) for name, amount in fed.items()}
    total = sum(weight.values())
    return _mean(weight, prices) if total > 0.0 else 0.0


def _mean(weight: Mapping[str, float], prices: PriceSet) -> float:
    """Mean price of oxides by mass [USD/kg]."""
    worth = sum(kg * prices.oxide(name).usd_per_unit for name, kg in weight.items() if kg > 0.0)
    return worth / sum(weight.values())
