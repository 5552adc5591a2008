"""The ladder of methods that brings a cascade from its inputs to its steady state.

The ladder is plain Python over compiled rungs, so that a first solve compiles each rung once.
"""

from __future__ import annotations

import numpy as np

from sxsim.kernels import packed as at
from sxsim.kernels.newton import Control, newton
from sxsim.kernels.packed import Goals, make_flows, make_work
from sxsim.kernels.start import compose, crude_guess, lump, members_of, metal_shares, spread
from sxsim.kernels.transport import aqueous_totals
from sxsim.kernels.volumes import fill_flows

__all__ = ["METHODS", "climb"]

METHODS = (
    "Newton from the constant-load start",
    "Newton from the crude guess",
    "Newton from the constant-load start, walked there in time",
    "implicit time steps from the crude guess",
    "Newton from a neighbour",
)

PATIENCE = 4000  # most implicit time steps

SOLVED = 0
NOT_CONVERGED = 1
VOLUMES = 2
NO_FLOW = 3
UNREACHABLE = 4


def constant_load(law, layout, flows, point, history, patient):
    """Improve a crude guess by the constant-load picture.

    The small cascade is solved by Newton's method or, when ``patient``, first walked there in time steps,
    which cost little there. Returns whether it worked and the iterations spent on the small cascade.
    """
    share = metal_shares(law, flows)
    members = members_of(share)
    N, n = point.c.shape[1:]
    count = members.shape[0]
    if members[0] < 0 or n - count < 1:
        return False, 0
    small_law, small_flows, small_point = lump(law, flows, point, share, members)
    work = make_work(N, count, flows.link.shape[1], 0)
    fixed = Goals(np.zeros((6, 0), np.int64), np.zeros(0), np.zeros((0, count)))
    quick = Control(40, 1e-4, 0.1, 0, 0.0, 1.0)
    walk = Control(PATIENCE, 1e-4, 0.3, 1, 1.0, 0.97)
    x = np.zeros((N, n))
    spent = 0
    for turn in range(3):
        control = walk if patient and turn == 0 else quick
        status, iterations = newton(
            small_law, layout, fixed, small_flows, small_flows, small_point, work, control, history
        )
        spent += iterations
        if status != 0:
            return False, spent
        compose(law, flows, share, small_law, small_point, x)
    spread(law, flows, share, members, small_law, small_point, x, point)
    return True, spent


def cold(law, layout, flows, point, work, history):
    """Solve the flows as they stand from nothing: status, method and iterations of the whole cascade."""
    n = law.row.shape[1]
    fixed = Goals(np.zeros((6, 0), np.int64), np.zeros(0), np.zeros((0, n)))
    spent = 0
    for method in range(4):
        crude_guess(law, layout, flows, point)
        if method == 0 or method == 2:
            good, _ = constant_load(law, layout, flows, point, history, method == 2)
            if not good:
                continue
        if method == 3:
            control = Control(PATIENCE, 1e-12, 0.3, 1, 1.0, 0.97)
        else:
            control = Control(40, 1e-12, 0.1, 1, 0.0, 1.0)
        status, iterations = newton(law, layout, fixed, flows, flows, point, work, control, history)
        spent += iterations
        if status == 0:
            return SOLVED, method, spent
    return NOT_CONVERGED, 3, spent


def climb(law, layout, goals, flows, point, warm):
    """Steady state of one packed case; see ``solve.solve_case``."""
    N, n = point.c.shape[1:]
    k = flows.link.shape[1]
    p = goals.value.shape[0]
    history = np.zeros(PATIENCE + 1)
    status = fill_flows(layout, flows, law.medium[at.EXTRACTANT])
    if status >= 2:
        return NO_FLOW, 0, 0, status - 2
    if status == 1 or aqueous_totals(flows, point.s) != 0:
        return VOLUMES, 0, 0, 0
    work = make_work(N, n, k, p)
    method = 4
    spent = 0
    if warm == 0:
        plain = work if p == 0 else make_work(N, n, k, 0)
        status, method, spent = cold(law, layout, flows, point, plain, history)
        if status != SOLVED or p == 0:
            return status, method, spent, 0
    nearby = make_flows(N, n, k)
    control = Control(60, 1e-12, 0.1, 1, 0.0, 1.0)
    status, iterations = newton(law, layout, goals, flows, nearby, point, work, control, history)
    spent += iterations
    if status == 0:
        return SOLVED, method, spent, 0
    if p == 0:
        status, method, spent = cold(law, layout, flows, point, work, history)
        return status, method, spent, 0
    return UNREACHABLE, method, spent, 0
