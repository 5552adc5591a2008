"""The last digits: answers at which one target is at its best, and targets that are asked for exactly."""

from __future__ import annotations

import math

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel
from sxsim.kernels.choices import (
    ALONE,
    CORNER,
    GIVEN,
    STATIONARY,
    copy_point,
    copy_values,
    read_free,
    return_to,
    tell,
    worst,
)
from sxsim.kernels.descent import FOLD, FOUND
from sxsim.kernels.ladder import SOLVED
from sxsim.kernels.looking import AROUND, BESIDE, note
from sxsim.kernels.newton import CONVERGED
from sxsim.kernels.shapes import DESK, FLOW, GOALS, INT, LAW, LAYOUT, POINT, VECTOR, WORK
from sxsim.kernels.tune import EXACT, go_to, tune

__all__ = ["hit_exactly", "settle"]

STRIDE = 0.02
LONGEST = 0.3
SHORTEST = 1e-4
"""Steps along the curve on which one target is hit, in the logarithm of the quantities."""
MET = 1e-8
LEVEL = 1e-8
"""Derivative of the first quantity by the second along the curve below which it is at its least."""
NUDGE = 1e-6
FAR = 0.1
LITTLE = 1e-6
"""First step; by how much the second quantity may move, and the first may grow: what is left of a miss."""
TOUCH = 0.1
"""Miss from which on a target that turns back is looked at more closely."""
NEARLY = 0.3
"""Room up to which a target is taken to bind."""


@kernel(returns=INT, takes=(LAW, LAYOUT, GOALS, FLOW, POINT, WORK, DESK, VECTOR, INT, INT), inner=True, counted=False)
def _accept(law, layout, goals, flows, point, work, desk, value, a, b):
    """Keep the state if exact targets are hit and the others met. Returns 1 when they are."""
    for r in range(desk.ahead.shape[0] - 1):
        off = desk.ahead[r]
        if off > MET or (goals.target[at.TARGET_EXACT, r] == 1 and off < -MET):
            return 0
    read_free(layout, goals, value)
    tell(desk, CORNER if b >= 0 else ALONE, a, b)
    note(goals, point, desk, value)
    return 1


@kernel(
    returns=INT,
    takes=(LAW, LAYOUT, GOALS, FLOW, POINT, WORK, DESK, VECTOR, INT, INT, INT),
    inner=True,
    counted=False,
)
def _follow(law, layout, goals, flows, point, work, desk, value, a, b, way):
    """From the answer along the curve on which target `a` is hit, until target `b` is too. Returns 1 when it is.

    `way` is 1 for more of the second quantity at first, -1 for less. The curve may turn in either quantity.
    """
    origin = desk.marks[GIVEN]
    copy_values(origin, value)
    if return_to(law, layout, goals, flows, point, work, desk, desk.answer, origin) != 0:
        return 0
    status, _ = tune(law, layout, goals, flows, point, work, desk, 0, 1, a, -1, EXACT, 30)
    if status != CONVERGED:
        return 0
    stride = STRIDE
    before = desk.ahead[b]
    along = 0.0
    across = float(way)
    neared = False
    for _ in range(200):
        copy_point(point, desk.spare)
        read_free(layout, goals, value)
        first = value[0]
        second = value[1]
        length = math.hypot(desk.response[a, 0], desk.response[a, 1])
        if not length > 0.0:
            return 0
        turned = 1.0 if across * desk.response[a, 0] - along * desk.response[a, 1] > 0.0 else -1.0
        u = -turned * desk.response[a, 1] / length
        w = turned * desk.response[a, 0] / length
        nearing = (desk.response[b, 0] * u + desk.response[b, 1] * w) * before < 0.0
        if neared and not nearing and abs(before) < TOUCH:  # it turns back close to where it should be hit
            status, _ = tune(law, layout, goals, flows, point, work, desk, 0, 2, a, b, EXACT, 30)
            if status == CONVERGED and _accept(law, layout, goals, flows, point, work, desk, value, a, b) == 1:
                return 1
            value[0] = first
            value[1] = second
            if return_to(law, layout, goals, flows, point, work, desk, desk.spare, value) != 0:
                return 0
        neared = nearing
        value[0] = first * math.exp(u * stride)
        value[1] = second * math.exp(w * stride)
        done = desk.least[1] < value[1] < desk.most[1] and desk.least[0] < value[0] < desk.most[0]
        if done:
            done = go_to(law, layout, goals, flows, point, work, desk, value, 2) == SOLVED
        if done:
            moved = 0 if abs(w) > abs(u) else 1
            status, _ = tune(law, layout, goals, flows, point, work, desk, moved, moved + 1, a, -1, EXACT, 20)
            done = status == CONVERGED
        if done and abs(desk.ahead[b] - before) > 1.0 and stride > SHORTEST:
            done = False  # a target that jumps is followed in smaller steps
        if done:
            if (desk.ahead[b] >= 0.0) != (before >= 0.0):
                status, _ = tune(law, layout, goals, flows, point, work, desk, 0, 2, a, b, EXACT, 30)
                if status == CONVERGED:
                    return _accept(law, layout, goals, flows, point, work, desk, value, a, b)
                done = False
            else:
                before = desk.ahead[b]
                along = u
                across = w
                stride = min(1.5 * stride, LONGEST)
        if not done:
            stride *= 0.3
            value[0] = first
            value[1] = second
            if stride < SHORTEST or return_to(law, layout, goals, flows, point, work, desk, desk.spare, value) != 0:
                return 0
    return 0


