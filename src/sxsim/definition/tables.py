"""The tables of a cascade file; every field name is the TOML key, dimensional ones end in their unit."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from sxsim.definition.startup_tables import Startup
from sxsim.definition.target_tables import Solve, Target
from sxsim.definition.values import (
    MOST_STAGES,
    Assay,
    Extractant,
    FlowOrDesign,
    Fraction,
    FrozenTable,
    Listed,
    Name,
    NotNegative,
    Positive,
    Stages,
    StagesOrDesign,
    Table,
)
from sxsim.elements import g_L_to_mol_L
from sxsim.foundation.remembering import remembered

__all__ = [
    "ACID_MEDIUM",
    "ACID_VALENCE",
    "BASE_CATION",
    "Design",
    "Draw",
    "Economics",
    "NEUTRAL_pH",
    "Organic",
    "Section",
    "Solve",
    "Split",
    "Startup",
    "Stream",
    "Target",
]

ACID_VALENCE: dict[str, int] = {"HCl": 1, "HNO3": 1, "H2SO4": 2}
"""Protons per molecule of each acid."""

ACID_MEDIUM: dict[str, str] = {"HCl": "chloride", "HNO3": "nitrate", "H2SO4": "sulfate"}
"""The medium that each acid makes."""

NEUTRAL_pH = 7.0
"""Of water at 25 C, whose ion product is 1e-14 mol2/L2; what a stream has that states neither pH nor acid."""

BASE_CATION: dict[str, str] = {"NaOH": "Na", "NH3": "NH4"}
"""The cation that a base leaves behind when it has taken a proton."""

Phase = Literal["aqueous", "organic"]
Carried = Annotated[float, Field(ge=0.0, lt=0.1)]


class Organic(Table):
    """The organic phase that runs through the sections, and how it is made ready for stage 1.

    Attributes
    ----------
    extractant : str
        Canonical name of the active substance; aliases are accepted on input.
    extractant_mol_L : float
        Extractant, counted as monomer [mol/L].
    saponified_fraction : float or None
        Share of the extractant monomer that enters as its Na or NH4 salt, 0-1.
    base_kmol_h : float or None
        Base that saponifies the organic, as a flow [kmol/h]; instead of `saponified_fraction`.
    saponifier : {"NH4", "Na"} or None
        Counter-ion of the base.
    diluent : str
        What dilutes the extractant.
    temperature_C : float
        Temperature [C].
    system : str
        Name of the extraction system's data file.
    flow_m3_h : float or "design"
        Organic flow into stage 1 [m3/h].
    recycled : bool
        Whether the organic that leaves the last stage returns to stage 1.
    assay_mol_L : mapping
        Metals that the fresh organic brings along [mol/L]; empty for a recycled organic.
    """

    extractant: Extractant
    extractant_mol_L: Positive
    saponified_fraction: NotNegative | None = None
    base_kmol_h: NotNegative | None = None
    saponifier: Literal["NH4", "Na"] | None = None
    diluent: str = "kerosene"
    temperature_C: float = 25.0
    system: str
    flow_m3_h: FlowOrDesign
    recycled: bool = False
    assay_mol_L: Assay = Field(default_factory=FrozenTable)


class Section(Table):
    """A run of stages between two places where an aqueous stream enters or leaves.

    Attributes
    ----------
    name : str
        Name by which streams, paths and results call it.
    kind : {"soap", "extraction", "scrubbing", "stripping", "washing"}
        Its duty.
    stages : int or "design"
        Number of mixer-settlers.
    aqueous_in : str
        Stream that enters the section's last stage.
    aqueous_out : str
        Section whose last stage the aqueous joins, or the name of a product.
    stage_efficiency : float
        Murphree efficiency of the organic side, above 0 and up to 1; of metals and counter-ion alike.
    entrainment_O_in_A, entrainment_A_in_O : float
        Volume of the foreign phase carried off per volume of the carrying phase, 0 to below 0.1.
    """

    name: Name
    kind: Literal["soap", "extraction", "scrubbing", "stripping", "washing"]
    stages: StagesOrDesign
    aqueous_in: str
    aqueous_out: Name
    stage_efficiency: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0
    entrainment_O_in_A: Carried = 0.0
    entrainment_A_in_O: Carried = 0.0


class Stream(Table):
    """A liquor that enters the cascade, at the end of a section or at a stage of its own.

    Attributes
    ----------
    flow_m3_h : float or "design"
        Flow, without what splits add to it [m3/h].
    pH : float or None
        -log10 of the free acid [mol/L]; above 7 the stream is alkaline and neutralises acid.
    acid : {"HCl", "HNO3", "H2SO4"} or None
        The acid of `acid_mol_L`.
    acid_mol_L : float or None
        Free acid [mol/L]; instead of `pH`.
    acid_beside_pH : bool
        Whether `acid_mol_L` is added to a liquor of that `pH`; otherwise the two would tell one acidity twice.
    base : {"NaOH", "NH3"} or None
        The base of `base_mol_L`.
    base_mol_L : float or None
        Free base of an alkaline stream, which neutralises acid [mol/L]; instead of `pH`.
    basis : {"oxide", "element"} or None
        What `assay_g_L` weighs.
    assay_g_L, assay_mol_L : mapping
        Element to concentration [g/L] or [mol/L]; one of the two.
    section, stage : str, int or None
        Place of a further feed: section and local stage, counted from 1 along the organic.
    phase : {"aqueous", "organic"}
        Phase the stream belongs to.
    """

    flow_m3_h: FlowOrDesign
    pH: Annotated[float, Field(ge=-2.0, le=14.0)] | None = None
    acid: Literal["HCl", "HNO3", "H2SO4"] | None = None
    acid_mol_L: NotNegative | None = None
    acid_beside_pH: bool = False
    base: Literal["NaOH", "NH3"] | None = None
    base_mol_L: NotNegative | None = None
    basis: Literal["oxide", "element"] | None = None
    assay_g_L: Assay = Field(default_factory=FrozenTable)
    assay_mol_L: Assay = Field(default_factory=FrozenTable)
    section: str | None = None
    stage: Stages | None = None
    phase: Phase = "aqueous"

    @property
    def placed(self) -> bool:
        """Whether the stream enters at a stage of its own."""
        return self.section is not None

    @property
    def free_acid_mol_L(self) -> float:
        """Protons brought in: 10^-pH plus the acid made up, two for each H2SO4, less the free base [mol/L]."""
        h = 0.0 if self.pH is None else math.pow(10.0, -min(self.pH, NEUTRAL_pH))
        made_up = self.acid_mol_L or 0.0
        return h + made_up * ACID_VALENCE.get(self.acid or "", 1) - self.alkali_mol_L

    @property
    def alkali_mol_L(self) -> float:
        """Free base, each of which takes one proton: `base_mol_L`, or hydroxide beyond neutral water's [mol/L]."""
        above = 0.0
        if self.pH is not None and self.pH > NEUTRAL_pH:
            above = math.pow(10.0, self.pH - 2.0 * NEUTRAL_pH) - math.pow(10.0, -NEUTRAL_pH)
        return above + (self.base_mol_L or 0.0)

    @property
    def concentration_mol_L(self) -> dict[str, float]:
        """Element to concentration, whatever the assay was typed in [mol/L]."""
        return dict(_moles(self))


