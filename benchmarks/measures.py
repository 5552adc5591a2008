"""The measurements of ``python -m benchmarks``, each a group of named numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks import batch, coldstart
from benchmarks.floor import banded_solve_s
from benchmarks.reference import solve_reference
from benchmarks.sized import sized_case
from benchmarks.solving import Answer, solve
from benchmarks.targets import target_and_plain_s
from benchmarks.timing import best_time, exponent
from sxsim.kernels.solve import SOLVED

__all__ = ["MEASURES", "Figures"]

Figures = dict[str, float | int | str | None]


def _solve_ms(stages: int, elements: int, repeats: int) -> tuple[float, Answer]:
    """Best time of a cold solve [ms] and its answer.

    Raises
    ------
    RuntimeError
        The answer is no steady state.
    """
    case = sized_case(stages, elements)
    answers = [solve(case) for _ in range(repeats + 1)]  # the first one may compile
    if answers[-1].status != SOLVED or not answers[-1].residual.good:
        raise RuntimeError(f"{case} is not solved: {answers[-1].residual}")
    return 1e3 * min(answer.time_s for answer in answers[1:]), answers[-1]


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
    repeats = 1 if quick else 5
    times: dict[tuple[int, int], float] = {}
    for n in elements:
        for N in stages:
            spent, answer = _solve_ms(N, n, repeats)
            floor = 1e3 * answer.iterations * banded_solve_s(N, n + 1, repeats)
            times[N, n] = spent / max(answer.iterations, 1)
            size = f"{N} stages, {n} elements"
            found[f"{size} [ms]"] = spent
            found[f"{size}: Newton iterations"] = answer.iterations
            found[f"{size}: time / floor"] = spent / floor
    if not quick:
        long = [100, 200, 400]
        for n in elements:
            found[f"exponent in stages, {n} elements, an iteration"] = exponent(long, [times[N, n] for N in long])
        for N in (80, 200):
            found[f"exponent in elements, {N} stages, an iteration"] = exponent(
                elements, [times[N, n] for n in elements]
            )
    return found


def reference(quick: bool) -> Figures:
    """Cold, against the oracle of the tests with a sparse Jacobian, which starts within 10 % of the answer."""
    stages = 20 if quick else 80
    ours, answer = _solve_ms(stages, 2, 3)
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
    """Two targets as equations against the plain solve of the flows that they lead to."""
    with_targets, plain, iterations = target_and_plain_s(2 if quick else 20)
    return {
        "nd_pr_p507 with two targets [ms]": 1e3 * with_targets,
        "its iterations": iterations,
        "its flows typed [ms]": 1e3 * plain,
        "targets / plain": with_targets / plain,
    }


def warm(quick: bool) -> Figures:
    """A sweep point that starts from its neighbour, 1 % less base, against a cold one."""
    case = sized_case(20 if quick else 80, 2)
    start = solve(case, 0.99).state
    repeats = 1 if quick else 20
    answer = solve(case, 1.0, start)
    from_neighbour = min(solve(case, 1.0, start).time_s for _ in range(repeats))
    cold = min(solve(case).time_s for _ in range(repeats))
    return {
        "cold [ms]": 1e3 * cold,
        "warm [ms]": 1e3 * from_neighbour,
        "warm iterations": answer.iterations,
        "cold / warm": cold / from_neighbour,
    }


def throughput(quick: bool) -> Figures:
    """Batches of cold solves in one and in two processes."""
    count, stages = (8, 20) if quick else (1000, 60)
    one = batch.run(count, 1, stages)
    two = batch.run(count, 2, stages)
    return {
        "cases": count,
        "solved": min(one.solved, two.solved),
        "one process [cases/s]": one.cases_per_s,
        "two processes [cases/s]": two.cases_per_s,
        "two / one": two.cases_per_s / one.cases_per_s,
        "peak memory of a process [MB]": two.peak_memory_MB,
    }


def memory(quick: bool) -> Figures:
    """A batch of 100,000 small cases in two processes, and a smaller one: memory must not grow with the count."""
    few, many = (8, 16) if quick else (2_000, 100_000)
    small, large = batch.run(few, 2, 10), batch.run(many, 2, 10)
    return {
        f"peak of a process, {few} cases [MB]": small.peak_memory_MB,
        f"peak of a process, {many} cases [MB]": large.peak_memory_MB,
        "solved": large.solved,
        "cases/s": large.cases_per_s,
    }


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