@kernel(returns=INT, takes=(LAW, LAYOUT, GOALS, FLOW, POINT, WORK, DESK, VECTOR), inner=True, counted=False)
def settle(law, layout, goals, flows, point, work, desk, value):
    """The stationary answer to its last digits: the target hit that binds, its derivative by the second quantity 0.

    These are the conditions of the least first quantity on the curve on which the target is hit. At a kink the
    derivative leaps past 0, and where another target comes to bind both are hit. Returns 0.
    """
    if return_to(law, layout, goals, flows, point, work, desk, desk.answer, desk.best) != 0:
        return 0
    a = worst(desk)
    way = goals.sense[0]
    found = desk.record[0] + LITTLE
    origin = math.log(desk.best[1])
    w = origin
    stride = NUDGE
    less = -1e300  # where less of the first quantity lies farther up, and farther down, with its derivative there
    more = 1e300
    less_f = 0.0
    more_f = 0.0
    for trial in range(60):
        status, _ = tune(law, layout, goals, flows, point, work, desk, 0, 1, a, -1, EXACT, 20)
        b = worst(desk)
        if status != CONVERGED or abs(w - origin) > FAR:
            break
        if desk.ahead[b] > MET:  # another target binds before: both do at the least
            status, _ = tune(law, layout, goals, flows, point, work, desk, 0, 2, a, b, EXACT, 30)
            if status != CONVERGED or desk.ahead[worst(desk)] > MET:
                break
        read_free(layout, goals, value)
        u = way * math.log(value[0])
        if u < found:
            found = u
            desk.record[0] = u
            desk.record[1] = STATIONARY if a == b else CORNER
            copy_point(point, desk.answer)
            copy_values(value, desk.best)
        f = -way * desk.response[a, 1] / desk.response[a, 0]
        if abs(f) < LEVEL or b != a or more - less < 1e-11:
            break
        w = math.log(value[1])
        if f < 0.0:
            less = w
            less_f = f
        else:
            more = w
            more_f = f
        if less > -1e299 and more < 1e299:
            w = less - less_f * (more - less) / (more_f - less_f) if trial % 3 != 2 else 0.5 * (less + more)
            w = min(max(w, less + 0.01 * (more - less)), more - 0.01 * (more - less))
        else:
            w = w + stride if f < 0.0 else w - stride
            stride *= 3.0
        value[1] = math.exp(w)
        if not desk.least[1] < value[1] < desk.most[1]:
            break
        if go_to(law, layout, goals, flows, point, work, desk, value, 2) != SOLVED:
            break
    return 0


