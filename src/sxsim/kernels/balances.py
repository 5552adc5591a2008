"""Residuals of the rigorous model at a state."""

from __future__ import annotations

import math

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel
from sxsim.kernels.equilibrium import anion, distribution, total_acid

__all__ = ["balances", "local", "murphree", "settle"]


@kernel()
def local(law, point, work):
    """Law, charge and extractant of each stage: fills distribution ratios, slopes, anion and local residuals."""
    N = point.s.shape[1]
    row = law.row
    n = row.shape[1]
    for j in range(N):
        h = point.s[at.H, j]
        F = point.s[at.F, j]
        sulfate = point.s[at.SULFATE, j]
        A = anion(point.s[at.Q, j], row, point.c[at.X, j])
        work.stage[at.ANION, j] = A
        distribution(law, j, h, F, A, sulfate, work.law)
        charge = point.s[at.Q, j] - total_acid(h, sulfate, law.medium[at.KA2])
        free = law.medium[at.EXTRACTANT] - F
        for i in range(n):
            x = point.c[at.X, j, i]
            organic = point.c[at.Y_STAR, j, i]
            charge -= row[at.PROTONS, i] * x
            free -= row[at.BOUND, i] * organic
            extracted = work.law[at.D, j, i] * x
            work.law[at.G, j, i] = math.log(organic / extracted) if extracted > 0.0 and organic > 0.0 else 0.0
        work.r_Q[0, j] = charge
        work.stage[at.R_F, j] = free


@kernel()
def settle(law, point, work):
    """Bring the free extractant to its balance and the organic to equilibrium with the aqueous as it stands.

    Leaves distribution ratios, slopes, anion and local residuals as ``local`` does; the residual of the law is zero.
    """
    N = point.s.shape[1]
    row = law.row
    n = row.shape[1]
    total = law.medium[at.EXTRACTANT]
    for j in range(N):
        h = point.s[at.H, j]
        sulfate = point.s[at.SULFATE, j]
        A = anion(point.s[at.Q, j], row, point.c[at.X, j])
        work.stage[at.ANION, j] = A
        for _ in range(40):
            F = point.s[at.F, j]
            distribution(law, j, h, F, A, sulfate, work.law)
            held = F
            slope = F
            for i in range(n):
                organic = work.law[at.D, j, i] * point.c[at.X, j, i]
                point.c[at.Y_STAR, j, i] = organic
                held += row[at.BOUND, i] * organic
                slope += row[at.BOUND, i] * organic * work.law[at.SLOPE_F, j, i]
            work.stage[at.R_F, j] = total - held
            if abs(total - held) < 1e-3 * total:
                break
            point.s[at.F, j] = min(F * math.exp(math.log(total / held) * held / slope), total)
        charge = point.s[at.Q, j] - total_acid(h, sulfate, law.medium[at.KA2])
        for i in range(n):
            charge -= row[at.PROTONS, i] * point.c[at.X, j, i]
            work.law[at.G, j, i] = 0.0
        work.r_Q[0, j] = charge


@kernel()
def _organic_in(flows, point, j, i):
    """What the organic line brings into stage j of component i [kmol/h]."""
    total = flows.feed[at.ORGANIC_FEEDS, j, i]
    if j > 0:
        total += flows.volume[at.ORG_PREVIOUS, j] * point.c[at.Y, j - 1, i]
    for q in range(flows.link.shape[1]):
        if flows.link[at.TO, q] == j and flows.link[at.PHASE, q] == at.ORGANIC:
            total += point.m[q, i]
    return total


@kernel()
def murphree(law, flows, point):
    """Organic leaving each stage, from the first to the last, by the Murphree efficiency."""
    N = point.s.shape[1]
    n = law.row.shape[1]
    for j in range(N):
        for i in range(n):
            E = law.level[at.EFFICIENCY, j, i]
            organic = E * point.c[at.Y_STAR, j, i]
            if E < 1.0 and flows.volume[at.ORG_IN, j] > 0.0:
                organic += (1.0 - E) * _organic_in(flows, point, j, i) / flows.volume[at.ORG_IN, j]
            point.c[at.Y, j, i] = organic


@kernel()
def balances(law, flows, point, work, column):
    """Residuals of component balances [kmol/h], Murphree relation [mol/L] and links [kmol/h] into a column of the work."""
    N = point.s.shape[1]
    n = law.row.shape[1]
    volume = flows.volume
    for j in range(N):
        for i in range(n):
            into = _organic_in(flows, point, j, i)
            E = law.level[at.EFFICIENCY, j, i]
            relation = E * point.c[at.Y_STAR, j, i] - point.c[at.Y, j, i]
            if E < 1.0 and volume[at.ORG_IN, j] > 0.0:
                relation += (1.0 - E) * into / volume[at.ORG_IN, j]
            work.R[1, column, j, i] = relation
            into += flows.feed[at.ALL_FEEDS, j, i] - flows.feed[at.ORGANIC_FEEDS, j, i]
            if j > 0:
                into += volume[at.AQ_PREVIOUS, j] * point.c[at.X, j - 1, i]
            if j + 1 < N:
                into += (
                    volume[at.AQ_NEXT, j] * point.c[at.X, j + 1, i] + volume[at.ORG_NEXT, j] * point.c[at.Y, j + 1, i]
                )
            work.R[0, column, j, i] = (
                into - volume[at.AQ_OUT, j] * point.c[at.X, j, i] - volume[at.ORG_OUT, j] * point.c[at.Y, j, i]
            )
    for q in range(flows.link.shape[1]):
        source = flows.link[at.FROM, q]
        for i in range(n):
            held = point.c[at.X if flows.link[at.PHASE, q] == at.AQUEOUS else at.Y, source, i]
            work.r_m[column, q, i] = flows.link_volume[q] * held - point.m[q, i]
            if flows.link[at.PHASE, q] != at.ORGANIC:
                work.R[0, column, flows.link[at.TO, q], i] += point.m[q, i]