@remembered
def _moles(stream: Stream) -> Mapping[str, float]:
    """Element to concentration [mol/L]."""
    if stream.basis is None:
        return stream.assay_mol_L
    return {symbol: g_L_to_mol_L(grams, symbol, stream.basis) for symbol, grams in stream.assay_g_L.items()}


class Split(Table):
    """Part of a product that goes back into a stream: reflux, or the feed of a soap section."""

    from_: Annotated[str, Field(alias="from")]
    to: str
    fraction: Fraction


class Draw(Table):
    """A side product taken from one phase of one stage."""

    name: Name
    section: str
    stage: Stages
    phase: Phase
    flow_m3_h: FlowOrDesign


class Design(Table):
    """What `design` keeps as it is, what it makes least, and the limits it keeps.

    Attributes
    ----------
    fixed : tuple of str
        Paths of stages and flows that stay as typed; everything else is decided.
    objective : {"cost", "stages", "reagent"}
        Yearly cost, number of stages, or acid and base bought.
    stages_max : int
        Most stages of all sections together.
    loading_max : float or None
        Highest loading fraction of any stage [-].
    pH_min, pH_max : float or None
        Window for every stage but those of stripping.
    acid_mol_L : mapping of str to tuple of float
        Strengths at which the acid of a stream is to be had [mol/L]; without an entry it stays as typed.
    saponified_fraction : tuple of float
        Saponifications to choose from [-]; empty keeps the typed one.
    residual_mol_L : float or None
        Rare earths that a stripped organic and a waste brine may keep [mol/L]; None lets the purity of the aqueous
        product decide.
    S_over_S_min_max : float
        Where stages are made fewest: the most organic, and strip acid, over its minimum [-].
    feed_margin : float
        Relative change of the feed's grade and of each element's share, up and down, with which the targets still have
        to be met by other flows [-].
    """

    fixed: Annotated[tuple[str, ...], Listed] = ()
    objective: Literal["cost", "stages", "reagent"] = "cost"
    stages_max: Annotated[int, Field(ge=1, le=MOST_STAGES)] = 200
    loading_max: Annotated[float, Field(gt=0.0, le=1.0)] | None = None
    pH_min: float | None = None
    pH_max: float | None = None
    acid_mol_L: Annotated[
        Mapping[Name, Annotated[tuple[Positive, ...], Listed, Field(min_length=1)]], AfterValidator(FrozenTable)
    ] = Field(default_factory=FrozenTable)
    saponified_fraction: Annotated[tuple[Annotated[float, Field(gt=0.0, lt=1.0)], ...], Listed] = ()
    residual_mol_L: Positive | None = None
    S_over_S_min_max: Annotated[float, Field(gt=1.0)] = 2.0
    feed_margin: Annotated[float, Field(ge=0, lt=0.5)] = 0.0


