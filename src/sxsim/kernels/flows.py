"""Volumes: from feeds, draws, splits and entrainment to the flows between stages."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sxsim.kernels._jit import kernel
from sxsim.kernels.model import AQUEOUS, ENTRAINED, ORGANIC, Network

__all__ = ["Plan", "fill_network", "make_network"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


class Plan(NamedTuple):
    """Layout and inputs of a cascade; N stages, n components, f feeds, w draws, t splits.

    Attributes
    ----------
    aq_to : (N,) integer array
        Stage that the aqueous line of each stage feeds (0-based), or -1 where it leaves as a product.
    entrained_org, entrained_aq : (N,) arrays
        Organic per volume of aqueous leaving, and aqueous per volume of organic leaving [m3/m3].
    feed_stage, feed_phase : (f,) integer arrays
        Where each feed enters, and its phase.
    feed_volume : (f,) array
        Its flow [m3/h].
    feed_concentration : (f, n) array
        Its composition [mol/L].
    feed_Q, feed_sulfate : (f,) arrays
        Its conserved charge (total acid plus z x) and total sulfate, both without the added acid [mol/L].
    feed_acid : (f,) array
        Acid added to it [mol/L].
    acid_protons, acid_sulfate : float
        Protons and sulfate per molecule of that acid.
    draw_stage, draw_phase : (w,) integer arrays
        Where draws are taken.
    draw_volume : (w,) array
        Their flow [m3/h].
    split_from, split_to : (t,) integer arrays
        Stage whose aqueous product is split, and the stage that the part enters.
    split_fraction : (t,) array
        The part.
    recycled : int
        1 when the organic leaving the last stage enters the first again.
    organic : (n,) array
        Composition of fresh organic without its counter-ion [mol/L].
    inlet : (3,) array
        Organic entering the first stage [m3/h]; counter-ion that saponification adds, as a concentration [mol/L]
        and as a flow [kmol/h].
    base_component : int
        Its place among the components; -1 for none.
    """

    aq_to: Integers
    entrained_org: Floats
    entrained_aq: Floats
    feed_stage: Integers
    feed_phase: Integers
    feed_volume: Floats
    feed_concentration: Floats
    feed_Q: Floats
    feed_sulfate: Floats
    feed_acid: Floats
    acid_protons: float
    acid_sulfate: float
    draw_stage: Integers
    draw_phase: Integers
    draw_volume: Floats
    split_from: Integers
    split_to: Integers
    split_fraction: Floats
    recycled: int
    organic: Floats
    inlet: Floats
    base_component: int


@kernel()
def make_network(N, n, k):
    """Allocate a network of N stages, n components and k links."""
    return Network(
        np.zeros(N),
        np.zeros(N),
        np.zeros(N),
        np.zeros(N),
        np.zeros(N),
        np.zeros(N),
        np.zeros(N),
        np.zeros(k, np.int64),
        np.zeros(k, np.int64),
        np.zeros(k, np.int64),
        np.zeros(k),
        np.zeros((N, n)),
        np.zeros((N, n)),
        np.zeros(N),
        np.zeros(N),
    )


@kernel()
def count_links(plan):
    """Number of single-phase links that the plan needs outside the chain of stages."""
    N = plan.aq_to.shape[0]
    count = 0
    for j in range(N):
        if plan.aq_to[j] >= 0 and plan.aq_to[j] != j - 1:
            count += 2 if plan.entrained_org[j] > 0.0 else 1
    for q in range(plan.split_from.shape[0]):
        count += 2 if plan.entrained_org[plan.split_from[q]] > 0.0 else 1
    if plan.recycled == 1:
        count += 2 if plan.entrained_aq[N - 1] > 0.0 else 1
    return count


@kernel()
def _volumes(plan, L, V):
    """Aqueous and organic volume leaving each stage in its own line [m3/h]; returns 0, or 1 when they do not settle."""
    N = L.shape[0]
    aqueous_feed = np.zeros(N)
    organic_feed = np.zeros(N)
    organic_feed[0] += plan.inlet[0]
    for q in range(plan.feed_stage.shape[0]):
        if plan.feed_phase[q] == AQUEOUS:
            aqueous_feed[plan.feed_stage[q]] += plan.feed_volume[q]
        else:
            organic_feed[plan.feed_stage[q]] += plan.feed_volume[q]
    for q in range(plan.draw_stage.shape[0]):
        if plan.draw_phase[q] == AQUEOUS:
            aqueous_feed[plan.draw_stage[q]] -= plan.draw_volume[q]
        else:
            organic_feed[plan.draw_stage[q]] -= plan.draw_volume[q]
    incoming = np.zeros(N)
    for _ in range(400):
        change = 0.0
        largest = 0.0
        incoming[:] = aqueous_feed
        for q in range(plan.split_from.shape[0]):
            incoming[plan.split_to[q]] += plan.split_fraction[q] * L[plan.split_from[q]]
        for j in range(N):
            if plan.aq_to[j] >= 0 and plan.aq_to[j] > j:
                incoming[plan.aq_to[j]] += L[j]
        if plan.recycled == 1:
            incoming[0] += plan.entrained_aq[N - 1] * V[N - 1]
        for j in range(N - 1, -1, -1):
            total = incoming[j] - plan.entrained_aq[j] * V[j]
            if j > 0:
                total += plan.entrained_aq[j - 1] * V[j - 1]
            change = max(change, abs(total - L[j]))
            largest = max(largest, abs(total))
            L[j] = total
            if 0 <= plan.aq_to[j] < j:
                incoming[plan.aq_to[j]] += total
        incoming[:] = organic_feed
        for j in range(N):
            if plan.aq_to[j] >= 0:
                incoming[plan.aq_to[j]] += plan.entrained_org[j] * L[j]
        for q in range(plan.split_from.shape[0]):
            source = plan.split_from[q]
            incoming[plan.split_to[q]] += plan.split_fraction[q] * plan.entrained_org[source] * L[source]
        for j in range(N):
            total = incoming[j] - plan.entrained_org[j] * L[j]
            if j > 0:
                total += V[j - 1]
            change = max(change, abs(total - V[j]))
            largest = max(largest, abs(total))
            V[j] = total
        if change <= 4e-16 * largest:
            return 0
    return 0 if change <= 1e-13 * largest else 1


@kernel()
def fill_network(plan, network):
    """Fill a network from a plan.

    Returns
    -------
    int
        0; 1 when the volumes do not settle; 2 + j when a phase does not flow out of stage j.
    """
    N = plan.aq_to.shape[0]
    n = plan.organic.shape[0]
    L = np.zeros(N)
    V = np.zeros(N)
    if _volumes(plan, L, V) != 0:
        return 1
    network.feed[:] = 0.0
    network.org_feed[:] = 0.0
    network.feed_Q[:] = 0.0
    network.feed_sulfate[:] = 0.0
    network.org_in[:] = 0.0
    for j in range(N):
        if not L[j] > 0.0 or not V[j] > 0.0:
            return 2 + j
        network.aq_out[j] = L[j] + plan.entrained_aq[j] * V[j]
        network.org_out[j] = V[j] + plan.entrained_org[j] * L[j]
        network.aq_from_next[j] = 0.0
        network.org_from_next[j] = 0.0
        network.org_from_previous[j] = V[j - 1] if j > 0 else 0.0
        network.aq_from_previous[j] = plan.entrained_aq[j - 1] * V[j - 1] if j > 0 else 0.0
        network.org_in[j] += network.org_from_previous[j]
    for q in range(plan.draw_stage.shape[0]):
        if plan.draw_phase[q] == AQUEOUS:
            network.aq_out[plan.draw_stage[q]] += plan.draw_volume[q]
        else:
            network.org_out[plan.draw_stage[q]] += plan.draw_volume[q]
    k = 0
    for j in range(N):
        target = plan.aq_to[j]
        if target < 0:
            continue
        if target == j - 1:
            network.aq_from_next[target] = L[j]
            network.org_from_next[target] = plan.entrained_org[j] * L[j]
        else:
            k = _add_link(network, k, j, target, AQUEOUS, L[j])
            if plan.entrained_org[j] > 0.0:
                k = _add_link(network, k, j, target, ENTRAINED, plan.entrained_org[j] * L[j])
    for q in range(plan.split_from.shape[0]):
        source = plan.split_from[q]
        volume = plan.split_fraction[q] * L[source]
        k = _add_link(network, k, source, plan.split_to[q], AQUEOUS, volume)
        if plan.entrained_org[source] > 0.0:
            k = _add_link(network, k, source, plan.split_to[q], ENTRAINED, plan.entrained_org[source] * volume)
    if plan.recycled == 1:
        k = _add_link(network, k, N - 1, 0, ORGANIC, V[N - 1])
        if plan.entrained_aq[N - 1] > 0.0:
            k = _add_link(network, k, N - 1, 0, AQUEOUS, plan.entrained_aq[N - 1] * V[N - 1])
    network.org_in[0] += plan.inlet[0]
    for i in range(n):
        fresh = 0.0 if plan.recycled == 1 else plan.inlet[0] * plan.organic[i]
        if i == plan.base_component:
            fresh += plan.inlet[0] * plan.inlet[1] + plan.inlet[2]
        network.feed[0, i] += fresh
        network.org_feed[0, i] += fresh
    for q in range(plan.feed_stage.shape[0]):
        j = plan.feed_stage[q]
        for i in range(n):
            amount = plan.feed_volume[q] * plan.feed_concentration[q, i]
            network.feed[j, i] += amount
            if plan.feed_phase[q] != AQUEOUS:
                network.org_feed[j, i] += amount
        if plan.feed_phase[q] == AQUEOUS:
            network.feed_Q[j] += plan.feed_volume[q] * (plan.feed_Q[q] + plan.acid_protons * plan.feed_acid[q])
            network.feed_sulfate[j] += plan.feed_volume[q] * (
                plan.feed_sulfate[q] + plan.acid_sulfate * plan.feed_acid[q]
            )
        else:
            network.org_in[j] += plan.feed_volume[q]
    return 0


@kernel()
def _add_link(network, k, source, target, phase, volume):
    """Write link k; returns k + 1."""
    network.link_from[k] = source
    network.link_to[k] = target
    network.link_phase[k] = phase
    network.link_volume[k] = volume
    return k + 1
