"""Precipitation of a product liquor as oxalate or carbonate."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from sxsim.errors import Finding, InputError
from sxsim.foundation.cited import ParameterSet
from sxsim.foundation.freezing import Record
from sxsim.foundation.suggestions import one_of
from sxsim.processes.liquor import Liquor
from sxsim.processes.options import process_parameters
from sxsim.processes.substances import molar_mass_kg_kmol

__all__ = ["PRECIPITANTS", "Precipitant", "Precipitation", "precipitate"]


class Precipitant(NamedTuple):
    """Stoichiometry of one precipitant.

    Attributes
    ----------
    ions : mapping of str to float
        What one mole brings into the liquor.
    anion : str
        Ion that goes into the solid or is destroyed by acid.
    per_rare_earth : float
        Moles per mole of rare earth precipitated.
    per_acid : float
        Moles that one mole of free acid destroys.
    anion_in_solid : float
        Moles of the anion's carbon group in the solid per mole of rare earth.
    CO2_per_rare_earth, CO2_per_acid : float
        Carbon dioxide set free [mol/mol].
    """

    ions: Mapping[str, float]
    anion: str
    per_rare_earth: float
    per_acid: float
    anion_in_solid: float
    CO2_per_rare_earth: float
    CO2_per_acid: float


PRECIPITANTS: Mapping[str, Precipitant] = MappingProxyType(
    {
        "oxalic acid": Precipitant({"H": 2.0, "oxalate": 1.0}, "oxalate", 1.5, 0.0, 1.5, 0.0, 0.0),
        "NH4HCO3": Precipitant({"NH4": 1.0, "HCO3": 1.0}, "HCO3", 3.0, 1.0, 1.5, 1.5, 1.0),
        "Na2CO3": Precipitant({"Na": 2.0, "CO3": 1.0}, "CO3", 1.5, 0.5, 1.5, 0.0, 0.5),
    }
)
"""2 Ln3+ + 3 H2C2O4 = Ln2(C2O4)3 + 6 H+; 2 Ln3+ + 6 HCO3- = Ln2(CO3)3 + 3 CO2 + 3 H2O; 2 Ln3+ + 3 CO3-- = Ln2(CO3)3."""


@dataclass(frozen=True, slots=True, eq=False)
class Precipitation(Record):
    """What a precipitation takes and gives.

    Attributes
    ----------
    precipitant : str
        Name in `PRECIPITANTS`.
    precipitant_kmol_h, precipitant_kg_h : float
        Amount added, excess included [kmol/h] and [kg/h].
    cake_kmol_h : mapping of str to float
        Rare earths in the solid [kmol/h].
    carbon_groups_kmol_h : float
        Oxalate or carbonate in the solid [kmol/h].
    CO2_kmol_h : float
        Carbon dioxide set free [kmol/h].
    solution_m3_h : float
        Solution of the precipitant as it is added [m3/h].
    mother_liquor : Liquor
        What the solid leaves behind: the liquor and the solution, wash water not included.
    """

    precipitant: str
    precipitant_kmol_h: float
    precipitant_kg_h: float
    cake_kmol_h: Mapping[str, float]
    carbon_groups_kmol_h: float
    CO2_kmol_h: float
    solution_m3_h: float
    mother_liquor: Liquor


def precipitate(
    liquor: Liquor, precipitant: str = "oxalic acid", parameters: ParameterSet | None = None
) -> Precipitation:
    """Precipitate the rare earths of a liquor.

    Parameters
    ----------
    liquor : Liquor
        Product liquor; its free acid is neutralised first by a carbonate.
    precipitant : {"oxalic acid", "NH4HCO3", "Na2CO3"}
        What is added; oxalic acid as the dihydrate.
    parameters : ParameterSet, optional
        Yield and excess; the cited defaults when left out.

    Returns
    -------
    Precipitation
        Closed for every ion and for charge.

    Raises
    ------
    InputError
        The precipitant is not known.

    Notes
    -----
    Added n = s (1 + excess) RE + a H, with s and a of `PRECIPITANTS`; yield x RE goes into the solid, the rest and the
    excess stay in the mother liquor, with the water of the precipitant. Impurities are taken to stay dissolved.

    Examples
    --------
    >>> from sxsim.processes.options import ProcessOptions
    >>> exact = process_parameters(ProcessOptions(precipitation_yield=1.0, precipitant_excess=0.0))
    >>> made = precipitate(Liquor("strip_liquor", 1.0, {"Nd": 1.0, "H": 0.4, "Cl": 3.4}), parameters=exact)
    >>> made.precipitant_kmol_h, made.mother_liquor.amount_kmol_h["H"]
    (1.5, 3.4)
    """
    if precipitant not in PRECIPITANTS:
        cure = one_of(precipitant, PRECIPITANTS)
        raise InputError(Finding("precipitant", f"unknown precipitant {precipitant!r}", ", ".join(PRECIPITANTS), cure))
    rules = parameters if parameters is not None else process_parameters()
    law = PRECIPITANTS[precipitant]
    rare_earths = liquor.rare_earths_kmol_h
    total = math.fsum(rare_earths.values())
    acid = liquor.amount_kmol_h.get("H", 0.0) if law.per_acid else 0.0
    added = law.per_rare_earth * (1.0 + rules["precipitant_excess"]) * total + law.per_acid * acid
    cake = {name: rules["precipitation_yield"] * amount for name, amount in rare_earths.items()}
    solid = math.fsum(cake.values())
    left = dict(liquor.amount_kmol_h)
    for name, amount in cake.items():
        left[name] -= amount
    for ion, count in law.ions.items():
        left[ion] = left.get(ion, 0.0) + count * added
    left[law.anion] -= law.per_rare_earth * solid + law.per_acid * acid
    if law.per_acid:
        left["H"] = left.get("H", 0.0) - acid
    added_kg = added * molar_mass_kg_kmol(precipitant)
    solution = added_kg / rules[f"{precipitant.replace(' ', '_')}_g_L"]
    return Precipitation(
        precipitant=precipitant,
        precipitant_kmol_h=added,
        precipitant_kg_h=added_kg,
        cake_kmol_h=cake,
        carbon_groups_kmol_h=law.anion_in_solid * solid,
        CO2_kmol_h=law.CO2_per_rare_earth * solid + law.CO2_per_acid * acid,
        solution_m3_h=solution,
        mother_liquor=Liquor(f"{liquor.name}_mother_liquor", liquor.flow_m3_h + solution, left),
    )
