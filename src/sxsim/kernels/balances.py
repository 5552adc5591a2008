"""Residuals of the rigorous model at a state."""

from __future__ import annotations

import math

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel
from sxsim.kernels.equilibrium import anion, distribution, total_acid

__all__ = ["balances", "base_left_over", "local", "murphree", "settle"]


@kernel(inner=True)
def local(law, point, work):
    """Law, charge and extractant of each stage: fills distribution ratios, slopes, anion and local residuals."""
    law_medium = law.medium
    point_c = point.c
    point_s = point.s
    work_law = work.law
    work_stage = work.stage
    N = point_s.shape[1]
    row = law.row
    n = row.shape[1]
    for j in range(N):
        h = point_s[at.H, j]
        F = point_s[at.F, j]
        sulfate = point_s[at.SULFATE, j]
        A = anion(point_s[at.Q, j], row, point_c[at.X, j])
        work_stage[at.ANION, j] = A
        distribution(law, j, h, F, A, sulfate, work.law)
        charge = point_s[at.Q, j] - total_acid(h, sulfate, law_medium[at.KA2])
        free = law_medium[at.EXTRACTANT] - F
        for i in range(n):
            x = point_c[at.X, j, i]
            organic = point_c[at.Y_STAR, j, i]
            charge -= row[at.PROTONS, i] * x
            free -= row[at.BOUND, i] * organic
            extracted = work_law[at.D, j, i] * x
            work_law[at.G, j, i] = math.log(organic / extracted) if extracted > 0.0 and organic > 0.0 else 0.0
        work.r_Q[0, j] = charge
        work_stage[at.R_F, j] = free


@kernel(inner=True)
def settle(law, point, work):
    """Bring the free extractant to its balance and the organic to equilibrium with the aqueous as it stands.

    Leaves distribution ratios, slopes, anion and local residuals as ``local`` does; the residual of the law is zero.
    """
    law_medium = law.medium
    point_c = point.c
    point_s = point.s
    work_law = work.law
    work_stage = work.stage
    N = point_s.shape[1]
    row = law.row
    n = row.shape[1]
    total = law_medium[at.EXTRACTANT]
    for j in range(N):
        h = point_s[at.H, j]
        sulfate = point_s[at.SULFATE, j]
        A = anion(point_s[at.Q, j], row, point_c[at.X, j])
        work_stage[at.ANION, j] = A
        for _ in range(40):
            F = point_s[at.F, j]
            distribution(law, j, h, F, A, sulfate, work.law)
            held = F
            slope = F
            for i in range(n):
                organic = work_law[at.D, j, i] * point_c[at.X, j, i]
                point_c[at.Y_STAR, j, i] = organic
                held += row[at.BOUND, i] * organic
                slope += row[at.BOUND, i] * organic * work_law[at.SLOPE_F, j, i]
            work_stage[at.R_F, j] = total - held
            if abs(total - held) < 1e-3 * total:
                break
            point_s[at.F, j] = min(F * math.exp(math.log(total / held) * held / slope), total)
        charge = point_s[at.Q, j] - total_acid(h, sulfate, law_medium[at.KA2])
        for i in range(n):
            charge -= row[at.PROTONS, i] * point_c[at.X, j, i]
            work_law[at.G, j, i] = 0.0
        work.r_Q[0, j] = charge


@kernel(inner=True)
def _organic_in(flows, point, j, i):
    """What the organic line brings into stage j of component i [kmol/h]."""
    flows_link = flows.link
    total = flows.feed[at.ORGANIC_FEEDS, j, i]
    if j > 0:
        total += flows.volume[at.ORG_PREVIOUS, j] * point.c[at.Y, j - 1, i]
    for q in range(flows_link.shape[1]):
        if flows_link[at.TO, q] == j and flows_link[at.PHASE, q] == at.ORGANIC:
            total += point.m[q, i]
    return total


@kernel(inner=True)
def murphree(law, flows, point):
    """Organic leaving each stage, from the first to the last, by the Murphree efficiency."""
    flows_volume = flows.volume
    point_c = point.c
    N = point.s.shape[1]
    n = law.row.shape[1]
    for j in range(N):
        for i in range(n):
            E = law.level[at.EFFICIENCY, j, i]
            organic = E * point_c[at.Y_STAR, j, i]
            if E < 1.0 and flows_volume[at.ORG_IN, j] > 0.0:
                organic += (1.0 - E) * _organic_in(flows, point, j, i) / flows_volume[at.ORG_IN, j]
            point_c[at.Y, j, i] = organic


@kernel()
def base_left_over(law, flows, point):
    """Base that finds no free extractant in the organic that comes back from the strip [kmol/h]; 0 or less when all does.

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
    """Residuals of component balances [kmol/h], Murphree relation [mol/L] and links [kmol/h] into a column of the work."""
    flows_feed = flows.feed
    flows_link = flows.link
    point_c = point.c
    point_m = point.m
    work_R = work.R
    N = point.s.shape[1]
    n = law.row.shape[1]
    volume = flows.volume
    for j in range(N):
        for i in range(n):
            into = _organic_in(flows, point, j, i)
            E = law.level[at.EFFICIENCY, j, i]
            relation = E * point_c[at.Y_STAR, j, i] - point_c[at.Y, j, i]
            if E < 1.0 and volume[at.ORG_IN, j] > 0.0:
                relation += (1.0 - E) * into / volume[at.ORG_IN, j]
            work_R[1, column, j, i] = relation
            into += flows_feed[at.ALL_FEEDS, j, i] - flows_feed[at.ORGANIC_FEEDS, j, i]
            if j > 0:
                into += volume[at.AQ_PREVIOUS, j] * point_c[at.X, j - 1, i]
            if j + 1 < N:
                into += (
                    volume[at.AQ_NEXT, j] * point_c[at.X, j + 1, i] + volume[at.ORG_NEXT, j] * point_c[at.Y, j + 1, i]
                )
            work_R[0, column, j, i] = (
                into - volume[at.AQ_OUT, j] * point_c[at.X, j, i] - volume[at.ORG_OUT, j] * point_c[at.Y, j, i]
            )
    left_over = base_left_over(law, flows, point)
    if left_over > 0.0:
        work.R[0, column, 0, int(flows.base[at.INTO])] -= left_over
    for q in range(flows_link.shape[1]):
        source = flows_link[at.FROM, q]
        for i in range(n):
            held = point_c[at.X if flows_link[at.PHASE, q] == at.AQUEOUS else at.Y, source, i]
            work.r_m[column, q, i] = flows.link_volume[q] * held - point_m[q, i]
            if flows_link[at.PHASE, q] != at.ORGANIC:
                work_R[0, column, flows_link[at.TO, q], i] += point_m[q, i]
