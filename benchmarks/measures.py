"""The measurements of ``python -m benchmarks``, each a group of named numbers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from benchmarks import batch, coldstart
from benchmarks.floor import banded_solve
from benchmarks.lines import base_line, compare, saponification_line
from benchmarks.reference import solve_reference
from benchmarks.sized import sized_case
from benchmarks.solving import Answer, prepared, solve
from benchmarks.timing import best_time, exponent, in_turn
from benchmarks.two_targets import target_and_plain_s
from sxsim.kernels.batch import Case
from sxsim.kernels.model import State
from sxsim.kernels.solve import SOLVED, solve_case

__all__ = ["MEASURES", "Figures"]

Figures = dict[str, float | int | str | None]


def _cold(stages: int, elements: int) -> tuple[Answer, Callable[[], object]]:
    """Answer of a cold solve, and the same solve to be timed.

    Raises
    ------
    RuntimeError
        The answer is no steady state.
    """
    case = sized_case(stages, elements)
    answer = solve(case)  # the first one may compile
    if answer.status != SOLVED or not answer.residual.good:
        raise RuntimeError(f"{case} is not solved: {answer.residual}")
    ready = prepared(case)
    return answer, lambda: solve_case(*ready)


def startup(quick: bool) -> Figures:
    """Import, help and solve of a fresh process."""
    runs = 1 if quick else 3
    named = {
        "import numba [s]": coldstart.numba_import_s,
        "import sxsim [s]": coldstart.import_s,
        "sxsim --help [s]": coldstart.help_s,
        "sxsim solve, cached [s]": coldstart.cached_solve_s,
    }
    if not quick:
        coldstart.cached_solve_s()  # fills the cache
    found: Figures = {name: min(measure() for _ in range(runs)) for name, measure in named.items()}
    if not quick:
        found["sxsim solve, first ever [s]"] = coldstart.first_solve_s()
    return found


def sizes(quick: bool) -> Figures:
    """Single cold solves by size, with iterations and the floor of the linear algebra."""
    found: Figures = {}
    stages = [20] if quick else [20, 80, 100, 200, 400]
    elements = [2] if quick else [2, 5, 10, 15]
    times: dict[tuple[int, int], float] = {}
    whole: dict[tuple[int, int], float] = {}
    for n in elements:
        for N in stages:
            answer, cold = _cold(N, n)
            repeats = 1 if quick else max(20, 20_000 // (N * n))
            spent, floor, ratio = in_turn(cold, banded_solve(N, n + 1), repeats)
            times[N, n] = spent / max(answer.iterations, 1)
            whole[N, n] = spent
            size = f"{N} stages, {n} elements"
            found[f"{size} [ms]"] = 1e3 * spent
            found[f"{size}: Newton iterations"] = answer.iterations
            found[f"{size}: banded solve [ms]"] = 1e3 * floor
            found[f"{size}: time / (iterations x banded solve)"] = ratio / max(answer.iterations, 1)
    if not quick:
        long = [100, 200, 400]
        for n in elements:
            found[f"exponent in stages, {n} elements"] = exponent(long, [whole[N, n] for N in long])
            found[f"exponent in stages, {n} elements, an iteration"] = exponent(long, [times[N, n] for N in long])
        for N in (80, 200):
            found[f"exponent in elements, {N} stages, an iteration"] = exponent(
                elements, [times[N, n] for n in elements]
            )
    return found


def reference(quick: bool) -> Figures:
    """Cold, against the oracle of the tests with a sparse Jacobian, which starts within 10 % of the answer."""
    stages = 20 if quick else 80
    answer, cold = _cold(stages, 2)
    ours = 1e3 * best_time(cold, 3)
    theirs, iterations, state = solve_reference(sized_case(stages, 2), tuple(answer.state[q] for q in (0, 1, 3, 4)))
    apart = max(float(np.abs(a - b).max()) for a, b in zip((answer.state.x, answer.state.y), state, strict=False))
    return {
        f"numpy/scipy oracle, {stages} stages, 2 elements [ms]": 1e3 * theirs,
        "its iterations": iterations,
        "sxsim [ms]": ours,
        "times faster": 1e3 * theirs / ours,
        "largest difference of a concentration [mol/L]": apart,
    }


def targets(quick: bool) -> Figures:
    """Two targets searched against the plain solve of the flows that they lead to."""
    with_targets, plain, iterations = target_and_plain_s(2 if quick else 20)
    return {
        "nd_pr_p507 with two targets [ms]": 1e3 * with_targets,
        "its iterations": iterations,
        "its flows typed [ms]": 1e3 * plain,
        "targets / plain": with_targets / plain,
    }


def warm(quick: bool) -> Figures:
    """A sweep point that starts from its neighbour, with a little less base, against a cold one; and whole lines."""
    found: Figures = {}
    for stages, elements in [(20, 2)] if quick else [(80, 2), (200, 15)]:
        case = sized_case(stages, elements)
        cold = partial(solve_case, *prepared(case))
        for less in (0.01,) if quick else (0.01, 0.001):
            start = solve(case, 1.0 - less).state
            near = prepared(case, 1.0, start)

            def from_neighbour(near: Case = near, start: State = start) -> None:
                for values, before in zip(near.state, start, strict=True):
                    values[:] = before
                solve_case(*near)

            repeats = 1 if quick else max(20, 20_000 // (stages * elements))
            slow, fast, ratio = in_turn(cold, from_neighbour, repeats)
            size = f"{stages} stages, {elements} elements, {100 * less:g} % less base"
            found[f"{size}: cold [ms]"] = 1e3 * slow
            found[f"{size}: warm [ms]"] = 1e3 * fast
            found[f"{size}: warm iterations"] = solve(case, 1.0, start).iterations
            found[f"{size}: cold / warm"] = ratio
    return found | _lines(quick)


def _lines(quick: bool) -> Figures:
    """Sweep lines, each point cold against each from where those before it point to, both packed and compiled."""
    if quick:
        sweeps = {"line of 20 stages, 2 elements, steps of 0.1 %": base_line(20, 2, 0.001, 12)}
    else:
        sweeps = {
            f"line of {stages} stages, {elements} elements, steps of {100 * step:g} %": base_line(
                stages, elements, step, count
            )
            for stages, elements in ((80, 2), (200, 15))
            for step, count in ((0.01, 40), (0.003, 60), (0.001, 100))
        }
        # with its flows typed in, neither way finds a solution from 0.3684 on: the loop hardly takes up more base
        sweeps["line of nd_pr_p507, saponified 0.34 to 0.368"] = saponification_line(0.34, 0.368, 71)
        sweeps["line of nd_pr_p507, saponified 0.34 to 0.38"] = saponification_line(0.34, 0.38, 101)
    found: Figures = {}
    for name, line in sweeps.items():
        repeats = 1 if quick else max(5, 1000 // line.cases[0].state.x.size)
        found |= {f"{name}: {what}": figure for what, figure in compare(line, repeats).items()}
    return found


def throughput(quick: bool) -> Figures:
    """Batches of cold solves by one thread and by two in turn, packed beforehand and case by case; two processes."""
    count, stages = (8, 20) if quick else (2000, 60)
    found: Figures = {"cases": count, "stages": stages}
    for name, run in (("packed batch", batch.run_packed), ("with packing", batch.run_threads)):
        pairs = [(run(count, 1, stages), run(count, 2, stages)) for _ in range(1 if quick else 7)]
        found[f"{name}, one thread [cases/s]"] = max(one.cases_per_s for one, _ in pairs)
        found[f"{name}, two threads [cases/s]"] = max(two.cases_per_s for _, two in pairs)
        found[f"{name}, two / one, median"] = float(
            np.median([two.cases_per_s / one.cases_per_s for one, two in pairs])
        )
        found[f"{name}, solved"] = min(each.solved for pair in pairs for each in pair)
    if not quick:
        found["two processes, made up and checked there too [cases/s]"] = batch.run(count, 2, stages).cases_per_s
    return found


def memory(quick: bool) -> Figures:
    """Batches of small cases by two threads and in two processes: memory must not grow with the count."""
    few, many = (8, 16) if quick else (2_000, 100_000)
    found: Figures = {}
    for name, run in (("two threads", batch.run_threads), ("two processes", batch.run)):
        for count in (few, many):
            told = run(count, 2, 10)
            found[f"{name}, {count} cases: peak of a process [MB]"] = told.peak_memory_MB
        found[f"{name}, {many} cases: solved"] = told.solved
        found[f"{name}, {many} cases [cases/s]"] = told.cases_per_s
    return found


def linear_floor(quick: bool) -> Figures:
    """One component through fixed distribution ratios and flows: the floor of a linear cascade."""
    from sxsim.kernels.flows import pack_flows
    from sxsim.kernels.transport import transport

    stages = 20 if quick else 60
    network, y_over_x = _network(stages)
    flows = pack_flows(network)
    ones, x, y = np.ones(stages), np.zeros(stages), np.zeros(stages)
    feed, none = np.ascontiguousarray(network.feed[:, 0]), np.zeros(stages)
    m = np.zeros(network.link_from.size)

    def both() -> None:
        for _ in range(2):
            transport(flows, y_over_x, ones, feed, none, x, y, m)

    both()
    return {f"{stages} stages, 2 solutes, fixed D [us]": 1e6 * best_time(both, 10 if quick else 2000)}


def _network(stages: int):  # type: ignore[no-untyped-def]
    from benchmarks.cases import plan
    from sxsim.kernels.flows import count_links, fill_network, make_network

    layout = plan(sized_case(stages, 2))._replace(recycled=0)
    network = make_network(stages, 3, count_links(layout))
    fill_network(layout, network)
    return network, np.full(stages, 1.0)


MEASURES: dict[str, Callable[[bool], Figures]] = {
    "startup": startup,
    "sizes": sizes,
    "reference": reference,
    "targets": targets,
    "warm": warm,
    "linear": linear_floor,
    "throughput": throughput,
    "memory": memory,
}
