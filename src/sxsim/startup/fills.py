"""What stands in the stages when a run begins."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sxsim.cascade.compile import Problem
from sxsim.cascade.result import Result
from sxsim.elements import ELEMENTS
from sxsim.kernels.flows import count_links, fill_network, make_network, pack_flows
from sxsim.kernels.packed import ALL_FEEDS, FEED_Q, ORGANIC_FEEDS, RESIDUAL_ACID, SULFATE, H, Point, Q, make_point
from sxsim.kernels.transient_stage import Vessels
from sxsim.kernels.transport import aqueous_totals
from sxsim.startup.holdups import contents
from sxsim.startup.settings import copy_plan

__all__ = [
    "composed_fill",
    "feed_shares",
    "held_shares",
    "metal_free_fill",
    "rare_earths",
    "steady_fill",
    "steady_point",
]

Floats = NDArray[np.float64]
TRACE = 1e-12
"""Rare earth in liquors that hold none, beside the steady state's: a concentration has to have a logarithm."""


def rare_earths(problem: Problem) -> list[int]:
    """Places of the rare earths among the components."""
    return [i for i, name in enumerate(problem.components) if name in ELEMENTS and ELEMENTS[name].is_rare_earth]


def steady_point(problem: Problem, result: Result) -> Point:
    """State of the kernels at the steady state.

    Parameters
    ----------
    problem : Problem
        Compiled cascade with the flows of the result.
    result : Result
        Its steady state.
    """
    stage, law = result.stage, problem.law
    point = make_point(len(problem.section), len(problem.components), count_links(problem.plan))
    point.c[:] = stage.aqueous_mol_L, stage.organic_mol_L, stage.equilibrium_mol_L
    F = problem.chemistry.extractant - stage.equilibrium_mol_L @ law.s
    point.s[:] = stage.proton_mol_L, F, stage.acid_mol_L + stage.aqueous_mol_L @ law.z, stage.sulfate_mol_L
    if problem.plan.acid_component >= 0:
        point.s[H] = point.s[Q] = RESIDUAL_ACID
    return point


def steady_fill(vessels: Vessels, cells: int, point: Point) -> Floats:
    """Contents of the steady state [kmol]."""
    return contents(vessels, cells, point.c[0], point.c[1], point.s[Q], point.s[SULFATE])


def feed_shares(problem: Problem) -> Floats:
    """Mole fractions of the rare earths in all that is fed, (n,) with 0 for other components."""
    fed = problem.plan.feed_volume @ problem.plan.feed_concentration
    if not problem.plan.recycled:
        fed = fed + problem.plan.inlet[0] * problem.plan.organic
    return _shares(problem, fed)


def held_shares(problem: Problem, amount: Floats) -> Floats:
    """Mole fractions of the rare earths in some contents, (n,) with 0 for other components."""
    return _shares(problem, amount.sum(axis=(0, 1))[:-2])


def composed_fill(problem: Problem, steady: Floats, shares: Floats) -> Floats:
    """Loads of the steady state, every phase of one composition.

    Parameters
    ----------
    problem : Problem
        Compiled cascade.
    steady : (1 + 2 C, N, n + 2) array
        Contents of the steady state [kmol].
    shares : (n,) array
        Mole fractions of the rare earths.

    Returns
    -------
    (1 + 2 C, N, n + 2) array
        Contents [kmol].
    """
    rare = rare_earths(problem)
    filled = steady.copy()
    filled[..., rare] = steady[..., rare].sum(axis=-1, keepdims=True) * shares[rare]
    return filled


def metal_free_fill(problem: Problem, vessels: Vessels, cells: int, steady: Point) -> tuple[Floats, Point]:
    """Fresh organic and the liquors that enter, without their metals.

    Parameters
    ----------
    problem : Problem
        Compiled cascade.
    vessels, cells
        Hold-ups.
    steady : Point
        Steady state, beside which traces are small.

    Returns
    -------
    amount : (1 + 2 C, N, n + 2) array
        Contents [kmol].
    guess : Point
        State to look for the equilibrium from.
    """
    plan = copy_plan(problem.plan)
    metals = len(problem.cascade.elements)
    aqueous = plan.feed_phase == 0
    plan.feed_Q[aqueous] -= plan.feed_concentration[aqueous][:, :metals] @ problem.law.z[:metals]
    plan.feed_concentration[:, :metals] = 0.0
    N, n = steady.c.shape[1:]
    network = make_network(N, n, count_links(plan))
    fill_network(plan, network)
    flows = pack_flows(network)
    guess = Point(steady.c.copy(), steady.s.copy(), steady.m.copy())
    aqueous_totals(flows, guess.s)
    fresh = flows.feed[ORGANIC_FEEDS, 0] / plan.inlet[0]
    if not plan.recycled:
        fresh[:metals] = 0.0
    trace = TRACE * steady.c.max(axis=(0, 1))[:metals]
    x, y = np.zeros((N, n)), np.tile(fresh, (N, 1))
    x[:, :metals] += trace
    y[:, :metals] += trace
    x[:, metals:] = 1e-3
    acid = plan.acid_component
    if acid >= 0:  # it is a component: the liquors bring their own
        flows.volume[FEED_Q] = flows.feed[ALL_FEEDS, :, acid]
        aqueous_totals(flows, guess.s)
        x[:, acid] = guess.s[Q]
        y[:, acid] += TRACE * steady.c[..., acid].max()
        guess.s[Q] = RESIDUAL_ACID
    charge = guess.s[Q] + x @ problem.law.z
    amount = contents(vessels, cells, x, y, charge, guess.s[SULFATE])
    guess.c[0], guess.c[1], guess.c[2] = x, y, y
    guess.s[H] = np.maximum(1e-4, 0.5 * guess.s[Q]) if acid < 0 else RESIDUAL_ACID
    guess.s[1] = np.maximum(0.05 * problem.chemistry.extractant, problem.chemistry.extractant - y @ problem.law.s)
    return amount, guess


def _shares(problem: Problem, amounts: Floats) -> Floats:
    """Mole fractions of the rare earths."""
    rare = rare_earths(problem)
    shares = np.zeros(amounts.size)
    shares[rare] = amounts[rare] / amounts[rare].sum()
    return shares
