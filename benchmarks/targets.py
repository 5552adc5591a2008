"""Search random cascades for their targets: ``python -m benchmarks.targets --cases 2000 --seed 1 --starts 5``.

Each case of `benchmarks.targeted` is searched from closed forms and from typed starts, and each answer is held against
the typed flows, which prove that the targets can be met, against the losses in plain numpy, and against the other
answers of the same case. ``--beyond N`` asks N cases for more than a brute force can have: all are to be refused, with
its factor k. ``--only 17,93`` searches these cases again and tells all about them.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.brute_force import least_organic
from benchmarks.targeted import Targeted, draw_targeted, losses, start_factors
from sxsim.kernels import search
from sxsim.kernels.flows import count_links, make_network, pack_plan, unpack_flows
from sxsim.kernels.free import pack_equations
from sxsim.kernels.ladder import climb
from sxsim.kernels.packed import make_flows, make_point
from sxsim.kernels.solve import SOLVED, make_state, pack_chemistry, unpack_state

__all__ = ["Beyond", "Found", "ask_beyond", "main", "search_case", "seek_from"]

Floats = NDArray[np.float64]
Figures = dict[str, object]

ENDS = {
    search.FOUND: "found",
    search.FOLD: "fold",
    search.UNBOUNDED: "unbounded flow",
    search.LOST: "lost",
}
KINDS = {
    search.NOWHERE: "none",
    search.CORNER: "both bind",
    search.STATIONARY: "stationary",
    search.EDGE: "edge",
    search.MET: "met",
    search.ALONE: "alone",
}
REPEATS = 2

CLOSED_FORMS = -1
"""Number of the start that the closed forms make."""

# what must hold
DEARER = 1.002
"""Most organic of an answer over the typed one;"""
ALIKE, OTHERS_ALIKE = 1e-9, 1e-6
"""largest relative difference of the organic, and of the scrub, among the answers of one case;"""
MET = 1e-7
"""by how much an answer may miss a target, relative to the loss that is allowed;"""
COST = {"first": (50, 5.0), "checked": (50, 40.0), "checked, worst": (99, 250.0), "refusal": (100, 600.0)}
"""percentile and most of the search time over that of the cold plain solve at the answer;"""
NEAR_K = 0.01
"""and by how much the factor of a refusal may differ from that of the brute force."""

BEYOND = (1.05, 3.0)
"""The brute force's factor on the losses that are asked for beyond its best."""
BRUTE_POINTS = 20_000
SMOOTH = 1e-3
"""A fold is smooth where the brute force was complete and its best organic lies inside its range by this share."""


class Found(NamedTuple):
    """What one search came to; times in seconds, without packing.

    `start` is CLOSED_FORMS or the number of the typed start; `miss` the largest loss over the allowed one, less 1;
    `apart` the largest relative difference of its state from the cold plain solve at the same flows, infinite when that
    finds none.
    """

    seed: int
    number: int
    kind: str
    stages: int
    start: int
    end: int
    answer: int
    organic_m3_h: float
    scrub_m3_h: float
    over_typed: float
    k: float
    miss: float
    apart: float
    solves_first: float
    solves: int
    first_s: float
    checked_s: float
    plain_s: float

    @property
    def met(self) -> bool:
        """Whether the search ended with flows that meet the targets."""
        return self.end == search.FOUND and self.miss <= MET


class Beyond(NamedTuple):
    """What came of a case asked for more than the brute force can have; `k_brute` is for what was asked."""

    seed: int
    number: int
    kind: str
    stages: int
    end: int
    answer: int
    k: float
    k_brute: float
    organic_m3_h: float
    organic_brute_m3_h: float
    smooth: bool
    miss: float
    refusal_s: float
    plain_s: float

    @property
    def found(self) -> bool:
        """Whether flows were named for what the brute force cannot have."""
        return self.end == search.FOUND

    @property
    def off(self) -> float:
        """How much larger k is than that of the brute force, relatively."""
        return self.k / self.k_brute - 1.0


class Sought(NamedTuple):
    """One search, and what it left behind."""

    end: int
    answer: int
    solves: int
    figures: Floats
    organic_m3_h: float
    scrub_m3_h: float
    loss: Floats
    x: Floats
    spent_s: float


