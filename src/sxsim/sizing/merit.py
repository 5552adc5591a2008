"""What a solved cascade costs a year, how many stages it has, and how much reagent it takes."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sxsim.cascade.result import Result
from sxsim.economics.objective import CostModel, SectionFlows
from sxsim.elements import ELEMENTS

__all__ = ["Merit", "merit_of"]

TIE = 1e-6
"""Weight of the reagents where stages decide, and of the organic where reagents do: it only settles ties."""


@dataclass(frozen=True, slots=True)
class Merit:
    """The figures that designs are compared by.

    Attributes
    ----------
    annual_usd : float
        Yearly cost of what a design decides: capital, fill and bleed of organic, rare earths held, acid, base, water,
        lime and power [USD/y]; NaN where the extractant has no price or density.
    stages : int
        All stages.
    acid_kmol_h, base_kmol_h : float
        Protons and hydroxide bought [kmol/h].
    organic_m3_h : float
        Organic flow [m3/h].
    """

    annual_usd: float
    stages: int
    acid_kmol_h: float
    base_kmol_h: float
    organic_m3_h: float = 0.0

    @property
    def reagent_kmol_h(self) -> float:
        """Acid and base together [kmol/h]."""
        return self.acid_kmol_h + self.base_kmol_h

    def value(self, objective: str) -> float:
        """The figure that an objective makes least."""
        if objective == "cost":
            return self.annual_usd
        if objective == "stages":
            return self.stages + TIE * (self.reagent_kmol_h + self.organic_m3_h)
        return self.reagent_kmol_h + TIE * self.organic_m3_h


def merit_of(result: Result, model: CostModel | None) -> Merit:
    """Judge a solved cascade.

    Parameters
    ----------
    result : Result
        A solved cascade.
    model : CostModel or None
        Prices and rules of this cascade; None where it has none.

    Returns
    -------
    Merit
        Cost, stages, reagents.
    """
    cascade, stage = result.cascade, result.stage
    found = result.found
    sections = []
    for part in cascade.section:
        here = [j for j, name in enumerate(stage.section) if name == part.name]
        aqueous = math.fsum(stage.aqueous_m3_h[here]) / len(here)
        organic = math.fsum(stage.organic_m3_h[here]) / len(here)
        sections.append(SectionFlows(len(here), aqueous, organic))
    acid = water = 0.0
    for name, stream in cascade.stream.items():
        if stream.phase == "organic" or any(stream.concentration_mol_L.values()):
            continue
        flow = result.stream[name].flow_m3_h
        water += flow
        acid += flow * (result.stream[name].acid_mol_L or 0.0)
    organic_in = cascade.organic
    flow = found.get("organic.flow_m3_h", float(organic_in.flow_m3_h))
    fraction = found.get("organic.saponified_fraction", organic_in.saponified_fraction or 0.0)
    base = found.get("organic.base_kmol_h", organic_in.base_kmol_h or 0.0)
    base += flow * organic_in.extractant_mol_L * fraction
    left = math.fsum(
        stream.flow_m3_h * (stream.acid_mol_L or 0.0)
        for stream in result.stream.values()
        if stream.kind == "product" and stream.phase == "aqueous"
    )
    oxide = math.fsum(
        float(stage.organic_mol_L[:, row].mean()) * ELEMENTS[name].equivalent_mass_g_mol("oxide")
        for row, name in enumerate(result.components)
        if name in ELEMENTS and ELEMENTS[name].is_rare_earth
    )
    annual = math.nan if model is None else model.annual_usd(sections, acid, base, water, left, oxide)
    return Merit(annual, len(stage.section), acid, base, flow)
