"""Down to the least of the first free quantity at which the second can be chosen so that all targets are met.

kappa(u), the largest miss of the best choice at u = ln V, falls from the load limit on; the first place where it
reaches 0 is the answer. Where it never does it has a least value, a fold.
"""

from __future__ import annotations

import math

from sxsim.kernels import packed as at
from sxsim.kernels._jit import kernel
from sxsim.kernels.choices import (
    ALONE,
    BACK,
    CORNER,
    DRIFT,
    EDGE,
    FIRST,
    INNER,
    KAPPA,
    MET,
    NOWHERE,
    ROUGH,
    SECOND,
    SLOPE,
    STATIONARY,
    best_choice,
    copy_point,
    copy_values,
    opposite,
    read_free,
    return_to,
    tell,
    worst,
)
from sxsim.kernels.goals import free_value
from sxsim.kernels.newton import CONVERGED
from sxsim.kernels.shapes import DESK, FLOAT, FLOW, GOALS, INT, LAW, LAYOUT, POINT, VECTOR, WORK
from sxsim.kernels.tune import EXACT, tune

__all__ = ["FOLD", "FOUND", "LOST", "UNBOUNDED", "descend"]

FOUND = 0
FOLD = 1  # the least loss lies between too little and too much of the first quantity
UNBOUNDED = 2  # it lies at the end of the range, where flows have no limit any more
LOST = 3  # nothing could be solved


@kernel(returns=INT, takes=(LAW, LAYOUT, GOALS, FLOW, POINT, WORK, DESK, INT, INT), inner=True, counted=False)
def hit(law, layout, goals, flows, point, work, desk, a, b):
    """Newton's method on the targets that bind. Returns 1 where it ends on the branch of least flow, else 0."""
    out = desk.told
    found, _ = tune(law, layout, goals, flows, point, work, desk, 0, 1 if b < 0 else 2, a, b, EXACT, 30)
    if found != CONVERGED:
        return 0
    if desk.ahead[worst(desk)] > 1e-8:
        return 0
    if b < 0:
        tell(desk, ALONE, a, -1)
        return 1 if goals.sense[0] * out[SLOPE] < 0.0 else 0
    if not desk.response[a, 1] * desk.response[b, 1] < 0.0:
        return 0
    tell(desk, CORNER, a, b)
    out[INNER] = math.log(free_value(layout, goals.free[at.FREE_KIND, 1], goals.free[at.FREE_INDEX, 1]))
    return 1 if goals.sense[0] * out[SLOPE] < 0.0 else 0