def seek_from(targeted: Targeted, begin: Floats, check: int, repeats: int = 1) -> Sought:
    """Search a case from these flows, or from closed forms where they are 0; the shortest time of the repeats."""
    layout_asked = targeted.plan
    N, n = targeted.chemistry.ln_K.shape
    k = count_links(layout_asked)
    law, goals = pack_chemistry(targeted.chemistry), pack_equations(targeted.equations)
    spent = math.inf
    for _ in range(repeats):
        layout = pack_plan(layout_asked)
        flows, point, figures = make_flows(N, n, k), make_point(N, n, k), np.zeros(search.FIGURES)
        began = time.perf_counter()
        end, answer, solves, _ = search.seek(law, layout, goals, flows, point, begin, check, figures)
        spent = min(spent, time.perf_counter() - began)
    organic, scrub = float(layout.inlet[0]), float(layout.feed_amount[0, targeted.scrub_feed])
    network, state = make_network(N, n, k), make_state(N, n, k)
    unpack_flows(flows, network)
    unpack_state(point, state)
    with np.errstate(all="ignore"):
        left = losses(targeted.targets, targeted.elements, targeted.with_flows(organic, scrub), network, state)
    return Sought(end, answer, solves, figures, organic, scrub, left, state.x, spent)


def _plain(targeted: Targeted, organic_m3_h: float, scrub_m3_h: float, repeats: int) -> tuple[float, Floats | None]:
    """Shortest time of the cold plain solve [s], and its aqueous; nothing when it finds none."""
    plan = targeted.with_flows(organic_m3_h, scrub_m3_h)
    N, n = targeted.chemistry.ln_K.shape
    k = count_links(plan)
    law, layout = pack_chemistry(targeted.chemistry), pack_plan(plan)
    spent = math.inf
    for _ in range(repeats):
        flows, point = make_flows(N, n, k), make_point(N, n, k)
        began = time.perf_counter()
        status = climb(law, layout, flows, point, 0)[0]
        spent = min(spent, time.perf_counter() - began)
    if status != SOLVED:
        return math.nan, None
    state = make_state(N, n, k)
    unpack_state(point, state)
    return spent, state.x


def search_case(seed: int, number: int, starts: int, repeats: int = REPEATS) -> list[Found]:
    """Search one case from closed forms and from so many typed starts."""
    targeted = draw_targeted(seed, number)
    typed = np.array([targeted.organic_m3_h, targeted.scrub_m3_h])
    begins = [np.zeros(2), *(typed * factors for factors in start_factors(seed, number, starts))]
    found = []
    for start, begin in enumerate(begins, CLOSED_FORMS):
        first = seek_from(targeted, begin, 0, repeats)
        sought = seek_from(targeted, begin, 1, repeats)
        plain_s, x = _plain(targeted, sought.organic_m3_h, sought.scrub_m3_h, repeats + 1)
        apart = math.inf if x is None else float((np.abs(sought.x - x) / (np.abs(x) + 1e-9)).max())
        found.append(
            Found(
                seed=seed,
                number=number,
                kind=targeted.kind,
                stages=targeted.plan.aq_to.size,
                start=start,
                end=sought.end,
                answer=sought.answer,
                organic_m3_h=sought.organic_m3_h,
                scrub_m3_h=sought.scrub_m3_h,
                over_typed=sought.organic_m3_h / targeted.organic_m3_h,
                k=float(sought.figures[search.K_BEST]),
                miss=float((sought.loss / targeted.allowed).max()) - 1.0,
                apart=apart,
                solves_first=float(sought.figures[search.SOLVES_FIRST]),
                solves=sought.solves,
                first_s=first.spent_s,
                checked_s=sought.spent_s,
                plain_s=plain_s,
            )
        )
    return found


def ask_beyond(seed: int, number: int, points: int = BRUTE_POINTS, repeats: int = REPEATS) -> Beyond:
    """Ask a case for more than the best that the brute force finds for it."""
    targeted = draw_targeted(seed, number)
    brute = least_organic(targeted, points)
    low, high = np.log(BEYOND)
    factor = float(np.exp(np.random.default_rng([seed, number]).uniform(low, high)))
    strict = targeted.scaled(brute.k / factor)
    sought = seek_from(strict, np.zeros(2), 1, repeats)
    plain_s, _ = _plain(strict, sought.organic_m3_h, sought.scrub_m3_h, repeats + 1)
    return Beyond(
        seed=seed,
        number=number,
        kind=targeted.kind,
        stages=targeted.plan.aq_to.size,
        end=sought.end,
        answer=sought.answer,
        k=float(sought.figures[search.K_BEST]),
        k_brute=factor,
        organic_m3_h=sought.organic_m3_h,
        organic_brute_m3_h=brute.organic_m3_h,
        smooth=brute.complete and 0.021 < brute.organic_m3_h / targeted.organic_scale_m3_h < 28.0,
        miss=float((sought.loss / strict.allowed).max()) - 1.0,
        refusal_s=sought.spent_s,
        plain_s=plain_s,
    )


def _spread(values: Iterable[float]) -> float:
    """Largest over least, less 1."""
    all_values = list(values)
    return max(all_values) / min(all_values) - 1.0 if len(all_values) > 1 else 0.0


