"""Residuals of the rigorous model at a state."""

from __future__ import annotations

import math

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel
from sxsim.kernels.equilibrium import distribution, total_acid
from sxsim.kernels.shapes import FLOAT, FLOW, INT, LAW, MATRIX, POINT, WORK

__all__ = ["balances", "base_left_over", "local", "murphree"]


CROWDED = 0.3
"""Share of the extractant that is bound from which on its balance is asked for other roots."""
COARSE = 0.9


@kernel(
    returns=FLOAT,
    takes=(MATRIX, MATRIX, FLOAT, INT, *(FLOAT,) * 5, MATRIX, MATRIX, MATRIX, MATRIX, MATRIX, MATRIX),
    inner=True,
    counted=False,
)
def _most_free(K, row, Ka2, j, h, F, total, A, sulfate, x, D, slope_h, slope_F, slope_A, y):
    """The largest free extractant at which its balance closes, where there may be more than one; else F.

    Beyond 1 mol/L of protons a coefficient of F ln h lets D fall as F grows, and the balance may have up to three
    roots. The one that goes over into the organic without metals is the largest; another one would hold the organic
    full by its being full.
    """
    crossed = False
    for i in range(row.shape[1]):
        crossed = crossed or row[at.D_CROSS, i] * x[j, i] > 0.0
    if not crossed:
        return F
    high = total
    low = COARSE * total
    held, _ = distribution(K, row, Ka2, j, h, low, A, sulfate, x, D, slope_h, slope_F, slope_A, y)
    while held > total:
        high = low
        low *= COARSE
        if low < F:
            return F
        held, _ = distribution(K, row, Ka2, j, h, low, A, sulfate, x, D, slope_h, slope_F, slope_A, y)
    for _ in range(30):
        middle = 0.5 * (low + high)
        held, _ = distribution(K, row, Ka2, j, h, middle, A, sulfate, x, D, slope_h, slope_F, slope_A, y)
        if held > total:
            high = middle
        else:
            low = middle
    return high


@kernel(returns=INT, takes=(LAW, POINT, WORK), inner=True, counted=False)
def local(law, point, work):
    """Bring free extractant and organic to equilibrium with the aqueous as it stands.

    Fills the distribution ratios with their slopes, the anion, and what is left of charge and extractant balances.
    Returns 0.
    """
    K = law.level[at.K]
    row = law.row
    x = point.c[at.X]
    y_star = point.c[at.Y_STAR]
    s = point.s
    D = work.law[at.D]
    slope_F = work.law[at.SLOPE_F]
    slope_h = work.law[at.SLOPE_H]
    slope_A = work.law[at.SLOPE_A]
    total = law.medium[at.EXTRACTANT]
    Ka2 = law.medium[at.KA2]
    N, n = x.shape
    for j in range(N):
        h = s[at.H, j]
        F = s[at.F, j]
        sulfate = s[at.SULFATE, j]
        A = s[at.Q, j]
        charge = A - total_acid(h, sulfate, Ka2)
        for i in range(n):
            released = row[at.PROTONS, i] * x[j, i]
            A += row[at.CHARGE, i] * x[j, i] - released
            charge -= released
        if h > 1.0 and total - F > CROWDED * total:
            F = _most_free(K, row, Ka2, j, h, F, total, A, sulfate, x, D, slope_h, slope_F, slope_A, y_star)
        held = F
        for _ in range(40):
            held, slope = distribution(K, row, Ka2, j, h, F, A, sulfate, x, D, slope_h, slope_F, slope_A, y_star)
            if abs(total - held) < 1e-3 * total:
                break
            F = max(min(F * math.exp(math.log(total / held) * held / slope), total), 1e-30 * total)
        s[at.F, j] = F
        work.stage[at.ANION, j] = A
        work.stage[at.R_F, j] = total - held
        work.r_Q[0, j] = charge
    return 0


@kernel(returns=FLOAT, takes=(LAW, FLOW, POINT), inner=True, counted=False)
def base_left_over(law, flows, point):
    """Base that finds no free extractant in the organic that comes back from the strip [kmol/h]; else not above 0.

    A closed loop takes up base only as far as its extractant is free; what is left over stays behind as alkali, and
    does not come to the first stage.
    """
    if flows.base[at.INTO] < 0.0:
        return -1.0
    left = flows.base[at.FED] - flows.base[at.CAPACITY]
    for q in range(flows.link.shape[1]):
        if flows.link[at.PHASE, q] == at.ORGANIC:
            for i in range(law.row.shape[1]):
                left += law.row[at.BOUND, i] * point.m[q, i]
    return left


