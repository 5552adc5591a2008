"""What a user may say about mixer-settlers; whatever is left out comes from cited data."""

from __future__ import annotations

from dataclasses import dataclass

from sxsim.errors import Finding, InputError
from sxsim.foundation.cited import ParameterSet, cited_numbers, with_defaults

__all__ = ["EquipmentOptions", "equipment_parameters"]


@dataclass(frozen=True, slots=True)
class EquipmentOptions:
    """Rules of sizing; None takes the cited default of ``data/economics/parameters/equipment.toml``.

    Attributes
    ----------
    mixer_residence_min : float or None
        Residence time of both phases in the mixer, recycle included [min].
    settler_flux_m3_h_m2 : float or None
        Flow of both phases, recycle included, per settler area [m3/(h m2)].
    settler_depth_m : float or None
        Depth of both settled layers together [m].
    settler_organic_fraction : float or None
        Share of the organic layer in the settler's volume, 0-1.
    mixer_O_A_min, mixer_O_A_max : float or None
        Phase ratio in the mixer below and above which a phase is recycled from the settler [m3/m3].
    mixer_power_kW_m3 : float or None
        Agitator power per mixer volume [kW/m3].
    footprint_factor : float or None
        Floor per area of mixers and settlers [m2/m2].
    inversion_fraction : float or None
        Volume share above which a phase is continuous whatever the start, 0.5-1.
    organic_tank_h : float or None
        Organic held outside the stages, in hours of its flow [h].
    """

    mixer_residence_min: float | None = None
    settler_flux_m3_h_m2: float | None = None
    settler_depth_m: float | None = None
    settler_organic_fraction: float | None = None
    mixer_O_A_min: float | None = None
    mixer_O_A_max: float | None = None
    mixer_power_kW_m3: float | None = None
    footprint_factor: float | None = None
    inversion_fraction: float | None = None
    organic_tank_h: float | None = None


def equipment_parameters(options: EquipmentOptions | None = None) -> ParameterSet:
    """Fill the options with cited defaults.

    Raises
    ------
    InputError
        A value is out of range, or the smallest mixer phase ratio exceeds the largest.
    """
    defaults = cited_numbers("data", "economics", "parameters", "equipment.toml")
    parameters = with_defaults(options or EquipmentOptions(), defaults)
    if parameters["mixer_O_A_min"] > parameters["mixer_O_A_max"]:
        low, high = parameters["mixer_O_A_min"], parameters["mixer_O_A_max"]
        raise InputError(
            Finding("mixer_O_A_min", f"{low:g} exceeds mixer_O_A_max {high:g}", "at most mixer_O_A_max", "lower it")
        )
    return parameters
