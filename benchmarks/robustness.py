"""Solve seeded random cascades and check every answer: ``python -m benchmarks.robustness --cases 10000 --seed 1``.

Every case is drawn by its number alone, so ``--only 17,93`` runs these again and tells all about them. An answer counts
as solved only when the residual of `benchmarks.residual`, which shares no code with the solver, accepts it. A draw that
the solver gives up counts as failed, unless `benchmarks.limit` shows that it has no steady state: then the next draw
of that number takes its place, and the table says how many there were.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.cases import Case, draw
from benchmarks.limit import full_at
from benchmarks.solving import solve
from sxsim.kernels.solve import METHODS, SOLVED

__all__ = ["Outcome", "Summary", "main", "run_case", "run_cases"]

DRAWS = 50
"""Draws of one number before the runner gives up looking for one with a steady state."""


class Outcome(NamedTuple):
    """What came of one case."""

    number: int
    solved: bool
    accepted: bool
    method: int
    iterations: int
    time_s: float
    closure: float
    balance: float
    equilibrium: float
    replaced: int


@dataclass
class Summary:
    """Totals over the cases so far; it grows by a few numbers a case."""

    outcomes: list[Outcome] = field(default_factory=list)

    def table(self) -> dict[str, object]:
        """The figures, flat."""
        good = [outcome for outcome in self.outcomes if outcome.solved and outcome.accepted]
        iterations = np.array([outcome.iterations for outcome in good] or [0])
        times = np.array([outcome.time_s for outcome in self.outcomes])
        methods = Counter(METHODS[outcome.method] for outcome in good)
        return {
            "cases": len(self.outcomes),
            "solved": len(good),
            "failed": [outcome.number for outcome in self.outcomes if not outcome.solved],
            "refused_by_the_residual": [out.number for out in self.outcomes if out.solved and not out.accepted],
            "replaced_without_steady_state": sum(outcome.replaced for outcome in self.outcomes),
            "worst_closure": max((outcome.closure for outcome in good), default=None),
            "worst_stage_balance": max((outcome.balance for outcome in good), default=None),
            "worst_equilibrium_residual": max((outcome.equilibrium for outcome in good), default=None),
            "iterations_median": float(np.median(iterations)),
            "iterations_p90": float(np.percentile(iterations, 90)),
            "iterations_p99": float(np.percentile(iterations, 99)),
            "iterations_max": int(iterations.max()),
            "time_mean_ms": 1e3 * float(times.mean()),
            "time_median_ms": 1e3 * float(np.median(times)),
            "time_p99_ms": 1e3 * float(np.percentile(times, 99)),
            "time_max_ms": 1e3 * float(times.max()),
            "methods": dict(methods.most_common()),
        }


def run_case(seed: int, number: int) -> Outcome:
    """Solve one case and check it; a draw that is shown to have no steady state is replaced by the next."""
    for attempt in range(DRAWS):
        case = draw(seed, number, attempt)
        answer = solve(case)
        if answer.status == SOLVED or full_at(case) is None:
            break
    residual = answer.residual
    return Outcome(
        number,
        answer.status == SOLVED,
        residual.good,
        answer.method,
        answer.iterations,
        answer.time_s,
        residual.closure,
        residual.balance,
        residual.equilibrium,
        attempt,
    )


def _run_chunk(seed: int, numbers: Sequence[int]) -> list[Outcome]:
    return [run_case(seed, number) for number in numbers]


def run_cases(seed: int, cases: int, processes: int, chunk: int = 20) -> Iterator[list[Outcome]]:
    """Outcomes in chunks as they come, from spawned processes; in this process when one is asked for."""
    chunks = [range(first, min(first + chunk, cases)) for first in range(0, cases, chunk)]
    if processes == 1:
        yield from (_run_chunk(seed, numbers) for numbers in chunks)
        return
    run_case(seed, 0)  # compiles once, for all
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap_unordered(partial(_run_chunk, seed), chunks)


def _tell(case: Case) -> str:
    """Everything about one case."""
    answer = solve(case)
    lines = [str(case)]
    lines.append(
        f"  status {answer.status}, {METHODS[answer.method]}, {answer.iterations} iterations, "
        f"{1e3 * answer.time_s:.1f} ms, {answer.residual}"
    )
    if answer.status != SOLVED:
        share = full_at(case)
        lines.append(
            "  no limit found: the solver failed"
            if share is None
            else f"  no steady state: a stage is full of metal and free of acid at {share:.4f} of the base"
        )
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; 0 when every case is solved."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.robustness", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--only", help="numbers of cases to run again, with commas: everything about each is told")
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")
    asked = parser.parse_args(arguments)
    if asked.only:
        for number in asked.only.split(","):
            print(_tell(draw(asked.seed, int(number))))
        return 0
    summary, began = Summary(), time.perf_counter()
    for outcomes in run_cases(asked.seed, asked.cases, asked.processes):
        summary.outcomes.extend(outcomes)
        if sys.stderr.isatty():
            print(f"\r{len(summary.outcomes)} of {asked.cases}", end="", file=sys.stderr, flush=True)
    summary.outcomes.sort()
    table = {"seed": asked.seed, **summary.table(), "wall_s": time.perf_counter() - began}
    for name, value in table.items():
        print(f"{name:32s} {f'{value:.4g}' if isinstance(value, float) else value}")
    if asked.json:
        asked.json.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    return 0 if table["solved"] == table["cases"] else 1


if __name__ == "__main__":
    sys.exit(main())
