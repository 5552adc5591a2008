"""Rigorous steady state of a linked extraction: all stages of all sections at once, pH an output."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sxsim.cascade.outlets import Outlet
from sxsim.definition.present import data_without, elements_present
from sxsim.errors import ConvergenceError, UnreachableTarget
from sxsim.foundation.freezing import Compared
from sxsim.kernels.flows import pack_flows
from sxsim.kernels.ladder import METHODS, NEIGHBOUR, RUNGS, UNBOUND, cold
from sxsim.kernels.model import Network, State
from sxsim.kernels.newton import newton
from sxsim.kernels.packed import Control, Point, make_point, make_work
from sxsim.kernels.solve import pack_chemistry
from sxsim.kernels.transport import aqueous_totals
from sxsim.plant.linked.definition import Linked
from sxsim.plant.linked.goals import Goal, goals_of
from sxsim.plant.linked.graph import Graph, compile_linked, flows_through, stand_in, with_numbers
from sxsim.plant.linked.result import LinkedResult, assemble

__all__ = ["Solution", "solve_linked", "steady"]

Floats = NDArray[np.float64]

_STEPS = 12
"""Most steps of the free quantities towards one goal."""

ORGANIC_FLOW = "organic.flow_m3_h"

_LEGS = 14
_SHORTEST = 0.02
"""Most legs of the way to the targets, and the shortest that is tried [-]."""

_HALVINGS = 8
_REACHED = 1e-9
_NEAR = 1e-6
_FARTHEST = 0.1
"""Changes of ln(flow), or of the log odds of a fraction: for a derivative, and the most in one step."""


@dataclass(frozen=True, slots=True, eq=False)
class Solution(Compared):
    """A graph with its flows and its state: where the next solve starts.

    Attributes
    ----------
    graph : Graph
        Linked extraction as arrays.
    network : Network
        Flows.
    outlets : list of Outlet
        What leaves and returns.
    point : Point
        State, as the kernels hold it.
    method : str
        Step of the ladder that found it.
    iterations : int
        Newton steps.
    """

    graph: Graph
    network: Network
    outlets: list[Outlet]
    point: Point
    method: str
    iterations: int

    @property
    def state(self) -> State:
        """The state by its names."""
        c, s = self.point.c, self.point.s
        return State(c[0], c[1], c[2], s[0], s[1], self.point.m, s[2], s[3])


def steady(graph: Graph, start: Solution | None = None, *, anew: bool = True) -> Solution:
    """Steady state at the flows as they stand.

    Parameters
    ----------
    graph : Graph
        Compiled.
    start : Solution, optional
        Of a neighbour with the same sections.
    anew : bool
        Whether to begin from nothing when Newton's method does not settle from the neighbour.

    Raises
    ------
    ConvergenceError
        A section is left without flow, or no method of the ladder finds a steady state.
    """
    flowing = flows_through(graph)
    if flowing is None:
        raise ConvergenceError("a section is left without organic or aqueous flow; lower the fractions of the branches")
    network, outlets = flowing
    problem = graph.problem
    N, n, k = len(problem.section), len(problem.components), network.link_from.size
    law, flows = pack_chemistry(problem.chemistry), pack_flows(network)
    work, spent = make_work(N, n, k, 0), 0
    point = make_point(N, n, k)
    if start is not None:
        for mine, theirs in zip(point, start.point, strict=True):
            mine[:] = theirs
        aqueous_totals(flows, point.s)
        control = Control(25, 25, 1e-12, 0.1, 1e-4, UNBOUND)
        status, spent = newton(law, flows, point, work, control)
        if status == 0:
            return Solution(graph, network, outlets, point, METHODS[NEIGHBOUR], int(spent))
        if not anew:
            raise ConvergenceError("Newton's method does not settle from the neighbour")
    if aqueous_totals(flows, point.s) != 0:
        raise ConvergenceError("the aqueous flows do not settle: a loop of aqueous lines has no outlet")
    status, method, iterations, _ = cold(law, flows, point, work, RUNGS)
    found = Solution(graph, network, outlets, point, METHODS[method], int(spent + iterations))
    if status != 0:
        raise ConvergenceError(
            f"no steady state of {graph.linked.title!r} was found at these flows; raise organic.flow_m3_h or change "
            "the fractions of the branches",
        )
    return found


def solve_linked(
    linked: Linked, *, start: LinkedResult | None = None, progress: Callable[[str], None] | None = None
) -> LinkedResult:
    """Find the steady state of a linked extraction, and the free quantities at which its targets are met.

    Parameters
    ----------
    linked : Linked
        Definition; it stays as it is.
    start : LinkedResult, optional
        Solution of a neighbour with the same sections and components, to start from.
    progress : callable, optional
        Takes a line for each step of the free quantities.

    Returns
    -------
    LinkedResult
        Converged; targets are minima, and `warnings` says so when one is exceeded.

    Raises
    ------
    ConvergenceError
        No steady state was found.
    UnreachableTarget
        The targets are not met at any flows near the typed ones; `.result` is the nearest state.

    Notes
    -----
    One Newton step moves all stages of all sections: block elimination along the organic with a border for the lines
    that join sections out of turn, the kernels of `sxsim.solve`. Around it the free quantities are found by Newton's
    method on the log odds of the targets.

    Examples
    --------
    >>> from sxsim.plant.linked import load_linked
    >>> solve_linked(load_linked("nd_pr_ce")).closure < 1e-10
    True
    """
    graph = compile_linked(_present(linked))
    before = start.solution if start is not None and start.solution.graph.order == graph.order else None
    if before is not None and before.point.c.shape[1] != len(graph.problem.section):
        before = None
    goals = goals_of(graph)
    if start is not None and before is not None and linked.solve is not None:
        graph = with_numbers(graph, {path: start.found[path] for path in linked.solve.free if path in start.found})
    now = steady(graph, before)
    if not goals:
        return assemble(now, {})
    return _met(now, goals, progress or (lambda line: None))


def _present(linked: Linked) -> Linked:
    """The definition without the elements that nothing brings in; itself where every one enters, or none."""
    absent = set(linked.elements) - elements_present(stand_in(linked))
    if not absent or len(absent) == len(linked.elements):
        return linked
    return Linked.from_data(data_without(linked.to_data(), absent))


def _met(now: Solution, goals: list[Goal], progress: Callable[[str], None]) -> LinkedResult:
    """Move the free quantities until every goal is met."""
    assert now.graph.linked.solve is not None  # there are no goals without free quantities
    paths = list(dict.fromkeys(now.graph.linked.solve.free))
    whole, spent = Way(now, paths, goals), now.iterations
    direct = _newton(now, paths, whole.free, goals, np.zeros(len(goals)))
    if direct is not None:
        found, free, steps = direct
        found = replace(found, iterations=spent + steps)
        return assemble(found, dict(zip(paths, map(float, free), strict=True)))
    nearest: Way | None = None
    for start in _starts(whole, progress):
        way = Way(start, paths, goals)
        if way.walk(progress):
            return assemble(way.now, way.found)
        if nearest is None or _missed(way.now, goals).max() < _missed(nearest.now, goals).max():
            nearest = way
    assert nearest is not None  # the typed flows are always a start
    result = assemble(nearest.now, nearest.found)
    over = [f"{t.stream} {t.element} {t.value:.5%} for {t.asked:.5%}" for t in result.targets if t.met]
    if result.met:
        remark = f"the targets are met, not all as equations: {'; '.join(over)}; less organic would do"
        return replace(result, warnings=(remark, *result.warnings))
    said = "; ".join(f"{t.stream} {t.element} {t.value:.5%} for {t.asked:.5%}" for t in result.targets)
    raise UnreachableTarget(f"the targets are not met by these free quantities: nearest {said}", result)


def _starts(whole: Way, progress: Callable[[str], None]) -> Iterator[Solution]:
    """Where the walk to the targets may begin: with the organic held and one target left out, else as typed.

    How the metal divides over the products decides everything else, and the organic hardly moves it; so the division
    is found first.
    """
    if ORGANIC_FLOW in whole.paths and len(whole.goals) > 1:
        paths = [path for path in whole.paths if path != ORGANIC_FLOW]
        draws = {each.to for each in whole.now.graph.linked.branch}
        for left_out in [goal for goal in whole.goals if goal.stream in draws] or whole.goals:
            way = Way(whole.now, paths, [goal for goal in whole.goals if goal is not left_out])
            progress(f"without the target on {left_out.stream}, the organic held")
            if way.walk(progress):
                yield way.now
    yield whole.now


class Way:
    """A walk of the goals from what is to what is asked, the free quantities following."""

    def __init__(self, now: Solution, paths: list[str], goals: list[Goal]) -> None:
        self.now, self.paths, self.goals = now, paths, goals
        self.free = np.array([_number(now.graph, path) for path in paths])

    @property
    def found(self) -> dict[str, float]:
        """Free quantities by path."""
        return dict(zip(self.paths, map(float, self.free), strict=True))

    def walk(self, progress: Callable[[str], None]) -> bool:
        """Go as far as it leads; whether that is all the way."""
        left = _missed(self.now, self.goals)
        at, stride, spent = 0.0, 0.5, self.now.iterations
        for _ in range(_LEGS):
            ahead = min(1.0, at + stride)
            reached = _newton(self.now, self.paths, self.free, self.goals, (1.0 - ahead) * left)
            if reached is None:
                stride *= 0.4
                if stride < _SHORTEST:
                    break
                continue
            self.now, self.free, steps = reached
            spent += steps
            at, stride = ahead, min(1.0, 1.6 * stride)
            progress(f"{at:.1%} of the way to the targets")
            if at >= 1.0:
                break
        self.now = replace(self.now, iterations=spent)
        return at >= 1.0


def _newton(
    now: Solution, paths: list[str], free: Floats, goals: list[Goal], wanted: Floats
) -> tuple[Solution, Floats, int] | None:
    """Newton's method on the free quantities until the goals are missed by `wanted`; None when it does not settle."""
    spent, error = 0, _missed(now, goals) - wanted
    for _ in range(_STEPS):
        if np.abs(error).max() < _REACHED:
            return now, free, spent
        slopes = np.empty((len(goals), len(paths)))
        steps: Floats = np.eye(len(paths)) * _NEAR
        try:
            for column in range(len(paths)):
                near = _steady_at(now, paths, _moved(paths, free, steps[column]))
                slopes[:, column] = (_missed(near, goals) - wanted - error) / _NEAR
                spent += near.iterations
            move = np.asarray(np.linalg.solve(slopes, -error), dtype=np.float64)
        except (ConvergenceError, np.linalg.LinAlgError):
            return None
        move = np.asarray(move * min(1.0, _FARTHEST / float(np.abs(move).max())), dtype=np.float64)
        for _ in range(_HALVINGS):
            try:
                trial = _steady_at(now, paths, _moved(paths, free, move))
            except ConvergenceError:
                move *= 0.5
                continue
            spent += trial.iterations
            there = _missed(trial, goals) - wanted
            if np.linalg.norm(there) < np.linalg.norm(error):
                break
            move *= 0.5
        else:
            return None
        now, free, error = trial, _moved(paths, free, move), there
    return None


def _missed(solution: Solution, goals: list[Goal]) -> Floats:
    """How far each goal is missed, in log odds."""
    return np.array([goal.missed(solution) for goal in goals])


def _steady_at(now: Solution, paths: list[str], free: Floats) -> Solution:
    """Solve a neighbour."""
    return steady(with_numbers(now.graph, dict(zip(paths, map(float, free), strict=True))), now, anew=False)


def _number(graph: Graph, path: str) -> float:
    """Present value of a free quantity."""
    table, *rest = path.split(".")
    if table == "organic":
        return float(graph.problem.plan.inlet[0])
    if table == "branch":
        return graph.shares[rest[0]]
    return float(graph.problem.plan.feed_volume[graph.problem.feeds.index(rest[0])])


def _moved(paths: list[str], free: Floats, move: Floats) -> Floats:
    """Flows moved in their logarithm, fractions in their log odds."""
    share = np.array([path.startswith("branch.") for path in paths])
    odds = np.where(share, free / np.where(share, 1.0 - free, 1.0), free) * np.exp(move)
    return np.asarray(np.where(share, odds / (1.0 + odds), odds))
