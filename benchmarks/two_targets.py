"""A cascade whose targets are searched, against the plain solve of the flows that meet them."""

from __future__ import annotations

from benchmarks.cases import no_equations
from benchmarks.timing import best_time
from sxsim.cascade.compile import compile_cascade
from sxsim.cascade.equations import compile_equations
from sxsim.definition import load
from sxsim.kernels.flows import Plan, count_links
from sxsim.kernels.free import Equations
from sxsim.kernels.solve import SOLVED, make_network, make_state, solve_case

__all__ = ["target_and_plain_s"]


def target_and_plain_s(repeats: int) -> tuple[float, float, int]:
    """Times of the cold solve with targets and without [s], and the iterations with targets.

    Raises
    ------
    RuntimeError
        One of the two does not converge.
    """
    problem = compile_cascade(load("nd_pr_p507"))
    law = problem.chemistry
    N, n = law.ln_K.shape
    k = count_links(problem.plan)

    def once(plan: Plan, equations: Equations) -> int:
        status, _, iterations, _ = solve_case(law, plan, equations, make_network(N, n, k), make_state(N, n, k), 0)
        if status != SOLVED:
            raise RuntimeError(f"nd_pr_p507 is not solved: status {status}")
        return iterations

    def copy() -> Plan:
        return problem.plan._replace(feed_volume=problem.plan.feed_volume.copy(), inlet=problem.plan.inlet.copy())

    equations = compile_equations(problem)
    met = copy()
    iterations = once(met, equations)
    with_targets = best_time(lambda: once(copy(), equations), repeats)
    once(met, no_equations(n))
    return with_targets, best_time(lambda: once(met, no_equations(n)), repeats), iterations
