"""What a user may say about precipitation and calcination; whatever is left out comes from cited data."""

from __future__ import annotations

from dataclasses import dataclass

from sxsim.foundation.cited import ParameterSet, cited_numbers, with_defaults

__all__ = ["ProcessOptions", "process_parameters", "reagent_water_m3"]

WATER_KG_M3 = 1000.0


@dataclass(frozen=True, slots=True)
class ProcessOptions:
    """Yields and heats; None takes the cited default of ``data/economics/parameters/processes.toml``.

    Attributes
    ----------
    precipitation_yield, calcination_yield : float or None
        Share of the rare earths that goes on, 0-1.
    precipitant_excess : float or None
        Precipitant beyond stoichiometry, 0-5.
    cake_moisture : float or None
        Water in the wet cake [kg/kg].
    cake_wash_m3_per_t : float or None
        Wash water per oxide [m3/t].
    calcination_temperature_C : float or None
        Temperature of the furnace [C].
    furnace_efficiency : float or None
        Heat taken up per heat of the fuel, 0-1.
    oxalic_acid_g_L, NH4HCO3_g_L, Na2CO3_g_L : float or None
        Strength of the solution of a precipitant as it is added [g/L].
    NH3_kg_per_kg, NaOH_kg_per_kg, lime_kg_per_kg, magnesia_kg_per_kg : float or None
        Base in its solution or slurry as it is added, 0-1 [kg/kg].
    HCl_kg_per_kg, HNO3_kg_per_kg, H2SO4_kg_per_kg : float or None
        Acid in what is added in a step of a train, 0-1 [kg/kg].
    """

    precipitation_yield: float | None = None
    calcination_yield: float | None = None
    precipitant_excess: float | None = None
    cake_moisture: float | None = None
    cake_wash_m3_per_t: float | None = None
    calcination_temperature_C: float | None = None
    furnace_efficiency: float | None = None
    oxalic_acid_g_L: float | None = None
    NH4HCO3_g_L: float | None = None
    Na2CO3_g_L: float | None = None
    NH3_kg_per_kg: float | None = None
    NaOH_kg_per_kg: float | None = None
    lime_kg_per_kg: float | None = None
    magnesia_kg_per_kg: float | None = None
    HCl_kg_per_kg: float | None = None
    HNO3_kg_per_kg: float | None = None
    H2SO4_kg_per_kg: float | None = None


def process_parameters(options: ProcessOptions | None = None) -> ParameterSet:
    """Fill the options with cited defaults.

    Raises
    ------
    InputError
        A value is out of range.
    """
    defaults = cited_numbers("data", "economics", "parameters", "processes.toml")
    return with_defaults(options or ProcessOptions(), defaults)


def reagent_water_m3(reagent: str, kg: float, parameters: ParameterSet) -> float:
    """Water that a base or acid brings in its solution or slurry [m3].

    Parameters
    ----------
    reagent : str
        Name in price sets: NH3, NaOH, lime, magnesia, HCl, HNO3, H2SO4.
    kg : float
        Pure reagent [kg].
    parameters : ParameterSet
        Strengths.

    Examples
    --------
    >>> round(reagent_water_m3("NaOH", 300.0, process_parameters()), 3)
    0.7
    """
    return kg * (1.0 / parameters[f"{reagent}_kg_per_kg"] - 1.0) / WATER_KG_M3
