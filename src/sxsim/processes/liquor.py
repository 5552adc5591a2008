"""An aqueous liquor as flows of ions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from sxsim.elements import ELEMENTS
from sxsim.foundation.freezing import Record

__all__ = ["CHARGES", "Liquor", "charge_kmol_h"]

CHARGES: Mapping[str, int] = {
    **{symbol: known.charge for symbol, known in ELEMENTS.items()},
    "H": 1,
    "NH4": 1,
    "Na": 1,
    "Mg": 2,
    "Cl": -1,
    "NO3": -1,
    "SO4": -2,
    "oxalate": -2,
    "HCO3": -1,
    "CO3": -2,
}
"""Charge of each ion; protons are counted as total acid, so bisulfate and hydrogen oxalate are H and the bare anion."""


@dataclass(frozen=True, slots=True, eq=False)
class Liquor(Record):
    """A flow of water with ions.

    Attributes
    ----------
    name : str
        What it is called.
    flow_m3_h : float
        Volume [m3/h].
    amount_kmol_h : mapping of str to float
        Ions [kmol/h]; names of `CHARGES`.
    """

    name: str
    flow_m3_h: float
    amount_kmol_h: Mapping[str, float]

    @property
    def rare_earths_kmol_h(self) -> dict[str, float]:
        """Rare earths in it [kmol/h]."""
        return {
            name: amount
            for name, amount in self.amount_kmol_h.items()
            if name in ELEMENTS and ELEMENTS[name].is_rare_earth
        }

    @property
    def oxide_kg_h(self) -> float:
        """Rare earths in it, weighed as oxides [kg/h]."""
        return math.fsum(
            amount * ELEMENTS[name].equivalent_mass_g_mol("oxide") for name, amount in self.rare_earths_kmol_h.items()
        )


def charge_kmol_h(liquor: Liquor) -> float:
    """Sum of all charges of a liquor, 0 when it is whole [kmol/h].

    Examples
    --------
    >>> charge_kmol_h(Liquor("brine", 1.0, {"NH4": 2.0, "H": 0.5, "Cl": 2.5}))
    0.0
    """
    return math.fsum(CHARGES[name] * amount for name, amount in liquor.amount_kmol_h.items())
