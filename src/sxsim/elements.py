"""The 15 rare earths (without promethium) and the impurities iron, aluminium and calcium.

Atomic weights are the abridged standard atomic weights of 2021 [1]_ (five significant figures). Oxides are those in
which assays and prices are quoted by the trade: Ln2O3, but CeO2, Pr6O11 and Tb4O7, the oxides that calcining in air
gives. In solution cerium, praseodymium and terbium are taken as trivalent like the others, iron as iron(III).

Light are La to Gd, heavy are Tb to Lu and Y, the convention of the U.S. Geological Survey [2]_; others draw the line
at Nd, Sm or Eu, so state which is meant when figures are compared.

References
----------
.. [1] T. Prohaska et al., Standard atomic weights of the elements 2021 (IUPAC Technical Report), Pure Appl. Chem. 94
   (2022) 573-600, doi:10.1515/pac-2019-0603.
.. [2] B. S. Van Gosen et al., Rare-earth elements, chapter O of U.S. Geological Survey Professional Paper 1802 (2017),
   doi:10.3133/pp1802O.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, TypeVar, get_args

from sxsim.errors import Finding, InputError
from sxsim.foundation.suggestions import did_you_mean, one_of

__all__ = [
    "ELEMENTS",
    "IMPURITIES",
    "OXYGEN_MOLAR_MASS_G_MOL",
    "RARE_EARTHS",
    "SHARE_BASES",
    "Basis",
    "Element",
    "element",
    "g_L_to_mol_L",
    "mol_L_to_g_L",
    "share_basis",
]

Basis = Literal["oxide", "element"]
Group = Literal["light", "heavy", "impurity"]

# A number or an array of numbers; numpy stays out so that this module loads at once.
_Amount = TypeVar("_Amount", bound=Any)

OXYGEN_MOLAR_MASS_G_MOL = 15.999


@dataclass(frozen=True, slots=True)
class Element:
    """One element as the program knows it.

    Attributes
    ----------
    symbol : str
        Chemical symbol.
    name : str
        English name.
    atomic_number : int
        Protons [-].
    molar_mass_g_mol : float
        Standard atomic weight [g/mol].
    charge : int
        Charge of the ion in the aqueous phase [-].
    metal_per_oxide, oxygen_per_oxide : int
        Atoms of the element and of oxygen in one formula unit of the traded oxide [-].
    group : {"light", "heavy", "impurity"}
        Kind of rare earth, or not one.
    """

    symbol: str
    name: str
    atomic_number: int
    molar_mass_g_mol: float
    charge: int
    metal_per_oxide: int
    oxygen_per_oxide: int
    group: Group

    @property
    def is_rare_earth(self) -> bool:
        """Whether it counts towards the total rare earths of a stream."""
        return self.group != "impurity"

    @property
    def oxide(self) -> str:
        """Formula of the traded oxide, e.g. ``Pr6O11``."""
        metal = str(self.metal_per_oxide) if self.metal_per_oxide > 1 else ""
        oxygen = str(self.oxygen_per_oxide) if self.oxygen_per_oxide > 1 else ""
        return f"{self.symbol}{metal}O{oxygen}"

    @property
    def oxide_molar_mass_g_mol(self) -> float:
        """Molar mass of the traded oxide, one formula unit [g/mol]."""
        return self.metal_per_oxide * self.molar_mass_g_mol + self.oxygen_per_oxide * OXYGEN_MOLAR_MASS_G_MOL

    @property
    def oxide_factor(self) -> float:
        """Mass of traded oxide that holds one unit of mass of the element [kg/kg]."""
        return self.equivalent_mass_g_mol("oxide") / self.molar_mass_g_mol

    def equivalent_mass_g_mol(self, basis: Basis) -> float:
        """Mass that holds one mole of the element, weighed as oxide or as element [g/mol].

        Parameters
        ----------
        basis : {"oxide", "element"}
            How it is weighed.

        Raises
        ------
        InputError
            The basis is neither.
        """
        if basis == "element":
            return self.molar_mass_g_mol
        if basis == "oxide":
            return self.oxide_molar_mass_g_mol / self.metal_per_oxide
        allowed = get_args(Basis)
        raise InputError(Finding("basis", f"unknown basis {basis!r}", ", ".join(allowed), one_of(str(basis), allowed)))


SHARE_BASES = ("oxide", "mol")
"""What a share among the rare earths of a stream may be counted by: mass of traded oxides, or moles."""


def share_basis(basis: str) -> str:
    """The basis of a share, or a refusal.

    Raises
    ------
    InputError
        It is none of `SHARE_BASES`.

    Examples
    --------
    >>> share_basis("mass")
    Traceback (most recent call last):
        ...
    sxsim.errors.InputError: basis: unknown basis 'mass' (allowed: oxide, mol)...
    """
    if basis in SHARE_BASES:
        return basis
    cure = did_you_mean(str(basis), SHARE_BASES) or "oxide counts the mass of the traded oxides, mol the moles"
    raise InputError(Finding("basis", f"unknown basis {basis!r}", ", ".join(SHARE_BASES), cure))


_TABLE = (
    Element("La", "lanthanum", 57, 138.91, 3, 2, 3, "light"),
    Element("Ce", "cerium", 58, 140.12, 3, 1, 2, "light"),
    Element("Pr", "praseodymium", 59, 140.91, 3, 6, 11, "light"),
    Element("Nd", "neodymium", 60, 144.24, 3, 2, 3, "light"),
    Element("Sm", "samarium", 62, 150.36, 3, 2, 3, "light"),
    Element("Eu", "europium", 63, 151.96, 3, 2, 3, "light"),
    Element("Gd", "gadolinium", 64, 157.25, 3, 2, 3, "light"),
    Element("Tb", "terbium", 65, 158.93, 3, 4, 7, "heavy"),
    Element("Dy", "dysprosium", 66, 162.50, 3, 2, 3, "heavy"),
    Element("Ho", "holmium", 67, 164.93, 3, 2, 3, "heavy"),
    Element("Er", "erbium", 68, 167.26, 3, 2, 3, "heavy"),
    Element("Tm", "thulium", 69, 168.93, 3, 2, 3, "heavy"),
    Element("Yb", "ytterbium", 70, 173.05, 3, 2, 3, "heavy"),
    Element("Lu", "lutetium", 71, 174.97, 3, 2, 3, "heavy"),
    Element("Y", "yttrium", 39, 88.906, 3, 2, 3, "heavy"),
    Element("Fe", "iron", 26, 55.845, 3, 2, 3, "impurity"),
    Element("Al", "aluminium", 13, 26.982, 3, 2, 3, "impurity"),
    Element("Ca", "calcium", 20, 40.078, 2, 1, 1, "impurity"),
)

#: Every element by its symbol.
ELEMENTS: Mapping[str, Element] = MappingProxyType({known.symbol: known for known in _TABLE})

#: Symbols of the rare earths by atomic number, yttrium last: a fixed order that no extractant has a say in.
RARE_EARTHS: tuple[str, ...] = tuple(known.symbol for known in _TABLE if known.is_rare_earth)

#: Symbols of the impurities.
IMPURITIES: tuple[str, ...] = tuple(known.symbol for known in _TABLE if not known.is_rare_earth)


def element(symbol: str) -> Element:
    """Look up one element.

    Parameters
    ----------
    symbol : str
        Chemical symbol, e.g. ``"Nd"``.

    Returns
    -------
    Element
        Its masses, oxide, charge and group.

    Raises
    ------
    InputError
        The program does not know the symbol; the finding says what was probably meant.

    Examples
    --------
    >>> round(element("Nd").oxide_factor, 4)
    1.1664
    """
    if symbol in ELEMENTS:
        return ELEMENTS[symbol]
    by_name = {known.name: known.symbol for known in _TABLE}
    named = by_name.get(symbol.casefold())
    cure = f"did you mean {named}?" if named else one_of(symbol, ELEMENTS)
    raise InputError(Finding("elements", f"unknown element {symbol!r}", ", ".join(ELEMENTS), cure))


def g_L_to_mol_L(concentration_g_L: _Amount, symbol: str, basis: Basis) -> _Amount:
    """Convert a mass concentration of one element to moles.

    Parameters
    ----------
    concentration_g_L : float or array
        Mass concentration [g/L, equal to kg/m3], any shape.
    symbol : str
        Which element.
    basis : {"oxide", "element"}
        Whether the mass is that of the traded oxide or of the element.

    Returns
    -------
    float or array
        Concentration [mol/L], same shape.

    Raises
    ------
    InputError
        The element or the basis is unknown.

    Examples
    --------
    >>> round(g_L_to_mol_L(126.0, "Nd", "oxide"), 4)
    0.7489
    """
    return concentration_g_L / element(symbol).equivalent_mass_g_mol(basis)


def mol_L_to_g_L(concentration_mol_L: _Amount, symbol: str, basis: Basis) -> _Amount:
    """Convert a molar concentration of one element to mass, the inverse of `g_L_to_mol_L`.

    Parameters
    ----------
    concentration_mol_L : float or array
        Concentration [mol/L], any shape.
    symbol : str
        Which element.
    basis : {"oxide", "element"}
        Whether the mass is that of the traded oxide or of the element.

    Returns
    -------
    float or array
        Mass concentration [g/L, equal to kg/m3], same shape.

    Raises
    ------
    InputError
        The element or the basis is unknown.
    """
    return concentration_mol_L * element(symbol).equivalent_mass_g_mol(basis)