class Economics(Table):
    """Prices and choices of a costing; what is left out comes from cited data.

    Attributes
    ----------
    price_set : str
        Name of a shipped price set, or a file.
    precipitant : {"oxalic acid", "NH4HCO3", "Na2CO3"} or None
        What makes the products solid.
    base : {"NH3", "NaOH", "lime", "magnesia"} or None
        What saponifies, when another base stands in for the saponifier.
    treatment : {"none", "neutralise", "evaporate"} or None
        Of aqueous waste.
    mixer_settlers : {"vendor", "erected"} or None
        Which cost correlation.
    feed_usd_per_kg_oxide : float or None
        Price of the feed [USD/kg]; None leaves it out.
    operating_h_per_y, lifetime_y, operators_per_shift, lang_factor, location_factor : float or None
        Hours a year [h/y], lifetime [y], people, plant cost per erected cost [-], cost level [-].
    discount_rate, tax_rate : float or None
        Fractions [1/y], [-].
    """

    price_set: str = "china-2024"
    precipitant: Literal["oxalic acid", "NH4HCO3", "Na2CO3"] | None = None
    base: Literal["NH3", "NaOH", "lime", "magnesia"] | None = None
    treatment: Literal["none", "neutralise", "evaporate"] | None = None
    mixer_settlers: Literal["vendor", "erected"] | None = None
    feed_usd_per_kg_oxide: NotNegative | None = None
    operating_h_per_y: Positive | None = None
    lifetime_y: Positive | None = None
    operators_per_shift: NotNegative | None = None
    lang_factor: Positive | None = None
    location_factor: Positive | None = None
    discount_rate: Fraction | None = None
    tax_rate: Fraction | None = None
