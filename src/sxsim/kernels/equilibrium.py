"""Distribution ratios of one stage and what they depend on."""

from __future__ import annotations

import math

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel

__all__ = ["acid_slope", "distribution", "total_acid"]


@kernel(inner=True, counted=False)
def total_acid(h, sulfate, Ka2):
    """Total acid of an aqueous phase: free protons and bisulfate [mol/L]."""
    if Ka2 > 0.0:
        return h + sulfate * h / (Ka2 + h)
    return h


@kernel(inner=True, counted=False)
def acid_slope(h, sulfate, Ka2):
    """Derivative of the total acid with respect to the free protons."""
    if Ka2 > 0.0:
        return 1.0 + sulfate * Ka2 / ((Ka2 + h) * (Ka2 + h))
    return 1.0


@kernel(inner=True, counted=False)
def _power(base, exponent):
    """Power of a positive number; small whole exponents, those of mass action, by multiplication."""
    if exponent == 0.0:
        return 1.0
    if exponent == 1.0:
        return base
    if exponent == 2.0:
        return base * base
    if exponent == 3.0:
        return base * base * base
    return math.exp(exponent * math.log(base))


@kernel(inner=True, counted=False)
def _powers(a, b, c, d, h, F, A):
    """F^a h^-(b + d F) A^c, and its logarithmic slopes with respect to ln h and ln F."""
    by_h = -b
    by_F = a
    power = _power(F, a)
    if d != 0.0:
        by_h -= d * F
        by_F -= d * F * math.log(h)
    power /= _power(h, -by_h)
    if c != 0.0:
        power *= _power(max(A, 1e-300), c)
    return power, by_h, by_F


@kernel(inner=True, counted=False)
def _complexed(beta1, beta2, Ka2, h, A, sulfate):
    """1 + beta1 L + beta2 L^2, and its logarithmic slopes with respect to ln h and ln A.

    The ligand L is the anion A or, with bisulfate, the free sulfate.
    """
    ligand = sulfate * Ka2 / (Ka2 + h) if Ka2 > 0.0 else A
    alpha = 1.0 + (beta1 + beta2 * ligand) * ligand
    change = (beta1 + 2.0 * beta2 * ligand) * ligand / alpha
    if Ka2 > 0.0:
        return alpha, -change * h / (Ka2 + h), 0.0
    return alpha, 0.0, change


@kernel(inner=True, inline="always")
def distribution(K, row, Ka2, j, h, F, A, sulfate, x, D, slope_h, slope_F, slope_A, y):
    """Distribution ratios of stage j, their logarithmic slopes with respect to ln h, ln F and ln A, and y = D x.

    D = K F^a h^-(b + d F) A^c / (1 + beta1 L + beta2 L^2). Components that stand side by side with the same exponents
    share their powers (row SAME). Fills row j of D, slope_h, slope_F, slope_A and y, each (N, n).

    Returns
    -------
    tuple of float
        Extractant that is free or bound [mol/L], and its derivative with respect to ln F.
    """
    held = F
    slope = F
    power = 0.0
    by_h = 0.0
    by_F = 0.0
    by_A = 0.0
    for i in range(row.shape[1]):
        if row[at.SAME, i] == 0.0:
            by_A = row[at.C_ANION, i]
            power, by_h, by_F = _powers(row[at.A_FREE, i], row[at.B_PROTON, i], by_A, row[at.D_CROSS, i], h, F, A)
        ratio = K[j, i] * power
        slope_h[j, i] = by_h
        slope_F[j, i] = by_F
        slope_A[j, i] = by_A
        if row[at.BETA1, i] != 0.0 or row[at.BETA2, i] != 0.0:
            alpha, alpha_h, alpha_A = _complexed(row[at.BETA1, i], row[at.BETA2, i], Ka2, h, A, sulfate)
            ratio /= alpha
            slope_h[j, i] -= alpha_h
            slope_A[j, i] -= alpha_A
        D[j, i] = ratio
        organic = ratio * x[j, i]
        y[j, i] = organic
        bound = row[at.BOUND, i] * organic
        held += bound
        slope += bound * by_F
    return held, slope