def _percentiles(ratios: list[float]) -> Figures:
    values = [ratio for ratio in ratios if math.isfinite(ratio)]
    if not values:
        return {"median": None, "p90": None, "p99": None, "most": None}
    return {
        "median": float(np.median(values)),
        "p90": float(np.percentile(values, 90)),
        "p99": float(np.percentile(values, 99)),
        "most": max(values),
    }


def _over(found: Sequence[float], limit: tuple[int, float]) -> bool:
    values = [ratio for ratio in found if math.isfinite(ratio)]
    return bool(values) and float(np.percentile(values, limit[0])) > limit[1]


def table_of_searches(searches: Sequence[Found]) -> tuple[Figures, list[str]]:
    """Figures of the searches, and what must hold and does not."""
    by_case: dict[int, list[Found]] = {}
    for each in searches:
        by_case.setdefault(each.number, []).append(each)
    typed = [each for each in searches if each.start != CLOSED_FORMS]
    closed = [each for each in searches if each.start == CLOSED_FORMS]
    met = [each for each in searches if each.met]
    spread = {number: _spread(each.organic_m3_h for each in case if each.met) for number, case in by_case.items()}
    others = {number: _spread(each.scrub_m3_h for each in case if each.met) for number, case in by_case.items()}
    first = [each.first_s / each.plain_s for each in met]
    checked = [each.checked_s / each.plain_s for each in met]
    failing = {
        "not found": sorted({each.number for each in searches if not each.met}),
        "more organic than typed": sorted({each.number for each in met if each.over_typed > DEARER}),
        "organic differs among starts": sorted(number for number, value in spread.items() if value > ALIKE),
        "scrub differs among starts": sorted(number for number, value in others.items() if value > OTHERS_ALIKE),
        "no plain solve at the answer": sorted({each.number for each in met if not math.isfinite(each.apart)}),
    }
    figures: Figures = {
        "cases": len(by_case),
        "found from typed starts": f"{sum(each.met for each in typed)} of {len(typed)}",
        "found from closed forms": f"{sum(each.met for each in closed)} of {len(closed)}",
        "ends of the others": dict(Counter(ENDS[each.end] for each in searches if not each.met)),
        "answers": dict(Counter(KINDS[each.answer] for each in met).most_common()),
        "most organic over typed": max((each.over_typed for each in met), default=None),
        "median organic over typed": float(np.median([each.over_typed for each in met])) if met else None,
        "worst difference of organic among starts": max(spread.values()),
        "worst difference of scrub among starts": max(others.values()),
        "worst miss of a target": max((each.miss for each in met), default=None),
        "worst difference from the plain solve": max(
            (each.apart for each in met if math.isfinite(each.apart)), default=None
        ),
        "first answer over plain solve": _percentiles(first),
        "checked answer over plain solve": _percentiles(checked),
        "the same from closed forms, first": _percentiles([each.first_s / each.plain_s for each in closed if each.met]),
        "the same from closed forms, checked": _percentiles(
            [each.checked_s / each.plain_s for each in closed if each.met]
        ),
        "linear solves to the first answer": _percentiles([each.solves_first for each in met]),
        "linear solves with the check": _percentiles([float(each.solves) for each in met]),
        "median plain solve [ms]": 1e3 * float(np.nanmedian([each.plain_s for each in met])) if met else None,
        "failing": failing,
    }
    broken = [what for what, numbers in failing.items() if numbers and what != "no plain solve at the answer"]
    if _over(first, COST["first"]):
        broken.append("median cost of the first answer")
    if _over(checked, COST["checked"]):
        broken.append("median cost with the check")
    if _over(checked, COST["checked, worst"]):
        broken.append("99th percentile of the cost with the check")
    return figures, broken


def table_beyond(asked: Sequence[Beyond]) -> tuple[Figures, list[str]]:
    """Figures of what was asked for beyond the brute force's best, and what must hold and does not."""
    refused = [each for each in asked if not each.found]
    smooth = [each for each in refused if each.smooth]
    ratios = [each.refusal_s / each.plain_s for each in refused]
    better = [each for each in asked if each.found and each.miss <= MET]
    failing = {
        "found, and not met": sorted(each.number for each in asked if each.found and each.miss > MET),
        "found and met, the brute force being wrong": sorted(each.number for each in better),
        "k above the brute force's": sorted(each.number for each in smooth if each.off > NEAR_K),
        "k below the brute force's": sorted(each.number for each in smooth if each.off < -NEAR_K),
    }
    figures: Figures = {
        "asked beyond the brute force": len(asked),
        "refused": len(refused),
        "ends": dict(Counter(ENDS[each.end] for each in asked)),
        "of them with a smooth fold": len(smooth),
        "k off by": _percentiles([abs(each.off) for each in smooth]),
        "at the end of the range": [
            {"number": each.number, "end": ENDS[each.end], "k": each.k, "k_brute": each.k_brute}
            for each in refused
            if not each.smooth
        ],
        "refusal over plain solve": _percentiles(ratios),
        "failing": failing,
    }
    broken = [what for what in ("found, and not met", "k above the brute force's") if failing[what]]
    if _over(ratios, COST["refusal"]):
        broken.append("cost of a refusal")
    return figures, broken


