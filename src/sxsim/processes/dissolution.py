"""Dissolving an oxide or carbonate concentrate in hydrochloric acid: the feed of a cascade."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from sxsim.elements import element
from sxsim.errors import Finding, InputError
from sxsim.foundation.cited import ParameterSet
from sxsim.foundation.freezing import Record
from sxsim.processes.liquor import Liquor
from sxsim.processes.options import process_parameters
from sxsim.processes.substances import molar_mass_kg_kmol

__all__ = ["Dissolution", "dissolve"]


@dataclass(frozen=True, slots=True, eq=False)
class Dissolution(Record):
    """A chloride liquor and what it took.

    Attributes
    ----------
    liquor : Liquor
        Feed of the first cascade.
    acid_kmol_h, acid_kg_h : float
        Pure hydrochloric acid [kmol/h] and [kg/h].
    residue_kmol_h : mapping of str to float
        Rare earths left undissolved [kmol/h].
    """

    liquor: Liquor
    acid_kmol_h: float
    acid_kg_h: float
    residue_kmol_h: Mapping[str, float]


def dissolve(
    oxide_kg_h: Mapping[str, float], rare_earths_mol_L: float = 1.0, parameters: ParameterSet | None = None
) -> Dissolution:
    """Dissolve a concentrate.

    Parameters
    ----------
    oxide_kg_h : mapping of str to float
        Rare earths of the concentrate by element, weighed as oxides [kg/h].
    rare_earths_mol_L : float
        What the liquor is to hold [mol/L].
    parameters : ParameterSet, optional
        Yield and excess of acid; the cited defaults when left out.

    Returns
    -------
    Dissolution
        Closed for every rare earth and for charge.

    Raises
    ------
    InputError
        An amount or the concentration is negative or zero, or an element is unknown.

    Notes
    -----
    Ln2O3 + 6 HCl = 2 LnCl3 + 3 H2O, and as much acid for a carbonate; the excess stays as free acid. What reduces
    CeO2, Pr6O11 and Tb4O7 is not counted.

    Examples
    --------
    >>> made = dissolve({"Nd": 168.24})
    >>> round(made.liquor.amount_kmol_h["Nd"], 3), round(made.acid_kmol_h, 3)
    (0.98, 3.087)
    """
    rules = parameters if parameters is not None else process_parameters()
    findings = [
        Finding(f"oxide_kg_h.{name}", f"{amount:g} kg/h", "at least 0", cure="drop the sign")
        for name, amount in oxide_kg_h.items()
        if amount < 0.0
    ]
    if not 0.0 < rare_earths_mol_L < 10.0:
        findings.append(
            Finding(
                "rare_earths_mol_L",
                f"{rare_earths_mol_L:g} mol/L",
                "above 0 to below 10 mol/L",
                cure="write mol/L of rare earths, 1.0 say",
            )
        )
    moles = {name: amount / element(name).equivalent_mass_g_mol("oxide") for name, amount in oxide_kg_h.items()}
    total = math.fsum(moles.values())
    if not findings and not total > 0.0:
        findings.append(Finding("oxide_kg_h", "nothing to dissolve", "above 0 kg/h", cure="feed some"))
    if findings:
        raise InputError(findings)
    dissolved = {name: rules["dissolution_yield"] * amount for name, amount in moles.items()}
    into = math.fsum(dissolved.values())
    acid = 3.0 * into * (1.0 + rules["dissolution_acid_excess"])
    free = acid - 3.0 * into
    return Dissolution(
        liquor=Liquor("feed", into / rare_earths_mol_L, {**dissolved, "H": free, "Cl": acid}),
        acid_kmol_h=acid,
        acid_kg_h=acid * molar_mass_kg_kmol("HCl"),
        residue_kmol_h={name: amount - dissolved[name] for name, amount in moles.items()},
    )
