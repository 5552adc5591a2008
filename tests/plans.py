"""Small cascades posed directly to the rigorous kernels: extraction, scrubbing and, if wanted, stripping."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sxsim.kernels.flows import Plan, count_links, make_network
from sxsim.kernels.free import no_equations
from sxsim.kernels.model import Chemistry, Network, State
from sxsim.kernels.solve import SOLVED, make_state, solve_case

LN10 = float(np.log(10.0))
COUNTER_ION = 1.0
METAL = 3.0


class Solved(NamedTuple):
    """A solved case."""

    plan: Plan
    chemistry: Chemistry
    network: Network
    state: State


def cation_exchange(stages, log10_K, *, extractant_mol_L=1.5, log10_K_ion=-5.0, efficiency=1.0):
    """Metals of charge 3 in the order given, then the counter-ion, on a dimeric extractant."""
    n = len(log10_K) + 1
    power = np.array([METAL] * (n - 1) + [COUNTER_ION])
    E = np.full((stages, n), efficiency)
    E[:, -1] = 1.0
    zero = np.zeros(n)
    ln_K = np.tile(np.array([*log10_K, log10_K_ion]) * LN10, (stages, 1))
    return Chemistry(ln_K, power, power, zero, zero, power, power, power, zero, zero, E, extractant_mol_L / 2.0, 0.0)


def constant_ratio(stages, D):
    """Components that distribute at constant ratios and neither bind extractant nor release protons."""
    n = len(D)
    zero = np.zeros(n)
    with np.errstate(divide="ignore"):
        ln_K = np.tile(np.log(np.asarray(D, dtype=float)), (stages, 1))
    return Chemistry(ln_K, zero, zero, zero, zero, zero, zero, zero, zero, zero, np.ones((stages, n)), 1.0, 0.0)


def plan_of(
    sections,
    feed_mol_L,
    *,
    organic_m3_h,
    scrub_m3_h=0.0,
    strip_m3_h=0.0,
    scrub_mol_L=0.0,
    strip_mol_L=0.0,
    counter_ion_mol_L=0.0,
    feed_acid_mol_L=0.01,
    feed_m3_h=1.0,
    charge=METAL,
    recycled=False,
):
    """Plan of (extraction,), (extraction, scrubbing) or (extraction, scrubbing, stripping) stages; counter-ion last."""
    N, n = sum(sections), len(feed_mol_L)
    aq_to = np.arange(N, dtype=np.int64) - 1
    places = [(sections[0] - 1, feed_m3_h, 0.0)]
    if len(sections) > 1:
        places.append((sections[0] + sections[1] - 1, scrub_m3_h, scrub_mol_L))
    if len(sections) > 2:
        aq_to[sections[0] + sections[1]] = -1
        places.append((N - 1, strip_m3_h, strip_mol_L))
    f = len(places)
    concentration = np.zeros((f, n))
    concentration[0] = feed_mol_L
    Q = np.zeros(f)
    Q[0] = feed_acid_mol_L + charge * sum(feed_mol_L)
    none = np.zeros(0, dtype=np.int64)
    return Plan(
        aq_to=aq_to,
        entrained_org=np.zeros(N),
        entrained_aq=np.zeros(N),
        feed_stage=np.array([place[0] for place in places], dtype=np.int64),
        feed_phase=np.zeros(f, dtype=np.int64),
        feed_volume=np.array([place[1] for place in places], dtype=float),
        feed_concentration=concentration,
        feed_Q=Q,
        feed_sulfate=np.zeros(f),
        feed_acid=np.array([place[2] for place in places], dtype=float),
        acid_protons=1.0,
        acid_sulfate=0.0,
        draw_stage=none,
        draw_phase=none,
        draw_volume=np.zeros(0),
        split_from=none,
        split_to=none,
        split_fraction=np.zeros(0),
        recycled=int(recycled),
        organic=np.zeros(n),
        inlet=np.array([organic_m3_h, counter_ion_mol_L, 0.0]),
        base_component=n - 1 if counter_ion_mol_L > 0.0 else -1,
    )


def solved(chemistry: Chemistry, plan: Plan) -> Solved:
    """Solve a plan as it stands; fails when the solver does."""
    N, n = chemistry.ln_K.shape
    k = count_links(plan)
    network, state = make_network(N, n, k), make_state(N, n, k)
    status, *_ = solve_case(chemistry, plan, no_equations(n), network, state, 0)
    assert status == SOLVED
    return Solved(plan, chemistry, network, state)
