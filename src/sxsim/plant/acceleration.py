"""Anderson acceleration: a fixed point from the last few steps of an iteration."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sxsim.errors import ConvergenceError

__all__ = ["Settled", "settle"]

Array = NDArray[np.float64]
WINDOW = 8
"""Steps that are remembered."""


class Settled(NamedTuple):
    """Where an iteration ended.

    Attributes
    ----------
    x, gap : (n,) array
        Last point, and what one more step changes there.
    steps : int
        Evaluations.
    converged : bool
        Whether every change is within the tolerance.
    """

    x: Array
    gap: Array
    steps: int
    converged: bool


def settle(step: Callable[[Array], Array], start: Array, tolerance: Array, most: int = 60) -> Settled:
    r"""Find x with step(x) = x, for x that is nowhere negative.

    Parameters
    ----------
    step : callable
        One round of the iteration.
    start : (n,) array
        First guess.
    tolerance : (n,) array
        Largest change of each entry at the end, in its own unit.
    most : int
        Evaluations allowed.

    Returns
    -------
    Settled
        Converged or not.

    Raises
    ------
    ConvergenceError
        A plain step fails; where an accelerated one does, the plain one is taken instead.

    Notes
    -----
    With :math:`f = g(x) - x` the next point is :math:`g_k - \Delta G\,\gamma`, where :math:`\gamma` makes
    :math:`|f_k - \Delta F\,\gamma|` least in the units of the tolerance; for a linear map of n unknowns it
    arrives after n + 1 steps.

    References
    ----------
    Anderson, D.G., J. ACM 12 (1965) 547-560. Walker, H.F., Ni, P., SIAM J. Numer. Anal. 49 (2011) 1715-1735,
    doi 10.1137/10078356X.

    Examples
    --------
    >>> found = settle(lambda x: 0.9 * x + 1.0, np.array([0.0]), np.array([1e-9]))
    >>> round(float(found.x[0]), 6), found.steps
    (10.0, 3)
    """
    x = np.asarray(start, dtype=np.float64)
    points: list[Array] = []
    gaps: list[Array] = []
    steps = 0
    plain = x
    while True:
        try:
            reached = step(x)
        except ConvergenceError:
            if x is plain:
                raise
            x = plain  # the leap went too far: one step of the plain iteration instead
            points, gaps = [], []
            continue
        steps += 1
        gap = reached - x
        if np.all(np.abs(gap) <= tolerance):
            return Settled(reached, gap, steps, True)
        if steps >= most:
            return Settled(reached, gap, steps, False)
        plain = reached
        points.append(reached)
        gaps.append(gap)
        points, gaps = points[-WINDOW:], gaps[-WINDOW:]
        x = reached
        if len(gaps) > 1:
            changes = np.array([later - sooner for sooner, later in pairwise(gaps)]).T
            moves = np.array([later - sooner for sooner, later in pairwise(points)]).T
            weight = 1.0 / tolerance
            share, *_ = np.linalg.lstsq(changes * weight[:, None], gap * weight, rcond=1e-12)
            ahead = reached - moves @ share
            x = np.where(ahead > 0.0, ahead, np.maximum(reached, 0.0))
