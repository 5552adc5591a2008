"""Steps before and after the cascades as cited yields and stoichiometry."""

from __future__ import annotations

from sxsim.processes.calcination import Calcination, calcine
from sxsim.processes.dissolution import Dissolution, dissolve
from sxsim.processes.impurities import BASE_IONS, HYDROLYSED, Purification, remove_impurities
from sxsim.processes.liquor import CHARGES, Liquor, charge_kmol_h
from sxsim.processes.options import ProcessOptions, process_parameters, reagent_water_m3
from sxsim.processes.precipitation import PRECIPITANTS, Precipitation, precipitate
from sxsim.processes.routes import FrontEnd, Route, front_end, route, route_names
from sxsim.processes.substances import molar_mass_kg_kmol

__all__ = [
    "BASE_IONS",
    "CHARGES",
    "HYDROLYSED",
    "PRECIPITANTS",
    "Calcination",
    "Dissolution",
    "FrontEnd",
    "Liquor",
    "Precipitation",
    "ProcessOptions",
    "Purification",
    "Route",
    "calcine",
    "charge_kmol_h",
    "dissolve",
    "front_end",
    "molar_mass_kg_kmol",
    "precipitate",
    "process_parameters",
    "reagent_water_m3",
    "remove_impurities",
    "route",
    "route_names",
]
