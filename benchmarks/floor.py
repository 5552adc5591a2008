"""The floor: what the linear algebra alone would cost, by LAPACK."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy.linalg

__all__ = ["banded_solve"]


def banded_solve(stages: int, components: int) -> Callable[[], object]:
    """One banded solve with the band of the Newton matrix, to be called and timed.

    Notes
    -----
    A stage has its aqueous concentrations, protons and free extractant as unknowns, components + 2, and its equations
    hold those of both neighbours: 2 (components + 2) - 1 diagonals on either side. The links of closed loops are left
    out, which favours the floor. The values do not matter to the time: they are random with a heavy diagonal.
    """
    unknowns = components + 2
    width = 2 * unknowns - 1
    rng = np.random.default_rng(0)
    bands = rng.standard_normal((2 * width + 1, stages * unknowns))
    bands[width] += 4.0 * width
    right = rng.standard_normal(stages * unknowns)
    return lambda: scipy.linalg.solve_banded((width, width), bands, right, check_finite=False)
