"""Walking to the targets: from what the typed flows give to what is asked, one solved state after the other."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sxsim.cascade.compile import Problem
from sxsim.kernels import solve as kernel
from sxsim.kernels.flows import fill_network
from sxsim.kernels.free import CONCENTRATION, PURITY, Equations, free_value, product_content, set_free
from sxsim.kernels.model import AQUEOUS, Network, State

__all__ = ["METHOD", "approach", "without_rows"]

METHOD = "walk of the targets from the typed flows"
FIRST_STEP = 0.25
SHORTEST_STEP = 1.0 / 512.0
EDGE = 1e-12
"""Shares are kept this far from 0 and 1, whose logits are infinite."""


def approach(problem: Problem, equations: Equations, network: Network, state: State) -> tuple[int, int]:
    """Reach the targets by steps, each a solved cascade that starts the next.

    Parameters
    ----------
    problem : Problem
        With the typed flows in its plan; what is found is written there.
    equations : Equations
        Targets and free quantities, one or more.
    network : Network
        Filled.
    state : State
        Filled: the solution, or the last state on the way.

    Returns
    -------
    status : int
        The kernel's `SOLVED`; `UNREACHABLE` with the nearest state in balance; `NOT_CONVERGED` when even the typed
        flows have no steady state.
    iterations : int
        Newton steps of all solves.

    Notes
    -----
    Shares move evenly in ln(p/(1-p)) and concentrations in their logarithm, as impurities span decades; a step that
    fails is halved, one that succeeds doubles the next.
    """
    chemistry, plan = problem.chemistry, problem.plan
    status, _, spent, _ = kernel.solve_case(chemistry, plan, without_rows(equations), network, state, 0)
    if status != kernel.SOLVED:
        return int(status), int(spent)
    begin, end = (
        _scaled(equations, _reached(problem, equations, network, state)),
        _scaled(equations, equations.target_value),
    )
    done, step = 0.0, FIRST_STEP
    while done < 1.0:
        ahead = min(done + step, 1.0)
        before = [array.copy() for array in state], _free_values(problem, equations)
        asked = equations.target_value if ahead == 1.0 else _unscaled(equations, begin + ahead * (end - begin))
        trial = equations._replace(target_value=asked)
        status, _, more, _ = kernel.solve_case(chemistry, plan, trial, network, state, 1)
        spent += more
        if status == kernel.SOLVED:
            done, step = ahead, 2.0 * step
            continue
        for array, kept in zip(state, before[0], strict=True):
            array[...] = kept
        for kind, index, value in zip(equations.free_kind, equations.free_index, before[1], strict=True):
            set_free(plan, kind, index, value)
        fill_network(plan, network)
        step *= 0.5
        if step < SHORTEST_STEP:
            return int(kernel.UNREACHABLE), int(spent)
    return int(kernel.SOLVED), int(spent)


def without_rows(equations: Equations) -> Equations:
    """The same without targets and free quantities: the flows as they stand."""
    return Equations._make(array[:0] for array in equations)


def _free_values(problem: Problem, equations: Equations) -> list[float]:
    """Present values of the free quantities."""
    pairs = zip(equations.free_kind, equations.free_index, strict=True)
    return [float(free_value(problem.plan, kind, index)) for kind, index in pairs]


def _reached(problem: Problem, equations: Equations, network: Network, state: State) -> NDArray[np.float64]:
    """What each target's product shows now."""
    fed = network.feed.sum(axis=0)
    reached = np.zeros(equations.target_value.size)
    for row, (kind, stage, phase, component) in enumerate(
        zip(
            equations.target_kind,
            equations.target_stage,
            equations.target_phase,
            equations.target_component,
            strict=True,
        )
    ):
        aqueous, organic = product_content(problem.plan, network, phase, stage)
        amount = aqueous * state.x[stage] + organic * state.y[stage]
        if kind == PURITY:
            weighed = equations.weight[row] * amount
            reached[row] = weighed[component] / weighed.sum()
        elif kind == CONCENTRATION:
            reached[row] = (state.x if phase % 2 == AQUEOUS else state.y)[stage, component]
        else:
            reached[row] = amount[component] / fed[component]
    return reached


def _scaled(equations: Equations, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Figures on the scale they are walked on."""
    pairs = zip(equations.target_kind, values.tolist(), strict=True)
    return np.array([math.log(value) if kind == CONCENTRATION else _logit(value) for kind, value in pairs])


def _unscaled(equations: Equations, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Figures from the scale they are walked on."""
    pairs = zip(equations.target_kind, values.tolist(), strict=True)
    return np.array([math.exp(v) if kind == CONCENTRATION else 1.0 / (1.0 + math.exp(-v)) for kind, v in pairs])


def _logit(share: float) -> float:
    """ln(p/(1-p)) of a share kept off 0 and 1."""
    inside = min(max(share, EDGE), 1.0 - EDGE)
    return math.log(inside / (1.0 - inside))
