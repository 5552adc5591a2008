"""Many cascades at once: cases of one size are packed together and run by threads, each without the interpreter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sxsim.kernels.flows import Plan, count_links, pack_plan, unpack_flows, unpack_plan
from sxsim.kernels.follow import follow_many
from sxsim.kernels.free import Equations, pack_equations
from sxsim.kernels.ladder import UNREACHABLE, climb_many
from sxsim.kernels.model import Chemistry, Network, State
from sxsim.kernels.packed import Flows, Goals, Law, Layout, Point, make_flows, make_point
from sxsim.kernels.search import FIGURES, FOUND, seek_many
from sxsim.kernels.solve import Answer, pack_chemistry, pack_state, unpack_state

__all__ = ["Case", "Packed", "follow_packed", "pack_alike", "pack_cases", "solve_many", "solve_packed"]

TOGETHER = 16
"""Cases that a thread takes at a time: enough that packing them one by one does not count."""


class Case(NamedTuple):
    """One cascade; see ``solve.solve_case``."""

    chemistry: Chemistry
    plan: Plan
    equations: Equations
    network: Network
    state: State
    warm: int


class Packed(NamedTuple):
    """Cases of one size in the arrays of ``ladder.climb_many``, the case in front."""

    laws: Law
    layouts: Layout
    goals: Goals
    flows: Flows
    points: Point
    warm: NDArray[np.int64]
    answers: NDArray[np.int64]


def solve_many(cases: Sequence[Case], threads: int) -> list[Answer]:
    """Steady states of many cascades, each as `solve_case` finds it.

    Parameters
    ----------
    cases : sequence of Case
        Networks and states are filled in place, free quantities of plans overwritten. Those that stand side by side
        with the same numbers of stages, components, feeds and so on are run together.
    threads : int
        How many run at once.

    Returns
    -------
    list of Answer
        One a case, in order; the same whatever the number of threads.
    """
    climb = getattr(climb_many, "ready", None)
    if climb is not None:
        climb()  # before the threads would wait for each other
    if threads == 1:
        return [answer for group in _groups(cases) for answer in _run(group)]
    with ThreadPoolExecutor(threads) as pool:
        return [answer for answers in pool.map(_run, _groups(cases)) for answer in answers]


def _groups(cases: Sequence[Case]) -> Iterator[Sequence[Case]]:
    """Runs of cases of one size, cut into pieces."""
    for _, run in groupby(cases, _size):
        alike = list(run)
        for first in range(0, len(alike), TOGETHER):
            yield alike[first : first + TOGETHER]


def _size(case: Case) -> tuple[int, ...]:
    """Numbers of stages, components, links, feeds, draws, splits and equations."""
    plan = case.plan
    return (
        *case.state.x.shape,
        case.state.m.shape[0],
        plan.feed_volume.size,
        plan.draw_volume.size,
        plan.split_fraction.size,
        case.equations.target_value.size,
    )


def _run(cases: Sequence[Case]) -> list[Answer]:
    """Solve cases of one size, one after the other."""
    packed = pack_cases(cases)
    solve_packed(packed, 1)
    for q, case in enumerate(cases):
        unpack_plan(Layout(*(array[q] for array in packed.layouts)), case.plan)
        unpack_flows(Flows(*(array[q] for array in packed.flows)), case.network)
        unpack_state(Point(*(array[q] for array in packed.points)), case.state)
    return [Answer(*values) for values in packed.answers.tolist()]


def pack_cases(cases: Sequence[Case]) -> Packed:
    """Copy cases of one size into the arrays of a batch."""
    N, n = cases[0].state.x.shape
    k, count = cases[0].state.m.shape[0], len(cases)
    return Packed(
        laws=_together([pack_chemistry(case.chemistry) for case in cases]),
        layouts=_together([pack_plan(case.plan) for case in cases]),
        goals=_together([pack_equations(case.equations) for case in cases]),
        flows=Flows(*(np.zeros((count, *array.shape), array.dtype) for array in make_flows(N, n, k))),
        points=_together([pack_state(case.state) if case.warm else make_point(N, n, k) for case in cases]),
        warm=np.array([case.warm for case in cases], np.int64),
        answers=np.zeros((count, 4), np.int64),
    )


def pack_alike(chemistry: Chemistry, plan: Plan, equations: Equations, count: int) -> Packed:
    """Arrays of a batch from those of cases that have been made up together; all are to be solved from nothing.

    Parameters
    ----------
    chemistry, plan, equations : Chemistry, Plan, Equations
        Arrays that differ have the case in front; the others, and single numbers, are shared by all.
    count : int
        Cases.

    Returns
    -------
    Packed
        With arrays of its own.
    """
    size = *chemistry.efficiency.shape[-2:], count_links(plan)
    return Packed(
        laws=pack_chemistry(chemistry, count),
        layouts=pack_plan(plan, count),
        goals=pack_equations(equations, count),
        flows=Flows(*(np.zeros((count, *array.shape), array.dtype) for array in make_flows(*size))),
        points=Point(*(np.zeros((count, *array.shape)) for array in make_point(*size))),
        warm=np.zeros(count, np.int64),
        answers=np.zeros((count, 4), np.int64),
    )


def solve_packed(packed: Packed, threads: int) -> int:
    """Solve a batch in place; returns how many of its cases are solved. The interpreter is free meanwhile."""
    count = packed.warm.size
    figures = np.zeros((count, FIGURES))
    seeks = packed.goals.free.shape[-1] > 0

    def run(first: int, last: int) -> int:
        if not seeks:
            return int(climb_many(*packed, first, last))
        met = int(seek_many(*packed[:5], 1, packed.answers, figures, first, last))
        ends = packed.answers[first:last, 0]
        ends[ends != FOUND] = UNREACHABLE
        return met

    def part(first: int) -> int:
        return run(first, min(first + TOGETHER, count))

    if threads == 1:
        return run(0, count)
    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(part, range(0, count, TOGETHER)))


def follow_packed(
    packed: Packed, along: NDArray[np.float64], line: NDArray[np.int64] | None = None, threads: int = 1
) -> int:
    """Solve a batch in place along lines, each case from where those before it on its line point to.

    Parameters
    ----------
    packed : Packed
        How its cases are to start is not looked at.
    along : (C,) array
        Where each case stands on its line: the quantity that is swept, in any steps.
    line : (C,) integer array, optional
        Number of the line of each case; cases of a line stand side by side. One line when left out.
    threads : int
        How many lines are followed at once; the answers do not depend on it.

    Returns
    -------
    int
        How many cases are solved.

    Raises
    ------
    ValueError
        There is not one place, and one line, for each case.
    """
    if packed.goals.free.shape[-1]:  # a search begins from nothing
        return solve_packed(packed, threads)
    count = packed.warm.size
    places = np.ascontiguousarray(along, np.float64)
    number = np.zeros(count, np.int64) if line is None else np.ascontiguousarray(line, np.int64)
    if places.shape != (count,) or number.shape != (count,):
        raise ValueError(f"{count} cases, but {places.size} places on lines and {number.size} numbers of lines")
    cuts = [0, *(np.flatnonzero(np.diff(number)) + 1).tolist(), count]

    def part(first: int, last: int) -> int:
        return int(follow_many(*packed[:5], number, places, packed.answers, first, last))

    if threads == 1:
        return part(0, count)
    ready = getattr(follow_many, "ready", None)
    if ready is not None:
        ready()  # before the threads would wait for each other
    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(part, cuts[:-1], cuts[1:]))


def _together(packed: list[Any]) -> Any:
    """Packed tuples of many cases as one, the case in front."""
    return type(packed[0])(*(np.array(arrays) for arrays in zip(*packed, strict=True)))
