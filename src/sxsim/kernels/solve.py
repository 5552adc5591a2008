"""One cascade from its inputs to its steady state: the door to the rigorous kernels."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sxsim.kernels.flows import Plan, make_network, pack_plan, unpack_flows, unpack_plan
from sxsim.kernels.free import Equations, pack_equations
from sxsim.kernels.ladder import METHODS, NO_FLOW, NOT_CONVERGED, SEARCHED, SOLVED, UNREACHABLE, VOLUMES, climb
from sxsim.kernels.model import Chemistry, Network, State
from sxsim.kernels.packed import (
    A_FREE,
    BOUND,
    EFFICIENCY,
    EXTRACTANT,
    KA2,
    SAME,
    SULFATE,
    Y_STAR,
    F,
    H,
    K,
    Law,
    Point,
    Q,
    X,
    Y,
    copied_rows,
    make_flows,
    make_point,
)
from sxsim.kernels.search import FIGURES, FOUND, seek

__all__ = [
    "METHODS",
    "NOT_CONVERGED",
    "NO_FLOW",
    "SOLVED",
    "UNREACHABLE",
    "VOLUMES",
    "Answer",
    "Equations",
    "Search",
    "make_network",
    "make_state",
    "pack_chemistry",
    "pack_state",
    "seek_case",
    "solve_case",
    "state_of",
    "unpack_state",
]


class Answer(NamedTuple):
    """What came of a case.

    Attributes
    ----------
    status : int
        SOLVED, NOT_CONVERGED, VOLUMES (they do not settle), NO_FLOW (a phase does not flow out of a stage) or
        UNREACHABLE (the targets cannot be met).
    method : int
        Place in METHODS.
    iterations : int
        Of Newton's method; those on shorter cascades count by their share of the stages.
    place : int
        Stage (0-based) that a phase does not flow out of.
    """

    status: int
    method: int
    iterations: int
    place: int


class Search(NamedTuple):
    """What came of a search for targets.

    Attributes
    ----------
    end : int
        FOUND, or how it ended without: see ``kernels.search``.
    kind : int
        What decides the answer: CORNER and the following there.
    iterations : int
        Linear solves; those on shorter cascades count by their share of the stages.
    cascades : int
        Cascades that were solved.
    figures : (FIGURES,) array
        Further figures, see K_BEST and the following there.
    """

    end: int
    kind: int
    iterations: int
    cascades: int
    figures: NDArray[np.float64]


def make_state(N: int, n: int, k: int) -> State:
    """Allocate a state of N stages, n components and k links."""
    x, y, y_star = (np.zeros((N, n)) for _ in range(3))
    return State(x, y, y_star, np.zeros(N), np.zeros(N), np.zeros((k, n)), np.zeros(N), np.zeros(N))


def pack_chemistry(chemistry: Chemistry, *lead: int) -> Law:
    """Copy the chemistry into the kernels' arrays; else as `flows.pack_plan`."""
    level = np.empty((*lead, 2, *chemistry.efficiency.shape[-2:]))
    level[..., K, :, :], level[..., EFFICIENCY, :, :] = np.exp(chemistry.ln_K), chemistry.efficiency
    row = copied_rows(lead, *chemistry[1:10], chemistry.a)
    row[..., SAME, 0] = 0.0
    law = row[..., A_FREE:BOUND, :]
    np.logical_and.reduce(law[..., 1:] == law[..., :-1], axis=-2, out=row[..., SAME, 1:])
    medium = np.empty((*lead, 2))
    medium[..., EXTRACTANT], medium[..., KA2] = chemistry.extractant, chemistry.Ka2
    return Law(level, row, medium)


def pack_state(state: State) -> Point:
    """Copy a state into the kernels' arrays."""
    N, n = state.x.shape
    point = make_point(N, n, state.m.shape[0])
    for q in range(3):
        point.c[q] = state[q]
    for values, given in zip(point.s, (state.h, state.F, state.Q, state.sulfate), strict=True):
        values[:] = given
    point.m[:] = state.m
    return point


def unpack_state(point: Point, state: State) -> None:
    """Copy the kernels' state back."""
    for array, values in zip(state, state_of(point), strict=True):
        array[:] = values


def state_of(point: Point) -> State:
    """Packed states, of one case or of many, seen as a state; nothing is copied."""
    c, s = point.c, point.s
    return State(
        x=c[..., X, :, :],
        y=c[..., Y, :, :],
        y_star=c[..., Y_STAR, :, :],
        h=s[..., H, :],
        F=s[..., F, :],
        m=point.m,
        Q=s[..., Q, :],
        sulfate=s[..., SULFATE, :],
    )


def solve_case(
    chemistry: Chemistry, plan: Plan, equations: Equations, network: Network, state: State, warm: int
) -> Answer:
    """Steady state of one cascade.

    Parameters
    ----------
    chemistry : Chemistry
    plan : Plan
        Its free quantities are overwritten by what is found.
    equations : Equations
        Without rows to solve the flows as they stand; else a search, see `seek_case`.
    network : Network
        Filled; its feeds hold the base that the organic really takes up.
    state : State
        Filled; with `warm` its present values are the start. A search has its own.
    warm : int
        1 to start from the given state, 2 to do nothing else when that fails.

    Returns
    -------
    Answer
        What came of it.
    """
    if equations.free_kind.size:
        found = seek_case(chemistry, plan, equations, network, state)
        return Answer(SOLVED if found.end == FOUND else UNREACHABLE, SEARCHED, found.iterations, 0)
    N, n = state.x.shape
    k = state.m.shape[0]
    flows = make_flows(N, n, k)
    point = pack_state(state) if warm else make_point(N, n, k)
    answer = climb(pack_chemistry(chemistry), pack_plan(plan), flows, point, warm)
    unpack_flows(flows, network)
    unpack_state(point, state)
    return Answer(*answer)


def seek_case(
    chemistry: Chemistry, plan: Plan, equations: Equations, network: Network, state: State, check: int = 1
) -> Search:
    """Least of the first free quantity at which the targets of a cascade can be met.

    Parameters
    ----------
    chemistry, plan, network, state
        As in `solve_case`; the free quantities of the plan are overwritten by what is found.
    equations : Equations
        One free quantity or more.
    check : int
        0 to take the first answer, 1 to look whether less will do.

    Returns
    -------
    Search
        What came of it.
    """
    N, n = state.x.shape
    flows, point = make_flows(N, n, state.m.shape[0]), make_point(N, n, state.m.shape[0])
    layout = pack_plan(plan)
    figures = np.zeros(FIGURES)
    answer = seek(
        pack_chemistry(chemistry),
        layout,
        pack_equations(equations),
        flows,
        point,
        np.zeros(equations.free_kind.size),
        check,
        figures,
    )
    unpack_plan(layout, plan)
    unpack_flows(flows, network)
    unpack_state(point, state)
    end, kind, iterations, cascades = answer
    return Search(end, kind, iterations, cascades, figures)
