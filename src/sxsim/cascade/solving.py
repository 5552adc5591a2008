"""Solving a cascade."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np

from sxsim.cascade import diagnose
from sxsim.cascade.approach import METHOD, approach
from sxsim.cascade.assemble import assemble
from sxsim.cascade.compile import Problem, compile_cascade
from sxsim.cascade.equations import compile_equations, free_start
from sxsim.cascade.profiles import Stages, Start
from sxsim.cascade.result import Result
from sxsim.definition import Cascade
from sxsim.errors import ConvergenceError, InputError, UnreachableTarget, ValidityWarning
from sxsim.foundation.remembering import remembered
from sxsim.kernels import solve as kernel
from sxsim.kernels.begin import FITS, begin
from sxsim.kernels.flows import count_links, network_of, pack_plan, unpack_plan
from sxsim.kernels.free import pack_equations
from sxsim.kernels.ladder import COLD, ONLY_WARM, WARM, climb
from sxsim.kernels.model import Network
from sxsim.kernels.packed import SULFATE, Y_STAR, H, Point, Q, X, Y, make_flows, make_point

__all__ = ["fits", "profile_of", "solve", "solve_quietly", "steady_state", "with_base_taken_up"]

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
    law, layout = kernel.pack_chemistry(problem.chemistry), pack_plan(problem.plan)
    goals = pack_equations(equations)
    size = len(problem.section), len(problem.components), count_links(problem.plan)
    flows, point = make_flows(*size), make_point(*size)
    warm = COLD
    if start is not None and fits(problem, start):
        found = np.array(free_start(problem, start.found, cascade.organic.extractant_mol_L))
        begun = begin(law, layout, goals, found, profile_of(start.stage), flows, point)
        if begun >= 2:
            raise ConvergenceError(diagnose.does_not_flow(problem, begun - 2))
        if begun == FITS:
            warm = ONLY_WARM if goals.value.size and not walk else WARM
    status, method, iterations, place = climb(law, layout, goals, flows, point, warm)
    unpack_plan(layout, problem.plan)
    network, state = network_of(flows), kernel.state_of(point)
    if status == kernel.NO_FLOW:
        raise ConvergenceError(diagnose.does_not_flow(problem, place))
    if status == kernel.VOLUMES:
        raise ConvergenceError(diagnose.does_not_settle(problem))
    said = kernel.METHODS[method]
    if status == kernel.UNREACHABLE and walk:
        problem = compile_cascade(cascade)
        status, more = approach(problem, equations, network, state)
        said, iterations = METHOD, iterations + more
    result = assemble(with_base_taken_up(problem, network), network, state, STATUS[status], said, int(iterations))
    if status == kernel.NOT_CONVERGED:
        raise ConvergenceError(diagnose.not_converged(problem, result), result)
    if status == kernel.UNREACHABLE:
        raise UnreachableTarget(diagnose.unreachable(problem, result), result)
    return result


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
    """Whether a neighbour has the stages and components of a problem."""
    return start.components == problem.components and start.stage.section == problem.section


@remembered
def profile_of(stage: Stages) -> Point:
    """Profiles of a solution as the kernels take a start."""
    N, n = stage.aqueous_mol_L.shape
    point = make_point(N, n, 0)
    point.c[X], point.c[Y], point.c[Y_STAR] = stage.aqueous_mol_L, stage.organic_mol_L, stage.equilibrium_mol_L
    point.s[H], point.s[Q], point.s[SULFATE] = stage.proton_mol_L, stage.acid_mol_L, stage.sulfate_mol_L
    return point
