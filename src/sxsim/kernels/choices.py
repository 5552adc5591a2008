"""The best choice of the second free quantity, the first one as it is: where the largest miss is least.

A target is missed by g = ln(loss / allowed loss). Along the second quantity, of which more helps one target and harms
another, the largest g falls and rises again. Its least, kappa, is where two of them meet, or where one of them is at
its best; both are looked for by tangents, from solved state to solved state, with exact derivatives.
"""

from __future__ import annotations

import math

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel
from sxsim.kernels.balances import base_left_over
from sxsim.kernels.goals import free_value, set_free
from sxsim.kernels.ladder import SOLVED
from sxsim.kernels.newton import CONVERGED
from sxsim.kernels.shapes import DESK, FLOAT, FLOW, GOALS, INT, LAW, LAYOUT, POINT, VECTOR, WORK
from sxsim.kernels.transport import aqueous_totals
from sxsim.kernels.tune import ALIKE, go_to, sense, tune
from sxsim.kernels.volumes import fill_flows

__all__ = [
    "ALONE",
    "BACK",
    "CORNER",
    "DRIFT",
    "EDGE",
    "FIRST",
    "FLAT",
    "GIVEN",
    "INNER",
    "KAPPA",
    "KIND",
    "MET",
    "NOWHERE",
    "ROUGH",
    "SECOND",
    "SLOPE",
    "STATIONARY",
    "TRIAL",
    "best_choice",
    "best_from",
    "copy_point",
    "copy_values",
    "guessed",
    "opposite",
    "read_free",
    "return_to",
    "tell",
    "worst",
]

# what `best_choice` tells
KAPPA = 0  # largest g of the best choice
SLOPE = 1  # its derivative by the logarithm of the first quantity
INNER = 2  # logarithm of the second quantity there
DRIFT = 3  # and its derivative by that of the first
KIND = 4
FIRST = 5  # targets that bind
SECOND = 6

# marks of the desk
KEPT = 0
BETWEEN = 1
BACK = 2
GIVEN = 3
TRIAL = 4
CHOSEN = 5

NOWHERE = 0  # nothing was solved
CORNER = 1  # two targets bind
STATIONARY = 2  # one binds, at its best in the second quantity
EDGE = 3  # the second quantity at the end of its range
MET = 4  # all targets met, not the best choice
ALONE = 5  # there is no second quantity

ROUGH = 1e-3
FAR = 2.0
LEANING = 0.7
"""Where a target is missed by more than FAR and the metals are parted otherwise than asked by LEANING in the logarithm
of the ratio, the second quantity is led by that ratio, which answers evenly everywhere."""
CHOKED = 0.02
"""Share of the base that finds no free extractant from which on a loop is choked."""
FLAT = 0.05
"""Derivative below which a target that is far off is told nothing: all is lost there."""
ELSEWHERE = 1.0
"""Miss from which another choice of the second quantity is looked for."""


@kernel(returns=INT, takes=(POINT, POINT), inner=True, counted=False)
def copy_point(source, target):
    """Copy a state. Returns 0."""
    k, n = source.m.shape
    N = source.s.shape[1]
    for j in range(N):
        for q in range(4):
            target.s[q, j] = source.s[q, j]
        for i in range(n):
            for of in range(3):
                target.c[of, j, i] = source.c[of, j, i]
    for r in range(k):
        for i in range(n):
            target.m[r, i] = source.m[r, i]
    return 0


@kernel(returns=INT, takes=(VECTOR, VECTOR), inner=True, counted=False)
def copy_values(source, target):
    """Copy numbers. Returns 0."""
    for q in range(target.shape[0]):
        target[q] = source[q]
    return 0


@kernel(returns=INT, takes=(LAW, LAYOUT, GOALS, FLOW, POINT, WORK, DESK, POINT, VECTOR), inner=True, counted=False)
def return_to(law, layout, goals, flows, point, work, desk, held, value):
    """Take up a solved state again. Returns 0, or 1 when that is impossible."""
    for q in range(value.shape[0]):
        set_free(layout, goals.free[at.FREE_KIND, q], goals.free[at.FREE_INDEX, q], value[q])
    if fill_flows(layout, flows, law.medium[at.EXTRACTANT]) != 0 or aqueous_totals(flows, point.s) != 0:
        return 1
    copy_point(held, point)
    return sense(law, layout, goals, flows, point, work, desk)


@kernel(returns=INT, takes=(LAYOUT, GOALS, VECTOR), inner=True, counted=False)
def read_free(layout, goals, value):
    """Present values of the free quantities. Returns 0."""
    for q in range(value.shape[0]):
        value[q] = free_value(layout, goals.free[at.FREE_KIND, q], goals.free[at.FREE_INDEX, q])
    return 0


