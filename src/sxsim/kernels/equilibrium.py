"""Distribution ratios of one stage and what they depend on."""

from __future__ import annotations

import math

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel

__all__ = ["acid_slope", "distribution", "total_acid"]


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
def distribution(level, row, Ka2, j, h, F, A, sulfate, D, slope_h, slope_F, slope_A):
    """Distribution ratios of stage j and their logarithmic slopes with respect to ln h, ln F and ln A.

    ln D = ln K + a ln F - (b + d F) ln h + c ln A - ln(1 + beta1 L + beta2 L^2), where the ligand L is the anion A or,
    with bisulfate, the free sulfate. Fills row j of D, slope_h, slope_F and slope_A, each (N, n).
    """
    ln_h = math.log(h)
    ln_F = math.log(F)
    ln_A = math.log(A) if A > 0.0 else -700.0
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
        by_h = -(row[at.B_PROTON, i] + cross)
        by_F = row[at.A_FREE, i] - cross * ln_h
        by_A = row[at.C_ANION, i]
        ln_D = level[j, i] + row[at.A_FREE, i] * ln_F + by_h * ln_h + by_A * ln_A
        if row[at.BETA1, i] != 0.0 or row[at.BETA2, i] != 0.0:
            alpha = 1.0 + (row[at.BETA1, i] + row[at.BETA2, i] * ligand) * ligand
            ln_D -= math.log(alpha)
            change = (row[at.BETA1, i] + 2.0 * row[at.BETA2, i] * ligand) * ligand / alpha
            by_h -= change * ligand_h
            by_A -= change * ligand_A
        D[j, i] = math.exp(ln_D)
        slope_h[j, i] = by_h
        slope_F[j, i] = by_F
        slope_A[j, i] = by_A
