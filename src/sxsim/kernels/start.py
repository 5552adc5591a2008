"""Where the solver starts: the constant-load picture.

The organic carries about as much as saponification allows, so the rare earths together behave like one component whose
level follows the composition; that small cascade is solved first, the composition follows from tridiagonal solves.
"""

from __future__ import annotations

import math

import numpy as np

from sxsim.kernels._jit import kernel
from sxsim.kernels.free import Equations
from sxsim.kernels.linear_step import make_work
from sxsim.kernels.model import AQUEOUS, Chemistry, Network, State
from sxsim.kernels.newton import FLOOR, Control, newton
from sxsim.kernels.transport import transport

__all__ = ["constant_load", "guess", "make_state"]


@kernel()
def make_state(N, n, k):
    """Allocate a state of N stages, n components and k links."""
    return State(
        np.zeros((N, n)),
        np.zeros((N, n)),
        np.zeros((N, n)),
        np.zeros(N),
        np.zeros(N),
        np.zeros((k, n)),
        np.zeros(N),
        np.zeros(N),
    )


@kernel()
def _metals(chemistry, network):
    """Share of each component in the common load: exchanging metals by what enters of them, 0 for the others."""
    N, n = chemistry.ln_K.shape
    share = np.zeros(n)
    total = 0.0
    for i in range(n):
        if chemistry.z[i] > 1.5 and chemistry.s[i] > 1.5 and math.isfinite(chemistry.ln_K[0, i]):
            share[i] = network.feed[:, i].sum()
            total += share[i]
    if total > 0.0:
        share /= total
    return share


@kernel()
def _barren(plan, network, share):
    """For each stage, how many stages up its section it stands if no metal enters there with the aqueous, else 0."""
    N, n = network.feed.shape
    depth = np.zeros(N)
    first = 0
    for j in range(1, N + 1):
        if j == N or plan.aq_to[j] != j - 1:
            metal = 0.0
            for q in range(first, j):
                for i in range(n):
                    if share[i] > 0.0:
                        metal += network.feed[q, i]
                for r in range(network.link_to.shape[0]):
                    if network.link_to[r] == q and network.link_phase[r] == AQUEOUS:
                        metal += 1.0
            if metal == 0.0 and first > 0:
                for q in range(first, j):
                    depth[q] = q - first + 1
            first = j
    return depth


@kernel()
def _acid_at_load(ln_K, a, b, z, Q, F, y):
    """Protons that hold a load y at charge Q: root of ln K + a ln F - b ln h + ln((Q - h)/z) = ln y, by bisection."""
    low = 1e-12 * Q
    high = Q * (1.0 - 1e-12)
    h = 0.5 * Q
    for _ in range(60):
        h = math.sqrt(low * high) if low < 1e-3 * high else 0.5 * (low + high)
        if ln_K + a * math.log(F) - b * math.log(h) + math.log((Q - h) / z) > math.log(y):
            low = h
        else:
            high = h
    return h


