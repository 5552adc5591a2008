"""The least organic that meets two targets, by plain solves on a dense grid: slow, and it knows of no search.

Only flows that are solved as they stand are looked at. For each organic flow the scrub is walked through from far too
much to next to nothing, and every valley of the worst target is followed to its bottom. ``python -m
benchmarks.brute_force --cases 20 --seed 1`` prints what comes of the cases of `benchmarks.targeted`.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from benchmarks.targeted import Targeted, draw_targeted, losses, solve_plain
from sxsim.kernels.model import State

__all__ = ["BruteForce", "least_organic", "main"]

POINTS = 20_000
"""Plain solves that are enough for the dense grid and what follows it."""

ORGANIC = (0.02, 30.0)
"""Ends of the grid of organic flows, over the flow of closed forms."""

DENSE = 1.05
"""Ratio of neighbours among the organic flows,"""
SCRUB = 1.5
"""and among the scrub flows;"""
SCRUB_ENDS = (1e-4, 4.0)
"""least scrub over that of closed forms, most over what strips a full organic or that of closed forms."""

FAILED = 3
"""After so many failures in a row only every fourth scrub flow is tried: with too little acid nothing is solved."""

PER_ORGANIC = 90
"""Solves that one organic flow of the grid takes at most, for the share of the budget that the grid may have."""

VALLEYS = 3
"""Valleys along the scrub that are followed to the bottom, the lowest first."""

STEEP = 30.0
"""Most change of the logarithm of the worst loss per logarithm of the organic, with the best scrub at each: a valley
of the grid that is higher than a step at this slope is no way to meet the targets."""

ROUGH, FINE = 0.05, 1e-5
"""How far the bottom of a valley may lie below what is found, in the logarithm of the loss."""

UNSURE = 4.0 * ROUGH
"""What was found roughly and is missed by no more than this may be met, and is found anew."""

NARROW = 1e-8
"""Width of a bracket, in the logarithm of a flow, that is never divided."""

CLOSE = 5e-4
"""Relative accuracy of the least organic, and of the best factor."""

GOLDEN = 0.5 * (math.sqrt(5.0) - 1.0)


@dataclass(frozen=True)
class BruteForce:
    """What the grid and its refinements found.

    Attributes
    ----------
    k : float
        Least factor on both allowed losses with which some flows meet the targets; at most 1 where they can be met as
        they are. Infinite where nothing is solved.
    organic_m3_h, scrub_m3_h : float
        Flows with that factor.
    least_m3_h, least_scrub_m3_h : float or None
        Least organic that meets the targets as they are, and its scrub.
    solves, failed : int
        Plain solves, and those of them that came to nothing, which are no points.
    ratio : float
        Of neighbours in the grid of organic flows.
    complete : bool
        Whether everything was done before the budget was spent.
    """

    k: float
    organic_m3_h: float
    scrub_m3_h: float
    least_m3_h: float | None
    least_scrub_m3_h: float | None
    solves: int
    failed: int
    ratio: float
    complete: bool


class _Best(NamedTuple):
    """The best scrub of one organic flow: ln(worst loss over allowed), flows, and the state there."""

    g: float
    V: float
    W: float
    state: State | None


class _SpentError(Exception):
    """The budget is spent."""


class _Solves:
    """Plain solves of one case, counted."""

    def __init__(self, targeted: Targeted, points: int) -> None:
        self.targeted = targeted
        self.points = points
        self.solves = 0
        self.failed = 0
        self.best: dict[float, _Best] = {}  # by organic flow

    @property
    def seen(self) -> list[_Best]:
        """The best of each organic flow, from little organic to much."""
        return [self.best[V] for V in sorted(self.best)]

    @property
    def least(self) -> _Best | None:
        """The least organic that meets the targets so far."""
        return next((point for point in self.seen if point.g <= 0.0), None)

    def keep(self, point: _Best) -> _Best:
        """Note a point; what is the best of its organic flow now."""
        self.best[point.V] = min(point, self.best.get(point.V, point), key=lambda one: one.g)
        return self.best[point.V]

    def at(self, V: float, W: float, start: State | None) -> _Best:
        """Solve one pair of flows, warm when there is a state to start from and cold when that fails."""
        if self.solves >= self.points:
            raise _SpentError
        case = self.targeted
        layout = case.with_flows(V, W)
        self.solves += 1
        solved, network, state = solve_plain(case.chemistry, layout, start)
        if solved:
            lost = losses(case.targets, case.elements, layout, network, state)
            if np.isfinite(lost).all():
                # what is lost by less than rounding tells nothing more
                return _Best(float(np.log(np.maximum(lost, 1e-15) / case.allowed).max()), V, W, state)
        self.failed += 1
        return _Best(math.inf, V, W, None)

    def best_scrub(self, V: float, accuracy: float) -> _Best:
        """The best scrub for an organic flow, among all."""
        walked = self._walk(V)
        values = [math.inf, *(point.g for point in walked), math.inf]
        valleys = [
            row
            for row in range(len(walked))
            if values[row + 1] < math.inf and values[row] >= values[row + 1] <= values[row + 2]
        ]
        valleys.sort(key=lambda row: walked[row].g)
        found = [walked[row] for row in valleys[:1]] or [_Best(math.inf, V, math.nan, None)]
        for row in valleys[:VALLEYS]:
            middle = walked[row]
            sides = [walked[beside] if 0 <= beside < len(walked) else None for beside in (row - 1, row + 1)]
            if None in sides:  # the end of the range
                continue
            found.append(_bottom(lambda W, near: self.at(V, W, near.state), sides[1], middle, sides[0], accuracy))
        return self.keep(min(found, key=lambda point: point.g))

    def _walk(self, V: float) -> list[_Best]:
        """Points from much scrub to little, each from the one before; failures are among them."""
        case = self.targeted
        strips = V * case.case.extractant_mol_L / (2.0 * case.case.scrub_mol_L)
        most = SCRUB_ENDS[1] * max(case.scrub_scale_m3_h, strips)
        steps = math.ceil(math.log(most / (SCRUB_ENDS[0] * case.scrub_scale_m3_h), SCRUB))
        walked: list[_Best] = []
        near, in_a_row = None, 0
        for step in range(steps + 1):
            if in_a_row >= FAILED and step % 4:
                continue
            point = self.at(V, most / SCRUB**step, near)
            walked.append(point)
            near = near if point.state is None else point.state
            in_a_row = in_a_row + 1 if point.state is None else 0
        return walked


def _bottom(
    at: Callable[[float, _Best], _Best],
    low: _Best,
    middle: _Best,
    high: _Best,
    accuracy: float,
    along: str = "W",
    enough: float = -math.inf,
) -> _Best:
    """Bottom of a valley by golden sections in the logarithm of a flow.

    Parameters
    ----------
    at : callable
        The point at a flow, near another.
    low, middle, high : _Best
        The middle one is not above the others.
    accuracy : float
        It ends when both ends are above the best by no more than this.
    along : {"W", "V"}
        The flow that varies.
    enough : float
        A point that is not above this ends it too.

    Returns
    -------
    _Best
        The best point that was looked at.
    """

    def place(point: _Best) -> float:
        return math.log(getattr(point, along))

    while place(high) - place(low) > NARROW and max(low.g, high.g) - middle.g > accuracy and middle.g > enough:
        below, above = place(middle) - place(low), place(high) - place(middle)
        if above > below:
            trial = at(math.exp(place(middle) + (1.0 - GOLDEN) * above), middle)
            if trial.g <= middle.g:
                low, middle = middle, trial
            else:
                high = trial
        else:
            trial = at(math.exp(place(middle) - (1.0 - GOLDEN) * below), middle)
            if trial.g <= middle.g:
                high, middle = middle, trial
            else:
                low = trial
    return middle


def least_organic(targeted: Targeted, points: int = POINTS, typed: bool = True) -> BruteForce:
    """The best that any organic and scrub do for the targets, and the least organic that meets them.

    Parameters
    ----------
    targeted : Targeted
    points : int
        Plain solves that may be spent; with few the grid of organic flows is wide.
    typed : bool
        Whether the typed flows, which meet the targets, are looked at as well, so that the least organic is never
        above them.

    Returns
    -------
    BruteForce

    Notes
    -----
    G(V) = min over W of max over targets of ln(loss/allowed) on a logarithmic grid of V. Its valleys are followed to
    their bottoms where that may open a way below the least organic known, and the best of all for k. Then the least
    organic is bisected between its neighbours.
    """
    solves = _Solves(targeted, points)
    count = min(math.ceil(math.log(ORGANIC[1] / ORGANIC[0], DENSE)) + 1, max(points // (2 * PER_ORGANIC), 12))
    ratio = (ORGANIC[1] / ORGANIC[0]) ** (1.0 / (count - 1))
    complete = True
    try:
        for row in range(count):
            found = solves.best_scrub(targeted.organic_scale_m3_h * ORGANIC[0] * ratio**row, ROUGH)
            if 0.0 < found.g < UNSURE:
                solves.best_scrub(found.V, FINE)
        if typed:
            solves.keep(solves.at(targeted.organic_m3_h, targeted.scrub_m3_h, None))
        _open_below(solves, STEEP * math.log(ratio))
        _bisect(solves)
        _best_factor(solves)
    except _SpentError:
        complete = False
    best = min(solves.seen, key=lambda point: point.g)
    least = solves.least
    return BruteForce(
        k=math.exp(best.g),
        organic_m3_h=best.V,
        scrub_m3_h=best.W,
        least_m3_h=None if least is None else least.V,
        least_scrub_m3_h=None if least is None else least.W,
        solves=solves.solves,
        failed=solves.failed,
        ratio=ratio,
        complete=complete,
    )


def _valleys(points: list[_Best]) -> list[tuple[_Best, _Best, _Best]]:
    """Points of the grid that lie not above their neighbours, with these; lowest first."""
    threes = zip(points, points[1:], points[2:], strict=False)
    return sorted((three for three in threes if three[0].g >= three[1].g <= three[2].g), key=lambda three: three[1].g)


def _open_below(solves: _Solves, promising: float) -> None:
    """Look for a way to meet the targets in every valley below the least organic that does."""
    for low, middle, high in _valleys(solves.seen):
        least = solves.least
        if not 0.0 < middle.g < promising or (least is not None and middle.V > least.V):
            continue

        # once the targets are met there is nothing more to look for in this valley
        _bottom(
            lambda V, near: solves.best_scrub(V, FINE), low, solves.best_scrub(middle.V, FINE), high, CLOSE, "V", 0.0
        )


def _bisect(solves: _Solves) -> None:
    """Bring the least organic that meets the targets closer to the next one below it."""
    if solves.least is None:
        return
    met = solves.least.V
    missed = max((point.V for point in solves.seen if point.V < met), default=met)
    while met > missed * (1.0 + CLOSE):
        middle = solves.best_scrub(math.sqrt(met * missed), FINE)
        if middle.g <= 0.0:
            met = middle.V
        else:
            missed = middle.V


def _best_factor(solves: _Solves) -> None:
    """Follow the lowest valley to its bottom."""
    lowest = min(point.g for point in solves.seen)
    for point in solves.seen:
        # what was found roughly may hide which valley is the lowest
        if point.g <= lowest + ROUGH < math.inf:
            solves.best_scrub(point.V, FINE)
    for low, middle, high in _valleys(solves.seen)[:1]:
        _bottom(lambda V, near: solves.best_scrub(V, FINE), low, middle, high, CLOSE, "V")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; 0 when no case needs more organic than was typed."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.brute_force", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--cases", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help="numbers of cases, with commas")
    parser.add_argument("--points", type=int, default=POINTS, help="plain solves for one case")
    parser.add_argument("--blind", action="store_true", help="do not look at the typed flows")
    asked = parser.parse_args(arguments)
    numbers = [int(number) for number in asked.only.split(",")] if asked.only else range(asked.cases)
    worse = 0
    for number in numbers:
        targeted = draw_targeted(asked.seed, number)
        began = time.perf_counter()
        found = least_organic(targeted, asked.points, not asked.blind)
        least = math.inf if found.least_m3_h is None else found.least_m3_h / targeted.organic_m3_h
        worse += least > 1.0 + CLOSE
        print(
            f"{number:4d} {targeted.kind:18s} {targeted.plan.aq_to.size:4d} stages  least/typed {least:.4f}  k "
            f"{found.k:.4g} at {found.organic_m3_h / targeted.organic_m3_h:.3f}  {found.solves} solves, {found.failed} "
            f"failed, {time.perf_counter() - began:.1f} s{'' if found.complete else ', budget spent'}",
            flush=True,
        )
    return 1 if worse else 0


if __name__ == "__main__":
    raise SystemExit(main())
