"""Sweep lines: the points of one quantity in steps, each solved cold, and each from where those before it point to."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.cases import no_equations
from benchmarks.sized import sized_case
from benchmarks.solving import prepared
from benchmarks.timing import in_turn
from sxsim.cascade.compile import compile_cascade
from sxsim.cascade.equations import compile_equations
from sxsim.definition import load
from sxsim.kernels.batch import Case, follow_packed, pack_cases, solve_packed
from sxsim.kernels.flows import count_links
from sxsim.kernels.ladder import NEIGHBOUR
from sxsim.kernels.solve import SOLVED, make_network, make_state, solve_case

__all__ = ["Line", "base_line", "compare", "saponification_line"]


class Line(NamedTuple):
    """Cases, and where each stands."""

    cases: list[Case]
    along: NDArray[np.float64]


def base_line(stages: int, elements: int, step: float, count: int) -> Line:
    """The sized separation with less and less of its base missing, up to the whole of it."""
    case, share = sized_case(stages, elements), 1.0 - step * np.arange(count)[::-1]
    return Line([prepared(case, float(each)) for each in share], share)


def saponification_line(low: float, high: float, count: int) -> Line:
    """`nd_pr_p507` with the flows that meet its targets typed in, over the saponified fraction.

    Raises
    ------
    RuntimeError
        Its targets are not met.
    """
    problem = compile_cascade(load("nd_pr_p507"))
    law, met = problem.chemistry, problem.plan
    N, n = law.ln_K.shape
    k = count_links(met)
    if solve_case(law, met, compile_equations(problem), make_network(N, n, k), make_state(N, n, k), 0).status != SOLVED:
        raise RuntimeError("nd_pr_p507 does not meet its targets")
    fraction = np.linspace(low, high, count)
    cases = []
    for each in fraction / float(problem.cascade.organic.saponified_fraction):
        inlet = met.inlet * np.array([1.0, each, 1.0])
        cases.append(
            Case(law, met._replace(inlet=inlet), no_equations(n), make_network(N, n, k), make_state(N, n, k), 0)
        )
    return Line(cases, fraction)


def compare(line: Line, repeats: int) -> dict[str, float]:
    """The whole line cold and followed in turn, packed beforehand: times and iterations of a point, and their ratio.

    Raises
    ------
    RuntimeError
        Not the same points are solved, or not to the same states.
    """
    cold, followed = pack_cases(line.cases), pack_cases(line.cases)
    count = len(line.cases)
    slow, fast, ratio = in_turn(
        lambda: solve_packed(cold, 1), lambda: follow_packed(followed, line.along), repeats + 1
    )  # the first pair may compile
    solved = cold.answers[:, 0] == SOLVED
    apart = np.abs(cold.points.c - followed.points.c)[solved] / (np.abs(cold.points.c[solved]) + 1e-6)
    if not np.array_equal(solved, followed.answers[:, 0] == SOLVED) or apart.max() > 1e-9:
        raise RuntimeError(f"a followed line is another one: {apart.max()}")
    return {
        "points": count,
        "of them solved": int(solved.sum()),
        "cold [us a point]": 1e6 * slow / count,
        "followed [us a point]": 1e6 * fast / count,
        "cold iterations": float(cold.answers[:, 2].mean()),
        "followed iterations": float(followed.answers[:, 2].mean()),
        "points not from their prediction": int((followed.answers[:, 1] != NEIGHBOUR).sum()),
        "cold / followed": ratio,
    }