@kernel()
def guess(chemistry, plan, network, state):
    """A crude feasible state: feed composition everywhere, at the load that saponification pays for."""
    N, n = state.x.shape
    k = network.link_from.shape[0]
    share = _metals(chemistry, network)
    depth = _barren(plan, network, share)
    D = np.zeros(N)
    full = np.ones(N)
    column = np.zeros(N)
    unused = np.zeros(N)
    m = np.zeros(k)
    taken = np.zeros(N)
    for i in range(n):
        if share[i] == 0.0:
            transport(
                network,
                D,
                full,
                np.ascontiguousarray(network.feed[:, i]),
                np.ascontiguousarray(network.org_feed[:, i]),
                column,
                unused,
                m,
            )
            for j in range(N):
                state.x[j, i] = max(column[j], FLOOR)
                if chemistry.z[i] > 0.0:
                    taken[j] += chemistry.z[i] * state.x[j, i]
    a = 0.0
    b = 0.0
    z = 0.0
    s = 0.0
    for i in range(n):
        a += share[i] * chemistry.a[i]
        b += share[i] * chemistry.b[i]
        z += share[i] * chemistry.z[i]
        s += share[i] * chemistry.s[i]
    base = 0.0
    if plan.base_component >= 0:
        base = network.feed[:, plan.base_component].sum() / plan.inlet[0]
    for j in range(N):
        free = state.Q[j] - taken[j]
        if free < 0.1 * state.Q[j]:
            for i in range(n):
                if share[i] == 0.0 and chemistry.z[i] > 0.0:
                    state.x[j, i] *= 0.9 * state.Q[j] / taken[j]
            free = 0.1 * state.Q[j]
        if z == 0.0:
            state.h[j] = free
            state.F[j] = 0.5 * chemistry.extractant
            continue
        load = max(min(base / z, 0.3 * chemistry.extractant / s), 0.02 * chemistry.extractant / s)
        load *= 0.5 ** depth[j]
        ln_K = 0.0
        for i in range(n):
            if share[i] > 0.0:
                ln_K += share[i] * chemistry.ln_K[j, i]
        state.F[j] = chemistry.extractant - s * load
        state.h[j] = _acid_at_load(ln_K, a, b, z, free, state.F[j], load)
        for i in range(n):
            if share[i] > 0.0:
                state.x[j, i] = max(share[i] * (free - state.h[j]) / z, FLOOR)
    for q in range(k):
        for i in range(n):
            state.m[q, i] = 1e-6 * max(share[i], 1e-6)


@kernel()
def _lumped(chemistry, network, share, ln_K, members):
    """Chemistry and network in which the metals are one component, followed by the others."""
    N, n = chemistry.ln_K.shape
    lead = members[0]
    count = members.shape[0]
    level = np.zeros((N, count))
    efficiency = np.zeros((N, count))
    feed = np.zeros((N, count))
    org_feed = np.zeros((N, count))
    for j in range(N):
        level[j, 0] = ln_K[j]
        efficiency[j, 0] = chemistry.efficiency[j, lead]
        for i in range(n):
            if share[i] > 0.0:
                feed[j, 0] += network.feed[j, i]
                org_feed[j, 0] += network.org_feed[j, i]
        for q in range(1, count):
            level[j, q] = chemistry.ln_K[j, members[q]]
            efficiency[j, q] = chemistry.efficiency[j, members[q]]
            feed[j, q] = network.feed[j, members[q]]
            org_feed[j, q] = network.org_feed[j, members[q]]
    small = Chemistry(
        level,
        chemistry.a[members],
        chemistry.b[members],
        chemistry.c[members],
        chemistry.d[members],
        chemistry.s[members],
        chemistry.z[members],
        chemistry.charge[members],
        chemistry.beta1[members],
        chemistry.beta2[members],
        efficiency,
        chemistry.extractant,
        chemistry.Ka2,
    )
    flows = Network(
        network.aq_from_next,
        network.org_from_next,
        network.org_from_previous,
        network.aq_from_previous,
        network.aq_out,
        network.org_out,
        network.org_in,
        network.link_from,
        network.link_to,
        network.link_phase,
        network.link_volume,
        feed,
        org_feed,
        network.feed_Q,
        network.feed_sulfate,
    )
    return small, flows


