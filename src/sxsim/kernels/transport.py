"""One component through the whole network at given distribution ratios: a tridiagonal system with a border."""

from __future__ import annotations

import numpy as np

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel
from sxsim.kernels.dense import factor_dense
from sxsim.kernels.shapes import FLOW, INT, MATRIX, VECTOR

__all__ = ["aqueous_totals", "transport"]


@kernel(returns=INT, takes=(FLOW, VECTOR, VECTOR, VECTOR, VECTOR, VECTOR, VECTOR, VECTOR))
def transport(flows, D, efficiency, feed, org_feed, x, y, m):
    """Steady concentrations of one component at given distribution ratios.

    Parameters
    ----------
    flows : Flows
    D, efficiency : (N,) arrays
        Distribution ratio and Murphree efficiency of each stage.
    feed, org_feed : (N,) arrays
        All feeds of the component, and the part in organic feeds [kmol/h].
    x, y : (N,) arrays
        Filled with the concentrations leaving each stage [mol/L].
    m : (k,) array
        Filled with what the links carry [kmol/h].

    Returns
    -------
    int
        0, or 1 when the system is singular.
    """
    flows_link = flows.link
    volume = flows.volume
    N = D.shape[0]
    k = flows_link.shape[1]
    columns = 1 + k
    alpha = np.zeros((N, columns))
    gamma = np.zeros((N, columns))
    P = np.zeros(N)
    M = np.zeros(N)
    source = np.zeros(columns)
    eta = np.zeros(columns)
    for j in range(N):
        E = efficiency[j]
        carried = 0.0
        if volume[at.ORG_IN, j] > 0.0:
            carried = (1.0 - E) / volume[at.ORG_IN, j]
        for q in range(columns):
            source[q] = 0.0
            eta[q] = 0.0
        source[0] = feed[j]
        eta[0] = carried * org_feed[j]
        for q in range(k):
            if flows_link[at.TO, q] == j:
                source[1 + q] += 1.0
                if flows_link[at.PHASE, q] == at.ORGANIC:
                    eta[1 + q] += carried
        H = E * D[j]
        kept = 0.0
        if j > 0:
            kept = carried * volume[at.ORG_PREVIOUS, j]
            H += kept * M[j - 1]
            for q in range(columns):
                eta[q] += kept * gamma[j - 1, q]
                source[q] += volume[at.ORG_PREVIOUS, j] * gamma[j - 1, q]
                source[q] += volume[at.AQ_PREVIOUS, j] * alpha[j - 1, q]
        out = volume[at.ORG_OUT, j]
        upper = volume[at.AQ_NEXT, j]
        if j + 1 < N and volume[at.ORG_NEXT, j] > 0.0:
            next_E = efficiency[j + 1]
            if volume[at.ORG_IN, j + 1] > 0.0:
                out -= (
                    volume[at.ORG_NEXT, j] * (1.0 - next_E) * volume[at.ORG_PREVIOUS, j + 1] / volume[at.ORG_IN, j + 1]
                )
                source[0] += volume[at.ORG_NEXT, j] * (1.0 - next_E) * org_feed[j + 1] / volume[at.ORG_IN, j + 1]
                for q in range(k):
                    if flows_link[at.TO, q] == j + 1 and flows_link[at.PHASE, q] == at.ORGANIC:
                        source[1 + q] += volume[at.ORG_NEXT, j] * (1.0 - next_E) / volume[at.ORG_IN, j + 1]
            upper += volume[at.ORG_NEXT, j] * next_E * D[j + 1]
        pivot = volume[at.AQ_OUT, j] + out * H
        if j > 0:
            pivot -= volume[at.ORG_PREVIOUS, j] * M[j - 1] + volume[at.AQ_PREVIOUS, j] * P[j - 1]
        if not pivot > 0.0:
            return 1
        inverse = 1.0 / pivot
        for q in range(columns):
            alpha[j, q] = (source[q] - out * eta[q]) * inverse
            gamma[j, q] = eta[q] + H * alpha[j, q]
        if j + 1 < N:
            P[j] = upper * inverse
            M[j] = H * P[j]
    for j in range(N - 2, -1, -1):
        for q in range(columns):
            alpha[j, q] += P[j] * alpha[j + 1, q]
            gamma[j, q] += M[j] * alpha[j + 1, q]
    if k > 0:
        border = np.zeros((k, k))
        right = np.zeros((k, 1))
        for r in range(k):
            j = flows_link[at.FROM, r]
            volume = flows.link_volume[r]
            border[r, r] = 1.0
            for q in range(k):
                border[r, q] -= volume * (alpha[j, 1 + q] if flows_link[at.PHASE, r] == at.AQUEOUS else gamma[j, 1 + q])
            right[r, 0] = volume * (alpha[j, 0] if flows_link[at.PHASE, r] == at.AQUEOUS else gamma[j, 0])
        if factor_dense(border, right, np.zeros(k, np.int64)) != 0:
            return 1
        for r in range(k):
            m[r] = right[r, 0]
    for j in range(N):
        x[j] = alpha[j, 0]
        y[j] = gamma[j, 0]
        for q in range(k):
            x[j] += alpha[j, 1 + q] * m[q]
            y[j] += gamma[j, 1 + q] * m[q]
    return 0


@kernel(returns=INT, takes=(FLOW, MATRIX))
def aqueous_totals(flows, s):
    """Conserved charge and sulfate of every stage's aqueous: both stay in the aqueous phase. Returns 0, or 1."""
    flows_volume = flows.volume
    N = s.shape[1]
    D = np.zeros(N)
    full = np.ones(N)
    unused = np.zeros(N)
    m = np.zeros(flows.link.shape[1])
    if transport(flows, D, full, flows_volume[at.FEED_Q], D, s[at.Q], unused, m) != 0:
        return 1
    total = 0.0
    for j in range(N):
        total += flows_volume[at.FEED_SULFATE, j]
        s[at.SULFATE, j] = 0.0
    if total > 0.0:
        return transport(flows, D, full, flows_volume[at.FEED_SULFATE], D, s[at.SULFATE], unused, m)
    return 0
