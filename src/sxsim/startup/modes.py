"""The slow modes of a running cascade: eigenvalues of the linearised balances of all its vessels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sxsim.cascade.compile import Problem
from sxsim.errors import ConvergenceError
from sxsim.kernels import transient as kernel
from sxsim.kernels.flows import count_links, fill_network, make_network
from sxsim.kernels.packed import Point, make_flows, make_work
from sxsim.kernels.solve import pack_chemistry
from sxsim.kernels.transient_stage import Vessels
from sxsim.startup.settings import flows_of

__all__ = ["relaxation_times_h"]

Floats = NDArray[np.float64]
DISTURBANCE = 1e-6
"""Relative change of contents by which the balances are linearised."""


def relaxation_times_h(
    problem: Problem, vessels: Vessels, steady: Floats, point: Point, guess_h: float, count: int = 2
) -> Floats:
    r"""Slowest relaxation times of the linearised cascade.

    Parameters
    ----------
    problem : Problem
        Compiled cascade with the flows of the steady state.
    vessels : Vessels
        Hold-ups [m3].
    steady : (1 + 2 C, N, n + 2) array
        Contents of the steady state [kmol].
    point : Point
        The steady state.
    guess_h : float
        Order of magnitude of the slowest [h].
    count : int
        How many.

    Returns
    -------
    (count,) array
        tau_1, tau_2, ... [h], slowest first.

    Raises
    ------
    ConvergenceError
        The linearised balances could not be solved.

    Notes
    -----
    One step of implicit Euler of length g multiplies each mode by 1/(1 + g/tau). The largest multipliers are found by
    Arnoldi's method on that step, linearised by a small relative disturbance of the contents; the step itself is the
    block elimination of the solver, so no matrix is formed.
    """
    from scipy.sparse.linalg import ArpackError, LinearOperator, eigs

    N, n = point.c.shape[1:]
    k = count_links(problem.plan)
    network = make_network(N, n, k)
    fill_network(problem.plan, network)
    law, flows = pack_chemistry(problem.chemistry), flows_of(problem, problem.plan, network)
    work, twin = make_work(N, n, k, 0), make_flows(N, n, k)
    after = np.zeros_like(steady)

    def step(amount: Floats) -> Floats:
        begin = Point(point.c.copy(), point.s.copy(), point.m.copy())
        if kernel.implicit_euler(law, flows, vessels, amount, guess_h, begin, work, twin, 30, 1e-9, after) < 0:
            raise ConvergenceError("the linearised balances of the cascade could not be solved")
        return after.copy()

    counted = steady > 1e-14 * steady.sum(axis=2, keepdims=True)
    rest = step(steady)

    def respond(vector: Floats) -> Floats:
        scale = DISTURBANCE / max(float(np.abs(vector).max()), 1e-300)
        amount = steady.copy()
        amount[counted] *= 1.0 + scale * vector.ravel()
        return np.asarray((step(amount) - rest)[counted] / (scale * steady[counted]))

    size = int(counted.sum())
    try:
        found = eigs(
            LinearOperator((size, size), matvec=respond, dtype=np.float64),
            k=count,
            which="LM",
            return_eigenvectors=False,
            v0=np.ones(size),
            tol=1e-6,
            maxiter=50,
        )
    except ArpackError as reason:
        raise ConvergenceError(f"the slow modes could not be found: {reason}") from None
    multiplier = np.sort(np.abs(found))[::-1]
    return np.asarray(guess_h * multiplier / (1.0 - multiplier))
