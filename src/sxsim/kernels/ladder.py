"""The ladder of methods that brings a cascade from its inputs to its steady state."""

from __future__ import annotations

import math

import numpy as np

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel
from sxsim.kernels.balances import base_left_over
from sxsim.kernels.cases import case_of
from sxsim.kernels.newton import CONVERGED, LIMIT, SINGULAR, newton
from sxsim.kernels.packed import Control, make_flows, make_work
from sxsim.kernels.shapes import (
    ANSWER,
    CASES,
    FLOW,
    INT,
    INT_MATRIX,
    INTS,
    LAW,
    LAYOUT,
    POINT,
    WORK,
)
from sxsim.kernels.start import alkaline_guess, crude_guess, find_runs, shorten, stretch, take_stages
from sxsim.kernels.transport import aqueous_totals
from sxsim.kernels.volumes import fill_flows

__all__ = [
    "COLD",
    "CUT",
    "FINE",
    "LINK_CUT",
    "METHODS",
    "NEIGHBOUR",
    "NOT_CONVERGED",
    "ONLY_WARM",
    "RUNGS",
    "SEARCHED",
    "SOLVED",
    "UNBOUND",
    "WARM",
    "climb",
    "climb_many",
    "cold",
    "new_flows",
    "new_work",
    "take_up",
]

METHODS = (
    "Newton, stretched from shorter cascades",
    "Newton, stretched in small steps",
    "Newton, stretched in small steps from an alkaline guess",
    "Newton in short steps",
    "Newton from a neighbour",
    "search for the targets",
)

SHORTEST = (4, 6, 3, 4)
"""For each method: most stages of a run in the shortest cascade,"""
LONGER = (3.0, 1.5, 1.2, 3.0)
"""how many times more in each further one,"""
ACID = (0.01, 1.0, 0.01, 0.01)
"""the least share of acid in the crude guess,"""
LINK_CUT = (1e-12, 1e-4, 1e-12, 1e-12)
"""the share of itself to which the load of a link may fall in a step,"""
UNBOUND = 1e300
STEP = (UNBOUND, UNBOUND, UNBOUND, 1.5)
"""and the longest step of ln h and ln F: short where an equilibrium has more than one root."""

RUNGS = len(SHORTEST)
ALKALINE = 2
NEIGHBOUR = 4
SEARCHED = 5

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
CUT = 0.1  # a concentration that counts never falls below this share of itself in one step
ROUGH = 1e-2  # residual at which a shorter cascade is good enough
FINE = 1e-13  # and the whole one

new_flows = kernel(returns=FLOW, takes=(INT, INT, INT), inner=True)(make_flows)
new_work = kernel(returns=WORK, takes=(INT, INT, INT, INT, INT), inner=True)(make_work)


@kernel(returns=ANSWER, takes=(LAW, FLOW, POINT, WORK, INT))
def cold(law, flows, point, work, rungs):
    """Solve the flows as they stand from nothing.

    Parameters
    ----------
    law, flows : Law, Flows
        Filled.
    point : Point
        With the conserved charge and sulfate of every stage; overwritten.
    work : Work
        For these stages.
    rungs : int
        How many of the methods may be tried, all of `RUNGS` or fewer.

    Returns
    -------
    tuple of int
        Status, place in METHODS, iterations, of which those of shorter cascades count by their share of the stages,
        and 0.

    Notes
    -----
    The sections are solved with 4 stages each, then with 12, 36 and so on, each time from the profile of the shorter
    cascade; the shortest, and one that follows a cascade that came to nothing, from a crude guess.
    """
    N, n = point.c.shape[1:]
    run = find_runs(law, flows)
    spent = 0.0
    for method in range(rungs):
        longest = float(SHORTEST[method])
        count = 0
        status = SINGULAR
        short = point
        place = run
        while count < N:
            before = short
            standing_for = place
            place = np.zeros(N, np.int64)
            count = take_stages(run, int(longest), place)
            short_law = law
            short_flows = flows
            short = point
            short_work = work
            tolerance = FINE
            if count < N:
                short_law, short_flows, short = shorten(law, flows, point, place, count)
                short_work = new_work(count, n, flows.link.shape[1], 0, 1)
                tolerance = ROUGH
            if status == CONVERGED or status == LIMIT:
                stretch(before, standing_for, place, short)
            elif method == ALKALINE:
                alkaline_guess(short_law, short_flows, short)
            else:
                crude_guess(short_law, short_flows, short, ACID[method])
            control = Control(LIMIT_COLD, LIMIT_COLD, tolerance, CUT, LINK_CUT[method], STEP[method])
            status, iterations = newton(short_law, short_flows, short, short_work, control)
            spent += iterations * count / N
            longest *= LONGER[method]
        if status == CONVERGED:
            return SOLVED, method, math.ceil(spent), 0
    return NOT_CONVERGED, rungs - 1, math.ceil(spent), 0


