"""Closing loops: what recovering acid, ammonia or water would save, spend, and keep out of the river."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sxsim.economics.plant import Plant, base_kg_per_kmol
from sxsim.economics.price_sets import PriceSet
from sxsim.processes import molar_mass_kg_kmol

__all__ = ["ClosedLoop", "closed_loops"]


@dataclass(frozen=True, slots=True)
class ClosedLoop:
    """One loop beside open discharge, per kg of oxide.

    Attributes
    ----------
    name : str
        What is recovered.
    recovered_kmol_per_kg : float
        Amount that returns [kmol/kg]; water in m3/kg.
    saved_usd_per_kg, spent_usd_per_kg : float
        Purchases avoided and made [USD/kg].
    ammonium_N_kg_per_t, acid_kmol_per_t, effluent_m3_per_t : float
        What is still discharged [kg/t], [kmol/t], [m3/t].
    note : str
        What is not counted.
    """

    name: str
    recovered_kmol_per_kg: float
    saved_usd_per_kg: float
    spent_usd_per_kg: float
    ammonium_N_kg_per_t: float
    acid_kmol_per_t: float
    effluent_m3_per_t: float
    note: str

    @property
    def net_usd_per_kg(self) -> float:
        """Change of the cost, negative when the loop pays [USD/kg]."""
        return self.spent_usd_per_kg - self.saved_usd_per_kg

    def to_dict(self) -> dict[str, Any]:
        """Return the loop as plain data."""
        return {
            "name": self.name,
            "saved_usd_per_kg": self.saved_usd_per_kg,
            "spent_usd_per_kg": self.spent_usd_per_kg,
            "net_usd_per_kg": self.net_usd_per_kg,
            "ammonium_N_kg_per_t": self.ammonium_N_kg_per_t,
            "acid_kmol_per_t": self.acid_kmol_per_t,
            "effluent_m3_per_t": self.effluent_m3_per_t,
            "note": self.note,
        }


def closed_loops(plant: Plant, prices: PriceSet, parameters: Mapping[str, float]) -> tuple[ClosedLoop, ...]:
    """Compare closed loops with open discharge, each on its own.

    Parameters
    ----------
    plant : Plant
        Effluents.
    prices : PriceSet
        Prices of what is saved and spent.
    parameters : mapping of str to float
        `acid_recovery`, `ammonia_recovery` and `evaporated_fraction`.

    Returns
    -------
    tuple of ClosedLoop
        Only those for which there is something to recover.

    Raises
    ------
    InputError
        A price is missing.

    Notes
    -----
    2 NH4Cl + CaO = 2 NH3 + CaCl2 + H2O: half a mole of lime returns one mole of ammonia. Acid that returns need not be
    bought, nor neutralised with lime. Evaporation returns water; its salt can be sold where it is ammonium chloride.
    """
    per_kg = 1.0 / plant.oxide_kg_h
    ions, volume = plant.effluent_kmol_h, plant.effluent_m3_h * per_kg
    acid, ammonium = ions.get("H", 0.0) * per_kg, ions.get("NH4", 0.0) * per_kg
    nitrogen = 1000.0 * ammonium * molar_mass_kg_kmol("N")
    lime = base_kg_per_kmol("lime") * prices.price("lime").usd_per_unit
    found = []
    if acid > 0.0:
        back = parameters["acid_recovery"] * acid
        bought = {name for name, _ in plant.flows.acids if name} or {"HCl"}
        name = sorted(bought)[0]
        worth = _acid_usd(name, prices) + lime
        note = "the energy and the membranes or columns of the recovery are not counted: no figure was found"
        found.append(
            ClosedLoop("acid", back, back * worth, 0.0, nitrogen, 1000.0 * (acid - back), 1000.0 * volume, note)
        )
    if ammonium > 0.0:
        back = parameters["ammonia_recovery"] * ammonium
        saved = back * molar_mass_kg_kmol("NH3") * prices.price("NH3").usd_per_unit
        left = nitrogen * (1.0 - parameters["ammonia_recovery"])
        note = "steam for stripping is not counted: no figure was found"
        found.append(ClosedLoop("ammonia", back, saved, back * lime, left, 1000.0 * acid, 1000.0 * volume, note))
    back = parameters["evaporated_fraction"] * volume
    spent = volume * prices.price("evaporation").usd_per_unit
    saved = back * prices.price("water").usd_per_unit
    if ammonium > 0.0 and "NH4Cl" in prices.prices:
        saved += ammonium * molar_mass_kg_kmol("NH4Cl") * prices.price("NH4Cl").usd_per_unit
    note = "condensate returns; ammonium chloride is sold, other salt is stored at no cost"
    found.append(
        ClosedLoop("water, by evaporation", back, saved, spent, 0.0, 1000.0 * acid, 1000.0 * (volume - back), note)
    )
    return tuple(found)


def _acid_usd(acid: str, prices: PriceSet) -> float:
    """Price of one kmol of protons from an acid [USD/kmol]."""
    valence = 2.0 if acid == "H2SO4" else 1.0
    return molar_mass_kg_kmol(acid) / valence * prices.price(acid).usd_per_unit