@kernel()
def constant_load(chemistry, plan, network, state, rounds, history):
    """Improve a guess by the constant-load picture.

    Returns
    -------
    tuple of int
        0 when the small cascade was solved in every round (the state is then its answer), else 1 (the state is the
        guess), and the iterations spent on it.
    """
    N, n = state.x.shape
    k = network.link_from.shape[0]
    share = _metals(chemistry, network)
    count = 1
    lead = -1
    for i in range(n):
        if share[i] == 0.0:
            count += 1
        elif lead < 0:
            lead = i
    if lead < 0 or n - count < 1:
        return 1, 0
    members = np.zeros(count, np.int64)
    members[0] = lead
    place = 1
    for i in range(n):
        if share[i] == 0.0:
            members[place] = i
            place += 1
    ln_K = np.zeros(N)
    for j in range(N):
        for i in range(n):
            if share[i] > 0.0:
                ln_K[j] += share[i] * chemistry.ln_K[j, i]
    small, flows = _lumped(chemistry, network, share, ln_K, members)
    lump = State(
        np.zeros((N, count)),
        np.zeros((N, count)),
        np.zeros((N, count)),
        state.h.copy(),
        state.F.copy(),
        np.full((k, count), 1e-6),
        state.Q,
        state.sulfate,
    )
    for j in range(N):
        total = 0.0
        for i in range(n):
            if share[i] > 0.0:
                total += state.x[j, i]
        lump.x[j, 0] = total
        for q in range(1, count):
            lump.x[j, q] = state.x[j, members[q]]
        for q in range(count):
            ratio = small.ln_K[j, q] + small.a[q] * math.log(lump.F[j]) - small.b[q] * math.log(lump.h[j])
            lump.y_star[j, q] = lump.x[j, q] * math.exp(min(ratio, 100.0))
    work = make_work(N, count, k, 0)
    none = np.zeros(0, np.int64)
    no_equations = Equations(none, none, none, none, none, none, np.zeros(0), np.zeros((0, count)))
    composition = np.zeros((N, n))
    column = np.zeros(N)
    unused = np.zeros(N)
    D = np.zeros(N)
    m = np.zeros(k)
    spent = 0
    for _ in range(rounds):
        control = Control(40, 1e-4, 0.1, 0, 0.0, 1.0)
        status, iterations = newton(small, plan, no_equations, flows, flows, lump, lump, work, control, history)
        spent += iterations
        if status != 0:
            return 1, spent
        for i in range(n):
            if share[i] > 0.0:
                for j in range(N):
                    ratio = math.log(lump.y_star[j, 0] / lump.x[j, 0]) - small.ln_K[j, 0] + chemistry.ln_K[j, i]
                    D[j] = math.exp(min(ratio, 100.0))
                transport(
                    network,
                    D,
                    np.ascontiguousarray(chemistry.efficiency[:, i]),
                    np.ascontiguousarray(network.feed[:, i]),
                    np.ascontiguousarray(network.org_feed[:, i]),
                    column,
                    unused,
                    m,
                )
                for j in range(N):
                    composition[j, i] = max(column[j], FLOOR)
        for j in range(N):
            total = 0.0
            mean = 0.0
            for i in range(n):
                total += composition[j, i]
            for i in range(n):
                if share[i] > 0.0:
                    composition[j, i] /= total
                    mean += composition[j, i] * math.exp(chemistry.ln_K[j, i] - small.ln_K[j, 0])
            small.ln_K[j, 0] += math.log(mean)
    for j in range(N):
        state.h[j] = lump.h[j]
        state.F[j] = lump.F[j]
        for i in range(n):
            if share[i] > 0.0:
                state.x[j, i] = max(composition[j, i] * lump.x[j, 0], FLOOR)
                ratio = chemistry.ln_K[j, i] - small.ln_K[j, 0]
                state.y_star[j, i] = max(lump.y_star[j, 0] / lump.x[j, 0] * state.x[j, i] * math.exp(ratio), FLOOR)
        for q in range(1, count):
            state.x[j, members[q]] = lump.x[j, q]
            state.y_star[j, members[q]] = lump.y_star[j, q]
    for q in range(k):
        j = network.link_from[q]
        for i in range(n):
            carried = state.x[j, i] if network.link_phase[q] == AQUEOUS else state.y_star[j, i]
            state.m[q, i] = max(network.link_volume[q] * carried, FLOOR)
    return 0, spent
