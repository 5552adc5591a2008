"""Aqueous waste: volume, salt, ammonium, chloride, oxygen demand, and what the Chinese standard allows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sxsim.chemistry.tables import read_data_file
from sxsim.economics.organic import OrganicLoss
from sxsim.economics.plant import Plant
from sxsim.elements import ELEMENTS
from sxsim.foundation.files import shipped
from sxsim.foundation.freezing import Record
from sxsim.processes import molar_mass_kg_kmol

__all__ = ["LimitCheck", "Waste", "limits", "waste_of"]

_SALT = ("NH4", "Na", "Ca", "Mg", "Cl", "NO3", "SO4", "HCO3", "CO3")
OXALATE_COD_KG_PER_KMOL = 0.5 * 31.998
"""Half a mole of oxygen burns a mole of oxalate to carbon dioxide."""


@dataclass(frozen=True, slots=True)
class LimitCheck:
    """One limit of a standard beside what the plant would discharge untreated.

    Attributes
    ----------
    quantity, unit, applies, status : str
        What is limited, its unit, whom it binds, and how far the figure can be trusted.
    limit, value : float
        Allowed and found.
    """

    quantity: str
    unit: str
    applies: str
    status: str
    limit: float
    value: float

    @property
    def met(self) -> bool:
        """Whether the value stays within the limit."""
        return self.value <= self.limit


@dataclass(frozen=True, slots=True, eq=False)
class Waste(Record):
    """Aqueous waste before treatment, per tonne of oxide unless said otherwise.

    Attributes
    ----------
    volume_m3_per_t : mapping of str to float
        Each effluent [m3/t].
    water_m3_per_t : mapping of str to float
        The same volume by what brought it: liquors, solutions of reagents, cake wash [m3/t].
    salt_kg_per_t : mapping of str to float
        Dissolved salts by ion, free acid not counted [kg/t].
    ammonium_N_kg_per_t, chloride_kg_per_t, acid_kmol_per_t : float
        Loads of all effluents [kg/t], [kmol/t].
    oxalate_kg_per_t : float
        Oxalate of mother liquors [kg/t].
    COD_kg_per_t, COD_organic_kg_per_t : float
        Chemical oxygen demand in all, and of the organic that water carries off [kg/t].
    rare_earths_kg_oxide_per_t : float
        Rare earths thrown away [kg/t].
    ammonium_N_mg_L : float
        In the mixed effluent [mg/L].
    checks : tuple of LimitCheck
        GB 26451-2011.
    """

    volume_m3_per_t: Mapping[str, float]
    water_m3_per_t: Mapping[str, float]
    salt_kg_per_t: Mapping[str, float]
    ammonium_N_kg_per_t: float
    chloride_kg_per_t: float
    acid_kmol_per_t: float
    oxalate_kg_per_t: float
    COD_kg_per_t: float
    COD_organic_kg_per_t: float
    rare_earths_kg_oxide_per_t: float
    ammonium_N_mg_L: float
    checks: tuple[LimitCheck, ...]

    @property
    def m3_per_t(self) -> float:
        """Volume of all effluents [m3/t oxide]."""
        return math.fsum(self.volume_m3_per_t.values())

    @property
    def salt_kg_per_kg(self) -> float:
        """Dissolved salt per product [kg/kg]."""
        return math.fsum(self.salt_kg_per_t.values()) / 1000.0

    def to_dict(self) -> dict[str, Any]:
        """Return every figure as plain data."""
        return {
            "volume_m3_per_t": dict(self.volume_m3_per_t),
            "water_m3_per_t": dict(self.water_m3_per_t),
            "salt_kg_per_t": dict(self.salt_kg_per_t),
            "salt_kg_per_kg": self.salt_kg_per_kg,
            "ammonium_N_kg_per_t": self.ammonium_N_kg_per_t,
            "ammonium_N_mg_L": self.ammonium_N_mg_L,
            "chloride_kg_per_t": self.chloride_kg_per_t,
            "acid_kmol_per_t": self.acid_kmol_per_t,
            "oxalate_kg_per_t": self.oxalate_kg_per_t,
            "COD_kg_per_t": self.COD_kg_per_t,
            "COD_organic_kg_per_t": self.COD_organic_kg_per_t,
            "rare_earths_kg_oxide_per_t": self.rare_earths_kg_oxide_per_t,
            "limits": [
                {
                    "quantity": check.quantity,
                    "unit": check.unit,
                    "applies": check.applies,
                    "limit": check.limit,
                    "value": check.value,
                    "met": check.met,
                    "status": check.status,
                }
                for check in self.checks
            ],
        }


@lru_cache(maxsize=1)
def limits() -> tuple[tuple[str, float, str, str, str], ...]:
    """Limits of GB 26451-2011: quantity, limit, unit, whom it binds, status."""
    file = read_data_file(shipped("data", "economics", "effluent_limits.csv"), "effluent_limits.csv")
    return tuple(
        (row["quantity"], float(row["limit"]), row["unit"], row["applies"], row["status"]) for row in file.rows
    )


def waste_of(plant: Plant, organic: OrganicLoss) -> Waste:
    """Count the aqueous waste of a plant.

    Parameters
    ----------
    plant : Plant
        Products and effluents.
    organic : OrganicLoss
        Organic that the effluents carry off.

    Returns
    -------
    Waste
        Before any treatment.
    """
    per_t = 1000.0 / plant.oxide_kg_h
    ions = plant.effluent_kmol_h
    volume = plant.effluent_m3_h
    nitrogen = ions.get("NH4", 0.0) * molar_mass_kg_kmol("N")
    ammonium_mg_L = 1000.0 * nitrogen / volume if volume > 0.0 else 0.0
    oxalate = ions.get("oxalate", 0.0)
    rare_earths = math.fsum(
        amount * ELEMENTS[name].equivalent_mass_g_mol("oxide")
        for name, amount in ions.items()
        if name in ELEMENTS and ELEMENTS[name].is_rare_earth
    )
    found = {"NH4-N": ammonium_mg_L, "drainage": volume * per_t}
    return Waste(
        volume_m3_per_t={liquor.name: liquor.flow_m3_h * per_t for liquor in plant.effluents},
        water_m3_per_t={
            "liquors": (volume - math.fsum(plant.added_water_m3_h.values())) * per_t,
            **{name: added * per_t for name, added in plant.added_water_m3_h.items()},
        },
        salt_kg_per_t={ion: ions[ion] * molar_mass_kg_kmol(ion) * per_t for ion in _SALT if ions.get(ion, 0.0) > 0.0},
        ammonium_N_kg_per_t=nitrogen * per_t,
        chloride_kg_per_t=ions.get("Cl", 0.0) * molar_mass_kg_kmol("Cl") * per_t,
        acid_kmol_per_t=ions.get("H", 0.0) * per_t,
        oxalate_kg_per_t=oxalate * molar_mass_kg_kmol("oxalate") * per_t,
        COD_kg_per_t=(oxalate * OXALATE_COD_KG_PER_KMOL + organic.COD_kg_h) * per_t,
        COD_organic_kg_per_t=organic.COD_kg_h * per_t,
        rare_earths_kg_oxide_per_t=rare_earths * per_t,
        ammonium_N_mg_L=ammonium_mg_L,
        checks=tuple(
            LimitCheck(quantity, unit, applies, status, limit, found[quantity])
            for quantity, limit, unit, applies, status in limits()
        ),
    )
