"""What happens to liquors between cascades: mixing, free acid, strength, precipitating and dissolving, dividing."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sxsim.foundation.cited import ParameterSet
from sxsim.foundation.freezing import Record
from sxsim.plant.flow import ANION_OF_ACID, Flow, mixed
from sxsim.processes import (
    BASE_IONS,
    Calcination,
    Precipitation,
    calcine,
    molar_mass_kg_kmol,
    precipitate,
    reagent_water_m3,
    remove_impurities,
)

if TYPE_CHECKING:
    from sxsim.plant.tables import Step

__all__ = ["StepResult", "take_step"]


@dataclass(frozen=True, slots=True, eq=False)
class StepResult(Record):
    """A step with what it took.

    Attributes
    ----------
    name, kind : str
        Of the step.
    outlets : mapping of str to Flow
        Streams that leave, by their names.
    reagents_kmol_h : mapping of str to float
        Bought [kmol/h].
    ions_kmol_h : mapping of str to float
        Ions that the reagents bring, protons taken away counted negative [kmol/h].
    lost_kmol_h : mapping of str to float
        Metals lost as dust, left undissolved, or filtered off as hydroxides [kmol/h].
    water_m3_h : float
        Water by which the liquors grow; evaporated when negative [m3/h].
    reagent_water_m3_h : float
        Water that the reagents bring in their solutions [m3/h]; what the liquors do not take up of it is evaporated.
    wash_m3_h : float
        Water that washed a cake [m3/h].
    precipitation, calcination : Precipitation, Calcination or None
        Of a `reprecipitate`; calcination of an oxalate only.
    """

    name: str
    kind: str
    outlets: Mapping[str, Flow]
    reagents_kmol_h: Mapping[str, float] = field(default_factory=dict)
    ions_kmol_h: Mapping[str, float] = field(default_factory=dict)
    lost_kmol_h: Mapping[str, float] = field(default_factory=dict)
    water_m3_h: float = 0.0
    reagent_water_m3_h: float = 0.0
    wash_m3_h: float = 0.0
    precipitation: Precipitation | None = None
    calcination: Calcination | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "name": self.name,
            "kind": self.kind,
            "outlets": list(self.outlets),
            "reagents_kmol_h": dict(self.reagents_kmol_h),
            "lost_kmol_h": dict(self.lost_kmol_h),
            "water_m3_h": self.water_m3_h,
            "reagent_water_m3_h": self.reagent_water_m3_h,
        }


def take_step(step: Step, entering: Sequence[Flow], process: ParameterSet) -> StepResult:
    """Do what a step says with what enters it.

    Parameters
    ----------
    step : Step
        Definition.
    entering : sequence of Flow
        In the order of its inlets.
    process : ParameterSet
        Yields and excess of precipitation and calcination.

    Returns
    -------
    StepResult
        Closed for every ion and for charge.
    """
    if step.kind == "split":
        return _split(step, entering[0])
    if step.kind == "reprecipitate":
        return _reprecipitate(step, mixed(step.name, entering), process)
    if step.kind == "purify":
        return _purify(step, mixed(step.name, entering), process)
    return _adjust(step, mixed(step.name, entering), process)


def _split(step: Step, flow: Flow) -> StepResult:
    """Divide a stream."""
    share = float(step.fraction or 0.0)
    outlets = {}
    for name, part in ((f"{step.name}.part", share), (f"{step.name}.rest", 1.0 - share)):
        amounts = {ion: part * each for ion, each in flow.amount_kmol_h.items()}
        outlets[name] = Flow(name, flow.phase, part * flow.flow_m3_h, amounts)
    return StepResult(step.name, step.kind, outlets)


def _adjust(step: Step, flow: Flow, process: ParameterSet) -> StepResult:
    """Bring strength and free acid where they are wanted; what water reagents bring is evaporated or not added."""
    total = math.fsum(flow.rare_earths_kmol_h.values())
    volume = flow.flow_m3_h
    if step.rare_earths_mol_L is not None and total > 0.0:
        volume = total / step.rare_earths_mol_L
    amounts = dict(flow.amount_kmol_h)
    reagents: dict[str, float] = {}
    ions: dict[str, float] = {}
    if step.free_acid_mol_L is not None:
        reagents, ions = _acid_to(step, amounts, step.free_acid_mol_L * volume)
    made = Flow(step.name, "aqueous", volume, amounts)
    brought, water = _water_of(reagents, process), volume - flow.flow_m3_h
    return StepResult(
        step.name, step.kind, {step.name: made}, reagents, ions, water_m3_h=water, reagent_water_m3_h=brought
    )


def _water_of(reagents: Mapping[str, float], process: ParameterSet) -> float:
    """Water that bases and acids bring [m3/h]."""
    return math.fsum(
        reagent_water_m3(name, amount * molar_mass_kg_kmol(name), process) for name, amount in reagents.items()
    )


def _acid_to(step: Step, amounts: dict[str, float], wanted_kmol_h: float) -> tuple[dict[str, float], dict[str, float]]:
    """Add base or acid until the free acid is what is wanted; what was bought, and the ions of it."""
    excess = amounts.get("H", 0.0) - wanted_kmol_h
    amounts["H"] = wanted_kmol_h
    if excess >= 0.0:
        ion, ions = BASE_IONS[step.base]
        amounts[ion] = amounts.get(ion, 0.0) + ions * excess
        return {step.base: ions * excess}, {ion: ions * excess, "H": -excess}
    anion, anions, protons = ANION_OF_ACID[step.acid]
    amounts[anion] = amounts.get(anion, 0.0) - excess * anions / protons
    return {step.acid: -excess / protons}, {anion: -excess * anions / protons, "H": -excess}


def _purify(step: Step, flow: Flow, process: ParameterSet) -> StepResult:
    """Take iron and aluminium out, with the rare earths that the cake drags along; the volume stays."""
    made = remove_impurities(flow.liquor(), step.base, process)
    out = Flow(step.name, "aqueous", made.liquor.flow_m3_h, dict(made.liquor.amount_kmol_h))
    ion, ions = BASE_IONS[step.base]
    taken = flow.amount_kmol_h.get("H", 0.0) - out.amount_kmol_h["H"]
    brought = {ion: ions * made.base_kmol_h, "H": -taken}
    reagents: dict[str, float] = {step.base: ions * made.base_kmol_h}
    return StepResult(
        step.name,
        step.kind,
        {step.name: out},
        reagents,
        brought,
        made.cake_kmol_h,
        reagent_water_m3_h=_water_of(reagents, process),
    )


def _reprecipitate(step: Step, flow: Flow, process: ParameterSet) -> StepResult:
    """Make a solid and dissolve it again: another strength, another acid, no salt."""
    cake = precipitate(flow.liquor(), step.precipitant, process)
    held, lost = dict(cake.cake_kmol_h), dict[str, float]()
    burnt = None
    if step.precipitant == "oxalic acid":
        burnt = calcine(cake, process)
        kept = process["dissolution_yield"]
        held = {name: kept * each for name, each in burnt.oxide_kmol_h.items()}
        lost = {name: cake.cake_kmol_h[name] - each for name, each in held.items()}
    total = math.fsum(held.values())
    volume = total / (step.rare_earths_mol_L or 1.0)
    free = (step.free_acid_mol_L or 0.0) * volume
    anion, anions, protons = ANION_OF_ACID[step.acid]
    acid = 3.0 * total + free
    liquor = Flow(step.name, "aqueous", volume, {**held, "H": free, anion: acid * anions / protons})
    wash = flow.oxide_kg_h / 1000.0 * process["cake_wash_m3_per_t"]
    mother = cake.mother_liquor
    spent = Flow(f"{step.name}.mother_liquor", "aqueous", mother.flow_m3_h + wash, dict(mother.amount_kmol_h))
    names = dict.fromkeys((*flow.amount_kmol_h, *liquor.amount_kmol_h, *spent.amount_kmol_h))
    ions = {
        ion: liquor.amount_kmol_h.get(ion, 0.0)
        + spent.amount_kmol_h.get(ion, 0.0)
        + lost.get(ion, 0.0)
        - flow.amount_kmol_h.get(ion, 0.0)
        for ion in names
        if ion not in held
    }
    return StepResult(
        step.name,
        step.kind,
        {step.name: liquor, spent.name: spent},
        {step.precipitant: cake.precipitant_kmol_h, step.acid: acid / protons},
        ions,
        lost,
        water_m3_h=volume + cake.solution_m3_h,
        reagent_water_m3_h=cake.solution_m3_h,
        wash_m3_h=wash,
        precipitation=cake,
        calcination=burnt,
    )
