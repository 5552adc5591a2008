"""The ladder of methods that brings a cascade from its inputs to its steady state.

It is plain Python over compiled rungs: what one kernel calls is compiled once more within it.
"""

from __future__ import annotations

import math

import numpy as np

from sxsim.kernels import packed as at
from sxsim.kernels.newton import CONVERGED, LIMIT, SINGULAR, Control, newton
from sxsim.kernels.packed import Goals, make_flows, make_work
from sxsim.kernels.start import crude_guess, find_runs, shorten, stretch, take_stages
from sxsim.kernels.transport import aqueous_totals
from sxsim.kernels.volumes import fill_flows

__all__ = ["METHODS", "NEIGHBOUR", "climb", "cold"]

METHODS = (
    "Newton, stretched from shorter cascades",
    "Newton, stretched in small steps",
    "Newton from a neighbour",
)

STEPS = ((4, 3.0, 0.01, 1e-12), (6, 1.5, 1.0, 1e-4))
"""For each method: most stages of a run in the shortest cascade, how many times more in each further one, the
least share of acid in the crude guess, and the share of itself to which the load of a link may fall in a step."""

NEIGHBOUR = 2

COLD = 0
WARM = 1
ONLY_WARM = 2

SOLVED = 0
NOT_CONVERGED = 1
VOLUMES = 2
NO_FLOW = 3
UNREACHABLE = 4

LIMIT_COLD = 40  # iterations on each length
LIMIT_WARM = 60
LINK_CUT = 1e-12
CUT = 0.1  # a concentration that counts never falls below this share of itself in one step
ROUGH = 1e-2  # residual at which a shorter cascade is good enough
FINE = 1e-13  # and the whole one


def cold(law, layout, flows, point, work):
    """Solve the flows as they stand from nothing.

    Parameters
    ----------
    law, layout, flows : Law, Layout, Flows
        Filled; the layout is not looked at.
    point : Point
        With the conserved charge and sulfate of every stage; overwritten.
    work : Work
        For these stages, without free quantities.

    Returns
    -------
    tuple of int
        Status, place in METHODS, and iterations; those of shorter cascades count by their share of the stages.

    Notes
    -----
    The sections are solved with 4 stages each, then with 12, 36 and so on, each time from the profile of the shorter
    cascade; the shortest, and one that follows a cascade that came to nothing, from a crude guess.
    """
    N, n = point.c.shape[1:]
    nothing = Goals(np.zeros((6, 0), np.int64), np.zeros(0), np.zeros((0, n)))
    run, spent = find_runs(law, flows), 0.0
    for method, (shortest, longer, least, link_cut) in enumerate(STEPS):
        longest, count, status = float(shortest), 0, SINGULAR
        short, place = point, run
        while count < N:
            before, standing_for = short, place
            place = np.zeros(N, np.int64)
            count = take_stages(run, int(longest), place)
            if count < N:
                short_law, short_flows, short = shorten(law, flows, point, place, count)
                short_work, tolerance = make_work(count, n, flows.link.shape[1], 0), ROUGH
            else:
                short_law, short_flows, short, short_work, tolerance = law, flows, point, work, FINE
            if status in (CONVERGED, LIMIT):
                stretch(before, standing_for, place, short)
            else:
                crude_guess(short_law, short_flows, short, least)
            control = Control(LIMIT_COLD, tolerance, CUT, link_cut)
            status, iterations = newton(
                short_law, layout, nothing, short_flows, short_flows, short, short_work, control
            )
            spent += iterations * count / N
            longest *= longer
        if status == CONVERGED:
            return SOLVED, method, math.ceil(spent)
    return NOT_CONVERGED, method, math.ceil(spent)


def climb(law, layout, goals, flows, point, warm):
    """Steady state of one packed case; see ``solve.solve_case``."""
    N, n = point.c.shape[1:]
    k, p = flows.link.shape[1], goals.value.shape[0]
    status = fill_flows(layout, flows, law.medium[at.EXTRACTANT])
    if status >= 2:
        return NO_FLOW, 0, 0, status - 2
    if status == 1 or aqueous_totals(flows, point.s) != 0:
        return VOLUMES, 0, 0, 0
    plain = make_work(N, n, k, 0)
    method, spent = NEIGHBOUR, 0
    if warm == COLD:
        status, method, spent = cold(law, layout, flows, point, plain)
        if status != SOLVED or p == 0:
            return status, method, spent, 0
    nearby, work = (make_flows(N, n, k), make_work(N, n, k, p)) if p else (flows, plain)
    control = Control(LIMIT_WARM, FINE, CUT, LINK_CUT)
    status, iterations = newton(law, layout, goals, flows, nearby, point, work, control)
    spent += iterations
    if status == CONVERGED:
        return SOLVED, method, spent, 0
    if p:
        return UNREACHABLE, method, spent, 0
    if warm == ONLY_WARM:
        return NOT_CONVERGED, method, spent, 0
    status, method, more = cold(law, layout, flows, point, plain)
    return status, method, spent + more, 0
