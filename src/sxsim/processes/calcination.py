"""Drying and calcination of a filter cake to oxide."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from sxsim.elements import element
from sxsim.foundation.cited import ParameterSet
from sxsim.foundation.freezing import Record
from sxsim.processes.options import process_parameters
from sxsim.processes.precipitation import Precipitation
from sxsim.processes.substances import molar_mass_kg_kmol

__all__ = ["Calcination", "calcine"]

AMBIENT_C = 20.0


@dataclass(frozen=True, slots=True, eq=False)
class Calcination(Record):
    """What drying and calcining take and give.

    Attributes
    ----------
    oxide_kmol_h : mapping of str to float
        Rare earths in the oxide, counted as metal [kmol/h].
    oxide_kg_h : float
        Oxide [kg/h].
    dust_kmol_h : mapping of str to float
        Rare earths lost [kmol/h].
    dry_cake_kg_h, water_kg_h : float
        Oxalate or carbonate with its hydrate water, and all water driven off [kg/h].
    CO2_kmol_h : float
        Carbon dioxide from the solid [kmol/h].
    wash_m3_h : float
        Water that washed the cake [m3/h].
    heat_kW, fuel_GJ_h : float
        Heat of the fuel [kW] and [GJ/h].
    """

    oxide_kmol_h: Mapping[str, float]
    oxide_kg_h: float
    dust_kmol_h: Mapping[str, float]
    dry_cake_kg_h: float
    water_kg_h: float
    CO2_kmol_h: float
    wash_m3_h: float
    heat_kW: float
    fuel_GJ_h: float


def calcine(cake: Precipitation, parameters: ParameterSet | None = None) -> Calcination:
    """Dry and calcine what a precipitation gave.

    Parameters
    ----------
    cake : Precipitation
        Oxalate or carbonate.
    parameters : ParameterSet, optional
        Yield, moisture and furnace; the cited defaults when left out.

    Returns
    -------
    Calcination
        Oxide, losses and heat.

    Notes
    -----
    Heat = (water x latent and sensible heat + oxide x heat capacity x (T - 20 C)) / efficiency; water is moisture of
    the wet cake plus hydrate water. The heat of decomposition and that of burning carbon monoxide from oxalate are left
    out: they have opposite signs.

    Examples
    --------
    >>> from sxsim.processes.liquor import Liquor
    >>> from sxsim.processes.precipitation import precipitate
    >>> made = calcine(precipitate(Liquor("strip_liquor", 1.0, {"Nd": 1.0, "Cl": 3.0})))
    >>> round(made.oxide_kg_h, 1), round(made.fuel_GJ_h, 1)
    (165.7, 2.3)
    """
    rules = parameters if parameters is not None else process_parameters()
    oxalate = cake.precipitant == "oxalic acid"
    group = "oxalate" if oxalate else "CO3"
    hydrate = rules["oxalate_water_mol_mol" if oxalate else "carbonate_water_mol_mol"]
    kept = rules["calcination_yield"]
    oxide = {name: kept * amount for name, amount in cake.cake_kmol_h.items()}
    oxide_kg = math.fsum(amount * element(name).equivalent_mass_g_mol("oxide") for name, amount in oxide.items())
    metal_kg = math.fsum(amount * molar_mass_kg_kmol(name) for name, amount in cake.cake_kmol_h.items())
    crystal_water = hydrate * math.fsum(cake.cake_kmol_h.values()) * molar_mass_kg_kmol("water")
    dry = metal_kg + cake.carbon_groups_kmol_h * molar_mass_kg_kmol(group) + crystal_water
    moisture = dry * rules["cake_moisture"] / (1.0 - rules["cake_moisture"])
    water = moisture + crystal_water
    warming = rules["solid_heat_kJ_kg_K"] * (rules["calcination_temperature_C"] - AMBIENT_C) / 1000.0
    heat_MJ_h = (water * rules["water_heat_MJ_kg"] + oxide_kg * warming) / rules["furnace_efficiency"]
    return Calcination(
        oxide_kmol_h=oxide,
        oxide_kg_h=oxide_kg,
        dust_kmol_h={name: amount - oxide[name] for name, amount in cake.cake_kmol_h.items()},
        dry_cake_kg_h=dry,
        water_kg_h=water,
        CO2_kmol_h=cake.carbon_groups_kmol_h * (2.0 if oxalate else 1.0),
        wash_m3_h=oxide_kg / 1000.0 * rules["cake_wash_m3_per_t"],
        heat_kW=heat_MJ_h / 3.6,
        fuel_GJ_h=heat_MJ_h / 1000.0,
    )
