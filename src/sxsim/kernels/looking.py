"""Where a search for targets looks beside the way down: around its start, below an answer, and everywhere."""

from __future__ import annotations

import math

from sxsim.kernels._jit import kernel
from sxsim.kernels.choices import (
    CORNER,
    DRIFT,
    FLAT,
    GIVEN,
    KAPPA,
    KIND,
    NOWHERE,
    ROUGH,
    SLOPE,
    STATIONARY,
    TRIAL,
    best_choice,
    best_from,
    copy_point,
    copy_values,
    guessed,
    return_to,
    worst,
)
from sxsim.kernels.descent import FOLD, FOUND, UNBOUNDED, descend
from sxsim.kernels.ladder import SOLVED
from sxsim.kernels.shapes import DESK, FLOAT, FLOW, GOALS, INT, LAW, LAYOUT, POINT, VECTOR, WORK
from sxsim.kernels.tune import go_to

__all__ = ["AROUND", "BESIDE", "PATIENCE", "look_below", "look_closely", "look_everywhere", "look_round", "note"]

NEAR = 2.0
"""Miss from which on a start will do; a good start may be three times as far."""
DENSE = 0.14
BELOW = 1.8
ABOVE = 3.4
"""How far below and above the closed forms the whole range is looked at, in steps of DENSE of the logarithm."""
SAME = 1e-9
"""What is less by no more than this, in the logarithm, is the same answer."""
AROUND = (1.0, 0.6, 1.7, 0.35, 3.0, 0.18, 6.0)
BESIDE = (1.0, 2.0, 0.4, 5.0, 0.1)
"""Factors on the closed forms at which to begin where those lead nowhere."""
ROWS = 0.28
COLUMN = 0.6
COLUMNS = 7
"""Steps of a grid over both quantities, in the logarithm, and how many to either side of the closed forms."""
ABOVE_LEAST = 2.5
"""Miss above the least one up to which a place is begun from."""
ENOUGH = 3
"""Answers from its best places that are compared."""
PATIENCE = 6
"""Places of a grid that may be solved from nothing in vain."""
PROBES = (0.85, 0.72, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1)
"""Shares of the answer at which nothing less must do."""


@kernel(returns=INT, takes=(LAW, LAYOUT, GOALS, FLOW, POINT, WORK, DESK, VECTOR), inner=True, counted=False)
def look_round(law, layout, goals, flows, point, work, desk, value):
    """Where to begin: at the given values, or, where targets are far off there, at the best place around.

    Returns 1 with the state solved at `value`, which is overwritten, or 0 when nothing could be solved.
    """
    p = value.shape[0]
    given = desk.marks[GIVEN]
    trial = desk.marks[TRIAL]
    copy_values(value, given)
    least = 1e300
    for first in range(len(AROUND)):
        for second in range(len(BESIDE) if p > 1 else 1):
            trial[0] = min(max(given[0] * AROUND[first], desk.least[0]), desk.most[0])
            if p > 1:
                trial[1] = min(max(given[1] * BESIDE[second] * AROUND[first], desk.least[1]), desk.most[1])
            if go_to(law, layout, goals, flows, point, work, desk, trial, 0) != SOLVED:
                continue
            a = worst(desk)
            F = desk.ahead[a]
            told = abs(desk.response[a, 0]) > FLAT
            if F < least:
                least = F
                copy_values(trial, value)
                copy_point(point, desk.spare)
            if F < NEAR or (first + second == 0 and F < 3.0 * NEAR and told):
                return 1
    if least > 1e299:
        return 0
    return 1 if return_to(law, layout, goals, flows, point, work, desk, desk.spare, value) == 0 else 0


