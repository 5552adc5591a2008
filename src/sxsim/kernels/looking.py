"""Where a search for targets looks beside the way down: around its start, below an answer, and everywhere."""

from __future__ import annotations

import math

import numpy as np

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel
from sxsim.kernels.choices import (
    ALONE,
    CORNER,
    DRIFT,
    FLAT,
    KAPPA,
    KIND,
    NOWHERE,
    ROUGH,
    SLOPE,
    STATIONARY,
    best_choice,
    best_from,
    copy_point,
    guessed,
    read_free,
    return_to,
    tell,
    worst,
)
from sxsim.kernels.descent import FOLD, FOUND, UNBOUNDED, descend
from sxsim.kernels.ladder import SOLVED
from sxsim.kernels.newton import CONVERGED
from sxsim.kernels.shapes import DESK, FLOW, GOALS, INT, LAW, LAYOUT, POINT, VECTOR, WORK
from sxsim.kernels.tune import EXACT, go_to, tune

__all__ = ["hit_exactly", "look_below", "look_everywhere", "look_round", "note"]

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
TIGHTENED = 8.0
SHORTEST = 1e-3
"""Steps in which targets that are met with room are tightened until they are hit, and the shortest share of the way."""
PROBES = (0.85, 0.72, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1)
"""Shares of the answer at which nothing less must do."""


@kernel(returns=INT, takes=(LAW, LAYOUT, GOALS, FLOW, POINT, WORK, DESK, POINT, VECTOR), inner=True)
def look_round(law, layout, goals, flows, point, work, desk, kept, value):
    """Where to begin: at the given values, or, where targets are far off there, at the best place around.

    Returns 1 with the state solved at `value`, which is overwritten, or 0 when nothing could be solved.
    """
    p = value.shape[0]
    given = value.copy()
    trial = value.copy()
    least = 1e300
    for first in range(len(AROUND)):
        for second in range(len(BESIDE) if p > 1 else 1):
            trial[:] = given
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
                value[:] = trial
                copy_point(point, kept)
            if F < NEAR or (first + second == 0 and F < 3.0 * NEAR and told):
                return 1
    if least > 1e299:
        return 0
    return 1 if return_to(law, layout, goals, flows, point, work, desk, kept, value) == 0 else 0


@kernel(returns=INT, takes=(GOALS, POINT, VECTOR, VECTOR, POINT, VECTOR, VECTOR), inner=True, counted=False)
def note(goals, point, value, out, answer, best, record):
    """Keep a state that meets all targets if it takes less than what is kept. Returns 1 when it does."""
    u = goals.sense[0] * math.log(value[0])
    if not u < record[0] - SAME:
        return 0
    record[0] = u
    record[1] = out[KIND]
    record[2] = goals.sense[0] * out[SLOPE]
    record[3] = goals.sense[0] * out[DRIFT]
    copy_point(point, answer)
    for q in range(value.shape[0]):
        best[q] = value[q]
    return 1


@kernel(
    returns=INT,
    takes=(
        LAW,
        LAYOUT,
        GOALS,
        FLOW,
        POINT,
        WORK,
        DESK,
        POINT,
        POINT,
        POINT,
        VECTOR,
        VECTOR,
        VECTOR,
        VECTOR,
        VECTOR,
    ),
    inner=True,
)
def look_below(law, layout, goals, flows, point, work, desk, held, kept, answer, value, best, record, lowest, out):
    """See that nothing less will do, at shares of the answer, with the best choice at each. Returns 0."""
    p = value.shape[0]
    way = goals.sense[0]
    if return_to(law, layout, goals, flows, point, work, desk, answer, best) != 0:
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
        seen = best_from(law, layout, goals, flows, point, work, desk, held, value, near, 1, ROUGH, out)
        if seen == NOWHERE:
            near = 0
            fails += 1
            continue
        near = 1
        w = math.log(value[1]) if p > 1 else 0.0
        drift = way * out[DRIFT] if seen == CORNER else 1.0
        if out[KAPPA] > 0.0:
            continue
        end = descend(law, layout, goals, flows, point, work, desk, held, kept, value, lowest, u, 1, out)
        near = 0
        if end == FOUND and note(goals, point, value, out, answer, best, record) == 1:
            u = record[0]
            w = math.log(best[1]) if p > 1 else 0.0
            drift = record[3] if record[1] == CORNER else 1.0
            before = 1.0
            at_share = 0
            near = 1
    return 0