@kernel(returns=INT, takes=(DESK,), inner=True, counted=False)
def worst(desk):
    """The target that is missed most."""
    worst = 0
    for r in range(desk.ahead.shape[0] - 1):
        if desk.ahead[r] > desk.ahead[worst]:
            worst = r
    return worst


@kernel(returns=INT, takes=(DESK, INT), inner=True, counted=False)
def opposite(desk, a):
    """Of the targets that get worse where the second quantity helps target `a`, the first to meet it; or -1."""
    response = desk.response
    found = -1
    nearest = 1e300
    for r in range(desk.ahead.shape[0] - 1):
        if response[r, 1] * response[a, 1] < 0.0:
            distance = abs((desk.ahead[a] - desk.ahead[r]) / (response[a, 1] - response[r, 1]))
            if distance < nearest:
                nearest = distance
                found = r
    return found


@kernel(returns=INT, takes=(DESK, INT, INT, INT), inner=True, counted=False)
def tell(desk, kind, a, b):
    """Write down the best choice: what is missed, and how that answers to the first quantity. Returns the kind."""
    response = desk.response
    out = desk.told
    out[KAPPA] = desk.ahead[a]
    out[KIND] = kind
    out[FIRST] = a
    out[SECOND] = b
    out[SLOPE] = response[a, 0]
    out[DRIFT] = 0.0
    if kind == CORNER:
        apart = response[b, 1] - response[a, 1]
        out[DRIFT] = (response[a, 0] - response[b, 0]) / apart
        out[SLOPE] = response[a, 0] + response[a, 1] * out[DRIFT]
    return kind


@kernel(returns=INT, takes=(LAW, LAYOUT, GOALS, FLOW, POINT, WORK, DESK, VECTOR, INT), inner=True, counted=False)
def reach(law, layout, goals, flows, point, work, desk, value, near):
    """The steady state at other values, by a step between where one step is too long. Returns SOLVED or not.

    With `near` from a solved state, which `held` and the first of the marks then hold.
    """
    if near == 0:
        return go_to(law, layout, goals, flows, point, work, desk, value, 0)
    kept = desk.marks[KEPT]
    copy_point(point, desk.held)
    read_free(layout, goals, kept)
    status = go_to(law, layout, goals, flows, point, work, desk, value, 2)
    if status == SOLVED:
        return SOLVED
    if return_to(law, layout, goals, flows, point, work, desk, desk.held, kept) != 0:
        return status
    between = desk.marks[BETWEEN]
    for q in range(value.shape[0]):
        between[q] = math.sqrt(kept[q] * value[q])
    if go_to(law, layout, goals, flows, point, work, desk, between, 2) != SOLVED:
        return status
    return go_to(law, layout, goals, flows, point, work, desk, value, 2)


@kernel(returns=FLOAT, takes=(DESK, FLOAT), inner=True, counted=False)
def guessed(desk, first):
    """Logarithm of the second free quantity that the closed forms give for a value of the first."""
    share = desk.guess[2] * first / desk.guess[0] + desk.guess[3]
    w = math.log(desk.guess[1] * max(share, 0.02))
    return min(max(w, math.log(desk.least[1])), math.log(desk.most[1]))


