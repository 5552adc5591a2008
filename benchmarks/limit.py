"""Where a cascade stops having a steady state: the share of its base at which a stage is full of metal."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.cases import Case
from benchmarks.solving import Answer, solve
from sxsim.kernels.model import State
from sxsim.kernels.solve import SOLVED

__all__ = ["full_at"]

STARTS = (0.6, 0.4, 0.25, 0.15)
"""Shares of the base with which to begin; the first that solves is taken."""

FULL = 1e-3
"""Free extractant of the fullest stage, as a share of all, below which the end of the branch is extrapolated."""

STRAIGHT = 0.02
"""How far the ends that two pairs of points foretell may differ, relative to what is left of the way."""

AHEAD = 0.75
"""Part of the way to the foretold end that one step takes: a step beyond it costs a whole failed solve."""

LOST = 40
"""Steps that may fail; more, and the branch is lost in some other way."""


def full_at(case: Case) -> float | None:
    """Share of the base at which free extractant and protons of a stage reach zero together, if that is below 1.

    Parameters
    ----------
    case : Case
        One that the solver gave up.

    Returns
    -------
    float or None
        The share; None when the steady state exists at the full base, or when it was lost in any other way.

    Notes
    -----
    The charge balance of stage 1, with q = sum z y the charge of an organic: L_1 h_1 = L_2 h_2 + V (q_1 - q_0) > 0,
    where q_0 holds the base. What the metals can take over is bounded by the extractant of the stage: q_1 <= E (C - F -
    y_M) + (1 - E) 3 y_0 + y_M, y_M being the counter-ion. So when the base exceeds L_2 h_2 + V (q_1 - 3 y_0) with
    F = 0, the protons of stage 1 would have to be negative. The bound holds y_M and h_2, which only the solution
    tells, hence this test: the steady state is followed while the base grows from where it exists, each point is
    accepted by the residual, and the end is certain when F and h of a stage fall to a thousandth of their size
    in proportion (D, which goes with (F/h)^3, stays as it is) and in a straight line: the solution leaves the physical
    domain there, with negative h and F behind. It is the first stage mostly, where the base enters, but the same holds
    of any other. Low stage efficiency, a closed loop that is poorly stripped, or both, are what bring a stage to it.
    Derived from the charge balance.
    """
    for share in STARTS:
        answer = solve(case, share)
        if _holds(answer):
            break
    else:
        return None
    total = case.extractant_mol_L / 2.0
    step, lost = 0.1, 0
    passed = [_Point(share, answer.state.F / total, answer.state.h)]
    while share < 1.0 and lost < LOST:
        trial = min(share + min(step, AHEAD * _way_to_go(passed)), 1.0)
        near = _follow(case, trial, answer.state)
        if near is None:
            step, lost = (trial - share) / 4.0, lost + 1
            continue
        step, share, answer = 1.5 * step, trial, near
        passed.append(_Point(share, near.state.F / total, near.state.h))
        end = _foretold(passed)
        if end is not None:
            return end if end < 1.0 else None
    return None


class _Point(NamedTuple):
    """A point of the branch: share of the base, free extractant of each stage as a share of all, its protons."""

    share: float
    F: NDArray[np.float64]
    h: NDArray[np.float64]


def _way_to_go(passed: list[_Point]) -> float:
    """Increase of the share at which the free extractant of some stage meets zero; infinite if none falls."""
    if len(passed) < 2:
        return math.inf
    before, last = passed[-2:]
    fall = before.F - last.F
    ways = np.divide(last.F, fall, out=np.full_like(fall, math.inf), where=fall > 0.0)
    return float(ways.min()) * (last.share - before.share)


def _holds(answer: Answer) -> bool:
    return answer.status == SOLVED and answer.residual.good


def _follow(case: Case, share: float, start: State) -> Answer | None:
    """The next point of the branch: from the last or, where Newton does not go there straight, from nothing."""
    for begin in (start, None):
        answer = solve(case, share, begin)
        if _holds(answer):
            return answer
    return None


def _foretold(passed: list[_Point]) -> float | None:
    """Share at which F and h of the fullest stage meet zero in straight lines; None when they do not."""
    j = int(passed[-1].F.argmin())
    if len(passed) < 3 or passed[-1].F[j] > FULL:
        return None
    first, middle, last = passed[-3:]
    ends = []
    for column in ("F", "h"):
        for low, high in ((first, last), (middle, last)):
            fall = getattr(low, column)[j] - getattr(high, column)[j]
            if fall <= 0.0:
                return None
            ends.append(last.share + getattr(last, column)[j] / fall * (high.share - low.share))
    way = max(ends) - first.share
    return ends[0] if max(ends) - min(ends) <= STRAIGHT * way else None
