"""The balances of one step in time, linearised once: factorised for all stages of the step, and solved for each.

A stage of a Rosenbrock-Wanner method is the implicit stage of `transient_stage` with its equilibria linearised about
another state and by the slopes at the start of the step. Balances are linear as they are. So the block elimination of
`linear_step`, which has no free quantities here, is done once a step; what a stage costs are the distribution ratios
of one state and one substitution. Each function runs over all stages of the cascade.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel
from sxsim.kernels.equilibrium import acid_slope, distribution, total_acid
from sxsim.kernels.transport import solve_dense

__all__ = ["Frozen", "end_of_stage", "freeze", "make_frozen"]

Floats = NDArray[np.float64]

# Frozen.block
OWN = 0
ANSWER = 1
ONWARD = 2
INVERSE = 3
# Frozen.law
RATIO = 0
SLOPE_H = 1
SLOPE_F = 2
SLOPE_A = 3
BY_H = 4
BY_F = 5
BY_A = 6
BY_S = 7
FREE_X = 8
KEPT = 9
OUT = 10
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


class Frozen(NamedTuple):
    """A linearised step, N stages, n components, k links.

    Attributes
    ----------
    block : (4, N, n, n) array
        Slope of y by x of the stage (efficiency included); y answering to x with what the organic brings; x answering
        to x of the next stage; inverse of the stage's balance.
    law : (11, N, n) array
        Distribution ratio and its slopes by ln h, ln F and ln A; y by ln h, ln F, ln A and sulfate; ln F by x; share
        of the organic entering that passes unchanged; organic that leaves less what comes back of it [m3/h].
    stage : (9, N) array
        ln h by charge; bisulfate by sulfate; ln F by the extractant balance, ln h, ln A and sulfate; ln A by charge;
        pivots of the charge balance and how it answers to the next stage.
    carried : (2, k n, N, n) array
        How x and y answer to what the links carry.
    border : (k n, k n) array
        Inverse of the links' equations.
    block_space, right_space : (n, n) arrays
        Work space.
    border_space : (k n, k n) array
        Work space.
    source, balance : (N, n) arrays
        Right-hand sides: organic [mol/L], and feeds of the balances [kmol/h].
    """

    block: Floats
    law: Floats
    stage: Floats
    carried: Floats
    border: Floats
    block_space: Floats
    right_space: Floats
    border_space: Floats
    source: Floats
    balance: Floats


def make_frozen(N: int, n: int, k: int) -> Frozen:
    """Allocate for N stages, n components and k links."""
    return Frozen(
        np.zeros((4, N, n, n)),
        np.zeros((11, N, n)),
        np.zeros((9, N)),
        np.zeros((2, k * n, N, n)),
        np.zeros((k * n, k * n)),
        np.zeros((n, n)),
        np.zeros((n, n)),
        np.zeros((k * n, k * n)),
        np.zeros((N, n)),
        np.zeros((N, n)),
    )


@kernel(inner=True)
def _linearise(law, volume, level, x, s, frozen):
    """Slopes of the equilibria at the start of the step; `s` holds ln h, ln F, charge and sulfate of each stage."""
    row = law.row
    Ka2 = law.medium[at.KA2]
    block = frozen.block
    of = frozen.law
    stage = frozen.stage
    N, n = x.shape
    for j in range(N):
        h = math.exp(s[0, j])
        F = math.exp(s[1, j])
        sulfate = s[3, j]
        A = s[2, j]
        for i in range(n):
            A += (row[at.CHARGE, i] - row[at.PROTONS, i]) * x[j, i]
        distribution(level, row, Ka2, j, h, F, A, sulfate, of[RATIO], of[SLOPE_H], of[SLOPE_F], of[SLOPE_A])
        share = Ka2 / (Ka2 + h) if Ka2 > 0.0 else 0.0
        ligand = sulfate * share
        sum_h = 0.0
        sum_A = 0.0
        sum_S = 0.0
        denominator = F
        for i in range(n):
            organic = of[RATIO, j, i] * x[j, i]
            by_S = 0.0
            if share > 0.0:
                by_S = (row[at.BETA1, i] + 2.0 * row[at.BETA2, i] * ligand) * share
                by_S /= -1.0 - (row[at.BETA1, i] + row[at.BETA2, i] * ligand) * ligand
            of[BY_S, j, i] = by_S
            bound = row[at.BOUND, i] * organic
            sum_h += bound * of[SLOPE_H, j, i]
            sum_A += bound * of[SLOPE_A, j, i]
            sum_S += bound * by_S
            denominator += bound * of[SLOPE_F, j, i]
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
            organic = E * of[RATIO, j, i] * x[j, i]
            of[BY_H, j, i] = organic * of[SLOPE_H, j, i]
            of[BY_F, j, i] = organic * of[SLOPE_F, j, i]
            of[BY_A, j, i] = organic * of[SLOPE_A, j, i]
            of[BY_S, j, i] *= organic
            for q in range(n):
                swapped = row[at.CHARGE, q] - row[at.PROTONS, q]
                slope = of[BY_A, j, i] * to_A * swapped - of[BY_H, j, i] * to_h * row[at.PROTONS, q]
                block[OWN, j, i, q] = slope + of[BY_F, j, i] * of[FREE_X, j, q]
            block[OWN, j, i, i] += E * of[RATIO, j, i]
            of[KEPT, j, i] = 0.0
            if E < 1.0 and volume[at.ORG_IN, j] > 0.0:
                of[KEPT, j, i] = (1.0 - E) / volume[at.ORG_IN, j]


@kernel(inner=True)
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


@kernel(inner=True)
def _substitute(volume, frozen, x, y):
    """Solve for x and y of all stages from the right-hand sides, at what the links carry."""
    block = frozen.block
    of = frozen.law
    source = frozen.source
    balance = frozen.balance
    N, n = x.shape
    for j in range(N):
        org_previous = volume[at.ORG_PREVIOUS, j]
        aq_previous = volume[at.AQ_PREVIOUS, j]
        org_next = volume[at.ORG_NEXT, j]
        for i in range(n):
            held = source[j, i]
            brought = balance[j, i]
            if j > 0:
                held += of[KEPT, j, i] * org_previous * y[j - 1, i]
                brought += org_previous * y[j - 1, i] + aq_previous * x[j - 1, i]
            if org_next > 0.0:
                brought += org_next * source[j + 1, i]
            y[j, i] = held
            balance[j, i] = brought - of[OUT, j, i] * held
        for i in range(n):
            total = 0.0
            for q in range(n):
                total += block[INVERSE, j, i, q] * balance[j, q]
            x[j, i] = total
        for i in range(n):
            total = y[j, i]
            for q in range(n):
                total += block[ANSWER, j, i, q] * x[j, q]
            y[j, i] = total
    for j in range(N - 2, -1, -1):
        for i in range(n):
            total = 0.0
            for q in range(n):
                total += block[ONWARD, j, i, q] * x[j + 1, q]
            balance[j, i] = total
            x[j, i] += total
        for i in range(n):
            total = 0.0
            for q in range(n):
                total += block[ANSWER, j, i, q] * balance[j, q]
            y[j, i] += total


@kernel(inner=True)
def _link(law, twin, frozen, spills):
    """How the cascade answers to what the links carry, and the inverse of their equations. Returns 0, or 1."""
    link = twin.link
    N, n = frozen.source.shape
    k = link.shape[1]
    for column in range(k * n):
        q, i = column // n, column % n
        to = link[at.TO, q]
        frozen.source[:] = 0.0
        frozen.balance[:] = 0.0
        frozen.balance[to, i] = 1.0
        if link[at.PHASE, q] == at.ORGANIC:
            frozen.source[to, i] = frozen.law[KEPT, to, i]
            if spills:
                frozen.balance[0, int(twin.base[at.INTO])] -= law.row[at.BOUND, i]
        _substitute(twin.volume, frozen, frozen.carried[0, column], frozen.carried[1, column])
    for r in range(k):
        phase = 0 if link[at.PHASE, r] == at.AQUEOUS else 1
        source = link[at.FROM, r]
        for i in range(n):
            for column in range(k * n):
                answer = twin.link_volume[r] * frozen.carried[phase, column, source, i]
                same = 1.0 if column == r * n + i else 0.0
                frozen.border_space[r * n + i, column] = same - answer
                frozen.border[r * n + i, column] = same
    if k > 0:
        return solve_dense(frozen.border_space, frozen.border)
    return 0


@kernel(inner=True)
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
    _linearise(law, twin.volume, law.level[at.LN_K], x, s, frozen)
    if _eliminate(twin.volume, frozen) != 0:
        return 1
    return _link(law, twin, frozen, spills)


@kernel(inner=True)
def _sources(law, twin, x, s, frozen, first, end):
    """What the equilibria of each stage give at zero x, linearised about `x` and `s`; ln h and ln F into `end`."""
    row = law.row
    level = law.level[at.LN_K]
    Ka2 = law.medium[at.KA2]
    total = law.medium[at.EXTRACTANT]
    of = frozen.law
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
        sulfate = s[3, j]
        ln_A = 0.0
        ligand = 0.0
        if anion and not first:
            A = s[2, j]
            for i in range(n):
                A += (row[at.CHARGE, i] - row[at.PROTONS, i]) * x[j, i]
            ln_A = math.log(A) if A > 0.0 else -700.0
            ligand = sulfate * Ka2 / (Ka2 + h) if Ka2 > 0.0 else A
        held = F
        charge = s[2, j] - total_acid(h, sulfate, Ka2)
        for i in range(n):
            if first:
                ratio = of[RATIO, j, i]
            else:
                ln_D = level[j, i] + row[at.A_FREE, i] * ln_F - (row[at.B_PROTON, i] + row[at.D_CROSS, i] * F) * ln_h
                if anion:
                    ln_D += row[at.C_ANION, i] * ln_A
                    if row[at.BETA1, i] != 0.0 or row[at.BETA2, i] != 0.0:
                        ln_D -= math.log(1.0 + (row[at.BETA1, i] + row[at.BETA2, i] * ligand) * ligand)
                ratio = math.exp(ln_D)
            organic = ratio * x[j, i]
            frozen.source[j, i] = law.level[at.EFFICIENCY, j, i] * organic
            held += row[at.BOUND, i] * organic
            charge -= row[at.PROTONS, i] * x[j, i]
        more_S = end[3, j] - sulfate
        more_Q = end[2, j] - s[2, j]
        by_h = stage[TO_H, j] * (charge + more_Q - stage[BISULFATE, j] * more_S)
        by_A = stage[TO_A, j] * more_Q
        by_F = stage[TO_F, j] * (total - held)
        by_F += stage[F_BY_H, j] * by_h + stage[F_BY_A, j] * by_A + stage[F_BY_S, j] * more_S
        end[0, j] = ln_h + by_h
        end[1, j] = ln_F + by_F
        for i in range(n):
            known = of[BY_H, j, i] * by_h + of[BY_F, j, i] * by_F + of[BY_A, j, i] * by_A + of[BY_S, j, i] * more_S
            for q in range(n):
                known -= frozen.block[OWN, j, i, q] * x[j, q]
            frozen.source[j, i] += known


@kernel(inner=True)
def end_of_stage(law, twin, x, s, frozen, first, spills, end, end_x, end_y):
    """Solve one stage of the method: where it ends up.

    Parameters
    ----------
    law, twin : Law, Flows
        The cascade, with the feeds of this stage.
    x, s : (N, n), (4, N) arrays
        Where the equations are read: aqueous [mol/L]; ln h, ln F, charge and sulfate.
    frozen : Frozen
        The linearised step.
    first : bool
        Whether they are read at the start of the step, where the ratios are known.
    spills : bool
        Whether base finds no free extractant.
    end : (4, N) array
        Charge and sulfate as they end up; filled with ln h and ln F.
    end_x, end_y : (N, n) arrays
        Filled with both phases [mol/L].
    """
    row = law.row
    link = twin.link
    of = frozen.law
    stage = frozen.stage
    N, n = x.shape
    k = link.shape[1]
    _sources(law, twin, x, s, frozen, first, end)
    for j in range(N):
        for i in range(n):
            frozen.source[j, i] += of[KEPT, j, i] * twin.feed[at.ORGANIC_FEEDS, j, i]
            frozen.balance[j, i] = twin.feed[at.ALL_FEEDS, j, i]
    if spills:
        frozen.balance[0, int(twin.base[at.INTO])] -= twin.base[at.FED] - twin.base[at.CAPACITY]
    _substitute(twin.volume, frozen, end_x, end_y)
    for r in range(k * n):
        carried = 0.0
        for q in range(k):
            out = end_x if link[at.PHASE, q] == at.AQUEOUS else end_y
            for i in range(n):
                carried += frozen.border[r, q * n + i] * twin.link_volume[q] * out[link[at.FROM, q], i]
        frozen.border_space[r, 0] = carried
    for r in range(k * n):
        carried = frozen.border_space[r, 0]
        for j in range(N):
            for i in range(n):
                end_x[j, i] += carried * frozen.carried[0, r, j, i]
                end_y[j, i] += carried * frozen.carried[1, r, j, i]
    for j in range(N):
        by_h = 0.0
        by_F = 0.0
        for i in range(n):
            moved = end_x[j, i] - x[j, i]
            by_h -= row[at.PROTONS, i] * moved
            by_F += of[FREE_X, j, i] * moved
        end[0, j] += stage[TO_H, j] * by_h
        end[1, j] += by_F