@kernel(
    returns=INT,
    takes=(LAW, LAYOUT, GOALS, FLOW, POINT, WORK, DESK, VECTOR, INT, INT, FLOAT),
    inner=True,
    counted=False,
)
def best_from(law, layout, goals, flows, point, work, desk, value, near, enough, tolerance):
    """What `best_choice` does, from where it is asked to begin only."""
    p = value.shape[0]
    t = desk.ahead.shape[0] - 1
    held = desk.held
    kept = desk.marks[KEPT]
    out = desk.told
    out[KIND] = NOWHERE
    out[KAPPA] = 1e300
    lean = 0.0
    if p == 1:
        status = reach(law, layout, goals, flows, point, work, desk, value, near)
        if status != SOLVED and near == 1:
            status = go_to(law, layout, goals, flows, point, work, desk, value, 0)
        return tell(desk, ALONE, worst(desk), -1) if status == SOLVED else NOWHERE
    least = math.log(desk.least[1])
    most = math.log(desk.most[1])
    w = min(max(math.log(value[1]), least), most)
    best = 1e300
    left = -1e300  # where more of the second quantity helps, and where less does
    right = 1e300
    left_F = 0.0
    left_s = 0.0
    left_v = 0.0
    left_a = -1
    right_F = 0.0
    right_s = 0.0
    right_v = 0.0
    right_a = -1
    before_w = 0.0
    before_s = 0.0
    before_a = -2
    floor = -1e300  # below it nothing could be solved
    stride = 0.25
    fails = 0
    tried = 0
    failed = False
    b = -1
    for trial in range(60):
        value[1] = math.exp(w)
        status = reach(law, layout, goals, flows, point, work, desk, value, near)
        if status != SOLVED and best > 1e299 and near == 1:
            status = go_to(law, layout, goals, flows, point, work, desk, value, 0)
        if status != SOLVED:
            fails += 1
            floor = max(floor, w)
            if best < 1e299:
                near = 1
                if return_to(law, layout, goals, flows, point, work, desk, held, kept) != 0:
                    near = 0
            else:
                near = 0
            if fails > (16 if right < 1e299 else 7):
                break
            if right < 1e299:  # too little acid: what is solved lies above
                if (right - floor) * max(right_s, 1.0) < ROUGH:
                    break
                w = 0.6 * right + 0.4 * floor
            else:
                w = min(max(w + stride, guessed(desk, value[0]) if fails == 1 else least), most)
                stride *= 1.5
                if floor >= most:
                    break
            continue
        near = 1
        looking = True
        while looking:
            looking = False
            a = worst(desk)
            F = desk.ahead[a]
            s = desk.response[a, 1]
            lean = 0.0
            balance = desk.ahead[t]
            b = opposite(desk, a)
            crossing = 1e300
            if b >= 0 and abs(s) > FLAT and abs(desk.response[b, 1]) > FLAT:
                crossing = w + (F - desk.ahead[b]) / (desk.response[b, 1] - s)
            pairs = tried < 6 and abs(crossing - w) < 2.0 and abs(s * (crossing - w)) < 8.0
            if F > FAR and abs(balance) > LEANING and abs(desk.response[t, 1]) > FLAT and (not pairs or failed):
                lean = min(max(-balance / desk.response[t, 1], -1.5), 1.5)
                s = -lean  # first of all the metals have to go where they belong
            elif abs(s) < FLAT and F > FLAT:
                # all is lost here, and derivatives say nothing: base that stays behind asks for acid, else metals that
                # went the wrong way tell, or what is known of the target
                if base_left_over(law, flows, point) > CHOKED * flows.base[at.FED] and desk.helps[t, 1] != 0.0:
                    s = -FLAT * desk.helps[t, 1]
                elif abs(balance) > LEANING and desk.helps[t, 1] != 0.0:
                    s = FLAT * desk.helps[t, 1] * (1.0 if balance > 0.0 else -1.0)
                elif desk.helps[a, 1] != 0.0:
                    s = FLAT * desk.helps[a, 1]
            if F < best:
                best = F
                out[INNER] = w
                tell(desk, EDGE, a, -1)
            if enough == 1 and F <= 0.0:
                value[1] = math.exp(w)
                return tell(desk, MET, a, -1)
            if s < 0.0 and w > left:
                left = w
                left_F = F
                left_s = s
                left_v = desk.response[a, 0]
                left_a = a
            elif s >= 0.0 and w < right:
                right = w
                right_F = F
                right_s = s
                right_v = desk.response[a, 0]
                right_a = a
            if not pairs or lean != 0.0 or not left - 0.5 < crossing < right + 0.5:
                continue
            tried += 1
            copy_point(point, held)
            read_free(layout, goals, kept)
            found, kappa = tune(law, layout, goals, flows, point, work, desk, 1, 2, a, b, ALIKE, 14)
            if found == CONVERGED:
                w = math.log(free_value(layout, goals.free[at.FREE_KIND, 1], goals.free[at.FREE_INDEX, 1]))
                opposed = desk.response[a, 1] * desk.response[b, 1] < 0.0
                if opposed and desk.ahead[worst(desk)] <= kappa + 1e-7:
                    value[1] = math.exp(w)
                    out[INNER] = w
                    return tell(desk, CORNER, a, b)
                looking = tried < 6  # a solved point like any other
                continue
            failed = True
            if return_to(law, layout, goals, flows, point, work, desk, held, kept) != 0:
                return NOWHERE
        if lean != 0.0 and left + 0.02 < w + lean < right - 0.02:
            w = min(max(w + lean, least), most)
            before_a = -2
        elif left > -1e299 and right < 1e299:
            width = right - left
            if (
                width < 1e-9
                or (min(-left_s, right_s) * width < tolerance and left_a == right_a)
                or (s * s < 0.3 * tolerance and left_a == right_a)
            ):
                break
            # where the tangents meet, as at a kink; or, of one target, where its derivative should vanish
            share = (right_F - left_F - right_s * width) / ((left_s - right_s) * width)
            if left_a == right_a and trial % 2 == 1:
                share = -left_s / (right_s - left_s)
                if before_a == a and s != before_s:
                    secant = (w - s * (w - before_w) / (s - before_s) - left) / width
                    share = secant if 0.0 < secant < 1.0 else share
            margin = 1e-3 if left_a == right_a else 0.03
            share = min(max(share, margin), 1.0 - margin)
            if trial % 6 == 5:
                share = 0.5
            before_w = w
            before_s = s
            before_a = a
            w = left + width * share
            if w <= floor:
                if (right - floor) * max(right_s, 1.0) < ROUGH:
                    break
                w = 0.5 * (max(floor, left) + right)
        elif left > -1e299:
            if left >= most:
                break
            hop = min(stride, max(2.0 * abs(left_F / left_s), 1e-3))  # no farther than what is missed lets see
            if b >= 0:
                hop = min(max(1.2 * (left_F - desk.ahead[b]) / (desk.response[b, 1] - left_s), 0.02), 1.0)
            before_w = w
            before_s = s
            before_a = a
            w = min(left + min(hop, 4.0 * stride), most)
            stride *= 1.6
        else:
            if right <= max(least, floor + 1e-4):
                break
            hop = min(stride, max(2.0 * abs(right_F / right_s), 1e-3)) if right_s > 0.0 else stride
            if b >= 0:
                hop = min(max(1.2 * (right_F - desk.ahead[b]) / (right_s - desk.response[b, 1]), 0.02), 1.0)
            before_w = w
            before_s = s
            before_a = a
            w = max(right - min(hop, 4.0 * stride), least)
            if w <= floor:
                w = 0.6 * right + 0.4 * floor
            stride *= 1.6
    if best > 1e299:
        return NOWHERE
    value[1] = math.exp(out[INNER])
    if reach(law, layout, goals, flows, point, work, desk, value, near) != SOLVED:
        if go_to(law, layout, goals, flows, point, work, desk, value, 0) != SOLVED:
            return NOWHERE
    if out[INNER] <= least + 1e-9 or out[INNER] >= most - 1e-9 or left < -1e299 or right > 1e299:
        return tell(desk, EDGE, worst(desk), -1)
    tell(desk, STATIONARY, worst(desk), -1)
    if right_s > left_s:  # how the place where both sides meet moves, and what is missed there
        out[DRIFT] = (left_v - right_v) / (right_s - left_s)
        out[SLOPE] = left_v + left_s * out[DRIFT]
    return STATIONARY


