"""Distribution ratios of one stage and what they depend on."""

from __future__ import annotations

import math

from sxsim.kernels._jit import kernel

__all__ = ["acid_slope", "anion", "distribution", "total_acid"]


@kernel()
def total_acid(h, sulfate, Ka2):
    """Total acid of an aqueous phase: free protons and bisulfate [mol/L]."""
    if Ka2 > 0.0:
        return h + sulfate * h / (Ka2 + h)
    return h


@kernel()
def acid_slope(h, sulfate, Ka2):
    """Derivative of the total acid with respect to the free protons."""
    if Ka2 > 0.0:
        return 1.0 + sulfate * Ka2 / ((Ka2 + h) * (Ka2 + h))
    return 1.0


@kernel()
def anion(Q, x, z, charge):
    """Anion by electroneutrality, the charge the cations carry: Q + sum (charge - z) x [mol/L]."""
    total = Q
    for i in range(x.shape[0]):
        total += (charge[i] - z[i]) * x[i]
    return total


@kernel()
def distribution(chemistry, j, h, F, A, sulfate, D, p_h, p_F, p_A):
    """Distribution ratios of stage j and their logarithmic slopes.

    Fills D and the derivatives of ln D with respect to ln h, ln F and ln A, each of shape (n,), by the law
    ln D = ln K + a ln F - (b + d F) ln h + c ln A - ln(1 + beta1 L + beta2 L^2), where the ligand L is the anion A or,
    with bisulfate, the free sulfate.
    """
    ln_h = math.log(h)
    ln_F = math.log(F)
    ln_A = math.log(A) if A > 0.0 else -700.0
    if chemistry.Ka2 > 0.0:
        ligand = sulfate * chemistry.Ka2 / (chemistry.Ka2 + h)
        ligand_h = -h / (chemistry.Ka2 + h)
        ligand_A = 0.0
    else:
        ligand = A
        ligand_h = 0.0
        ligand_A = 1.0
    for i in range(D.shape[0]):
        d = chemistry.d[i]
        ln_D = chemistry.ln_K[j, i] + chemistry.a[i] * ln_F - (chemistry.b[i] + d * F) * ln_h
        slope_h = -(chemistry.b[i] + d * F)
        slope_F = chemistry.a[i] - d * F * ln_h
        slope_A = chemistry.c[i]
        if slope_A != 0.0:
            ln_D += slope_A * ln_A
        beta1 = chemistry.beta1[i]
        beta2 = chemistry.beta2[i]
        if beta1 != 0.0 or beta2 != 0.0:
            alpha = 1.0 + (beta1 + beta2 * ligand) * ligand
            ln_D -= math.log(alpha)
            slope = (beta1 + 2.0 * beta2 * ligand) * ligand / alpha
            slope_h -= slope * ligand_h
            slope_A -= slope * ligand_A
        D[i] = math.exp(ln_D)
        p_h[i] = slope_h
        p_F[i] = slope_F
        p_A[i] = slope_A