@kernel(returns=INT, takes=(GOALS, POINT, DESK, VECTOR), inner=True, counted=False)
def note(goals, point, desk, value):
    """Keep a state that meets all targets if it takes less than what is kept. Returns 1 when it does."""
    record = desk.record
    out = desk.told
    u = goals.sense[0] * math.log(value[0])
    if not u < record[0] - SAME:
        return 0
    record[0] = u
    record[1] = out[KIND]
    record[2] = goals.sense[0] * out[SLOPE]
    record[3] = goals.sense[0] * out[DRIFT]
    copy_point(point, desk.answer)
    copy_values(value, desk.best)
    return 1


@kernel(returns=INT, takes=(LAW, LAYOUT, GOALS, FLOW, POINT, WORK, DESK, VECTOR), inner=True, counted=False)
def look_below(law, layout, goals, flows, point, work, desk, value):
    """See that nothing less will do, at shares of the answer, with the best choice at each. Returns 0."""
    p = value.shape[0]
    way = goals.sense[0]
    best = desk.best
    record = desk.record
    out = desk.told
    if return_to(law, layout, goals, flows, point, work, desk, desk.answer, best) != 0:
        return 0
    u = record[0]
    w = math.log(best[1]) if p > 1 else 0.0
    drift = record[3] if record[1] == CORNER else 1.0
    near = 1
    fails = 0
    at_share = 0
    before = 1.0
    while at_share < len(PROBES) and fails < 3:
        step = math.log(before / PROBES[at_share])
        before = PROBES[at_share]
        at_share += 1
        u -= step
        w -= drift * step
        value[0] = math.exp(way * u)
        if p > 1:
            value[1] = math.exp(w)
        if value[0] < desk.least[0] or value[0] > desk.most[0]:
            break
        seen = best_from(law, layout, goals, flows, point, work, desk, value, near, 1, ROUGH)
        if seen == NOWHERE:
            near = 0
            fails += 1
            continue
        near = 1
        w = math.log(value[1]) if p > 1 else 0.0
        drift = way * out[DRIFT] if seen == CORNER else 1.0
        if out[KAPPA] > 0.0:
            continue
        end = descend(law, layout, goals, flows, point, work, desk, value, u, 1)
        near = 0
        if end == FOUND and note(goals, point, desk, value) == 1:
            u = record[0]
            w = math.log(best[1]) if p > 1 else 0.0
            drift = record[3] if record[1] == CORNER else 1.0
            before = 1.0
            at_share = 0
            near = 1
    return 0


@kernel(returns=INT, takes=(LAW, LAYOUT, GOALS, FLOW, POINT, WORK, DESK, VECTOR), inner=True, counted=False)
def look_everywhere(law, layout, goals, flows, point, work, desk, value):
    """The range of the first quantity from below, in small steps, with the best choice at each, up to an answer.

    Returns FOUND, FOLD or UNBOUNDED.
    """
    p = value.shape[0]
    way = goals.sense[0]
    lowest = desk.lowest
    out = desk.told
    middle = way * math.log(desk.guess[0])
    u = middle - BELOW
    top = middle + ABOVE
    if lowest[0] < 1e299:
        u = min(u, lowest[1] - BELOW)
        top = max(top, lowest[1] + ABOVE)
    w = guessed(desk, math.exp(way * u)) if p > 1 else 0.0
    drift = 1.0
    near = 0
    fails = 0
    before = 1e300
    before_slope = 0.0
    falling = False
    while u < top:
        value[0] = math.exp(way * u)
        if value[0] > desk.most[0] or value[0] < desk.least[0]:
            u += DENSE
            continue
        if p > 1:
            value[1] = math.exp(w)
        seen = best_choice(law, layout, goals, flows, point, work, desk, value, near, 1, ROUGH)
        if seen == NOWHERE:
            near = 0
            fails += 1
            if fails > 12 and before < 1e299:
                break
            u += DENSE
            w += DENSE
            continue
        near = 1
        kappa = out[KAPPA]
        slope = way * out[SLOPE]
        falling = slope < 0.0
        if p > 1:
            w = math.log(value[1])
        drift = way * out[DRIFT] if seen == CORNER or seen == STATIONARY else 1.0
        dips = before < 1e299 and before_slope < 0.0 and slope > 0.0 and min(kappa, before) < lowest[0] + 2.0
        if kappa < lowest[0]:
            lowest[0] = kappa
            lowest[1] = u
            lowest[2] = w
        if kappa <= 0.0 or dips:
            met = u if kappa <= 0.0 else 1e300
            end = descend(law, layout, goals, flows, point, work, desk, value, met, near)
            if end == FOUND and note(goals, point, desk, value) == 1:
                return FOUND
            near = 0
        if kappa > lowest[0] + 4.0 and slope > 0.0 and u > lowest[1] + 1.0:
            break
        before = kappa
        before_slope = slope
        u += DENSE
        w += drift * DENSE
    return UNBOUNDED if falling and lowest[1] > top - 2.0 * DENSE else FOLD


