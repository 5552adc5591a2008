"""Cases that lie along a line, a quantity swept in steps: each starts from where those before it point to.

What is predicted are the concentrations themselves, by a polynomial through up to seven solutions. Their logarithms
would keep them positive, and blow up where traces change by decades; a band around the last solution does it instead.
"""

from __future__ import annotations

import math

import numpy as np

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel
from sxsim.kernels.cases import case_of
from sxsim.kernels.ladder import COLD, NEIGHBOUR, NOT_CONVERGED, SOLVED, climb, new_work, take_up
from sxsim.kernels.near import near_newton
from sxsim.kernels.newton import CONVERGED
from sxsim.kernels.shapes import (
    CASES,
    FLOAT,
    FLOW,
    INT,
    INT_MATRIX,
    INTS,
    LAW,
    LAYOUT,
    MATRIX,
    PAIR,
    POINT,
    POINTS_OF_CASES,
    VECTOR,
    WORK,
)
from sxsim.kernels.transport import aqueous_totals
from sxsim.kernels.volumes import fill_flows

__all__ = ["follow_many"]

MOST = 7  # solutions that a prediction may rest on: orders 0 to 6
BAND = 3.0  # times its value in the last solution that a variable may be predicted to grow, or to fall
BAD = 1.0  # relative error of a prediction from which a cold start is better
LIMIT = 10  # iterations from a prediction; a cold solve takes about as many
SMALL = 1e-3  # share of the charge of a stage below which the error of a concentration counts less
SEEN = 25  # stages that errors are looked at in, at least, where there are so many


@kernel(returns=INT, takes=(VECTOR, INTS, INT, FLOAT, MATRIX, VECTOR), inner=True)
def _weigh(along, held, count, place, weight, reach):
    """Weights of the held solutions in the polynomial of each order, and the product of their distances.

    The error of an order is that product times a divided difference that changes little from step to step. Returns 0.
    """
    distance = 1.0
    for order in range(count):
        distance *= abs(place - along[held[order]])
        reach[order] = distance
        for i in range(order + 1):
            share = 1.0
            for r in range(order + 1):
                if r != i:
                    share *= (place - along[held[r]]) / (along[held[i]] - along[held[r]])
            weight[order, i] = share
    return 0


@kernel(inner=True)
def _within(value, before):
    """A predicted value, kept near the one before, and positive."""
    return max(min(value, BAND * before), before / BAND)


@kernel(returns=INT, takes=(POINTS_OF_CASES, INTS, INT, VECTOR, INT), inner=True)
def _predict(points, held, order, weight, q):
    """Write into case q what the polynomial gives, in the variables that a solve starts from. Returns 0."""
    c = points.c
    s = points.s
    m = points.m
    near = held[0]
    N, n = c.shape[2:]
    for j in range(N):
        for i in range(n):
            value = 0.0
            for r in range(order + 1):
                value += weight[r] * c[held[r], at.X, j, i]
            c[q, at.X, j, i] = _within(value, c[near, at.X, j, i])
    for of in (at.H, at.F):
        for j in range(N):
            value = 0.0
            for r in range(order + 1):
                value += weight[r] * s[held[r], of, j]
            s[q, of, j] = _within(value, s[near, of, j])
    for k in range(m.shape[1]):
        for i in range(n):
            value = 0.0
            for r in range(order + 1):
                value += weight[r] * m[held[r], k, i]
            m[q, k, i] = _within(value, m[near, k, i])
    return 0


