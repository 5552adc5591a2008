"""Solving a cascade."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from sxsim.cascade import diagnose
from sxsim.cascade.assemble import assemble
from sxsim.cascade.compile import Problem, compile_cascade
from sxsim.cascade.equations import compile_equations, free_paths, free_start
from sxsim.cascade.present import narrowed, widened
from sxsim.cascade.profiles import Stages, Start
from sxsim.cascade.proof import BRANCHES, proof_of
from sxsim.cascade.result import Result
from sxsim.definition import Cascade
from sxsim.errors import ConvergenceError, InputError, UnreachableTarget, ValidityWarning
from sxsim.foundation.paths import get
from sxsim.foundation.remembering import remembered
from sxsim.kernels import ladder
from sxsim.kernels import solve as kernel
from sxsim.kernels.begin import FITS, begin
from sxsim.kernels.flows import count_links, network_of, pack_plan, unpack_plan
from sxsim.kernels.free import Equations, pack_equations
from sxsim.kernels.ladder import COLD, WARM, climb
from sxsim.kernels.model import Network
from sxsim.kernels.packed import SULFATE, Y_STAR, Flows, H, Layout, Point, Q, X, Y, make_flows, make_point
from sxsim.kernels.search import FIGURES, FOUND, seek
from sxsim.kernels.search import LOST as SEARCH_LOST

__all__ = ["fits", "profile_of", "solve", "solve_quietly", "steady_state", "with_base_taken_up"]

SEARCHED_AT_ONCE = 2
"""Free quantities that the search itself moves."""

UNSETTLED = "no steady state was found at these flows"
"""Note on an error whose diagnosis is a cause, a semicolon, and what may help: other values may have a steady state."""

SEARCHED = kernel.METHODS[ladder.SEARCHED]
"""What a result says of its method when targets were asked."""


def solve(cascade: Cascade, *, start: Result | Mapping[str, float] | None = None) -> Result:
    """Find the steady state of a cascade, and the free quantities at which its targets are met.

    Parameters
    ----------
    cascade : Cascade
        Definition; it stays as it is.
    start : Result or mapping of str to float, optional
        Solution of a neighbour to start from: the same stages and components, other flows; one that does not fit is
        left aside. Of a search for targets only where the free quantities begin is taken, which a mapping by path
        tells as well; its answer does not depend on it.

    Returns
    -------
    Result
        Converged; `warnings` holds what a reader of the numbers must know.

    Raises
    ------
    InputError
        The definition has findings, or leaves stages or flows to `design`.
    ConvergenceError
        No steady state was found; `.result` is the best iterate, or None when the phases do not flow at all, and
        `.diagnosis` names stage, cause and cure.
    UnreachableTarget
        The targets cannot be met with the quantities that are free; `.result` is the nearest state, `.proof` says
        why, `.best` how near it is, `.cures` what was tried and helps.

    Warns
    -----
    ValidityWarning
        Once, when the result has warnings.

    Notes
    -----
    All balances of all stages are solved at once by Newton's method, block by block along the organic. A cold solve
    begins with a few stages of each section and stretches their profile to more and more stages. Targets are minimums
    and maximums: of all choices of the free quantities that meet them, the one with the least of the first (or of
    ``[solve] least``, or the ``most``) is found, wherever the typed values lie. See `kernels.search`.

    Examples
    --------
    >>> from sxsim.definition import load
    >>> contact = solve(load("single_contact"))
    >>> contact.closure < 1e-10
    True
    """
    result = solve_quietly(cascade, start=start)
    if result.warnings:
        first, *others = result.warnings
        more = f" (and {len(others)} more in Result.warnings)" if others else ""
        warnings.warn(f"{cascade.title}: {first}{more}", ValidityWarning, stacklevel=2)
    return result


def solve_quietly(cascade: Cascade, *, start: Result | Mapping[str, float] | None = None) -> Result:
    """Like `solve`, without the Python warning: for callers that show `Result.warnings` themselves."""
    findings = cascade.check()
    if findings:
        raise InputError(findings)
    try:
        return steady_state(cascade, start=start)
    except UnreachableTarget as refusal:
        from sxsim.cascade.cures import with_cures

        raise with_cures(cascade, refusal) from None
    except ConvergenceError as failure:
        if UNSETTLED not in getattr(failure, "__notes__", ()):
            raise
        from sxsim.cascade.remedies import with_remedies

        raise with_remedies(cascade, failure) from None


def steady_state(
    cascade: Cascade, *, start: Result | Start | Mapping[str, float] | None = None, check: bool = True
) -> Result:
    """Solve a definition that is known to be clean; for searches that change only its numbers.

    Without `check`, the first answer to targets is taken without a look whether less will do. An `UnreachableTarget`
    carries its proof and no cures.
    """
    if cascade.solve is not None and len(cascade.solve.free) > SEARCHED_AT_ONCE:
        return _all_sought(cascade, check)
    if cascade.solve is not None:
        return _sought(cascade, start, check)
    problem = compile_cascade(cascade)
    posed = narrowed(problem)
    law, layout = kernel.pack_chemistry(posed.chemistry), pack_plan(posed.plan)
    size = len(posed.section), len(posed.components), count_links(posed.plan)
    flows, point = make_flows(*size), make_point(*size)
    warm = COLD
    # a profile of all components starts no case of fewer: a cold start is as good
    if start is not None and not isinstance(start, Mapping) and posed is problem and fits(problem, start):
        begun = begin(law, layout, profile_of(start.stage), flows, point)
        if begun >= 2:
            raise ConvergenceError(diagnose.does_not_flow(problem, begun - 2))
        if begun == FITS:
            warm = WARM
    status, method, iterations, place = climb(law, layout, flows, point, warm)
    network, state = widened(problem, posed, network_of(flows), kernel.state_of(point))
    if status == kernel.NO_FLOW:
        raise ConvergenceError(diagnose.does_not_flow(problem, place))
    if status == kernel.VOLUMES:
        raise ConvergenceError(diagnose.does_not_settle(problem))
    said = "converged" if status == kernel.SOLVED else "not converged"
    result = assemble(
        with_base_taken_up(problem, network), network, state, said, kernel.METHODS[method], int(iterations)
    )
    if status == kernel.NOT_CONVERGED or (
        diagnose.in_doubt(problem, state) and diagnose.no_sound_state(problem, result)
    ):
        raise _no_steady_state(problem, result)
    return result


def _no_steady_state(problem: Problem, result: Result) -> ConvergenceError:
    """The error of flows without a steady state, with the last iterate where that is worth a look."""
    text = diagnose.not_converged(problem, result)
    kept = replace(result, status="not converged")
    failure = ConvergenceError(text, None if diagnose.is_wild(result) else kept)
    failure.add_note(UNSETTLED)
    return failure


def _all_sought(cascade: Cascade, check: bool) -> Result:
    """Search with more free quantities than the kernels move."""
    from sxsim.cascade.leftover import search_all

    result = search_all(cascade, lambda reduced: _sought(reduced, None, check))
    given = {
        path: found if (found := result.found.get(path)) is not None else get(result.cascade.to_data(), path)
        for path in free_paths(cascade)
    }
    return replace(result, cascade=cascade, found={path: float(value) for path, value in given.items()})


def _sought(cascade: Cascade, start: Result | Start | Mapping[str, float] | None, check: bool) -> Result:
    """Search for the targets of a clean definition."""
    problem = compile_cascade(cascade)
    posed = narrowed(problem)
    equations = compile_equations(posed)
    known = start if isinstance(start, Mapping) else {} if start is None else start.found
    given = np.array(free_start(problem, known, cascade.organic.extractant_mol_L), dtype=np.float64)
    (end, kind, iterations, _), layout, flows, point, figures = _seek(posed, equations, given, check)
    unpack_plan(layout, problem.plan)
    network, state = widened(problem, posed, network_of(flows), kernel.state_of(point))
    status = "converged" if end == FOUND else "targets not reachable"
    branch = BRANCHES.get(kind, "") if end == FOUND else ""
    result = assemble(with_base_taken_up(problem, network), network, state, status, SEARCHED, int(iterations), branch)
    if end == FOUND:
        if diagnose.in_doubt(problem, state) and diagnose.no_sound_state(problem, result):
            raise _no_steady_state(problem, result)
        return result
    reason = proof_of(posed, equations, int(end), figures)
    carried = np.any(posed.plan.entrained_org + posed.plan.entrained_aq > 0.0)
    if carried and reason.kind in ("fold", "unbounded flow"):
        none = np.zeros_like(posed.plan.entrained_org)
        settled = replace(posed, plan=posed.plan._replace(entrained_org=none, entrained_aq=none))
        if _seek(settled, equations, given, False)[0][0] == FOUND:
            reason = replace(reason, kind="entrainment")
    if math.isfinite(float(np.abs(state.x).max())) and float(network.aq_out.min()) > 0.0 and end != SEARCH_LOST:
        raise UnreachableTarget(diagnose.unreachable(problem, result, reason), result, proof=reason, best=reason.best)
    raise UnreachableTarget(diagnose.unreachable(problem, None, reason), None, proof=reason, best=reason.best)


def _seek(
    problem: Problem, equations: Equations, given: np.ndarray, check: bool
) -> tuple[tuple[int, int, int, int], Layout, Flows, Point, np.ndarray]:
    """Run the search in machine code: what it answers, and what it fills."""
    layout = pack_plan(problem.plan)
    size = len(problem.section), len(problem.components), count_links(problem.plan)
    flows, point, figures = make_flows(*size), make_point(*size), np.zeros(FIGURES)
    answer = seek(
        kernel.pack_chemistry(problem.chemistry),
        layout,
        pack_equations(equations),
        flows,
        point,
        np.where(np.isfinite(given), given, 0.0),
        int(check),
        figures,
    )
    return answer, layout, flows, point, figures


def with_base_taken_up(problem: Problem, network: Network) -> Problem:
    """The problem with the base that a closed loop really takes up, where its extractant is not free for all of it.

    Problem and network may be those of many cases, which have the case in front.
    """
    plan = problem.plan
    ion = plan.base_component
    if ion < 0 or not plan.recycled:
        return problem
    entering = plan.feed_volume * (plan.feed_stage == 0)
    taken = network.feed[..., 0, ion] - np.add.reduce(entering * plan.feed_concentration[..., ion], axis=-1)
    left = plan.inlet[..., 0] * plan.inlet[..., 1] + plan.inlet[..., 2] - taken
    over = left > 1e-12 * taken
    if not np.any(over):
        return problem
    inlet = plan.inlet.copy()
    inlet[..., 2] -= np.where(over, left, 0.0)
    return replace(problem, plan=plan._replace(inlet=inlet))


def fits(problem: Problem, start: Result | Start) -> bool:
    """Whether a neighbour has the stages and components of a problem, and something of each."""
    alike = start.components == problem.components and start.stage.section == problem.section
    return alike and bool(start.stage.aqueous_mol_L.any(axis=0).all())


@remembered
def profile_of(stage: Stages) -> Point:
    """Profiles of a solution as the kernels take a start."""
    N, n = stage.aqueous_mol_L.shape
    point = make_point(N, n, 0)
    point.c[X], point.c[Y], point.c[Y_STAR] = stage.aqueous_mol_L, stage.organic_mol_L, stage.equilibrium_mol_L
    point.s[H], point.s[Q], point.s[SULFATE] = stage.proton_mol_L, stage.acid_mol_L, stage.sulfate_mol_L
    return point
