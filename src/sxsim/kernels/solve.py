"""One case from its plan to its steady state, by a ladder of methods."""

from __future__ import annotations

import numpy as np

from sxsim.kernels._jit import kernel
from sxsim.kernels.flows import fill_network, make_network
from sxsim.kernels.free import Equations
from sxsim.kernels.linear_step import make_work
from sxsim.kernels.newton import Control, aqueous_totals, newton
from sxsim.kernels.start import constant_load, guess, make_state

__all__ = ["METHODS", "Equations", "make_network", "make_state", "solve_case"]

METHODS = (
    "Newton from the constant-load start",
    "Newton from the crude guess",
    "implicit time steps from the crude guess",
    "warm Newton",
)

SOLVED = 0
NOT_CONVERGED = 1
VOLUMES = 2
NO_FLOW = 3
UNREACHABLE = 4


@kernel()
def _cold(chemistry, plan, network, state, work, history):
    """Solve the flows as they stand from nothing: status, method and iterations."""
    n = state.x.shape[1]
    none = np.zeros(0, np.int64)
    fixed = Equations(none, none, none, none, none, none, np.zeros(0), np.zeros((0, n)))
    guess(chemistry, plan, network, state)
    good, spent = constant_load(chemistry, plan, network, state, 3, history)
    if good == 0:
        control = Control(25, 1e-12, 0.1, 1, 0.0, 1.0)
        status, iterations = newton(chemistry, plan, fixed, network, network, state, state, work, control, history)
        spent += iterations
        if status == 0:
            return SOLVED, 0, iterations
    guess(chemistry, plan, network, state)
    control = Control(60, 1e-12, 0.1, 1, 0.0, 1.0)
    status, iterations = newton(chemistry, plan, fixed, network, network, state, state, work, control, history)
    spent += iterations
    if status == 0:
        return SOLVED, 1, spent
    guess(chemistry, plan, network, state)
    control = Control(400, 1e-12, 0.3, 1, 1.0, 0.8)
    status, iterations = newton(chemistry, plan, fixed, network, network, state, state, work, control, history)
    spent += iterations
    if status == 0:
        return SOLVED, 2, spent
    return NOT_CONVERGED, 2, spent


@kernel()
def solve_case(chemistry, plan, equations, network, state, warm):
    """Steady state of one cascade.

    Parameters
    ----------
    chemistry : Chemistry
    plan : Plan
        Its free quantities are overwritten by what is found.
    equations : Equations
    network : Network
        Filled.
    state : State
        Filled; with ``warm`` its present values are the start.
    warm : int
        1 to start from the given state.

    Returns
    -------
    tuple of int
        Status (0 solved, 1 not converged, 2 volumes do not settle, 3 a phase does not flow out of stage ``place``,
        4 targets not reached), method (a place in METHODS), iterations, place.
    """
    N, n = state.x.shape
    k = network.link_from.shape[0]
    p = equations.free_kind.shape[0]
    history = np.zeros(1000)
    flows = fill_network(plan, network)
    if flows == 1 or aqueous_totals(network, state.Q, state.sulfate) != 0:
        return VOLUMES, 0, 0, 0
    if flows >= 2:
        return NO_FLOW, 0, 0, flows - 2
    work = make_work(N, n, k, p)
    method = 3
    spent = 0
    if warm == 0:
        plain = work if p == 0 else make_work(N, n, k, 0)
        status, method, spent = _cold(chemistry, plan, network, state, plain, history)
        if status != SOLVED:
            return status, method, spent, 0
        if p == 0:
            return SOLVED, method, spent, 0
    nearby = make_network(N, n, k)
    near_state = make_state(N, n, k)
    control = Control(60, 1e-12, 0.1, 1, 0.0, 1.0)
    status, iterations = newton(chemistry, plan, equations, network, nearby, state, near_state, work, control, history)
    spent += iterations
    if status == 0:
        return SOLVED, method, spent, 0
    if warm == 1 and p == 0:
        status, method, more = _cold(chemistry, plan, network, state, work, history)
        return status, method, spent + more, 0
    return UNREACHABLE, method, spent, 0
