"""One cascade from its inputs to its steady state: the door to the rigorous kernels."""

from __future__ import annotations

import numpy as np

from sxsim.kernels.balances import base_left_over
from sxsim.kernels.flows import Plan, make_network, pack_plan, unpack_flows, unpack_plan
from sxsim.kernels.free import Equations, pack_equations
from sxsim.kernels.ladder import METHODS, NO_FLOW, NOT_CONVERGED, SOLVED, UNREACHABLE, VOLUMES, climb
from sxsim.kernels.model import Chemistry, Network, State
from sxsim.kernels.packed import Law, Point, make_flows

__all__ = [
    "METHODS",
    "NOT_CONVERGED",
    "NO_FLOW",
    "SOLVED",
    "UNREACHABLE",
    "VOLUMES",
    "Equations",
    "make_network",
    "make_state",
    "pack_chemistry",
    "pack_state",
    "solve_case",
]


def make_state(N: int, n: int, k: int) -> State:
    """Allocate a state of N stages, n components and k links."""
    x, y, y_star = (np.zeros((N, n)) for _ in range(3))
    return State(x, y, y_star, np.zeros(N), np.zeros(N), np.zeros((k, n)), np.zeros(N), np.zeros(N))


def pack_chemistry(chemistry: Chemistry) -> Law:
    """Copy the chemistry into the kernels' arrays."""
    return Law(
        level=np.stack((chemistry.ln_K, chemistry.efficiency)),
        row=np.stack(
            (
                chemistry.a,
                chemistry.b,
                chemistry.c,
                chemistry.d,
                chemistry.s,
                chemistry.z,
                chemistry.charge,
                chemistry.beta1,
                chemistry.beta2,
            )
        ),
        medium=np.array([chemistry.extractant, chemistry.Ka2]),
    )


def pack_state(state: State) -> Point:
    """Copy a state into the kernels' arrays."""
    return Point(
        np.stack((state.x, state.y, state.y_star)),
        np.stack((state.h, state.F, state.Q, state.sulfate)),
        state.m.copy(),
    )


def _unpack_state(point: Point, state: State) -> None:
    """Copy the kernels' state back."""
    state.x[:], state.y[:], state.y_star[:] = point.c
    state.h[:], state.F[:], state.Q[:], state.sulfate[:] = point.s
    state.m[:] = point.m


def solve_case(
    chemistry: Chemistry, plan: Plan, equations: Equations, network: Network, state: State, warm: int
) -> tuple[int, int, int, int]:
    """Steady state of one cascade.

    Parameters
    ----------
    chemistry : Chemistry
    plan : Plan
        Its free quantities are overwritten by what is found.
    equations : Equations
        Without rows to solve the flows as they stand.
    network : Network
        Filled; its feeds hold the base that the organic really takes up.
    state : State
        Filled; with `warm` its present values are the start.
    warm : int
        1 to start from the given state, 2 to do nothing else when that fails.

    Returns
    -------
    tuple of int
        Status (0 solved, 1 not converged, 2 volumes do not settle, 3 a phase does not flow out of stage `place`,
        4 targets not reached), method (a place in METHODS), iterations, place.
    """
    N, n = state.x.shape
    k = state.m.shape[0]
    layout = pack_plan(plan)
    flows = make_flows(N, n, k)
    point = pack_state(state)
    law = pack_chemistry(chemistry)
    answer = climb(law, layout, pack_equations(equations), flows, point, warm)
    left_over = base_left_over(law, flows, point)
    if left_over > 0.0:
        flows.feed[:, 0, plan.base_component] -= left_over
    unpack_plan(layout, plan)
    unpack_flows(flows, network)
    _unpack_state(point, state)
    status, method, iterations, place = answer
    return int(status), int(method), int(iterations), int(place)