@kernel(returns=INT, takes=(LAW, LAYOUT, GOALS, FLOW, POINT, WORK, DESK, VECTOR, INT, INT), inner=True, counted=False)
def _walk(law, layout, goals, flows, point, work, desk, value, a, way):
    """From the answer along the only free quantity until target `a` is hit. Returns 1 when it is."""
    origin = desk.marks[GIVEN]
    copy_values(origin, value)
    if return_to(law, layout, goals, flows, point, work, desk, desk.answer, origin) != 0:
        return 0
    stride = STRIDE
    before = desk.ahead[a]
    while desk.least[0] < value[0] * math.exp(way * stride) < desk.most[0]:
        value[0] *= math.exp(way * stride)
        if go_to(law, layout, goals, flows, point, work, desk, value, 1) != SOLVED:
            return 0
        if (desk.ahead[a] >= 0.0) != (before >= 0.0):
            status, _ = tune(law, layout, goals, flows, point, work, desk, 0, 1, a, -1, EXACT, 40)
            if status == CONVERGED and _accept(law, layout, goals, flows, point, work, desk, value, a, -1) == 1:
                return 1
        before = desk.ahead[a]
        stride = min(1.5 * stride, LONGEST)
    return 0


@kernel(returns=INT, takes=(LAW, LAYOUT, GOALS, FLOW, POINT, WORK, DESK, VECTOR, INT), inner=True, counted=False)
def hit_exactly(law, layout, goals, flows, point, work, desk, value, found):
    """The least at which the exact targets are hit and the others met.

    At the least that meets all targets one that is asked for exactly may be met with room. From there both ways along
    the curve on which another one stays hit lead to where both are; where that fails Newton's method begins around.

    Parameters
    ----------
    law, layout, goals, flows, point, work, desk
        Filled; with `found` the desk holds the least that meets all targets, and is given the one that hits them.
    value : (p,) array
        Overwritten.
    found : int
        1 when there is such a least.

    Returns
    -------
    int
        FOUND or FOLD.
    """
    p = value.shape[0]
    t = desk.ahead.shape[0] - 1
    exact = 0
    a = -1
    b = -1
    for r in range(t):
        if goals.target[at.TARGET_EXACT, r] == 1:
            exact += 1
            b = a if a >= 0 else b
            a = r
    if exact > p:
        return FOLD
    origin = desk.marks[GIVEN]
    copy_values(desk.best, origin)
    if found == 0:
        origin[0] = desk.guess[0]
        if p > 1:
            origin[1] = desk.guess[1]
    desk.record[0] = 1e300
    if found == 1 and return_to(law, layout, goals, flows, point, work, desk, desk.answer, origin) == 0:
        second = b
        binds = worst(desk)
        if p == 2 and exact == 1:
            second = binds if binds != a else -1
            for r in range(t):
                if r != a and (second < 0 or desk.ahead[r] > desk.ahead[second]):
                    second = r
        if _accept(law, layout, goals, flows, point, work, desk, value, a, second) == 1:
            return FOUND
        if p == 1:
            for way in range(1, -2, -2):
                copy_values(origin, value)
                _walk(law, layout, goals, flows, point, work, desk, value, a, way)
            if desk.record[0] < 1e299:
                return FOUND
        if p == 2 and desk.ahead[binds] > -NEARLY:
            for other in range(t):
                if other != binds and goals.target[at.TARGET_EXACT, other] == 1:
                    _follow(law, layout, goals, flows, point, work, desk, value, binds, other, 1)
                    copy_values(origin, value)
                    _follow(law, layout, goals, flows, point, work, desk, value, binds, other, -1)
                    if desk.record[0] < 1e299:
                        return FOUND
    for first in range(len(AROUND)):
        for beside in range(len(BESIDE) if p > 1 and first > 0 else 1):
            for extra in range(t if exact < p else 1):
                if exact < p and (goals.target[at.TARGET_EXACT, extra] == 1 or exact + 1 < p):
                    continue
                copy_values(origin, value)
                value[0] *= AROUND[first]
                if p > 1:
                    value[1] *= AROUND[first] * BESIDE[beside]
                if go_to(law, layout, goals, flows, point, work, desk, value, 0) != SOLVED:
                    continue
                row = b if exact == p or p == 1 else extra
                status, _ = tune(law, layout, goals, flows, point, work, desk, 0, p, a, row, EXACT, 40)
                if status == CONVERGED:
                    _accept(law, layout, goals, flows, point, work, desk, value, a, row)
    return FOUND if desk.record[0] < 1e299 else FOLD
