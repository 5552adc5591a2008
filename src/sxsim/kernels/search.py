"""The search for targets: the least of one free quantity at which another can be chosen so that all are met.

It begins from closed forms, descends to the nearest answer, and sees that nothing less will do; where that comes to
nothing the whole range is looked at before the targets are refused. See `choices` and `descent`.
"""

from __future__ import annotations

import math

import numpy as np

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel
from sxsim.kernels.cases import case_of
from sxsim.kernels.choices import ALONE, CORNER, EDGE, MET, NOWHERE, STATIONARY, copy_point, copy_values
from sxsim.kernels.descent import FOLD, FOUND, LOST, UNBOUNDED, descend
from sxsim.kernels.exactly import hit_exactly, settle
from sxsim.kernels.goals import ACID, BALANCE, SAPONIFICATION, SPLIT, set_free
from sxsim.kernels.ladder import new_work, take_up
from sxsim.kernels.looking import PATIENCE, look_below, look_closely, look_everywhere, look_round, note
from sxsim.kernels.opening import GROWS, LAST_STAGE, TELLS, open_flows
from sxsim.kernels.outline import BETA, OUTLET_A
from sxsim.kernels.outline import LOAD as CARRIED
from sxsim.kernels.outline import PARTED as SEPARABLE
from sxsim.kernels.packed import make_goals
from sxsim.kernels.shapes import (
    ANSWER,
    CASES,
    DESK,
    FLOW,
    GOALS,
    INT,
    INT_MATRIX,
    LAW,
    LAYOUT,
    MATRIX,
    POINT,
    VECTOR,
)
from sxsim.kernels.transport import aqueous_totals
from sxsim.kernels.tune import go_to, lay_desk
from sxsim.kernels.volumes import fill_flows

__all__ = [
    "ALONE",
    "CORNER",
    "EDGE",
    "FIGURES",
    "FOLD",
    "FOUND",
    "K_BEST",
    "LOST",
    "MET",
    "STATIONARY",
    "UNBOUNDED",
    "V_BEST",
    "seek",
    "seek_many",
]

# what `seek` tells
FIGURES = 12
K_BEST = 0  # k: losses of k times the allowed ones can be had
V_BEST = 1
W_BEST = 2
V_FOUND = 3
ENDS = 4  # FOUND or another end
SOLVES_FIRST = 5  # linear solves to the first answer
SOLVES = 6
CASCADES = 7
BRANCH = 8  # slope of kappa at the answer
LOAD = 9
FACTOR = 10
PARTED = 11

new_goals = kernel(returns=GOALS, takes=(INT, INT, INT), inner=True)(make_goals)


@kernel(returns=INT, takes=(LAYOUT, LAW, GOALS, VECTOR, DESK), inner=True)
def _limits(layout, law, goals, start, desk):
    """Range of each free quantity, from where the closed forms begin. Returns 0."""
    extractant = law.medium[at.EXTRACTANT]
    for q in range(start.shape[0]):
        kind = goals.free[at.FREE_KIND, q]
        desk.least[q] = 1e-3 * start[q] if q == 0 else 1e-6 * start[q]
        desk.most[q] = 1e3 * start[q]
        if kind == SAPONIFICATION:
            desk.least[q] = 1e-5 * extractant
            desk.most[q] = 0.98 * extractant
        elif kind == ACID:
            desk.least[q] = 1e-3
            desk.most[q] = 12.0
        elif kind == SPLIT:
            desk.least[q] = 1e-6
            desk.most[q] = 0.98
    return 0


@kernel(returns=GOALS, takes=(LAW, LAYOUT, GOALS, VECTOR, INT), inner=True)
def _with_balance(law, layout, goals, tells, cut):
    """The targets, and last a row that tells whether the metals go where they belong."""
    p = goals.free.shape[1]
    t = goals.value.shape[0]
    n = law.row.shape[1]
    more = new_goals(p, t + 1, n)
    more.sense[0] = goals.sense[0]
    for row in range(2):
        for q in range(p):
            more.free[row, q] = goals.free[row, q]
    for r in range(t):
        more.value[r] = goals.value[r]
        for row in range(4):
            more.target[row, r] = goals.target[row, r]
        for i in range(n):
            more.weight[at.ABOVE, r, i] = goals.weight[at.ABOVE, r, i]
            more.weight[at.BELOW, r, i] = goals.weight[at.BELOW, r, i]
    more.target[at.TARGET_KIND, t] = BALANCE
    more.target[at.TARGET_STAGE, t] = int(tells[LAST_STAGE])
    if cut == 0:
        more.value[t] = math.log((1.0 - tells[OUTLET_A]) / tells[OUTLET_A])
        for i in range(n):
            if i != layout.flag[at.BASE_COMPONENT] and i != layout.flag[at.ACID_COMPONENT]:
                more.weight[at.ABOVE, t, i] = 1.0
    return more


