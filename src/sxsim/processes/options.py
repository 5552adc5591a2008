"""What a user may say about precipitation and calcination; whatever is left out comes from cited data."""

from __future__ import annotations

from dataclasses import dataclass

from sxsim.foundation.cited import ParameterSet, cited_numbers, with_defaults

__all__ = ["ProcessOptions", "process_parameters"]


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
    """

    precipitation_yield: float | None = None
    calcination_yield: float | None = None
    precipitant_excess: float | None = None
    cake_moisture: float | None = None
    cake_wash_m3_per_t: float | None = None
    calcination_temperature_C: float | None = None
    furnace_efficiency: float | None = None


def process_parameters(options: ProcessOptions | None = None) -> ParameterSet:
    """Fill the options with cited defaults.

    Raises
    ------
    InputError
        A value is out of range.
    """
    defaults = cited_numbers("data", "economics", "parameters", "processes.toml")
    return with_defaults(options or ProcessOptions(), defaults)
