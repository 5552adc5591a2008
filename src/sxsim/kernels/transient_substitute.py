"""One stage of a step in time, solved with the factorised balances of `transient_frozen`: a substitution."""

from __future__ import annotations

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel
from sxsim.kernels.equilibrium import total_acid
from sxsim.kernels.shapes import BOOL, FLOW, LAW, MATRIX, VOID
from sxsim.kernels.transient_frozen import (
    ANSWER,
    BISULFATE,
    BY_A,
    BY_F,
    BY_H,
    BY_S,
    F_BY_A,
    F_BY_H,
    F_BY_S,
    FREE,
    FREE_X,
    FROZEN,
    INVERSE,
    KEPT,
    ONWARD,
    OUT,
    OWN,
    PROTON,
    RATIO,
    TO_A,
    TO_F,
    TO_H,
    lowest_source,
    ratios,
)

__all__ = ["end_of_stage"]


@kernel(returns=VOID, takes=(MATRIX, FROZEN, MATRIX, MATRIX), inner=True, counted=False)
def _forward(volume, frozen, x, y):
    """From the first stage to the last: x and y of each at no x of the next, and without links."""
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


@kernel(inner=True, counted=False)
def _onward(block, more, x, y, j):
    """Add to x and y of stage j what x of the next stage brings."""
    n = more.shape[0]
    for i in range(n):
        total = 0.0
        for q in range(n):
            total += block[ONWARD, j, i, q] * x[j + 1, q]
        more[i] = total
        x[j, i] += total
    for i in range(n):
        total = y[j, i]
        for q in range(n):
            total += block[ANSWER, j, i, q] * more[q]
        y[j, i] = total


@kernel(returns=VOID, takes=(LAW, MATRIX, MATRIX, FROZEN, MATRIX), inner=True, counted=False)
def _sources(law, x, s, frozen, end):
    """What the equilibria of each stage give at zero x, linearised about `x` and `s`; ln h and ln F into `end`."""
    row = law.row
    Ka2 = law.medium[at.KA2]
    total = law.medium[at.EXTRACTANT]
    of = frozen.law
    stage = frozen.stage
    source = frozen.source
    N, n = x.shape
    for j in range(N):
        sulfate = s[3, j]
        held = stage[FREE, j]
        charge = s[2, j] - total_acid(stage[PROTON, j], sulfate, Ka2)
        for i in range(n):
            organic = of[RATIO, j, i] * x[j, i]
            source[j, i] = law.level[at.EFFICIENCY, j, i] * organic
            held += row[at.BOUND, i] * organic
            charge -= row[at.PROTONS, i] * x[j, i]
        more_S = end[3, j] - sulfate
        more_Q = end[2, j] - s[2, j]
        by_h = stage[TO_H, j] * (charge + more_Q - stage[BISULFATE, j] * more_S)
        by_A = stage[TO_A, j] * more_Q
        by_F = stage[TO_F, j] * (total - held)
        by_F += stage[F_BY_H, j] * by_h + stage[F_BY_A, j] * by_A + stage[F_BY_S, j] * more_S
        end[0, j] = s[0, j] + by_h
        end[1, j] = s[1, j] + by_F
        for i in range(n):
            known = of[BY_H, j, i] * by_h + of[BY_F, j, i] * by_F + of[BY_A, j, i] * by_A + of[BY_S, j, i] * more_S
            for q in range(n):
                known -= frozen.block[OWN, j, i, q] * x[j, q]
            source[j, i] += known


@kernel(
    returns=VOID,
    takes=(LAW, FLOW, MATRIX, MATRIX, FROZEN, BOOL, BOOL, MATRIX, MATRIX, MATRIX),
    inner=True,
    counted=False,
)
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
    block = frozen.block
    more = frozen.balance[0]
    N, n = x.shape
    k = link.shape[1]
    if not first:
        ratios(law, x, s, frozen)
    _sources(law, x, s, frozen, end)
    for j in range(N):
        for i in range(n):
            frozen.source[j, i] += of[KEPT, j, i] * twin.feed[at.ORGANIC_FEEDS, j, i]
            frozen.balance[j, i] = twin.feed[at.ALL_FEEDS, j, i]
    if spills:
        ion = int(twin.base[at.INTO])
        left_over = twin.base[at.FED] - twin.base[at.CAPACITY]  # the rest of it comes with the links
        frozen.balance[0, ion] -= left_over
        frozen.source[0, ion] -= of[KEPT, 0, ion] * left_over
    _forward(twin.volume, frozen, end_x, end_y)
    lowest = lowest_source(link, N)
    for j in range(N - 2, lowest - 1, -1):
        _onward(block, more, end_x, end_y, j)
    for r in range(k * n):
        carried = 0.0
        for q in range(k):
            aqueous = link[at.PHASE, q] == at.AQUEOUS
            source = link[at.FROM, q]
            for i in range(n):
                held = end_x[source, i] if aqueous else end_y[source, i]
                carried += frozen.border[r, q * n + i] * twin.link_volume[q] * held
        frozen.link[r] = carried
    for j in range(N - 1, -1, -1):
        for i in range(n):
            total = 0.0
            if j < lowest:
                for q in range(n):
                    total += block[ONWARD, j, i, q] * end_x[j + 1, q]
            more[i] = total
            for r in range(k * n):
                total += frozen.carried[0, j, i, r] * frozen.link[r]
            end_x[j, i] += total
        for i in range(n):
            total = end_y[j, i]
            for q in range(n):
                total += block[ANSWER, j, i, q] * more[q]
            for r in range(k * n):
                total += frozen.carried[1, j, i, r] * frozen.link[r]
            end_y[j, i] = total
        by_h = 0.0
        by_F = 0.0
        for i in range(n):
            moved = end_x[j, i] - x[j, i]
            by_h -= row[at.PROTONS, i] * moved
            by_F += of[FREE_X, j, i] * moved
        end[0, j] += stage[TO_H, j] * by_h
        end[1, j] += by_F
