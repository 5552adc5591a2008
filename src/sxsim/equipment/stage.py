"""One mixer-settler from the flows of its stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from sxsim.equipment.options import equipment_parameters
from sxsim.errors import Finding, InputError
from sxsim.foundation.cited import ParameterSet
from sxsim.foundation.freezing import Record

__all__ = ["Continuity", "MixerSettler", "StageFlows", "mixer_settler"]

Continuity = Literal["organic", "aqueous", "either"]


@dataclass(frozen=True, slots=True, eq=False)
class StageFlows(Record):
    """What passes one stage.

    Attributes
    ----------
    section : str
        Section it belongs to.
    stage : int
        Local number, from 1 along the organic.
    aqueous_m3_h, organic_m3_h : float
        Flow of each phase that leaves the stage [m3/h].
    aqueous_mol_L, organic_mol_L : mapping of str to float
        Metals in each phase [mol/L].
    """

    section: str
    stage: int
    aqueous_m3_h: float
    organic_m3_h: float
    aqueous_mol_L: Mapping[str, float] = field(default_factory=dict)
    organic_mol_L: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class MixerSettler(Record):
    """The equipment of one stage and what it holds.

    Attributes
    ----------
    section : str
        Section it belongs to.
    stage : int
        Local number, from 1 along the organic.
    O_A_external, O_A_mixer : float
        Phase ratio of what passes the stage and inside its mixer [m3/m3].
    recycled_phase : {"aqueous", "organic", ""}
        Phase that returns from the settler to the mixer; empty for none.
    recycle_m3_h : float
        Its flow [m3/h].
    continuity : {"organic", "aqueous", "either"}
        Continuous phase in the mixer; `either` is decided by start-up and the place of the impeller.
    mixer_m3, settler_m2, settler_m3 : float
        Mixer volume [m3], settler area [m2] and volume of both layers [m3].
    organic_m3, aqueous_m3 : float
        Hold-up of each phase [m3].
    metal_kmol : mapping of str to float
        Metals held in both phases [kmol].
    agitator_kW : float
        Power of the agitator [kW].
    footprint_m2 : float
        Floor, walkways included [m2].
    """

    section: str
    stage: int
    O_A_external: float
    O_A_mixer: float
    recycled_phase: Literal["aqueous", "organic", ""]
    recycle_m3_h: float
    continuity: Continuity
    mixer_m3: float
    settler_m2: float
    settler_m3: float
    organic_m3: float
    aqueous_m3: float
    metal_kmol: Mapping[str, float]
    agitator_kW: float
    footprint_m2: float

    @property
    def volume_m3(self) -> float:
        """Mixer and settler together [m3]."""
        return self.mixer_m3 + self.settler_m3


def mixer_settler(flows: StageFlows, parameters: ParameterSet | None = None) -> MixerSettler:
    """Size the mixer-settler of one stage.

    Parameters
    ----------
    flows : StageFlows
        What passes the stage.
    parameters : ParameterSet, optional
        Rules of sizing; the cited defaults when left out.

    Returns
    -------
    MixerSettler
        Its volumes, hold-ups and power.

    Raises
    ------
    InputError
        A flow is negative, or neither phase flows.

    Notes
    -----
    With L aqueous, V organic, R recycled [m3/h] and phi the organic share in the mixer::

        R = V/(O/A)_max - L   when V/L > (O/A)_max,      R = L (O/A)_min - V   when V/L < (O/A)_min
        mixer = (L + V + R) residence / 60,               settler area = (L + V + R) / flux

    The mixer holds the phases in the ratio in which they enter it; the settler as its weir sets them.

    Examples
    --------
    A strip stage at O/A 30 is run at 2 in its mixer:

    >>> unit = mixer_settler(StageFlows("stripping", 1, aqueous_m3_h=0.6, organic_m3_h=18.0))
    >>> unit.recycled_phase, round(unit.recycle_m3_h, 2), round(unit.O_A_mixer, 2)
    ('aqueous', 8.4, 2.0)
    """
    rules = parameters if parameters is not None else equipment_parameters()
    L, V = flows.aqueous_m3_h, flows.organic_m3_h
    place = f"{flows.section} {flows.stage}"
    if not (L >= 0.0 and V >= 0.0 and L + V > 0.0):
        raise InputError(
            Finding(
                place,
                f"aqueous {L:g} and organic {V:g} m3/h",
                "flows of at least 0, one of them above 0",
                cure="raise the flow that is missing",
            )
        )
    low, high = rules["mixer_O_A_min"], rules["mixer_O_A_max"]
    recycled: Literal["aqueous", "organic", ""] = ""
    recycle, ratio = 0.0, V / L if L > 0.0 else float("inf")
    if L > 0.0 and V > 0.0:
        if ratio > high:
            recycled, recycle = "aqueous", V / high - L
        elif ratio < low:
            recycled, recycle = "organic", L * low - V
    organic_share = (V + (recycle if recycled == "organic" else 0.0)) / (L + V + recycle)
    throughput = L + V + recycle
    mixer = throughput * rules["mixer_residence_min"] / 60.0
    area = throughput / rules["settler_flux_m3_h_m2"]
    settler = area * rules["settler_depth_m"]
    settled_organic = rules["settler_organic_fraction"] if L > 0.0 and V > 0.0 else float(V > 0.0)
    organic = mixer * organic_share + settler * settled_organic
    aqueous = mixer + settler - organic
    metals = {
        name: aqueous * flows.aqueous_mol_L.get(name, 0.0) + organic * flows.organic_mol_L.get(name, 0.0)
        for name in dict.fromkeys((*flows.aqueous_mol_L, *flows.organic_mol_L))
    }
    return MixerSettler(
        section=flows.section,
        stage=flows.stage,
        O_A_external=ratio,
        O_A_mixer=organic_share / (1.0 - organic_share) if organic_share < 1.0 else float("inf"),
        recycled_phase=recycled,
        recycle_m3_h=recycle,
        continuity=_continuity(organic_share, rules["inversion_fraction"]),
        mixer_m3=mixer,
        settler_m2=area,
        settler_m3=settler,
        organic_m3=organic,
        aqueous_m3=aqueous,
        metal_kmol=metals,
        agitator_kW=mixer * rules["mixer_power_kW_m3"],
        footprint_m2=(mixer ** (2.0 / 3.0) + area) * rules["footprint_factor"],
    )


def _continuity(organic_share: float, inversion_fraction: float) -> Continuity:
    """Say which phase is continuous when the organic takes this share of the mixer."""
    if organic_share > inversion_fraction:
        return "organic"
    return "aqueous" if organic_share < 1.0 - inversion_fraction else "either"
