"""Solving a cascade."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np

from sxsim.cascade import diagnose
from sxsim.cascade.approach import METHOD, approach
from sxsim.cascade.assemble import assemble
from sxsim.cascade.compile import RESIDUAL_ACID_MOL_L, Problem, compile_cascade
from sxsim.cascade.equations import compile_equations, put_values
from sxsim.cascade.profiles import Start
from sxsim.cascade.result import Result
from sxsim.definition import Cascade
from sxsim.errors import ConvergenceError, InputError, UnreachableTarget, ValidityWarning
from sxsim.kernels import solve as kernel
from sxsim.kernels.flows import count_links, fill_network, make_network
from sxsim.kernels.model import AQUEOUS, Network, State

__all__ = ["solve", "solve_quietly", "steady_state"]

STATUS = {
    kernel.SOLVED: "converged",
    kernel.NOT_CONVERGED: "not converged",
    kernel.UNREACHABLE: "targets not reachable",
}
"""What a result says of itself, by the kernel's status."""


def solve(cascade: Cascade, *, start: Result | None = None) -> Result:
    """Find the steady state of a cascade, and the free quantities at which its targets are met.

    Parameters
    ----------
    cascade : Cascade
        Definition; it stays as it is.
    start : Result, optional
        Solution of a neighbour to start from: the same stages and components, other flows. One that does not fit is
        left aside.

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
        The targets cannot be met with the quantities that are free; `.result` is the nearest state.

    Warns
    -----
    ValidityWarning
        Once, when the result has warnings.

    Notes
    -----
    All balances of all stages are solved at once by Newton's method, block by block along the organic. A cold solve
    begins with a few stages of each section and stretches their profile to more and more stages; targets are further
    equations, free quantities further unknowns. `Result.method` names the step that succeeded.

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


def solve_quietly(cascade: Cascade, *, start: Result | None = None) -> Result:
    """Like `solve`, without the Python warning: for callers that show `Result.warnings` themselves."""
    findings = cascade.check()
    if findings:
        raise InputError(findings)
    return steady_state(cascade, start=start)


def steady_state(cascade: Cascade, *, start: Result | Start | None = None, walk: bool = True) -> Result:
    """Solve a definition that is known to be clean; for searches that change only its numbers.

    Without `walk`, targets that Newton's method does not reach at once are not walked to: a search over many designs
    would rather know soon.
    """
    problem = compile_cascade(cascade)
    equations = compile_equations(problem)
    N, n, k = len(problem.section), len(problem.components), count_links(problem.plan)
    network, state = make_network(N, n, k), kernel.make_state(N, n, k)
    warm = int(start is not None and _warm_start(problem, network, state, start))
    if start is not None and not warm:
        problem = compile_cascade(cascade)  # without the flows of a neighbour that does not fit
    status, method, iterations, place = kernel.solve_case(
        problem.chemistry, problem.plan, equations, network, state, warm
    )
    if status == kernel.NO_FLOW:
        raise ConvergenceError(diagnose.does_not_flow(problem, place))
    if status == kernel.VOLUMES:
        raise ConvergenceError(diagnose.does_not_settle(problem))
    said = kernel.METHODS[method]
    if status == kernel.UNREACHABLE and walk:
        problem = compile_cascade(cascade)
        status, more = approach(problem, equations, network, state)
        said, iterations = METHOD, iterations + more
    result = assemble(_with_base_taken_up(problem, network), network, state, STATUS[status], said, int(iterations))
    if status == kernel.NOT_CONVERGED:
        raise ConvergenceError(diagnose.not_converged(problem, result), result)
    if status == kernel.UNREACHABLE:
        raise UnreachableTarget(diagnose.unreachable(problem, result), result)
    return result


def _with_base_taken_up(problem: Problem, network: Network) -> Problem:
    """The problem with the base that a closed loop really takes up, where its extractant is not free for all of it."""
    plan = problem.plan
    ion = plan.base_component
    if ion < 0 or not plan.recycled:
        return problem
    entering = plan.feed_volume * (plan.feed_stage == 0)
    taken = network.feed[0, ion] - entering @ plan.feed_concentration[:, ion]
    left = plan.inlet[0] * plan.inlet[1] + plan.inlet[2] - taken
    if left <= 1e-12 * taken:
        return problem
    return replace(problem, plan=plan._replace(inlet=plan.inlet - np.array([0.0, 0.0, left])))


def _warm_start(problem: Problem, network: Network, state: State, start: Result | Start) -> bool:
    """Write a neighbour's solution into the state and its found values into the plan; False when it does not fit.

    Raises
    ------
    ConvergenceError
        The flows as typed do not flow.
    """
    stage, law = start.stage, problem.law
    flowing = fill_network(problem.plan, network)
    if flowing >= 2:
        raise ConvergenceError(diagnose.does_not_flow(problem, flowing - 2))
    if start.components != problem.components or stage.section != problem.section:
        return False
    if put_values(problem, start.found):
        flowing = fill_network(problem.plan, network)
    if flowing != 0:
        return False
    state.x[:], state.y[:] = stage.aqueous_mol_L, stage.organic_mol_L
    state.y_star[:] = stage.equilibrium_mol_L
    state.h[:], state.sulfate[:] = stage.proton_mol_L, stage.sulfate_mol_L
    state.F[:] = problem.chemistry.extractant - state.y_star @ law.s
    state.Q[:] = stage.acid_mol_L + state.x @ law.z
    if problem.plan.acid_component >= 0:
        state.h[:] = state.Q[:] = RESIDUAL_ACID_MOL_L
    for q in range(network.link_from.size):
        source = network.link_from[q]
        held = state.x[source] if network.link_phase[q] == AQUEOUS else state.y[source]
        state.m[q] = network.link_volume[q] * held
    return True
