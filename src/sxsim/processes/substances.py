"""Molar masses of what is bought, neutralised, precipitated and thrown away."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sxsim.elements import ELEMENTS, OXYGEN_MOLAR_MASS_G_MOL
from sxsim.errors import Finding, InputError
from sxsim.foundation.suggestions import one_of

__all__ = ["FORMULAS", "molar_mass_kg_kmol"]

# Abridged standard atomic weights 2021, as in sxsim.elements.
_ATOMS = {
    "H": 1.008,
    "C": 12.011,
    "N": 14.007,
    "O": OXYGEN_MOLAR_MASS_G_MOL,
    "Na": 22.990,
    "Mg": 24.305,
    "P": 30.974,
    "S": 32.06,
    "Cl": 35.45,
    "Ca": ELEMENTS["Ca"].molar_mass_g_mol,
}

#: Atoms of each substance by its name in price sets and results.
FORMULAS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "HCl": {"H": 1, "Cl": 1},
        "HNO3": {"H": 1, "N": 1, "O": 3},
        "H2SO4": {"H": 2, "S": 1, "O": 4},
        "NaOH": {"Na": 1, "O": 1, "H": 1},
        "NH3": {"N": 1, "H": 3},
        "lime": {"Ca": 1, "O": 1},
        "magnesia": {"Mg": 1, "O": 1},
        "oxalic acid": {"H": 6, "C": 2, "O": 6},
        "NH4HCO3": {"N": 1, "H": 5, "C": 1, "O": 3},
        "Na2CO3": {"Na": 2, "C": 1, "O": 3},
        "water": {"H": 2, "O": 1},
        "CO2": {"C": 1, "O": 2},
        "NaCl": {"Na": 1, "Cl": 1},
        "NH4Cl": {"N": 1, "H": 4, "Cl": 1},
        "MgCl2": {"Mg": 1, "Cl": 2},
        "Mg": {"Mg": 1},
        "CaCl2": {"Ca": 1, "Cl": 2},
        "N": {"N": 1},
        "Cl": {"Cl": 1},
        "NO3": {"N": 1, "O": 3},
        "SO4": {"S": 1, "O": 4},
        "NH4": {"N": 1, "H": 4},
        "Na": {"Na": 1},
        "H": {"H": 1},
        "oxalate": {"C": 2, "O": 4},
        "HCO3": {"H": 1, "C": 1, "O": 3},
        "CO3": {"C": 1, "O": 3},
        "P507": {"C": 16, "H": 35, "O": 3, "P": 1},
        "P204": {"C": 16, "H": 35, "O": 4, "P": 1},
        "Cyanex 272": {"C": 16, "H": 35, "O": 2, "P": 1},
        "naphthenic acid": {"C": 14, "H": 26, "O": 2},
        "TBP": {"C": 12, "H": 27, "O": 4, "P": 1},
        "kerosene": {"C": 12, "H": 26},
    }
)
"""Oxalic acid is the dihydrate of trade; kerosene stands for dodecane, naphthenic acid for the middle of a mixture."""


def molar_mass_kg_kmol(substance: str) -> float:
    """Molar mass of a substance or of an element [kg/kmol].

    Parameters
    ----------
    substance : str
        Name in `FORMULAS`, or the symbol of an element sxsim separates.

    Raises
    ------
    InputError
        The substance is not known.

    Examples
    --------
    >>> round(molar_mass_kg_kmol("oxalic acid"), 2)
    126.06
    """
    if substance in FORMULAS:
        return sum(_ATOMS[atom] * count for atom, count in FORMULAS[substance].items())
    if substance in ELEMENTS:
        return ELEMENTS[substance].molar_mass_g_mol
    raise InputError(
        Finding("substance", f"unknown substance {substance!r}", ", ".join(FORMULAS), one_of(substance, FORMULAS))
    )
