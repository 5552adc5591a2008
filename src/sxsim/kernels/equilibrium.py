"""Distribution ratios of one stage and what they depend on."""

from __future__ import annotations

import math

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel

__all__ = ["acid_slope", "anion", "distribution", "total_acid"]


@kernel(inner=True)
def total_acid(h, sulfate, Ka2):
    """Total acid of an aqueous phase: free protons and bisulfate [mol/L]."""
    if Ka2 > 0.0:
        return h + sulfate * h / (Ka2 + h)
    return h


@kernel(inner=True)
def acid_slope(h, sulfate, Ka2):
    """Derivative of the total acid with respect to the free protons."""
    if Ka2 > 0.0:
        return 1.0 + sulfate * Ka2 / ((Ka2 + h) * (Ka2 + h))
    return 1.0


@kernel(inner=True)
def anion(charge, row, x):
    """Anion by electroneutrality: the conserved charge and sum (charge - z) x [mol/L]."""
    total = charge
    for i in range(x.shape[0]):
        total += (row[at.CHARGE, i] - row[at.PROTONS, i]) * x[i]
    return total


@kernel(inner=True)
def distribution(law, j, h, F, A, sulfate, out):
    """Distribution ratios of stage j and their logarithmic slopes.

    Fills out[D], out[SLOPE_H], out[SLOPE_F], out[SLOPE_A] at stage j, the derivatives of ln D with respect to ln h,
    ln F and ln A, by ln D = ln K + a ln F - (b + d F) ln h + c ln A - ln(1 + beta1 L + beta2 L^2), where the ligand L
    is the anion A or, with bisulfate, the free sulfate.
    """
    row = law.row
    ln_h = math.log(h)
    ln_F = math.log(F)
    ln_A = math.log(A) if A > 0.0 else -700.0
    Ka2 = law.medium[at.KA2]
    if Ka2 > 0.0:
        ligand = sulfate * Ka2 / (Ka2 + h)
        ligand_h = -h / (Ka2 + h)
        ligand_A = 0.0
    else:
        ligand = A
        ligand_h = 0.0
        ligand_A = 1.0
    for i in range(row.shape[1]):
        cross = row[at.D_CROSS, i] * F
        slope_h = -(row[at.B_PROTON, i] + cross)
        slope_F = row[at.A_FREE, i] - cross * ln_h
        slope_A = row[at.C_ANION, i]
        ln_D = law.level[at.LN_K, j, i] + row[at.A_FREE, i] * ln_F + slope_h * ln_h + slope_A * ln_A
        if row[at.BETA1, i] != 0.0 or row[at.BETA2, i] != 0.0:
            alpha = 1.0 + (row[at.BETA1, i] + row[at.BETA2, i] * ligand) * ligand
            ln_D -= math.log(alpha)
            slope = (row[at.BETA1, i] + 2.0 * row[at.BETA2, i] * ligand) * ligand / alpha
            slope_h -= slope * ligand_h
            slope_A -= slope * ligand_A
        out[at.D, j, i] = math.exp(ln_D)
        out[at.SLOPE_H, j, i] = slope_h
        out[at.SLOPE_F, j, i] = slope_F
        out[at.SLOPE_A, j, i] = slope_A
