"""What the stages of a running cascade hold."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sxsim.cascade.result import Result
from sxsim.definition.startup_tables import HoldUp
from sxsim.equipment import EquipmentOptions, size
from sxsim.kernels.transient_stage import Vessels

__all__ = ["contents", "hold_ups"]

Floats = NDArray[np.float64]


def hold_ups(result: Result, chosen: HoldUp) -> tuple[Vessels, int]:
    """Volumes of mixers and settler cells.

    Parameters
    ----------
    result : Result
        Steady state, by whose flows the equipment is sized.
    chosen : HoldUp
        The table of the definition.

    Returns
    -------
    vessels : Vessels
        Volumes of each phase in mixers and in one settler cell, arrays of shape (2, N) [m3].
    cells : int
        Settler cells in a row; 0 for lumped stages.

    Notes
    -----
    The mixer holds the phases in the ratio in which it is run; the settler in the ratio that the rules of sizing set.
    """
    stages = len(result.stage.section)
    if chosen.mixer_aqueous_m3 is not None:
        mixer = np.outer([chosen.mixer_aqueous_m3, chosen.mixer_organic_m3], np.ones(stages))
        settler = np.outer([chosen.settler_aqueous_m3, chosen.settler_organic_m3], np.ones(stages))
    else:
        options = EquipmentOptions(
            mixer_residence_min=chosen.mixer_residence_min,
            settler_flux_m3_h_m2=chosen.settler_flux_m3_h_m2,
            settler_depth_m=chosen.settler_depth_m,
        )
        units = size(result, options).stages
        organic = np.array([unit.mixer_m3 * unit.O_A_mixer / (1.0 + unit.O_A_mixer) for unit in units])
        mixer = np.stack((np.array([unit.mixer_m3 for unit in units]) - organic, organic))
        whole = np.array([[unit.aqueous_m3 for unit in units], [unit.organic_m3 for unit in units]])
        settler = whole - mixer
    if chosen.model == "lumped":
        return Vessels(np.ascontiguousarray(mixer + settler), np.zeros_like(mixer)), 0
    return Vessels(
        np.ascontiguousarray(mixer), np.ascontiguousarray(settler / chosen.settler_cells)
    ), chosen.settler_cells


def contents(vessels: Vessels, cells: int, x: Floats, y: Floats, Q: Floats, sulfate: Floats) -> Floats:
    """Contents of all vessels when each holds what its stage sends out.

    Parameters
    ----------
    vessels : Vessels
        Volumes [m3].
    cells : int
        Settler cells in a row.
    x, y : (N, n) arrays
        Aqueous and organic [mol/L].
    Q, sulfate : (N,) arrays
        Conserved charge and total sulfate of the aqueous [mol/L].

    Returns
    -------
    (1 + 2 cells, N, n + 2) array
        Mixers, aqueous cells, organic cells [kmol].
    """
    aqueous = np.column_stack((x, Q, sulfate))
    organic = np.column_stack((y, np.zeros_like(Q), np.zeros_like(Q)))
    held = [vessels.mixer[0][:, None] * aqueous + vessels.mixer[1][:, None] * organic]
    held += [vessels.cell[0][:, None] * aqueous] * cells + [vessels.cell[1][:, None] * organic] * cells
    return np.ascontiguousarray(np.stack(held))
