"""Solving a case from the solution of the cascade as its file has it: one neighbour for all cases of a study."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sxsim.cascade.profiles import Start
from sxsim.cascade.result import Result
from sxsim.cascade.solving import steady_state
from sxsim.definition import Cascade
from sxsim.errors import ConvergenceError, InputError, UnreachableTarget
from sxsim.sizing.stretch import stretched
from sxsim.studies.axes import Value

__all__ = ["base_of", "follow", "solve_near", "start_near"]

SHORTEST_STEP = 1.0 / 32.0
"""Shortest step of a walk, as a share of the way from the base to a case."""


def base_of(cascade: Cascade) -> Result | None:
    """Solution from which the cases start; None when targets are no equations, or there is none."""
    if cascade.solve is None or cascade.undecided:
        return None
    try:
        return steady_state(cascade)
    except ConvergenceError:
        return None


def solve_near(
    base: Result | None,
    cascade: Cascade,
    paths: Sequence[str],
    home: Sequence[Value | None],
    values: Sequence[Value],
    cascade_of: Callable[[Sequence[Value]], Cascade],
    tried: bool = False,
) -> Result:
    """Solve one case of a study.

    Parameters
    ----------
    base : Result or None
        Solution of the cascade as it stands.
    cascade : Cascade
        The case.
    paths, home, values : sequence
        The axes, and what they the axes have in the base (None where that is not known) and in the case.
    cascade_of : callable
        From values of the axes to a cascade.
    tried : bool
        Whether it is known that the base is too far to start from.

    Returns
    -------
    Result
        The same whatever other cases there are: the start is always the base.

    Raises
    ------
    ConvergenceError, UnreachableTarget
        As `steady_state`.

    Notes
    -----
    Flows as typed are solved from nothing, which takes less than a neighbour's profile far off. Targets as equations
    are solved from the base, and where that is too far by a walk of the axes from the base to the case, with steps
    that are halved when one fails and doubled when one succeeds; so a case stays on the branch of the base where two
    pairs of flows meet the targets. Where the walk ends, the branch does.
    """
    start = start_near(base, cascade)
    if base is None or start is None:
        return steady_state(cascade)
    if not all(_number(value) for value in (*home, *values)):
        try:
            return steady_state(cascade, start=start, walk=False)
        except ConvergenceError:
            return steady_state(cascade)
    found = follow(base, cascade, lambda share: cascade_of(_between(home, values, share)), tried=tried)
    if isinstance(found, Result):
        return found
    last = zip(paths, home, values, _between(home, values, found), strict=True)
    told = ", ".join(f"{path} = {there:.4g}" for path, begin, end, there in last if begin != end)
    raise UnreachableTarget(
        f"no flows meet the targets: from the cascade as it stands they were followed as far as {told}; raise the "
        "stages, or lower the targets"
    )


def follow(
    base: Result,
    cascade: Cascade,
    between: Callable[[float], Cascade],
    shortest: float = SHORTEST_STEP,
    tried: bool = False,
) -> Result | float:
    """Solve a cascade with targets as equations from a solution of another, walking there when it is far.

    Parameters
    ----------
    base : Result
        Solution to start from; the same sections and elements, whatever its stages.
    cascade : Cascade
        To be solved.
    between : callable
        From a share of the way, above 0 and below 1, to a cascade on it.
    shortest : float
        Shortest step, as a share of the way.
    tried : bool
        Whether the whole way is known to be too far for one step.

    Returns
    -------
    Result or float
        The solution, or the share of the way on which there is one.
    """
    reached, done, step = base, 0.0, 0.5 if tried else 1.0
    while step >= shortest:
        ahead = min(done + step, 1.0)
        try:
            there = cascade if ahead == 1.0 else between(ahead)
            reached = steady_state(there, start=_start(reached, there), walk=False)
        except (ConvergenceError, InputError):
            step *= 0.5
        else:
            if ahead == 1.0:
                return reached
            done, step = ahead, 2.0 * step
    return done


def start_near(base: Result | None, cascade: Cascade) -> Start | None:
    """The start of a case from the base; None where it is solved from nothing."""
    if base is None or cascade.solve is None or not _alike(base, cascade):
        return None
    return _start(base, cascade)


def _alike(base: Result, cascade: Cascade) -> bool:
    """Whether a cascade has the sections and elements of the base."""
    sections = [part.name for part in base.cascade.section]
    return sections == [part.name for part in cascade.section] and base.cascade.elements == cascade.elements


def _start(base: Result, cascade: Cascade) -> Start:
    """The base as a start for a cascade: on its stages, with the values of what is free in both."""
    free = set(cascade.solve.free) if cascade.solve is not None else set()
    found = {path: value for path, value in base.found.items() if path in free}
    return stretched(base, cascade)._replace(found=found)


def _number(value: Value | None) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _between(home: Sequence[Value | None], values: Sequence[Value], share: float) -> list[Value]:
    """Values on the way from the base to a case."""
    between: list[Value] = []
    for begin, end in zip(home, values, strict=True):
        assert isinstance(begin, int | float)
        assert isinstance(end, int | float)
        point = begin + share * (end - begin)
        between.append(round(point) if isinstance(end, int) and isinstance(begin, int) else point)
    return between
