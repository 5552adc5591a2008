"""The oracle of the tests as a solver in numpy and scipy: its residual, a sparse Jacobian, damped Newton.

The oracle builds its Jacobian column by column. Here columns that share no row are differenced together, so that the
number of residuals per iteration does not grow with the stages.
"""

from __future__ import annotations

import time

import numpy as np
import scipy.sparse
import scipy.sparse.linalg
from numpy.typing import NDArray
from tests import oracle

from benchmarks.cases import Case, chemistry, plan

__all__ = ["solve_reference"]

TOLERANCE = 1e-8  # of traces too, whose balances it relates to themselves

Floats = NDArray[np.float64]


def solve_reference(
    case: Case, near: tuple[Floats, Floats, Floats, Floats], limit: int = 60
) -> tuple[float, int, tuple[Floats, Floats, Floats, Floats]]:
    """Time [s], iterations and state (x, y, h, F) from a start some 10 % off the answer.

    From a start that knows nothing, as the tests of small cascades use it, the method fails on a cascade of 20 stages
    in a closed loop; so it is given the answer, every unknown off by a random 10 %.

    Raises
    ------
    RuntimeError
        It does not converge.
    """
    began = time.perf_counter()
    known = oracle.build(chemistry(case), plan(case))
    N, n = known.outside_amount.shape
    size = 2 * n + 2
    groups, row, column = _coloring(N, size)
    unknown = oracle.pack(*near) + 0.1 * np.random.default_rng(0).standard_normal(N * size)

    def value(at: Floats) -> Floats:
        return oracle.residuals(known, *oracle.unpack(at, N, n)).ravel()

    now = value(unknown)
    for iteration in range(limit):
        if np.abs(now).max() < TOLERANCE:
            return time.perf_counter() - began, iteration, oracle.unpack(unknown, N, n)
        slopes = np.empty((N * size, len(groups)))
        for place, columns in enumerate(groups):
            moved = unknown.astype(complex)
            moved[columns] += 1e-30j
            slopes[:, place] = value(moved).imag / 1e-30
        color = np.empty(N * size, np.int64)
        for place, columns in enumerate(groups):
            color[columns] = place
        jacobian = scipy.sparse.csc_matrix((slopes[row, color[column]], (row, column)), (N * size, N * size))
        step = scipy.sparse.linalg.spsolve(jacobian, -now)
        norm = np.linalg.norm(now)
        length = min(1.0, 2.0 / np.abs(step.reshape(N, -1)[:, 2 * n :]).max(), 20.0 / np.abs(step).max())
        for _ in range(12):
            with np.errstate(all="ignore"):
                trial = value(unknown + length * step)
            if np.isfinite(trial).all() and np.linalg.norm(trial) < norm * (1.0 - 1e-4 * length):
                break
            length *= 0.5
        unknown = unknown + length * step
        now = value(unknown)
    raise RuntimeError(f"the numpy reference does not converge on {case}")


def _coloring(N: int, size: int) -> tuple[list[Floats], Floats, Floats]:
    """Columns that may be moved together, and the rows and columns of the entries: neighbours, and last to first stage.

    The last stage has colors of its own, as the closed loop makes it a neighbour of the first.
    """
    stage_groups = [np.arange(first, N - 1, 3) for first in range(3)] + [np.array([N - 1])]
    groups = [stages * size + unknown for stages in stage_groups if stages.size for unknown in range(size)]
    pairs = [(j, q) for q in range(N) for j in (q - 1, q, q + 1) if 0 <= j < N]
    if N > 2:
        pairs.append((0, N - 1))
    block = np.arange(size)
    row = np.concatenate([np.repeat(j * size + block, size) for j, _ in pairs])
    column = np.concatenate([np.tile(q * size + block, size) for _, q in pairs])
    return groups, row, column