@kernel(returns=INT, takes=(POINTS_OF_CASES, INTS, INT, MATRIX, INT, VECTOR), inner=True)
def _miss(points, held, count, weight, q, error):
    """By how much each order would have missed the solution of case q, relative to it, at the worst. Returns 0."""
    c = points.c
    s = points.s
    N, n = c.shape[2:]
    for order in range(count):
        error[order] = 0.0
    for j in range(0, N, max(N // SEEN, 1)):
        for of in (at.H, at.F):
            inverse = 1.0 / s[q, of, j]
            for order in range(count):
                value = 0.0
                for r in range(order + 1):
                    value += weight[order, r] * s[held[r], of, j]
                error[order] = max(error[order], abs(value * inverse - 1.0))
        little = SMALL * s[q, at.Q, j]
        for i in range(n):
            found = c[q, at.X, j, i]
            inverse = 1.0 / (found + little)
            for order in range(count):
                value = -found
                for r in range(order + 1):
                    value += weight[order, r] * c[held[r], at.X, j, i]
                error[order] = max(error[order], abs(value) * inverse)
    return 0


@kernel(returns=PAIR, takes=(LAW, LAYOUT, FLOW, POINT, WORK), inner=True)
def _from_prediction(law, layout, flows, point, work):
    """Solve a case from the state that has been predicted for it. Returns SOLVED or not, and linearisations."""
    if fill_flows(layout, flows, law.medium[at.EXTRACTANT]) + aqueous_totals(flows, point.s) != 0:
        return NOT_CONVERGED, 0
    found, iterations = near_newton(law, flows, point, work, LIMIT)
    if found != CONVERGED:
        return NOT_CONVERGED, iterations
    take_up(law, flows, point)
    return SOLVED, iterations


@kernel(inner=True)
def _other_stages(laws, q):
    """Whether the efficiencies of case q are not those of the case before, so that it needs fresh work arrays."""
    level = laws.level
    for j in range(level.shape[2]):
        for i in range(level.shape[3]):
            if level[q, at.EFFICIENCY, j, i] != level[q - 1, at.EFFICIENCY, j, i]:
                return True
    return False


@kernel(returns=INT, takes=(*CASES, INTS, VECTOR, INT_MATRIX, INT, INT))
def follow_many(laws, layouts, goals, flows, points, line, along, answers, first, last):
    """Steady states of cases along lines, from `first` to below `last`, one after the other.

    Parameters
    ----------
    laws, layouts, goals, flows, points : Law, Layout, Goals, Flows, Point
        Of all cases, as in ``ladder.climb_many``.
    line : (C,) integer array
        Cases side by side with the same number make a line; a line begins cold.
    along : (C,) array
        Where each case stands on its line: any steps, back and forth, a place twice. A case whose place is not finite
        starts cold, and the line anew behind it.
    answers : (C, 4) integer array
        Filled with status, method, iterations (linearisations) and place of each.
    first, last : int
        The part to run. Whole lines give the same wherever parts are cut.

    Returns
    -------
    int
        How many of them are solved.

    Notes
    -----
    After each solution all orders are compared with it: the next case takes the one whose error, carried on to its
    distances, is the least. It starts cold where that error, grown once more as it last grew, is above BAD,
    and also when the prediction leads nowhere. Where no order has come near, at a jump, what lies before is forgotten.
    A case without solution leaves the line as it was.
    """
    N, n = points.c.shape[2:]
    links = flows.link.shape[2]
    work = new_work(N, n, links, 0, N)
    held = np.zeros(MOST, np.int64)  # cases that the line rests on, the last one first
    weight = np.zeros((MOST, MOST))
    reach = np.zeros(MOST)
    error = np.zeros(MOST)
    steep = np.zeros(MOST)  # error of each order at the last solution, over its reach
    count = 0  # of those held
    known = 0  # orders that have been compared
    growth = 1.0  # of the error, over what was expected
    solved = 0
    for q in range(first, last):
        placed = math.isfinite(along[q])
        if not placed or (q > first and line[q] != line[q - 1]):
            count = 0
            known = 0
            growth = 1.0
        if q > first and _other_stages(laws, q):
            work = new_work(N, n, links, 0, N)
        law, layout, _, flow, point = case_of(laws, layouts, goals, flows, points, q)
        _weigh(along, held, count, along[q], weight, reach)
        order = 0
        least = 0.0
        for r in range(known):
            if r == 0 or steep[r] * reach[r] < least:
                order = r
                least = steep[r] * reach[r]
        status = NOT_CONVERGED
        method = NEIGHBOUR
        iterations = 0
        place = 0
        if count > 0 and growth * least < BAD:
            if known == 1 and count == 2:
                order = 1  # two solutions are joined by their chord untried
            _predict(points, held, order, weight[order], q)
            status, iterations = _from_prediction(law, layout, flow, point, work)
        if status != SOLVED:
            status, method, more, place = climb(law, layout, flow, point, COLD)
            iterations += more
        answers[q, 0] = status
        answers[q, 1] = method
        answers[q, 2] = iterations
        answers[q, 3] = place
        if status != SOLVED:
            continue
        solved += 1
        if not placed:
            continue
        dropped = count  # the oldest, or the one at the same place
        for r in range(count):
            if along[held[r]] == along[q]:
                dropped = r
        if dropped == count:
            _miss(points, held, count, weight, q, error)
            growth = max(error[order] / least, 1.0) if least > 0.0 else 1.0
            known = count
            smallest = 0.0
            for r in range(count):
                steep[r] = error[r] / reach[r]
                smallest = error[r] if r == 0 else min(smallest, error[r])
            if smallest > BAD:
                count = 0
                known = 0
                growth = 1.0
            dropped = min(count, MOST - 1)
            count = dropped + 1
        for r in range(dropped, 0, -1):
            held[r] = held[r - 1]
        held[0] = q
    return solved