@kernel(
    returns=ANSWER,
    takes=(LAW, LAYOUT, GOALS, FLOW, POINT, VECTOR, INT, VECTOR),
)
def seek(law, layout, goals, flows, point, begin, check, figures):
    """The least of the first free quantity at which the second can be chosen so that all targets are met.

    Parameters
    ----------
    law, layout, goals : Law, Layout, Goals
        Filled, with one or two free quantities, which are overwritten by what is found, and not looked at.
    flows, point : Flows, Point
        Filled.
    begin : (p,) array
        Where to look as well, beside where the closed forms begin; 0 for nowhere. The answer depends on it only where
        something less is found from there.
    check : int
        0 to take the first answer, 1 to look whether less will do.
    figures : (FIGURES,) array
        Filled, see K_BEST and the following.

    Returns
    -------
    tuple of int
        One of the ends, the kind of the answer, linear solves, and cascades solved.
    """
    p = goals.free.shape[1]
    t = goals.value.shape[0]
    N, n = point.c.shape[1:]
    k = flows.link.shape[1]
    start = np.zeros(p)
    tells = np.zeros(TELLS)
    helps = np.zeros((t + 1, p))
    cut = open_flows(law, layout, goals, start, tells, helps)
    goals = _with_balance(law, layout, goals, tells, cut)
    for q in range(p):
        if cut != 0 or not start[q] > 0.0:
            start[q] = 1.0
        set_free(layout, goals.free[at.FREE_KIND, q], goals.free[at.FREE_INDEX, q], start[q])
    figures[FACTOR] = tells[BETA]
    figures[LOAD] = tells[CARRIED]
    figures[PARTED] = tells[SEPARABLE]
    figures[ENDS] = LOST
    if fill_flows(layout, flows, law.medium[at.EXTRACTANT]) != 0:
        return LOST, NOWHERE, 0, 0
    desk = lay_desk(flows, n, p, goals.value.shape[0])
    _limits(layout, law, goals, start, desk)
    desk.guess[0] = start[0]
    desk.guess[1] = start[1] if p > 1 else 0.0
    desk.guess[2] = tells[GROWS]
    desk.guess[3] = tells[GROWS + 1]
    for r in range(helps.shape[0]):
        for q in range(p):
            desk.helps[r, q] = helps[r, q]
    work = new_work(N, n, k, p, 1)
    best = desk.best
    desk.lowest[0] = 1e300
    desk.record[0] = 1e300
    value = np.zeros(p)
    copy_values(start, value)
    near = look_round(law, layout, goals, flows, point, work, desk, value)
    end = descend(law, layout, goals, flows, point, work, desk, value, 1e300, near)
    if end == FOUND:
        note(goals, point, desk, value)
    else:
        if p > 1:
            end = look_closely(law, layout, goals, flows, point, work, desk, value)
        if end != FOUND and (p == 1 or desk.spent[2] >= PATIENCE):
            end = look_everywhere(law, layout, goals, flows, point, work, desk, value)
    figures[SOLVES_FIRST] = desk.spent[0]
    asked = False
    for q in range(p):
        asked = asked or begin[q] > 0.0
    if asked:
        for q in range(p):
            value[q] = min(max(begin[q] if begin[q] > 0.0 else start[q], desk.least[q]), desk.most[q])
        near = look_round(law, layout, goals, flows, point, work, desk, value)
        if descend(law, layout, goals, flows, point, work, desk, value, 1e300, near) == FOUND:
            note(goals, point, desk, value)
            end = FOUND
    if end == FOUND and check == 1:
        look_below(law, layout, goals, flows, point, work, desk, value)
    if end == FOUND and desk.record[1] == STATIONARY:
        settle(law, layout, goals, flows, point, work, desk, value)
    exact = 0
    for r in range(t):
        exact += goals.target[at.TARGET_EXACT, r]
    if exact > 0:
        end = hit_exactly(law, layout, goals, flows, point, work, desk, value, 1 if end == FOUND else 0)
    figures[SOLVES] = desk.spent[0]
    figures[CASCADES] = desk.spent[1]
    lowest = desk.lowest
    if end != FOUND and lowest[0] > 1e299:
        return LOST, NOWHERE, int(desk.spent[0]), int(desk.spent[1])
    if end != FOUND:
        best[0] = math.exp(goals.sense[0] * lowest[1])
        if p > 1:
            best[1] = math.exp(lowest[2])
        go_to(law, layout, goals, flows, point, work, desk, best, 0)
        copy_point(point, desk.answer)
        figures[V_BEST] = best[0]
        figures[W_BEST] = best[1] if p > 1 else 0.0
    for q in range(p):
        set_free(layout, goals.free[at.FREE_KIND, q], goals.free[at.FREE_INDEX, q], best[q])
    fill_flows(layout, flows, law.medium[at.EXTRACTANT])
    aqueous_totals(flows, point.s)
    copy_point(desk.answer, point)
    take_up(law, flows, point)
    record = desk.record
    figures[K_BEST] = 1.0 if end == FOUND else math.exp(min(lowest[0], 600.0))
    figures[V_FOUND] = best[0]
    figures[BRANCH] = record[2]
    figures[ENDS] = end
    return end, int(record[1]) if end == FOUND else NOWHERE, int(desk.spent[0]), int(desk.spent[1])


@kernel(returns=INT, takes=(*CASES, INT, INT_MATRIX, MATRIX, INT, INT))
def seek_many(laws, layouts, goals, flows, points, check, answers, figures, first, last):
    """`seek` for many cases of one size, from `first` to below `last`, each from the closed forms.

    Parameters
    ----------
    laws, layouts, goals, flows, points : Law, Layout, Goals, Flows, Point
        Of all cases, the case in front.
    check : int
        As in `seek`.
    answers : (C, 4) integer array
        Filled with end, kind, linear solves and cascades solved.
    figures : (C, FIGURES) array
        Filled.
    first, last : int
        The part to run.

    Returns
    -------
    int
        How many of them are met.
    """
    met = 0
    nowhere = np.zeros(goals.free.shape[2])
    for q in range(first, last):
        law, layout, goal, flow, point = case_of(laws, layouts, goals, flows, points, q)
        end, kind, solves, cascades = seek(law, layout, goal, flow, point, nowhere, check, figures[q])
        answers[q, 0] = end
        answers[q, 1] = kind
        answers[q, 2] = solves
        answers[q, 3] = cascades
        if end == FOUND:
            met += 1
    return met