@kernel(
    returns=INT,
    takes=(LAW, LAYOUT, GOALS, FLOW, POINT, WORK, DESK, VECTOR, INT, INT, FLOAT),
    inner=True,
    counted=False,
)
def best_choice(law, layout, goals, flows, point, work, desk, value, near, enough, tolerance):
    """Choose the second free quantity so that the largest miss is least, the first one as it is.

    From where it is asked to begin; where that ends far off, also from where the closed forms would begin, as there may
    be more than one such choice.

    Parameters
    ----------
    law, layout, goals, flows, point, work, desk
        Filled; `told` of the desk is overwritten, see KAPPA and the following.
    value : (p,) array
        The first quantity, and where to begin with the second; overwritten by what is found.
    near : int
        1 when the state is a solved one nearby.
    enough : int
        1 when any choice that meets all targets will do.
    tolerance : float
        By how much the least miss may be told too large where no two targets bind.

    Returns
    -------
    int
        The kind, NOWHERE when nothing could be solved.
    """
    p = value.shape[0]
    out = desk.told
    kind = best_from(law, layout, goals, flows, point, work, desk, value, near, enough, tolerance)
    if p == 1 or kind == CORNER or kind == MET or (kind != NOWHERE and out[KAPPA] < ELSEWHERE):
        return kind
    w = guessed(desk, value[0])
    if kind != NOWHERE and abs(w - math.log(value[1])) < 0.5:
        return kind
    before = desk.marks[CHOSEN]
    copy_values(value, before)
    copy_values(out, desk.kept)
    if kind != NOWHERE:
        copy_point(point, desk.spare)
    value[1] = math.exp(w)
    other = best_from(
        law, layout, goals, flows, point, work, desk, value, 1 if kind != NOWHERE else 0, enough, tolerance
    )
    if kind == NOWHERE or (other != NOWHERE and out[KAPPA] < desk.kept[KAPPA]):
        return other
    copy_values(before, value)
    if return_to(law, layout, goals, flows, point, work, desk, desk.spare, value) != 0:
        return other
    copy_values(desk.kept, out)
    return kind
