"""Show by the oracle of the tests that less organic than was found does not do: ``python -m benchmarks.less``.

At 2 % less organic the worst miss of the targets is told by the oracle over a grid of scrub flows, and then at the
bottom of its valleys, which scipy looks for. Plain solves propose the steady states; a state counts when the oracle,
which shares no code with them, accepts its balances. Where the miss stays above 0, the answer is the least as far as
2 % goes.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import scipy.optimize
from tests import oracle

from benchmarks.targeted import PURITY, Targeted, draw_targeted, solve_plain
from benchmarks.targets import seek_from
from sxsim.kernels.search import FOUND

__all__ = ["Less", "best_with_less", "main"]

SHARE = 0.98
ACCEPTED = 1e-5
"""Residual up to which the oracle accepts a steady state: what is looked for changes the losses by 1e-3 and more."""
TRACE = 1e-12
"""Concentration [mol/L] below which the balance of a component is not asked for: it is rounding."""
RATIO, ENDS = 1.25, (1e-3, 5.0)
"""Ratio of neighbours among the scrub flows, and the ends of the grid over that of the answer."""


class Less(NamedTuple):
    """What the oracle says of a found answer.

    Attributes
    ----------
    miss_there : float
        Worst ln(loss/allowed) at the answer: 0 when a target binds.
    miss_with_less : float
        The least that any scrub does for it with less organic.
    scrub : float
        That scrub over the one of the answer.
    residual : float
        Worst residual of the states that the oracle accepted.
    points, lost, refused : int
        Steady states, scrub flows at which nothing was proposed, and those at which the oracle did not accept it: with
        too little acid a closed loop does not take up all of its base.
    """

    miss_there: float
    miss_with_less: float
    scrub: float
    residual: float
    points: int
    lost: int
    refused: int


class _Oracle:
    """Steady states of one case that the oracle accepts."""

    def __init__(self, targeted: Targeted) -> None:
        self.targeted = targeted
        self.points = self.lost = self.refused = 0
        self.residual = 0.0

    def miss(self, organic: float, scrub: float) -> float:
        """Worst ln(loss/allowed) of the targets; infinite when there is no steady state."""
        case = self.targeted
        layout = case.with_flows(organic, scrub)
        solved, _, state = solve_plain(case.chemistry, layout)
        if not solved:
            self.lost += 1
            return math.inf
        x, y = state.x, state.y
        known = oracle.build(case.chemistry, layout)
        found = np.abs(oracle.residuals(known, x, y, state.h, state.F))
        n = x.shape[1]
        found[:, :n][np.maximum(x, y) < TRACE] = 0.0
        residual = float(found.max())
        if not residual < ACCEPTED:
            self.refused += 1
            return math.inf
        self.points += 1
        self.residual = max(self.residual, residual)
        fed = layout.feed_volume @ layout.feed_concentration
        worst = -math.inf
        for target in case.targets:
            main = ("aqueous", "organic")[target.phase]
            amount = sum(
                line.aqueous * x[target.stage] + line.organic * y[target.stage]
                for line in known.lines
                if line.source == target.stage and line.target == oracle.OUTSIDE and line.main == main
            )[: case.elements]
            own = amount[target.component]
            lost = (amount.sum() - own) / own if target.kind == PURITY else 1.0 - own / fed[target.component]
            worst = max(worst, math.log(max(lost, 1e-300) / target.allowed))
        return worst


def best_with_less(targeted: Targeted, organic: float, scrub: float, share: float = SHARE) -> Less:
    """The best that any scrub does with this share of the organic of an answer."""
    judge = _Oracle(targeted)
    there = judge.miss(organic, scrub)
    first, last = (math.floor(math.log(end) / math.log(RATIO)) for end in ENDS)
    place = math.log(RATIO) * np.arange(first, last + 2)
    seen = [judge.miss(share * organic, scrub * math.exp(w)) for w in place]
    best = min(zip(seen, place.tolist(), strict=True))
    for low, middle, high in zip(range(len(seen)), range(1, len(seen)), range(2, len(seen)), strict=False):
        if not seen[low] >= seen[middle] <= seen[high] or not math.isfinite(seen[middle]):
            continue
        bottom = scipy.optimize.minimize_scalar(
            lambda w: min(judge.miss(share * organic, scrub * math.exp(w)), 1e3),
            bounds=(place[low], place[high]),
            method="bounded",
            options={"xatol": 1e-6},
        )
        best = min(best, (float(bottom.fun), float(bottom.x)))
    return Less(there, best[0], math.exp(best[1]), judge.residual, judge.points, judge.lost, judge.refused)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; 0 when less organic meets the targets of no case."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.less", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--cases", type=int, default=200, help="found cases to check")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stages", type=int, default=180, help="most stages of a case")
    asked = parser.parse_args(arguments)
    checked, number, wrong = 0, -1, []
    while checked < asked.cases:
        number += 1
        targeted = draw_targeted(asked.seed, number)
        if targeted.plan.aq_to.size > asked.stages:
            continue
        sought = seek_from(targeted, np.zeros(2), 1)
        if sought.end != FOUND:
            continue
        checked += 1
        began = time.perf_counter()
        less = best_with_less(targeted, sought.organic_m3_h, sought.scrub_m3_h)
        if not (less.miss_with_less > 0.0 and less.miss_there < 1e-6):
            wrong.append(number)
        print(
            f"{asked.seed}:{number} {targeted.kind}, {targeted.plan.aq_to.size} stages: at the answer "
            f"{less.miss_there:.1e}, with 2 % less {less.miss_with_less:.4g} at {less.scrub:.4f} of the scrub, "
            f"{less.points} points to {less.residual:.0e}, {less.lost} lost, {less.refused} refused, "
            f"{time.perf_counter() - began:.1f} s",
            flush=True,
        )
    print(f"{checked} cases; with less organic too, or not accepted: {wrong or 'none'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
