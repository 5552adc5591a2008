"""One stream of a train as flows of ions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sxsim.elements import ELEMENTS, share_basis
from sxsim.foundation.freezing import Record
from sxsim.processes import CHARGES, Liquor

__all__ = ["ANION_OF_ACID", "Flow", "mixed"]

ANION_OF_ACID: Mapping[str, tuple[str, float, float]] = {
    "HCl": ("Cl", 1.0, 1.0),
    "HNO3": ("NO3", 1.0, 1.0),
    "H2SO4": ("SO4", 1.0, 2.0),
}
"""For each acid its anion, and anions and protons per molecule."""


@dataclass(frozen=True, slots=True, eq=False)
class Flow(Record):
    """A liquor or an organic that passes from one unit to the next.

    Attributes
    ----------
    name : str
        Name of the stream.
    phase : {"aqueous", "organic"}
        Which phase it is.
    flow_m3_h : float
        Volume [m3/h].
    amount_kmol_h : mapping of str to float
        Ions of a liquor, protons as total acid ``H``; metals and counter-ion of an organic [kmol/h].
    """

    name: str
    phase: Literal["aqueous", "organic"]
    flow_m3_h: float
    amount_kmol_h: Mapping[str, float]

    @property
    def rare_earths_kmol_h(self) -> dict[str, float]:
        """Rare earths in it [kmol/h]."""
        return {name: each for name, each in self.amount_kmol_h.items() if _is_rare_earth(name)}

    @property
    def oxide_kg_h(self) -> float:
        """Its rare earths, weighed as oxides [kg/h]."""
        return math.fsum(each * _oxide(name) for name, each in self.rare_earths_kmol_h.items())

    @property
    def rare_earths_mol_L(self) -> float:
        """All its rare earths [mol/L]; 0 for a stream that does not flow."""
        total = math.fsum(self.rare_earths_kmol_h.values())
        return total / self.flow_m3_h if self.flow_m3_h > 0.0 else 0.0

    @property
    def free_acid_mol_L(self) -> float:
        """Its acid [mol/L]; 0 for a stream that does not flow."""
        return self.amount_kmol_h.get("H", 0.0) / self.flow_m3_h if self.flow_m3_h > 0.0 else 0.0

    def share(self, elements: Iterable[str], basis: str = "oxide") -> float | None:
        """Share of some elements in its rare earths.

        Parameters
        ----------
        elements : iterable of str
            Symbols.
        basis : {"oxide", "mol"}
            By oxide mass or by moles.

        Returns
        -------
        float or None
            0-1; None for a stream without rare earths.

        Raises
        ------
        InputError
            There is no such basis.

        Examples
        --------
        >>> liquor = Flow("liquor", "aqueous", 1.0, {"Pr": 1.0, "Nd": 3.0, "Cl": 12.0})
        >>> liquor.share(["Nd"], "mol")
        0.75
        """
        by_mass = share_basis(basis) == "oxide"
        held = {name: each * (_oxide(name) if by_mass else 1.0) for name, each in self.rare_earths_kmol_h.items()}
        total = math.fsum(held.values())
        return math.fsum(held.get(name, 0.0) for name in elements) / total if total > 0.0 else None

    def liquor(self) -> Liquor:
        """The same as the liquor that the processes take."""
        return Liquor(self.name, self.flow_m3_h, self.amount_kmol_h)

    @property
    def anion(self) -> str:
        """Its anion; empty for an organic or for pure water."""
        held = {name: each for name, each in self.amount_kmol_h.items() if CHARGES.get(name, 0) < 0 and each > 0.0}
        return max(held, key=lambda name: held[name]) if held else ""

    def to_dict(self) -> dict[str, Any]:
        """Plain data; None for what is undefined."""
        return {
            "phase": self.phase,
            "flow_m3_h": self.flow_m3_h,
            "oxide_kg_h": self.oxide_kg_h,
            "rare_earths_mol_L": self.rare_earths_mol_L,
            "free_acid_mol_L": self.free_acid_mol_L if self.phase == "aqueous" else None,
            "amount_kmol_h": dict(self.amount_kmol_h),
            "purity": {name: self.share([name]) for name in self.rare_earths_kmol_h},
        }


def mixed(name: str, flows: Iterable[Flow]) -> Flow:
    """Several liquors together; volumes add up.

    Examples
    --------
    >>> mixed("both", [Flow("a", "aqueous", 1.0, {"H": 0.5}), Flow("b", "aqueous", 2.0, {"H": 0.1})]).flow_m3_h
    3.0
    """
    parts = list(flows)
    names = dict.fromkeys(ion for part in parts for ion in part.amount_kmol_h)
    amounts = {ion: math.fsum(part.amount_kmol_h.get(ion, 0.0) for part in parts) for ion in names}
    return Flow(name, parts[0].phase, math.fsum(part.flow_m3_h for part in parts), amounts)


def _is_rare_earth(name: str) -> bool:
    known = ELEMENTS.get(name)
    return known is not None and known.is_rare_earth


def _oxide(name: str) -> float:
    return ELEMENTS[name].equivalent_mass_g_mol("oxide")
