"""Concentrations along the stages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sxsim.elements import ELEMENTS
from sxsim.errors import Finding, InputError
from sxsim.foundation.freezing import Record

__all__ = ["Stages", "Start", "profile_columns"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Stages(Record):
    """Every stage of a solved cascade; N stages, n components. The arrays cannot be written to.

    Attributes
    ----------
    section : tuple of str
        Section of each stage.
    local_stage : tuple of int
        Number within the section, from 1 along the organic.
    aqueous_m3_h, organic_m3_h : (N,) arrays
        Flow of the line of each phase that leaves the stage [m3/h].
    aqueous_mol_L, organic_mol_L : (N, n) arrays
        Composition of both phases [mol/L].
    equilibrium_mol_L : (N, n) array
        Organic in equilibrium with the leaving aqueous [mol/L]; what leaves where the stage efficiency is 1.
    proton_mol_L, acid_mol_L, sulfate_mol_L : (N,) arrays
        Free protons, total acid (with bisulfate) and total sulfate of the aqueous [mol/L].
    free_extractant_mol_L : (N,) array
        Extractant of the organic that binds nothing (dimers, or monomers where the system counts those) [mol/L].
    loading_fraction : (N,) array
        Share of the extractant that the metals bind, at full load 1; the counter-ion does not count.
    """

    section: tuple[str, ...]
    local_stage: tuple[int, ...]
    aqueous_m3_h: Floats
    organic_m3_h: Floats
    aqueous_mol_L: Floats
    organic_mol_L: Floats
    equilibrium_mol_L: Floats
    proton_mol_L: Floats
    acid_mol_L: Floats
    sulfate_mol_L: Floats
    free_extractant_mol_L: Floats
    loading_fraction: Floats

    def __post_init__(self) -> None:
        for name in self.arrays():
            array = np.array(getattr(self, name), dtype=np.float64)
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    @staticmethod
    def arrays() -> tuple[str, ...]:
        """Names of the attributes that are arrays."""
        return tuple(name for name in Stages.__dataclass_fields__ if name not in ("section", "local_stage"))

    @property
    def pH(self) -> Floats:
        """Minus log10 of the free protons of each stage [-], shape (N,)."""
        return np.asarray(0.0 - np.log10(self.proton_mol_L))

    def place(self, stage: int) -> str:
        """Name a stage (0-based) for people: section and local number."""
        return f"{self.section[stage]} {self.local_stage[stage]}"


class Start(NamedTuple):
    """Where a solve may begin; a `Result` serves as well.

    Attributes
    ----------
    components : tuple of str
        Elements, then the counter-ion.
    stage : Stages
        Profiles of a neighbour.
    found : mapping of str to float
        Its free quantities by path.
    """

    components: tuple[str, ...]
    stage: Stages
    found: Mapping[str, float]


def profile_columns(components: tuple[str, ...], stage: Stages, phase: str = "organic") -> dict[str, list[Any]]:
    """Columns of a profile.

    Parameters
    ----------
    components : tuple of str
        Elements, then the counter-ion.
    stage : Stages
        Solution.
    phase : {"organic", "aqueous"}
        Which phase.

    Returns
    -------
    dict of str to list
        Column to values, one a stage.

    Raises
    ------
    InputError
        There is no such phase.
    """
    if phase not in ("organic", "aqueous"):
        raise InputError(
            Finding("phase", f"there is no phase {phase!r}", "organic, aqueous", cure="take one of the two")
        )
    held = stage.organic_mol_L if phase == "organic" else stage.aqueous_mol_L
    columns: dict[str, list[Any]] = {
        "stage": list(range(1, len(stage.section) + 1)),
        "section": list(stage.section),
        "local_stage": list(stage.local_stage),
        "flow_m3_h": (stage.organic_m3_h if phase == "organic" else stage.aqueous_m3_h).tolist(),
        "phase_ratio_O_A": (stage.organic_m3_h / stage.aqueous_m3_h).tolist(),
    }
    if phase == "aqueous":
        columns["pH"] = stage.pH.tolist()
    else:
        columns["loading_fraction"] = stage.loading_fraction.tolist()
        columns["free_extractant_mol_L"] = stage.free_extractant_mol_L.tolist()
    for row, name in enumerate(components):
        columns[f"{name}_mol_L"] = held[:, row].tolist()
    rare = [row for row, name in enumerate(components) if name in ELEMENTS and ELEMENTS[name].is_rare_earth]
    total = held[:, rare].sum(axis=1)
    for row in rare:
        share = np.divide(held[:, row], total, out=np.full(total.size, np.nan), where=total > 0.0)
        columns[f"{components[row]}_mole_fraction"] = [float(value) if value == value else None for value in share]
    return columns
