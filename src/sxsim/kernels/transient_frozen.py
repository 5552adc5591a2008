"""The balances of one step in time, linearised once: factorised for all stages of the step, and solved for each.

A stage of a Rosenbrock-Wanner method is the implicit stage of `transient_stage` with its equilibria linearised about
another state and by the slopes at the start of the step. Balances are linear as they are. So the block elimination of
`linear_step`, which has no free quantities here, is done once a step; what a stage costs are the distribution ratios
of one state and one substitution, see `transient_substitute`. Each function runs over all stages of the cascade.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel
from sxsim.kernels.dense import solve_dense
from sxsim.kernels.equilibrium import acid_slope
from sxsim.kernels.shapes import BOOL, FLOW, INT, LAW, MATRIX, VOID

__all__ = ["FROZEN", "Frozen", "freeze", "lowest_source", "make_frozen", "ratios"]

Floats = NDArray[np.float64]

# Frozen.block
OWN = 0
ANSWER = 1
ONWARD = 2
INVERSE = 3
# Frozen.law
RATIO = 0
BY_H = 1
BY_F = 2
BY_A = 3
BY_S = 4
FREE_X = 5
KEPT = 6
OUT = 7
# Frozen.stage
TO_H = 0
BISULFATE = 1
TO_F = 2
F_BY_H = 3
F_BY_A = 4
F_BY_S = 5
TO_A = 6
PIVOT = 7
CARRY = 8
PROTON = 9
FREE = 10
ANION = 11


class Frozen(NamedTuple):
    """A linearised step, N stages, n components, k links.

    Attributes
    ----------
    block : (4, N, n, n) array
        Slope of y by x of the stage (efficiency included); y answering to x with what the organic brings; x answering
        to x of the next stage; inverse of the stage's balance.
    law : (8, N, n) array
        Distribution ratio where the equations were last read; y by ln h, ln F, ln A and sulfate; ln F by x; share of
        the organic entering that passes unchanged; organic that leaves less what comes back of it [m3/h].
    stage : (12, N) array
        ln h by charge; bisulfate by sulfate; ln F by the extractant balance, ln h, ln A and sulfate; ln A by charge;
        pivots of the charge balance and how it answers to the next stage; protons, free extractant and anion where the
        equations were last read [mol/L].
    carried : (2, N, n, k n) array
        How x and y answer to what the links carry.
    border : (k n, k n) array
        Inverse of the links' equations.
    block_space, right_space : (n, n) arrays
        Work space.
    border_space, column_space : (k n, k n), (2, n, k n) arrays
        Work space.
    source, balance : (N, n) arrays
        Right-hand sides: organic [mol/L], and feeds of the balances [kmol/h].
    link : (k n,) array
        What the links carry [kmol/h].
    """

    block: Floats
    law: Floats
    stage: Floats
    carried: Floats
    border: Floats
    block_space: Floats
    right_space: Floats
    border_space: Floats
    column_space: Floats
    source: Floats
    balance: Floats
    link: Floats


def make_frozen(N: int, n: int, k: int) -> Frozen:
    """Allocate for N stages, n components and k links."""
    return Frozen(
        np.zeros((4, N, n, n)),
        np.zeros((8, N, n)),
        np.zeros((12, N)),
        np.zeros((2, N, n, k * n)),
        np.zeros((k * n, k * n)),
        np.zeros((n, n)),
        np.zeros((n, n)),
        np.zeros((k * n, k * n)),
        np.zeros((2, n, k * n)),
        np.zeros((N, n)),
        np.zeros((N, n)),
        np.zeros(k * n),
    )


FROZEN = numba.typeof(make_frozen(1, 1, 1))


@kernel(returns=VOID, takes=(LAW, MATRIX, MATRIX, FROZEN), inner=True, counted=False)
def ratios(law, x, s, frozen):
    """Distribution ratios where the equations are read, with the protons, free extractant and anion of each stage."""
    row = law.row
    Ka2 = law.medium[at.KA2]
    ratio = frozen.law[RATIO]
    stage = frozen.stage
    N, n = x.shape
    anion = False
    for i in range(n):
        if row[at.C_ANION, i] != 0.0 or row[at.BETA1, i] != 0.0 or row[at.BETA2, i] != 0.0:
            anion = True
    for j in range(N):
        ln_h = s[0, j]
        ln_F = s[1, j]
        h = math.exp(ln_h)
        F = math.exp(ln_F)
        A = s[2, j]
        for i in range(n):
            A += (row[at.CHARGE, i] - row[at.PROTONS, i]) * x[j, i]
        stage[PROTON, j] = h
        stage[FREE, j] = F
        stage[ANION, j] = A
        ln_A = 0.0
        ligand = 0.0
        if anion:
            ln_A = math.log(A) if A > 0.0 else -700.0
            ligand = s[3, j] * Ka2 / (Ka2 + h) if Ka2 > 0.0 else A
        power = 0.0
        for i in range(n):
            if row[at.SAME, i] == 0.0:
                ln_power = row[at.A_FREE, i] * ln_F + row[at.C_ANION, i] * ln_A
                power = math.exp(ln_power - (row[at.B_PROTON, i] + row[at.D_CROSS, i] * F) * ln_h)
            ratio[j, i] = law.level[at.K, j, i] * power
            if anion and (row[at.BETA1, i] != 0.0 or row[at.BETA2, i] != 0.0):
                ratio[j, i] /= 1.0 + (row[at.BETA1, i] + row[at.BETA2, i] * ligand) * ligand


@kernel(returns=VOID, takes=(LAW, MATRIX, MATRIX, MATRIX, FROZEN), inner=True, counted=False)
def _linearise(law, volume, x, s, frozen):
    """Slopes of the equilibria at the start of the step, where the ratios have been read."""
    row = law.row
    Ka2 = law.medium[at.KA2]
    block = frozen.block
    of = frozen.law
    stage = frozen.stage
    N, n = x.shape
    for j in range(N):
        h = stage[PROTON, j]
        F = stage[FREE, j]
        A = stage[ANION, j]
        sulfate = s[3, j]
        share = Ka2 / (Ka2 + h) if Ka2 > 0.0 else 0.0
        ligand = sulfate * share if Ka2 > 0.0 else A
        sum_h = 0.0
        sum_A = 0.0
        sum_S = 0.0
        denominator = F
        for i in range(n):
            cross = row[at.D_CROSS, i] * F
            by_h = -(row[at.B_PROTON, i] + cross)
            by_F = row[at.A_FREE, i] - cross * s[0, j]
            by_A = row[at.C_ANION, i]
            by_S = 0.0
            if row[at.BETA1, i] != 0.0 or row[at.BETA2, i] != 0.0:
                slope = row[at.BETA1, i] + 2.0 * row[at.BETA2, i] * ligand
                slope /= 1.0 + (row[at.BETA1, i] + row[at.BETA2, i] * ligand) * ligand
                if Ka2 > 0.0:
                    by_h += slope * ligand * h / (Ka2 + h)
                    by_S = -slope * share
                else:
                    by_A -= slope * ligand
            organic = of[RATIO, j, i] * x[j, i]
            of[BY_H, j, i] = by_h * organic
            of[BY_F, j, i] = by_F * organic
            of[BY_A, j, i] = by_A * organic
            of[BY_S, j, i] = by_S * organic
            sum_h += row[at.BOUND, i] * of[BY_H, j, i]
            sum_A += row[at.BOUND, i] * of[BY_A, j, i]
            sum_S += row[at.BOUND, i] * of[BY_S, j, i]
            denominator += row[at.BOUND, i] * of[BY_F, j, i]
        to_h = 1.0 / (acid_slope(h, sulfate, Ka2) * h)
        to_A = 1.0 / A
        to_F = 1.0 / denominator
        stage[TO_H, j] = to_h
        stage[BISULFATE, j] = h / (Ka2 + h) if Ka2 > 0.0 else 0.0
        stage[TO_F, j] = to_F
        stage[F_BY_H, j] = -to_F * sum_h
        stage[F_BY_A, j] = -to_F * sum_A
        stage[F_BY_S, j] = -to_F * sum_S
        stage[TO_A, j] = to_A
        for q in range(n):
            swapped = row[at.CHARGE, q] - row[at.PROTONS, q]
            held = row[at.BOUND, q] * of[RATIO, j, q] - sum_h * to_h * row[at.PROTONS, q] + sum_A * to_A * swapped
            of[FREE_X, j, q] = -to_F * held
        for i in range(n):
            E = law.level[at.EFFICIENCY, j, i]
            of[BY_H, j, i] *= E
            of[BY_F, j, i] *= E
            of[BY_A, j, i] *= E
            of[BY_S, j, i] *= E
            for q in range(n):
                swapped = row[at.CHARGE, q] - row[at.PROTONS, q]
                slope = of[BY_A, j, i] * to_A * swapped - of[BY_H, j, i] * to_h * row[at.PROTONS, q]
                block[OWN, j, i, q] = slope + of[BY_F, j, i] * of[FREE_X, j, q]
            block[OWN, j, i, i] += E * of[RATIO, j, i]
            of[KEPT, j, i] = 0.0
            if E < 1.0 and volume[at.ORG_IN, j] > 0.0:
                of[KEPT, j, i] = (1.0 - E) / volume[at.ORG_IN, j]


@kernel(returns=INT, takes=(MATRIX, FROZEN), inner=True, counted=False)
def _eliminate(volume, frozen):
    """From the first stage to the last, each as a function of the next stage's x. Returns 0, or 1 if singular."""
    block = frozen.block
    of = frozen.law
    stage = frozen.stage
    space = frozen.block_space
    right = frozen.right_space
    N, n = of.shape[1:]
    for j in range(N):
        org_previous = volume[at.ORG_PREVIOUS, j]
        aq_previous = volume[at.AQ_PREVIOUS, j]
        org_next = volume[at.ORG_NEXT, j]
        aq_next = volume[at.AQ_NEXT, j]
        for i in range(n):
            kept = of[KEPT, j, i] * org_previous
            of[OUT, j, i] = volume[at.ORG_OUT, j]
            if org_next > 0.0:
                of[OUT, j, i] -= org_next * of[KEPT, j + 1, i] * volume[at.ORG_PREVIOUS, j + 1]
            out = of[OUT, j, i]
            for q in range(n):
                brought = 0.0
                answer = block[OWN, j, i, q]
                if j > 0:
                    passed = 0.0
                    for r in range(n):
                        passed += block[ANSWER, j - 1, i, r] * block[ONWARD, j - 1, r, q]
                    answer += kept * passed
                    brought = org_previous * passed + aq_previous * block[ONWARD, j - 1, i, q]
                block[ANSWER, j, i, q] = answer
                space[i, q] = out * answer - brought
                right[i, q] = 0.0
            space[i, i] += volume[at.AQ_OUT, j]
            right[i, i] = 1.0
        if solve_dense(space, right) != 0:
            return 1
        for i in range(n):
            for q in range(n):
                block[INVERSE, j, i, q] = right[i, q]
                block[ONWARD, j, i, q] = aq_next * right[i, q]
            if org_next > 0.0:
                for q in range(n):
                    for r in range(n):
                        block[ONWARD, j, i, q] += org_next * right[i, r] * block[OWN, j + 1, r, q]
        pivot = volume[at.AQ_OUT, j]
        if j > 0:
            pivot -= aq_previous * stage[CARRY, j - 1]
        stage[PIVOT, j] = 1.0 / pivot
        stage[CARRY, j] = aq_next / pivot
    return 0


