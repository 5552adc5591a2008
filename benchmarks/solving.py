"""One random case through the solver, timed and checked."""

from __future__ import annotations

import time
from typing import NamedTuple

from benchmarks.cases import Case, chemistry, no_equations, plan
from benchmarks.residual import Residual, worst_residual
from sxsim.kernels.batch import Case as Batched
from sxsim.kernels.flows import count_links
from sxsim.kernels.model import State
from sxsim.kernels.solve import make_network, make_state, solve_case

__all__ = ["Answer", "prepared", "solve"]


class Answer(NamedTuple):
    """What the solver said, how long it took, what the residual says of it, and the state."""

    status: int
    method: int
    iterations: int
    time_s: float
    residual: Residual
    state: State


def prepared(case: Case, base_share: float = 1.0, start: State | None = None) -> Batched:
    """A case as the kernels take it, with a share of its base if wanted; with a start, from that and nothing else."""
    law, layout = chemistry(case), plan(case)
    layout.inlet[1] *= base_share
    N, n = law.ln_K.shape
    k = count_links(layout)
    network, state = make_network(N, n, k), make_state(N, n, k)
    if start is not None:
        for values, before in zip(state, start, strict=True):
            values[:] = before
    return Batched(law, layout, no_equations(n), network, state, 2 if start is not None else 0)


def solve(case: Case, base_share: float = 1.0, start: State | None = None) -> Answer:
    """Solve a case, with a share of its base if wanted; from a start, which is left as it is, and from nothing else."""
    ready = prepared(case, base_share, start)
    began = time.perf_counter()
    found = solve_case(*ready)
    spent = time.perf_counter() - began
    state = ready.state
    residual = worst_residual(ready.chemistry, ready.plan, state.x, state.y, state.h, state.F)
    return Answer(found.status, found.method, found.iterations, spent, residual, state)
