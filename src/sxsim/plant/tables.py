"""The tables of a train file; every field name is the TOML key, dimensional ones end in their unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from sxsim.definition.tables import Economics, Target
from sxsim.definition.values import (
    Fraction,
    FreeAcid_mol_L,
    FrozenTable,
    Listed,
    Name,
    NotNegative,
    Positive,
    RareEarths_mol_L,
    Table,
)

__all__ = ["Economics", "Step", "TrainCascade", "TrainFeed", "TrainProduct"]

StepKind = Literal["adjust", "purify", "reprecipitate", "split"]
Frozen = AfterValidator(FrozenTable)


class TrainFeed(Table):
    """What enters a train: rare earths of a shipped feed or typed ones, as concentrate or as liquor.

    Attributes
    ----------
    name : str
        Name of the stream.
    feed : str or None
        A shipped feed, such as ``bayan_obo_usgs``.
    oxide_share : mapping of str to float
        Instead of `feed`: share of each element's oxide by mass; normalised to 1.
    oxide_kg_h : float
        Rare earths fed, weighed as oxides [kg/h].
    impurity_mol_per_mol : mapping of str to float
        Iron, aluminium and calcium that come along, per rare earths [mol/mol]; a step of kind `purify` takes the first
        two out, calcium passes with the water.
    rare_earths_mol_L : float
        What the liquor holds [mol/L].
    free_acid_mol_L : float
        Free acid of a feed that comes as a liquor [mol/L].
    dissolve : bool
        Whether a concentrate is dissolved in acid, with the yield and the excess of `sxsim.processes.dissolve`;
        otherwise the feed comes as a liquor.
    route : str or None
        Shipped front end, such as ``clay_in_situ``: recovery, reagents, residues and cost from the ground on.
    quote : str or None
        Row of the shipped prices of concentrates.
    usd_per_kg_oxide : float or None
        Instead of `quote`: price of the concentrate [USD/kg].
    """

    name: Name
    feed: str | None = None
    oxide_share: Annotated[Mapping[str, NotNegative], Frozen] = Field(default_factory=FrozenTable)
    oxide_kg_h: Positive
    impurity_mol_per_mol: Annotated[Mapping[Literal["Fe", "Al", "Ca"], NotNegative], Frozen] = Field(
        default_factory=FrozenTable
    )
    rare_earths_mol_L: RareEarths_mol_L = 1.0
    free_acid_mol_L: FreeAcid_mol_L = 0.01
    dissolve: bool = False
    route: str | None = None
    quote: str | None = None
    usd_per_kg_oxide: NotNegative | None = None


class Step(Table):
    """What happens to liquors between cascades.

    Attributes
    ----------
    name : str
        Name of the step and of the stream that leaves it.
    kind : {"adjust", "purify", "reprecipitate", "split"}
        `adjust` mixes liquors, brings their free acid and their strength where they are wanted; `purify` takes iron and
        aluminium out as hydroxides; `reprecipitate` makes a solid and dissolves it again, and leaves a mother liquor;
        `split` divides a liquor into ``part`` and ``rest``.
    inlet : tuple of str
        Streams that enter.
    rare_earths_mol_L : float or None
        Strength wanted: water is evaporated or added [mol/L]; None leaves it.
    free_acid_mol_L : float or None
        Free acid wanted: base or acid is added [mol/L]; None leaves it.
    base : {"NH3", "NaOH", "lime", "magnesia"}
        What neutralises.
    acid : {"HCl", "HNO3", "H2SO4"}
        What acidifies or dissolves.
    precipitant : {"oxalic acid", "NH4HCO3", "Na2CO3"}
        What makes the solid; oxalates are calcined before they dissolve.
    fraction : float or None
        Share of a split that leaves as ``part``.
    """

    name: Name
    kind: StepKind
    inlet: Annotated[tuple[str, ...], Listed, Field(min_length=1)]
    rare_earths_mol_L: RareEarths_mol_L | None = None
    free_acid_mol_L: FreeAcid_mol_L | None = None
    base: Literal["NH3", "NaOH", "lime", "magnesia"] = "NH3"
    acid: Literal["HCl", "HNO3", "H2SO4"] = "HCl"
    precipitant: Literal["oxalic acid", "NH4HCO3", "Na2CO3"] = "NH4HCO3"
    fraction: Fraction | None = None


class TrainCascade(Table):
    """One cascade of a train: a cascade file or an inline table, and what is different here.

    Attributes
    ----------
    name : str
        Name of the cascade; its products are called ``name.product``.
    file : str or None
        A cascade file beside the train file, or a bundled cascade; taken as it stands but for what follows.
    definition : mapping or None
        Instead of `file`: the tables of a cascade file. Elements and the liquors that come from the train may be left
        out.
    inlet : mapping of str to str
        For each stream of the cascade that comes from the train, that stream; ``organic`` is the organic itself.
    elements : tuple of str
        Elements to follow; empty follows all that may arrive.
    set : mapping of str to value
        Dotted paths and the values they take here.
    target : tuple of Target
        Instead of the targets of the file.
    reference_kmol_h : float or None
        Rare earths arriving for which the flows of the file and of `set` are typed; with another amount they change in
        proportion [kmol/h]. None keeps them as typed.
    scale : float
        Factor on every flow of the file and of `set` [-].
    """

    name: Name
    file: str | None = None
    definition: Annotated[Mapping[str, Any], Frozen] | None = None
    inlet: Annotated[Mapping[Name, str], Frozen]
    elements: Annotated[tuple[str, ...], Listed] = ()
    set: Annotated[Mapping[str, Any], Frozen] = Field(default_factory=FrozenTable)
    target: Annotated[tuple[Target, ...], Listed] = ()
    reference_kmol_h: Positive | None = None
    scale: Positive = 1.0


class TrainProduct(Table):
    """A stream that is sold.

    Attributes
    ----------
    name : str
        What it is called.
    stream : str
        Stream that becomes it.
    elements : tuple of str
        The element, or the group of elements, that it is made of.
    purity_min : float or None
        Least share of them in its rare earths, 0-1.
    purity_basis : {"oxide", "mol"}
        By oxide mass or by moles.
    recovery_min : float or None
        Least share of them, of what is fed to the train, that leaves here, 0-1.
    finish : {"oxide", "liquor"}
        Precipitated and calcined, or delivered as it is.
    """

    name: Name
    stream: str
    elements: Annotated[tuple[str, ...], Listed, Field(min_length=1)]
    purity_min: Annotated[float, Field(gt=0.0, lt=1.0)] | None = None
    purity_basis: Literal["oxide", "mol"] = "oxide"
    recovery_min: Annotated[float, Field(gt=0.0, lt=1.0)] | None = None
    finish: Literal["oxide", "liquor"] = "oxide"