@kernel(returns=ANSWER, takes=(LAW, LAYOUT, FLOW, POINT, INT), inner=True)
def _find(law, layout, flows, point, warm):
    """Like `climb`, with all the base among the feeds."""
    N, n = point.c.shape[1:]
    flowing = fill_flows(layout, flows, law.medium[at.EXTRACTANT])
    if flowing >= 2:
        return NO_FLOW, 0, 0, flowing - 2
    if flowing == 1 or aqueous_totals(flows, point.s) != 0:
        return VOLUMES, 0, 0, 0
    work = new_work(N, n, flows.link.shape[1], 0, 1)
    spent = 0
    if warm != COLD:
        control = Control(LIMIT_WARM, LIMIT_WARM, FINE, CUT, LINK_CUT[0], UNBOUND)
        found, spent = newton(law, flows, point, work, control)
        if found == CONVERGED:
            return SOLVED, NEIGHBOUR, spent, 0
        if warm == ONLY_WARM:
            return NOT_CONVERGED, NEIGHBOUR, spent, 0
    status, method, more, _ = cold(law, flows, point, work, RUNGS)
    return status, method, spent + more, 0


@kernel(returns=INT, takes=(LAW, FLOW, POINT), inner=True, counted=False)
def take_up(law, flows, point):
    """Take the base that finds no free extractant off the feeds. Returns 0."""
    left_over = base_left_over(law, flows, point)
    if left_over > 0.0:
        for q in range(2):
            flows.feed[q, 0, int(flows.base[at.INTO])] -= left_over
    return 0


@kernel(returns=ANSWER, takes=(LAW, LAYOUT, FLOW, POINT, INT))
def climb(law, layout, flows, point, warm):
    """Steady state of one packed case, its flows as they stand.

    Parameters
    ----------
    law, layout : Law, Layout
        Filled.
    flows, point : Flows, Point
        Filled; with `warm` the present state is the start. At the end the feeds hold the base that is really taken up.
    warm : int
        COLD, WARM, or ONLY_WARM to do nothing else when the start leads nowhere.

    Returns
    -------
    tuple of int
        Status, place in METHODS, iterations, and the stage that a phase does not flow out of.
    """
    answer = _find(law, layout, flows, point, warm)
    take_up(law, flows, point)
    return answer


@kernel(returns=INT, takes=(*CASES, INTS, INT_MATRIX, INT, INT))
def climb_many(laws, layouts, goals, flows, points, warm, answers, first, last):
    """Steady states of many cases of one size: `climb` for each from `first` to below `last`.

    Every packed array has one more index in front, the case. Cases know nothing of each other, so parts of a batch may
    be run by several threads at once; the interpreter is not needed meanwhile.

    Parameters
    ----------
    laws, layouts, goals, flows, points : Law, Layout, Goals, Flows, Point
        Of all cases; targets are not looked at.
    warm : (C,) integer array
        How each case starts.
    answers : (C, 4) integer array
        Filled with status, method, iterations and place of each.
    first, last : int
        The part to run.

    Returns
    -------
    int
        How many of them are solved.
    """
    solved = 0
    for q in range(first, last):
        law, layout, _, flow, point = case_of(laws, layouts, goals, flows, points, q)
        status, method, iterations, place = climb(law, layout, flow, point, warm[q])
        answers[q, 0] = status
        answers[q, 1] = method
        answers[q, 2] = iterations
        answers[q, 3] = place
        if status == SOLVED:
            solved += 1
    return solved