@kernel(
    returns=INT,
    takes=(
        LAW,
        LAYOUT,
        GOALS,
        FLOW,
        POINT,
        WORK,
        DESK,
        POINT,
        POINT,
        POINT,
        VECTOR,
        VECTOR,
        VECTOR,
        VECTOR,
        VECTOR,
    ),
    inner=True,
)
def look_everywhere(law, layout, goals, flows, point, work, desk, held, kept, answer, value, best, record, lowest, out):
    """The range of the first quantity from below, in small steps, with the best choice at each, up to an answer.

    Returns FOUND, FOLD or UNBOUNDED.
    """
    p = value.shape[0]
    way = goals.sense[0]
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
        seen = best_choice(law, layout, goals, flows, point, work, desk, held, kept, value, near, 1, ROUGH, out)
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
            end = descend(law, layout, goals, flows, point, work, desk, held, kept, value, lowest, met, near, out)
            if end == FOUND and note(goals, point, value, out, answer, best, record) == 1:
                return FOUND
            near = 0
        if kappa > lowest[0] + 4.0 and slope > 0.0 and u > lowest[1] + 1.0:
            break
        before = kappa
        before_slope = slope
        u += DENSE
        w += drift * DENSE
    return UNBOUNDED if falling and lowest[1] > top - 2.0 * DENSE else FOLD


@kernel(
    returns=INT,
    takes=(LAW, LAYOUT, GOALS, FLOW, POINT, WORK, DESK, POINT, POINT, VECTOR, VECTOR, VECTOR, VECTOR, INT),
    inner=True,
)
def hit_exactly(law, layout, goals, flows, point, work, desk, held, answer, value, best, record, out, found):
    """The least at which the exact targets are hit and the others met, begun at the answer and around it.

    Returns FOUND or FOLD.
    """
    p = value.shape[0]
    rows_all = desk.ahead.shape[0] - 1
    exact = 0
    for r in range(rows_all):
        exact += goals.target[at.TARGET_EXACT, r]
    origin = best.copy()
    if found == 0:
        origin[:] = desk.guess[0]
        if p > 1:
            origin[1] = desk.guess[1]
    record[0] = 1e300
    moved = np.arange(p)
    rows = np.zeros(p, np.int64)
    if found == 1 and exact == p and return_to(law, layout, goals, flows, point, work, desk, answer, best) == 0:
        # from the answer, what is met with room is asked for more and more
        room = np.zeros(rows_all)
        asked = goals.value.copy()
        count = 0
        for r in range(rows_all):
            if goals.target[at.TARGET_EXACT, r] == 1:
                room[r] = desk.ahead[r]
                rows[count] = r
                count += 1
        end = CONVERGED
        done = 0.0
        step = 1.0 / TIGHTENED
        while done < 1.0 and step > SHORTEST:
            ahead = min(done + step, 1.0)
            for r in range(rows_all):
                goals.value[r] = asked[r] + room[r] * (1.0 - ahead)
            copy_point(point, held)
            read_free(layout, goals, value)
            end, _ = tune(law, layout, goals, flows, point, work, desk, moved, rows, EXACT, 40)
            if end == CONVERGED:
                done = ahead
                step *= 1.5
            else:
                step *= 0.5
                if return_to(law, layout, goals, flows, point, work, desk, held, value) != 0:
                    break
        goals.value[:] = asked
        if end == CONVERGED and desk.ahead[worst(desk)] < 1e-8:
            read_free(layout, goals, value)
            tell(desk, CORNER if p > 1 else ALONE, rows[0], rows[1] if p > 1 else -1, out)
            note(goals, point, value, out, answer, best, record)
            return FOUND
    for first in range(len(AROUND)):
        for second in range(len(BESIDE) if p > 1 and first > 0 else 1):
            for extra in range(rows_all if exact < p else 1):
                value[:] = origin
                value[0] *= AROUND[first]
                if p > 1:
                    value[1] *= AROUND[first] * BESIDE[second]
                count = 0
                for r in range(rows_all):
                    if goals.target[at.TARGET_EXACT, r] == 1 and count < p:
                        rows[count] = r
                        count += 1
                if count < p:
                    if goals.target[at.TARGET_EXACT, extra] == 1:
                        continue
                    rows[count] = extra
                    count += 1
                if count < p:
                    return FOLD
                if go_to(law, layout, goals, flows, point, work, desk, value, 0) != SOLVED:
                    continue
                end, _ = tune(law, layout, goals, flows, point, work, desk, moved, rows, EXACT, 40)
                if end != CONVERGED:
                    continue
                hit = True
                for r in range(rows_all):
                    off = desk.ahead[r]
                    hit = hit and off < 1e-8 and (goals.target[at.TARGET_EXACT, r] == 0 or off > -1e-8)
                if hit:
                    read_free(layout, goals, value)
                    tell(desk, CORNER if p > 1 else ALONE, rows[0], rows[1] if p > 1 else -1, out)
                    note(goals, point, value, out, answer, best, record)
    return FOUND if record[0] < 1e299 else FOLD
