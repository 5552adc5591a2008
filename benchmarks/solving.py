"""One random case through the solver, timed and checked."""

from __future__ import annotations

import time
from typing import NamedTuple

from benchmarks.cases import Case, chemistry, no_equations, plan
from benchmarks.residual import Residual, worst_residual
from sxsim.kernels.flows import count_links
from sxsim.kernels.model import State
from sxsim.kernels.solve import make_network, make_state, solve_case

__all__ = ["Answer", "solve"]


class Answer(NamedTuple):
    """What the solver said, how long it took, what the residual says of it, and the state."""

    status: int
    method: int
    iterations: int
    time_s: float
    residual: Residual
    state: State


def solve(case: Case, base_share: float = 1.0, start: State | None = None) -> Answer:
    """Solve a case, with a share of its base if wanted; from a start, which is left as it is, and from nothing else."""
    law, layout = chemistry(case), plan(case)
    layout.inlet[1] *= base_share
    N, n = law.ln_K.shape
    k = count_links(layout)
    network, state = make_network(N, n, k), make_state(N, n, k)
    if start is not None:
        for values, before in zip(state, start, strict=True):
            values[:] = before
    began = time.perf_counter()
    status, method, iterations, _ = solve_case(
        law, layout, no_equations(n), network, state, 2 if start is not None else 0
    )
    spent = time.perf_counter() - began
    residual = worst_residual(law, layout, state.x, state.y, state.h, state.F)
    return Answer(status, method, iterations, spent, residual, state)