@kernel(returns=INT, takes=(DESK, FLOAT, FLOAT, FLOAT), inner=True, counted=False)
def _keep(desk, miss, u, w):
    """Put a place among the best that were seen, the best one first. Returns 0."""
    seen = desk.seen
    q = seen.shape[0] - 1
    if not miss < seen[q, 0]:
        return 0
    while q > 0 and miss < seen[q - 1, 0]:
        for r in range(3):
            seen[q, r] = seen[q - 1, r]
        q -= 1
    seen[q, 0] = miss
    seen[q, 1] = u
    seen[q, 2] = w
    return 0


@kernel(returns=INT, takes=(LAW, LAYOUT, GOALS, FLOW, POINT, WORK, DESK, VECTOR), inner=True, counted=False)
def look_closely(law, layout, goals, flows, point, work, desk, value):
    """A grid over both quantities, and down from its best places; for where the best choice has many local ones.

    Returns FOUND, with what is found noted, or FOLD.
    """
    way = goals.sense[0]
    middle = way * math.log(desk.guess[0])
    least = math.log(desk.least[1])
    most = math.log(desk.most[1])
    seen = desk.seen
    for q in range(seen.shape[0]):
        seen[q, 0] = 1e300
    near = 0
    turn = 1.0
    for row in range(round((BELOW + ABOVE) / ROWS) + 1):
        u = middle - BELOW + row * ROWS
        value[0] = math.exp(way * u)
        if value[0] < desk.least[0] or value[0] > desk.most[0]:
            continue
        begin = guessed(desk, value[0])
        before = 1e300
        last = 1e300
        last_w = 0.0
        for column in range(-COLUMNS, COLUMNS + 2):
            miss = 1e300
            w = begin + turn * COLUMN * column
            if column <= COLUMNS and least <= w <= most:
                value[1] = math.exp(w)
                solved = go_to(law, layout, goals, flows, point, work, desk, value, near) == SOLVED
                if not solved and near == 3 and desk.spent[2] < PATIENCE:
                    solved = go_to(law, layout, goals, flows, point, work, desk, value, 0) == SOLVED
                    desk.spent[2] += 0.0 if solved else 1.0
                near = 3 if solved or desk.spent[2] >= PATIENCE else 0
                if solved:
                    miss = desk.ahead[worst(desk)]
            if last < before and last < miss:
                _keep(desk, last, u, last_w)
            before = last
            last = miss
            last_w = w
        turn = -turn
    end = FOLD
    found = 0
    for q in range(seen.shape[0]):
        if seen[q, 0] > max(desk.lowest[0], 0.0) + ABOVE_LEAST or found == ENOUGH:
            break
        if abs(seen[q, 1] - desk.lowest[1]) < ROWS and abs(seen[q, 2] - desk.lowest[2]) < COLUMN and found == 0:
            continue  # where a least miss has been found already
        value[0] = math.exp(way * seen[q, 1])
        value[1] = math.exp(seen[q, 2])
        if descend(law, layout, goals, flows, point, work, desk, value, 1e300, 0) == FOUND:
            found += 1
            end = FOUND
            note(goals, point, desk, value)
    return end