@kernel(returns=INT, takes=(LAW, FLOW, POINT), inner=True, counted=False)
def murphree(law, flows, point):
    """Organic leaving each stage, from the first to the last, by the Murphree efficiency. Returns 0."""
    efficiency = law.level[at.EFFICIENCY]
    volume = flows.volume
    feed = flows.feed[at.ORGANIC_FEEDS]
    link = flows.link
    m = point.m
    y = point.c[at.Y]
    y_star = point.c[at.Y_STAR]
    N, n = y.shape
    left_over = base_left_over(law, flows, point)
    for j in range(N):
        previous = volume[at.ORG_PREVIOUS, j]
        enters = volume[at.ORG_IN, j]
        for i in range(n):
            E = efficiency[j, i]
            y[j, i] = E * y_star[j, i]
            if E < 1.0 and enters > 0.0:
                brought = feed[j, i]
                if j > 0:
                    brought += previous * y[j - 1, i]
                for q in range(link.shape[1]):
                    if link[at.TO, q] == j and link[at.PHASE, q] == at.ORGANIC:
                        brought += m[q, i]
                if j == 0 and left_over > 0.0 and i == flows.base[at.INTO]:
                    brought -= left_over
                y[j, i] += (1.0 - E) * brought / enters
    return 0


@kernel(returns=INT, takes=(LAW, FLOW, POINT, WORK, INT), inner=True, counted=False)
def balances(law, flows, point, work, column):
    """Residuals of balances [kmol/h], Murphree relation [mol/L] and links [kmol/h] into a column of the work.

    The Murphree relation of column 0 is left out: the organic has just been computed by it. Returns 0.
    """
    efficiency = law.level[at.EFFICIENCY]
    volume = flows.volume
    feed = flows.feed
    link = flows.link
    x = point.c[at.X]
    y = point.c[at.Y]
    y_star = point.c[at.Y_STAR]
    m = point.m
    balance = work.R[0, column]
    relation = work.R[1, column]
    N, n = x.shape
    left_over = base_left_over(law, flows, point)
    for j in range(N):
        org_previous = volume[at.ORG_PREVIOUS, j]
        aq_previous = volume[at.AQ_PREVIOUS, j]
        aq_next = volume[at.AQ_NEXT, j]
        org_next = volume[at.ORG_NEXT, j]
        aq_out = volume[at.AQ_OUT, j]
        org_out = volume[at.ORG_OUT, j]
        org_in = volume[at.ORG_IN, j]
        for i in range(n):
            into = feed[at.ALL_FEEDS, j, i] - aq_out * x[j, i] - org_out * y[j, i]
            if j > 0:
                into += org_previous * y[j - 1, i] + aq_previous * x[j - 1, i]
            if j + 1 < N:
                into += aq_next * x[j + 1, i] + org_next * y[j + 1, i]
            balance[j, i] = into
        if column > 0:
            for i in range(n):
                E = efficiency[j, i]
                relation[j, i] = E * y_star[j, i] - y[j, i]
                if E < 1.0 and org_in > 0.0:
                    brought = feed[at.ORGANIC_FEEDS, j, i]
                    if j > 0:
                        brought += org_previous * y[j - 1, i]
                    elif left_over > 0.0 and i == flows.base[at.INTO]:
                        brought -= left_over
                    relation[j, i] += (1.0 - E) * brought / org_in
    if left_over > 0.0:
        balance[0, int(flows.base[at.INTO])] -= left_over
    for q in range(link.shape[1]):
        source = link[at.FROM, q]
        target = link[at.TO, q]
        for i in range(n):
            held = x[source, i] if link[at.PHASE, q] == at.AQUEOUS else y[source, i]
            work.r_m[column, q, i] = flows.link_volume[q] * held - m[q, i]
            balance[target, i] += m[q, i]
            if column > 0 and link[at.PHASE, q] == at.ORGANIC and efficiency[target, i] < 1.0:
                relation[target, i] += (1.0 - efficiency[target, i]) * m[q, i] / volume[at.ORG_IN, target]
    return 0