@kernel(
    returns=INT,
    takes=(LAW, LAYOUT, GOALS, FLOW, POINT, WORK, DESK, VECTOR, FLOAT, INT),
    inner=True,
    counted=False,
)
def descend(law, layout, goals, flows, point, work, desk, value, known, near):
    """From a start, the least of the first quantity around there at which all targets can be met.

    Parameters
    ----------
    law, layout, goals, flows, point, work, desk
        Filled; `lowest` of the desk, the least miss that has been seen, goes on to be kept, and `told` is overwritten.
    value : (p,) array
        Where to begin; overwritten by the answer.
    known : float
        A u at which all can be met, or 1e300.
    near : int
        1 when the state is a solved one nearby.

    Returns
    -------
    int
        FOUND with the answer as the state; FOLD when kappa has a least value above 0 here, UNBOUNDED when it still
        falls at the end of the range, LOST when nothing could be solved.
    """
    p = value.shape[0]
    way = goals.sense[0]
    bottom = math.log(desk.least[0]) if way > 0.0 else -math.log(desk.most[0])
    top = math.log(desk.most[0]) if way > 0.0 else -math.log(desk.least[0])
    # u, w, kappa, slope and drift of: where all can be met, where not yet, and beyond a least value of kappa
    lowest = desk.lowest
    out = desk.told
    hi = desk.bracket[0]
    lo = desk.bracket[1]
    dip = desk.bracket[2]
    here = desk.bracket[3]
    for q in range(4):
        for r in range(5):
            desk.bracket[q, r] = 0.0
    hi[0] = known
    lo[0] = -1e300
    lo[3] = -1.0
    dip[0] = 1e300
    dip[3] = 1.0
    begin = way * math.log(value[0])
    begin_w = math.log(value[1]) if p > 1 else 0.0
    if known < 1e299:
        hi[1] = begin_w
    u = begin
    w = begin_w
    stride = 0.2
    fails = 0
    hits = 0
    narrow = 0
    kappa = 1e300
    kind = NOWHERE
    flat = False  # whether the best choice is no corner
    blocked = False  # below the answer nothing can be solved
    back = desk.marks[BACK]
    for trial in range(80):
        value[0] = math.exp(way * u)
        if p > 1:
            value[1] = math.exp(w)
        flat = kind == STATIONARY or kind == EDGE or (flat and kind == MET)
        enough = 0 if hi[0] - lo[0] < (0.3 if flat else 0.02) else 1
        tolerance = min(max(0.01 * abs(kappa), 1e-12), ROUGH)
        kind = best_choice(law, layout, goals, flows, point, work, desk, value, near, enough, tolerance)
        if kind == NOWHERE:
            near = 0
            fails += 1
            if fails > 14:
                return LOST
            if hi[0] < 1e299:
                if hi[0] - max(u, lo[0]) < 1e-6:
                    blocked = True
                    break
                lo[0] = max(lo[0], u)  # what cannot be solved lies beyond what can be met
                lo[1] = hi[1]
                u = 0.5 * (u + hi[0])
                w = hi[1]
            elif lo[0] > -1e299:
                if u - lo[0] < 1e-3:
                    return FOLD
                u = 0.5 * (u + lo[0])
                w = lo[1]
                stride *= 0.3
            else:
                u = begin + (0.35 if fails % 2 == 1 else -0.35) * ((fails + 1) // 2)
                w = begin_w + (0.2 if fails % 4 > 1 else 0.0)
            continue
        near = 1
        kappa = out[KAPPA]
        slope = way * out[SLOPE]
        w = math.log(value[1]) if p > 1 else 0.0
        here[0] = u
        here[1] = w
        here[2] = kappa
        here[3] = slope
        here[4] = way * out[DRIFT] if kind == CORNER or kind == STATIONARY else 0.0
        if kappa < lowest[0]:
            lowest[0] = kappa
            lowest[1] = u
            lowest[2] = w
        if kappa <= 0.0:
            if u <= hi[0]:
                copy_values(here, hi)
                if dip[0] > u or dip[0] < lo[0]:
                    dip[0] = 1e300
        elif u < hi[0] and u > lo[0]:
            if slope < 0.0 and u < dip[0]:
                copy_values(here, lo)
            elif slope >= 0.0 and u < dip[0]:
                copy_values(here, dip)
            elif u > dip[0]:
                copy_values(here, lo)
                dip[0] = 1e300
        a = int(out[FIRST])
        b = int(out[SECOND]) if kind == CORNER else (opposite(desk, a) if p > 1 else a)
        close = abs(kappa) < 2.5 or hi[0] - lo[0] < 0.15
        if close and hits < 8 and (p == 1 or b >= 0) and (slope < 0.0 or kind == MET) and not flat:
            hits += 1
            copy_point(point, desk.spare)
            read_free(layout, goals, back)
            if hit(law, layout, goals, flows, point, work, desk, a, b if p > 1 else -1) == 1:
                found = way * math.log(free_value(layout, goals.free[at.FREE_KIND, 0], goals.free[at.FREE_INDEX, 0]))
                if found <= hi[0] + 1e-9:
                    read_free(layout, goals, value)
                    return FOUND
            if return_to(law, layout, goals, flows, point, work, desk, desk.spare, back) != 0:
                near = 0
        if hi[0] < 1e299 and (abs(kappa) < 1e-10 or hi[0] - max(lo[0], bottom) < 1e-10):
            break
        if dip[0] < 1e299 and lo[0] > -1e299 and dip[0] < hi[0]:
            width = dip[0] - lo[0]
            narrow += 1
            crossing = (dip[2] - lo[2] - dip[3] * width) / (lo[3] - dip[3]) if lo[3] < 0.0 else 0.5 * width
            bottomed = lo[2] + lo[3] * crossing if lo[3] < 0.0 else 0.0
            small = min(lo[2], dip[2])
            margin = 3e-3 if bottomed > 0.02 else 0.1 * bottomed  # the nearer to 0, the surer it has to be
            done = width < 1e-7 or (bottomed > 0.0 and small - bottomed < margin) or narrow > 30
            if done and hi[0] < 1e299:
                copy_values(dip, lo)
                dip[0] = 1e300
                narrow = 0
            elif done:
                return FOLD
            else:
                share = -lo[3] / (dip[3] - lo[3]) if lo[3] < 0.0 and trial % 3 != 2 else 0.5
                share = min(max(share, 0.08), 0.92)
                u = lo[0] + share * width
                w = lo[1] + share * (dip[1] - lo[1])
                continue
        if hi[0] < 1e299 and lo[0] > -1e299:
            width = hi[0] - lo[0]
            ahead = 0.5 * (lo[0] + hi[0])
            if slope < 0.0 and kind != MET and trial % 4 != 3:
                ahead = min(max(u - kappa / slope, lo[0] + 1e-3 * width), hi[0] - 1e-3 * width)
            elif lo[3] < 0.0 and lo[2] > 0.0 and trial % 2 == 0:
                ahead = min(max(lo[0] - lo[2] / lo[3], lo[0] + 0.02 * width), hi[0] - 0.02 * width)
            share = (ahead - lo[0]) / width
            w = lo[1] + share * (hi[1] - lo[1]) if kind != CORNER and kind != STATIONARY else w + here[4] * (ahead - u)
            u = ahead
        elif hi[0] < 1e299:
            if hi[0] <= bottom + 1e-9:
                break
            step = stride
            if slope < 0.0 and kind != MET:
                step = min(max(-1.1 * kappa / slope, 0.05), stride)
            stride *= 1.6
            u = max(hi[0] - step, bottom)
            w = hi[1] + hi[4] * (u - hi[0]) if kind == CORNER else hi[1] - 0.5 * (hi[0] - u)
        elif lo[0] > -1e299:
            if lo[0] >= top - 1e-9:
                return UNBOUNDED
            step = min(max(1.05 * kappa / max(-slope, 1e-6), 0.02), stride)
            stride *= 1.6
            u = min(lo[0] + step, top)
            w = lo[1] + lo[4] * (u - lo[0])
        else:
            if dip[0] <= bottom + 1e-9:
                return FOLD
            u = max(dip[0] - stride, bottom)
            w = dip[1] - (dip[0] - u)
            stride *= 1.4
    if hi[0] > 1e299:
        return FOLD
    # the last choice that met all, as good as it gets
    value[0] = math.exp(way * hi[0])
    if p > 1:
        value[1] = math.exp(hi[1])
    kind = best_choice(law, layout, goals, flows, point, work, desk, value, 0 if blocked else near, 0, 1e-12)
    return FOUND if kind != NOWHERE and out[KAPPA] < 1e-8 else LOST