def _spread_out(work: Callable[[int], object], numbers: Sequence[int], workers: int) -> Iterator[object]:
    """The work for all numbers, in order, in this process or in spawned ones."""
    if workers == 1:
        yield from map(work, numbers)
        return
    work(numbers[0])  # compiles once, for all
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        yield from pool.imap(work, numbers, chunksize=4)


def _tell(found: Found | Beyond) -> str:
    """One line about one search."""
    head = f"{found.seed}:{found.number} {found.kind}, {found.stages} stages"
    ending = f"{ENDS[found.end]} ({KINDS[found.answer]})"
    if isinstance(found, Beyond):
        return (
            f"{head}: {ending}, k {found.k:.4g}, brute force {found.k_brute:.4g}, at {found.organic_m3_h:.4g} and "
            f"{found.organic_brute_m3_h:.4g} m3/h, {found.refusal_s / found.plain_s:.0f} plain solves"
        )
    begun = "closed forms" if found.start == CLOSED_FORMS else f"start {found.start}"
    return (
        f"{head}, {begun}: {ending}, organic/typed {found.over_typed:.12g}, scrub {found.scrub_m3_h:.9g}, "
        f"k {found.k:.4g}, miss {found.miss:.1e}, from plain {found.apart:.1e}, "
        f"first {found.first_s / found.plain_s:.1f}, checked {found.checked_s / found.plain_s:.1f} plain solves, "
        f"{found.solves} linear solves"
    )


def _print(figures: Figures, indent: str = "") -> None:
    for name, value in figures.items():
        if isinstance(value, dict) and name != "ends":
            text = ", ".join(
                f"{key} {f'{each:.4g}' if isinstance(each, float) else each}" for key, each in value.items()
            )
            print(f"{indent}{name:44s} {text or '-'}")
        else:
            print(f"{indent}{name:44s} {f'{value:.4g}' if isinstance(value, float) else value}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; 0 when everything holds that must."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.targets", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--starts", type=int, default=5, help="typed starts of each case")
    parser.add_argument("--beyond", type=int, default=0, help="cases asked for more than a brute force can have")
    parser.add_argument("--points", type=int, default=BRUTE_POINTS, help="plain solves of one brute force")
    parser.add_argument("--only", help="numbers of cases, with commas: everything about each is told")
    parser.add_argument("--repeats", type=int, default=REPEATS, help="of each search, for the time")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write the figures and every search to this file as well")
    asked = parser.parse_args(arguments)
    only = [int(number) for number in asked.only.split(",")] if asked.only else None
    began = time.perf_counter()
    result: Figures = {"seed": asked.seed}
    broken: list[str] = []
    searches: list[Found] = []
    beyond: list[Beyond] = []
    numbers = range(asked.cases) if only is None else [] if asked.beyond else only
    if numbers:
        work = partial(search_case, asked.seed, starts=asked.starts, repeats=asked.repeats)
        for done, found in enumerate(_spread_out(work, numbers, asked.workers), 1):
            searches.extend(found)  # type: ignore[arg-type]
            if only is not None:
                print("\n".join(map(_tell, found)), flush=True)  # type: ignore[call-overload]
            elif sys.stderr.isatty():
                print(f"\r{done} of {asked.cases}", end="", file=sys.stderr, flush=True)
        figures, wrong = table_of_searches(searches)
        result |= figures
        broken += wrong
    if asked.beyond:
        harder = partial(ask_beyond, asked.seed, points=asked.points, repeats=asked.repeats)
        for each in _spread_out(harder, only or range(asked.beyond), asked.workers):
            beyond.append(each)  # type: ignore[arg-type]
            print(_tell(each), flush=True)  # type: ignore[arg-type]
        figures, wrong = table_beyond(beyond)
        result["beyond"] = figures
        broken += wrong
    result |= {"does not hold": broken, "wall_s": time.perf_counter() - began}
    _print({name: value for name, value in result.items() if name != "beyond"})
    if beyond:
        _print(result["beyond"], "  ")  # type: ignore[arg-type]
    if asked.json:
        rows = {"searches": [each._asdict() for each in searches], "asked beyond": [each._asdict() for each in beyond]}
        asked.json.write_text(json.dumps(result | rows, indent=1) + "\n", encoding="utf-8")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
