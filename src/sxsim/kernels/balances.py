"""Residuals of the rigorous model at a state."""

from __future__ import annotations

import math

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel
from sxsim.kernels.equilibrium import distribution, total_acid

__all__ = ["balances", "base_left_over", "local", "murphree"]


@kernel(inner=True)
def local(law, point, work):
    """Bring free extractant and organic to equilibrium with the aqueous as it stands.

    Fills the distribution ratios with their slopes, the anion, and what is left of charge and extractant balances.
    """
    level = law.level[at.LN_K]
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
            A += (row[at.CHARGE, i] - row[at.PROTONS, i]) * x[j, i]
            charge -= row[at.PROTONS, i] * x[j, i]
        held = F
        for _ in range(40):
            distribution(level, row, Ka2, j, h, F, A, sulfate, D, slope_h, slope_F, slope_A)
            held = F
            slope = F
            for i in range(n):
                organic = D[j, i] * x[j, i]
                y_star[j, i] = organic
                held += row[at.BOUND, i] * organic
                slope += row[at.BOUND, i] * organic * slope_F[j, i]
            if abs(total - held) < 1e-3 * total:
                break
            F = max(min(F * math.exp(math.log(total / held) * held / slope), total), 1e-30 * total)
        s[at.F, j] = F
        work.stage[at.ANION, j] = A
        work.stage[at.R_F, j] = total - held
        work.r_Q[0, j] = charge


@kernel(inner=True)
def murphree(law, flows, point):
    """Organic leaving each stage, from the first to the last, by the Murphree efficiency."""
    efficiency = law.level[at.EFFICIENCY]
    volume = flows.volume
    feed = flows.feed[at.ORGANIC_FEEDS]
    link = flows.link
    m = point.m
    y = point.c[at.Y]
    y_star = point.c[at.Y_STAR]
    N, n = y.shape
    for j in range(N):
        for i in range(n):
            E = efficiency[j, i]
            organic = E * y_star[j, i]
            if E < 1.0 and volume[at.ORG_IN, j] > 0.0:
                brought = feed[j, i]
                if j > 0:
                    brought += volume[at.ORG_PREVIOUS, j] * y[j - 1, i]
                for q in range(link.shape[1]):
                    if link[at.TO, q] == j and link[at.PHASE, q] == at.ORGANIC:
                        brought += m[q, i]
                organic += (1.0 - E) * brought / volume[at.ORG_IN, j]
            y[j, i] = organic


@kernel()
def base_left_over(law, flows, point):
    """Base that finds no free extractant in the organic that comes back from the strip [kmol/h]; else not above 0.

    A closed loop takes up base only as far as its extractant is free; what is left over would stay behind as alkali.
    """
    if flows.base[at.INTO] < 0.0:
        return -1.0
    left = flows.base[at.FED] - flows.base[at.CAPACITY]
    for q in range(flows.link.shape[1]):
        if flows.link[at.PHASE, q] == at.ORGANIC:
            for i in range(law.row.shape[1]):
                left += law.row[at.BOUND, i] * point.m[q, i]
    return left


@kernel(inner=True)
def balances(law, flows, point, work, column):
    """Residuals of balances [kmol/h], Murphree relation [mol/L] and links [kmol/h] into a column of the work."""
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
    for j in range(N):
        for i in range(n):
            brought = feed[at.ORGANIC_FEEDS, j, i]
            if j > 0:
                brought += volume[at.ORG_PREVIOUS, j] * y[j - 1, i]
            E = efficiency[j, i]
            relation[j, i] = E * y_star[j, i] - y[j, i]
            if E < 1.0 and volume[at.ORG_IN, j] > 0.0:
                relation[j, i] += (1.0 - E) * brought / volume[at.ORG_IN, j]
            into = brought + feed[at.ALL_FEEDS, j, i] - feed[at.ORGANIC_FEEDS, j, i]
            if j > 0:
                into += volume[at.AQ_PREVIOUS, j] * x[j - 1, i]
            if j + 1 < N:
                into += volume[at.AQ_NEXT, j] * x[j + 1, i] + volume[at.ORG_NEXT, j] * y[j + 1, i]
            balance[j, i] = into - volume[at.AQ_OUT, j] * x[j, i] - volume[at.ORG_OUT, j] * y[j, i]
    left_over = base_left_over(law, flows, point)
    if left_over > 0.0:
        balance[0, int(flows.base[at.INTO])] -= left_over
    for q in range(link.shape[1]):
        source = link[at.FROM, q]
        target = link[at.TO, q]
        for i in range(n):
            held = x[source, i] if link[at.PHASE, q] == at.AQUEOUS else y[source, i]
            work.r_m[column, q, i] = flows.link_volume[q] * held - m[q, i]
            balance[target, i] += m[q, i]
            if link[at.PHASE, q] == at.ORGANIC and efficiency[target, i] < 1.0:
                relation[target, i] += (1.0 - efficiency[target, i]) * m[q, i] / volume[at.ORG_IN, target]