@kernel(inner=True, counted=False)
def lowest_source(link, N):
    """The first stage that a link leaves, or the last stage."""
    lowest = N - 1
    for q in range(link.shape[1]):
        lowest = min(lowest, link[at.FROM, q])
    return lowest


@kernel(returns=INT, takes=(LAW, FLOW, FROZEN, BOOL), inner=True, counted=False)
def _link(law, twin, frozen, spills):
    """How the cascade answers to what the links carry, and the inverse of their equations. Returns 0, or 1."""
    volume = twin.volume
    link = twin.link
    block = frozen.block
    of = frozen.law
    x = frozen.carried[0]
    y = frozen.carried[1]
    brought = frozen.column_space[0]
    more = frozen.column_space[1]
    N, n, columns = x.shape
    k = link.shape[1]
    for j in range(N if k > 0 else 0):
        org_previous = volume[at.ORG_PREVIOUS, j]
        aq_previous = volume[at.AQ_PREVIOUS, j]
        org_next = volume[at.ORG_NEXT, j]
        for i in range(n):
            for c in range(columns):
                brought[i, c] = 0.0
                y[j, i, c] = 0.0
        for q in range(k):
            organic = link[at.PHASE, q] == at.ORGANIC
            for i in range(n):
                if link[at.TO, q] == j:
                    brought[i, q * n + i] += 1.0
                    if organic:
                        y[j, i, q * n + i] = of[KEPT, j, i]
                if organic and org_next > 0.0 and link[at.TO, q] == j + 1:
                    brought[i, q * n + i] += org_next * of[KEPT, j + 1, i]
                if organic and spills and j == 0:
                    ion = int(twin.base[at.INTO])
                    brought[ion, q * n + i] -= law.row[at.BOUND, i]
                    y[0, ion, q * n + i] -= of[KEPT, 0, ion] * law.row[at.BOUND, i]
        for i in range(n):
            if j > 0:
                kept = of[KEPT, j, i] * org_previous
                for c in range(columns):
                    y[j, i, c] += kept * y[j - 1, i, c]
                    brought[i, c] += org_previous * y[j - 1, i, c] + aq_previous * x[j - 1, i, c]
            for c in range(columns):
                brought[i, c] -= of[OUT, j, i] * y[j, i, c]
                x[j, i, c] = 0.0
        for i in range(n):
            for q in range(n):
                factor = block[INVERSE, j, i, q]
                for c in range(columns):
                    x[j, i, c] += factor * brought[q, c]
        for i in range(n):
            for q in range(n):
                factor = block[ANSWER, j, i, q]
                for c in range(columns):
                    y[j, i, c] += factor * x[j, q, c]
    for j in range(N - 2, lowest_source(link, N) - 1, -1):
        for i in range(n):
            for c in range(columns):
                more[i, c] = 0.0
            for q in range(n):
                factor = block[ONWARD, j, i, q]
                for c in range(columns):
                    more[i, c] += factor * x[j + 1, q, c]
            for c in range(columns):
                x[j, i, c] += more[i, c]
        for i in range(n):
            for q in range(n):
                factor = block[ANSWER, j, i, q]
                for c in range(columns):
                    y[j, i, c] += factor * more[q, c]
    for r in range(k):
        phase = 0 if link[at.PHASE, r] == at.AQUEOUS else 1
        source = link[at.FROM, r]
        for i in range(n):
            for c in range(columns):
                same = 1.0 if c == r * n + i else 0.0
                frozen.border_space[r * n + i, c] = same - twin.link_volume[r] * frozen.carried[phase, source, i, c]
                frozen.border[r * n + i, c] = same
    if k > 0:
        return solve_dense(frozen.border_space, frozen.border)
    return 0


@kernel(returns=INT, takes=(LAW, FLOW, MATRIX, MATRIX, FROZEN, BOOL), inner=True, counted=False)
def freeze(law, twin, x, s, frozen, spills):
    """Linearise and factorise a step.

    Parameters
    ----------
    law, twin : Law, Flows
        The cascade, its flows those of the implicit stages (their feeds are not read).
    x : (N, n) array
        Aqueous of the mixers at the start of the step [mol/L].
    s : (4, N) array
        ln h, ln F, charge and sulfate there.
    frozen : Frozen
        Filled.
    spills : bool
        Whether base finds no free extractant.

    Returns
    -------
    int
        0, or 1 when a block is singular.
    """
    ratios(law, x, s, frozen)
    _linearise(law, twin.volume, x, s, frozen)
    if _eliminate(twin.volume, frozen) != 0:
        return 1
    return _link(law, twin, frozen, spills)
