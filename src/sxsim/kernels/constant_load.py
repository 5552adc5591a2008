"""Steady states at constant load and constant separation factors.

Two kernels. :func:`binary_steady` marches from both ends of a two-element cascade to the feed stage, where the two
marches must meet: one unknown, a monotone function, so bisection always finds it and the end purities keep full
relative precision. :func:`network_steady` solves any graph of equilibrium stages with any number of elements:
cascades with draws and several feeds, linked cascades. It is Newton with pseudo-transient continuation over a banded
matrix.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sxsim.kernels._jit import kernel

__all__ = [
    "CONSTANT_LOAD_IMPOSSIBLE",
    "CONSTANT_LOAD_NOT_CONVERGED",
    "CONSTANT_LOAD_OK",
    "BinarySteady",
    "NetworkSteady",
    "binary_steady",
    "network_steady",
]

CONSTANT_LOAD_OK = 0
CONSTANT_LOAD_IMPOSSIBLE = 1  # a flow or an outlet is not positive, or the stage numbers are not
CONSTANT_LOAD_NOT_CONVERGED = 2

_BISECTIONS = 200
_LEAST = 1e-300
_FLOOR = 1e-40
_LONGEST_STEP = 1e10
_SHORTEST_CAP = 1e5
_ROUNDING = 1e-12


class BinarySteady(NamedTuple):
    """Answer of :func:`binary_steady`.

    ``impurity_A_end`` is the B fraction of the organic outlet, ``impurity_B_end`` the A fraction of the aqueous
    outlet; ``mismatch`` is the gap between the two marches at the feed stage, which bounds the error of the profile
    but not that of the outlets.
    """

    status: int
    impurity_A_end: float
    impurity_B_end: float
    mismatch: float


class NetworkSteady(NamedTuple):
    """Answer of :func:`network_steady`: status, iterations, last Newton step and largest balance error."""

    status: int
    iterations: int
    step: float
    residual: float


@kernel()
def _march(
    beta: float, stages: int, ratio: float, end: float, profile: NDArray[np.float64], first: int, direction: int
) -> float:
    """March z -> ratio y(z) + (1 - ratio) z_end from one end; write the profile when it has rows for it.

    Returns the last z, or 1 as soon as z leaves the triangle.
    """
    z = end
    for step in range(stages):
        if step > 0:
            z = ratio * beta * z / (1.0 + (beta - 1.0) * z) + (1.0 - ratio) * end
        if z >= 1.0:
            return 1.0
        if profile.shape[0] > 0:
            profile[first + direction * step] = z
    return z


@kernel()
def binary_steady(
    beta: float,
    beta_scrub: float,
    extraction_stages: int,
    scrub_stages: int,
    solvent: float,
    scrub: float,
    feed_aqueous: float,
    feed_organic: float,
    feed_A: float,
    x: NDArray[np.float64],
) -> BinarySteady:
    """Steady state of a two-element cascade with one feed stage.

    Parameters
    ----------
    beta, beta_scrub : float
        Separation factor A over B in either section [-]; the feed stage belongs to the extraction section.
    extraction_stages, scrub_stages : int
        n (the feed stage counted) and m.
    solvent, scrub : float
        S and W [mol per mol feed].
    feed_aqueous, feed_organic, feed_A : float
        Aqueous feed, organic feed and the A in both [mol].
    x : (stages,) array
        Written: A fraction of the aqueous of each stage [-], from the raffinate end. An empty array skips it.

    Returns
    -------
    BinarySteady
        Status and the impurity of either product.

    Notes
    -----
    Balances around the raffinate end give x_{i+1} = E y(x_i) + (1-E) x_1 with E = S/(S+f'_B); around the other end,
    in B fractions of the organic, w_{i} = E' u(w_{i+1}) + (1-E') w_N with E' = W/(W+f'_A). The overall balance ties
    x_1 to w_N; of the two the one is taken as the unknown that makes the other a sum without cancellation.
    """
    outlet_A = solvent + feed_organic - scrub
    outlet_B = scrub + feed_aqueous - solvent
    total = feed_aqueous + feed_organic
    nothing = np.empty(0)
    impossible = BinarySteady(CONSTANT_LOAD_IMPOSSIBLE, math.nan, math.nan, math.nan)
    if extraction_stages < 1 or scrub_stages < 0 or not (beta > 0.0 and beta_scrub > 0.0):
        return impossible
    if not (solvent > 0.0 and scrub > 0.0 and outlet_A > 0.0 and outlet_B > 0.0 and 0.0 < feed_A < total):
        return impossible
    below = solvent / (solvent + outlet_B)
    above = scrub / (scrub + outlet_A)
    surplus = feed_A - outlet_A  # A that must leave at the B end (or, if negative, B at the A end)
    low = math.log(_LEAST)
    high = math.log((feed_A - max(surplus, 0.0)) / (outlet_A if surplus >= 0.0 else outlet_B))
    x_1 = w_N = x_n = u_n = 0.0
    for _ in range(_BISECTIONS):
        middle = 0.5 * (low + high)
        if surplus >= 0.0:
            w_N = math.exp(middle)
            x_1 = (surplus + outlet_A * w_N) / outlet_B
        else:
            x_1 = math.exp(middle)
            w_N = (outlet_B * x_1 - surplus) / outlet_A
        x_n = _march(beta, extraction_stages, below, x_1, nothing, 0, 1)
        w_n = _march(beta_scrub, scrub_stages + 1, above, w_N, nothing, 0, 1)
        u_n = beta * w_n / (1.0 + (beta - 1.0) * w_n)
        if middle in (low, high):
            break
        if x_n + u_n > 1.0:
            high = middle
        else:
            low = middle
    if x.shape[0] > 0:
        stages = extraction_stages + scrub_stages
        _march(beta_scrub, scrub_stages + 1, above, w_N, x, stages - 1, -1)
        for stage in range(extraction_stages, stages):
            w = x[stage]
            x[stage] = (1.0 - w) / (1.0 + (beta_scrub - 1.0) * w)
        _march(beta, extraction_stages, below, x_1, x, 0, 1)
    return BinarySteady(CONSTANT_LOAD_OK, w_N, x_1, abs(x_n + u_n - 1.0))


@kernel()
def _solve_banded(matrix: NDArray[np.float64], right: NDArray[np.float64], half: int) -> bool:
    """Gauss elimination with row exchange of a banded system, in place.

    ``matrix[row, column - row + half]`` holds the entry; the width is 3 half + 1 to leave room for the exchanges.
    Returns False when the matrix is singular.
    """
    rows = right.shape[0]
    for pivot in range(rows):
        last = min(pivot + half, rows - 1)
        best = pivot
        for row in range(pivot + 1, last + 1):
            if abs(matrix[row, pivot - row + half]) > abs(matrix[best, pivot - best + half]):
                best = row
        if not abs(matrix[best, pivot - best + half]) > 0.0:
            return False
        end = min(pivot + 2 * half, rows - 1)
        if best != pivot:
            for column in range(pivot, end + 1):
                kept = matrix[pivot, column - pivot + half]
                matrix[pivot, column - pivot + half] = matrix[best, column - best + half]
                matrix[best, column - best + half] = kept
            kept = right[pivot]
            right[pivot] = right[best]
            right[best] = kept
        inverse = 1.0 / matrix[pivot, half]
        for row in range(pivot + 1, last + 1):
            factor = matrix[row, pivot - row + half] * inverse
            if factor != 0.0:
                for column in range(pivot + 1, end + 1):
                    matrix[row, column - row + half] -= factor * matrix[pivot, column - pivot + half]
                right[row] -= factor * right[pivot]
    for row in range(rows - 1, -1, -1):
        value = right[row]
        for column in range(row + 1, min(row + 2 * half, rows - 1) + 1):
            value -= matrix[row, column - row + half] * right[column]
        right[row] = value / matrix[row, half]
    return True


@kernel()
def network_steady(
    alpha: NDArray[np.float64],
    organic: NDArray[np.float64],
    aqueous: NDArray[np.float64],
    edge_from: NDArray[np.int64],
    edge_to: NDArray[np.int64],
    edge_organic: NDArray[np.int64],
    edge_flow: NDArray[np.float64],
    feed: NDArray[np.float64],
    iterations: int,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    matrix: NDArray[np.float64],
    right: NDArray[np.float64],
) -> NetworkSteady:
    """Steady state of any graph of equilibrium stages at constant load.

    Parameters
    ----------
    alpha : (elements,) array
        Separation factors over a common reference [-].
    organic, aqueous : (stages,) array
        Total leaving each stage in either phase, edges and products together [mol per mol feed].
    edge_from, edge_to : (edges,) int array
        Stage indices; number the stages so that joined ones lie near each other, the band is as wide as the longest
        edge.
    edge_organic : (edges,) int array
        1 for an organic edge, 0 for an aqueous one.
    edge_flow : (edges,) array
        Its flow [mol per mol feed]. What no edge carries on leaves as product.
    feed : (stages, elements) array
        What is fed to each stage [mol].
    iterations : int
        Largest number of Newton steps.
    x : (stages, elements) array
        Start, positive; on return the mole fractions of the aqueous [-].
    y : (stages, elements) array
        Written: the mole fractions of the organic [-].
    matrix : (stages * elements, 3 half + 1) array
        Work space, half = (longest edge + 1) * elements - 1.
    right : (stages * elements,) array
        Work space.

    Returns
    -------
    NetworkSteady
        Status, iterations, last step and largest balance error.

    Notes
    -----
    L x_j + O y_j = inflows_j + feed_j with y_j = alpha_j x_j / sum(alpha x). The sum of the balances makes sum x = 1
    by itself when the totals balance. The time step of the continuation grows as the residual falls, to 1e10 stage
    residence times; no component may fall below a twentieth of itself in one step. Where the sections are so long that
    the position of the profile has no influence left on the products, the matrix is singular to rounding: in the
    second half of the iterations the time step is cut, and the state accepted once its balances hold to rounding five
    times; its products are right, its profile is one of many.
    """
    stages, elements = x.shape
    half = (matrix.shape[1] - 1) // 3
    time_step = 1.0
    before = math.inf
    residual = math.inf
    step = math.inf
    scale = max(organic.max(), aqueous.max())
    balanced = 0
    longest = _LONGEST_STEP
    for iteration in range(iterations):
        matrix[:, :] = 0.0
        for i in range(stages):
            phi = 0.0
            for j in range(elements):
                phi += alpha[j] * x[i, j]
            for j in range(elements):
                y[i, j] = alpha[j] * x[i, j] / phi
            for j in range(elements):
                row = i * elements + j
                right[row] = feed[i, j] - aqueous[i] * x[i, j] - organic[i] * y[i, j]
                matrix[row, half] += aqueous[i] + (organic[i] + aqueous[i]) / time_step
                for k in range(elements):
                    slope = ((alpha[j] if j == k else 0.0) - y[i, j] * alpha[k]) / phi
                    matrix[row, k - j + half] += organic[i] * slope
        for edge in range(edge_from.shape[0]):
            source, target, flow = edge_from[edge], edge_to[edge], edge_flow[edge]
            phi = 0.0
            for j in range(elements):
                phi += alpha[j] * x[source, j]
            for j in range(elements):
                row = target * elements + j
                if edge_organic[edge] == 0:
                    right[row] += flow * x[source, j]
                    matrix[row, source * elements + j - row + half] -= flow
                else:
                    right[row] += flow * y[source, j]
                    for k in range(elements):
                        slope = ((alpha[j] if j == k else 0.0) - y[source, j] * alpha[k]) / phi
                        matrix[row, source * elements + k - row + half] -= flow * slope
        residual = 0.0
        for row in range(stages * elements):
            residual = max(residual, abs(right[row]))
        if not _solve_banded(matrix, right, half):
            return NetworkSteady(CONSTANT_LOAD_NOT_CONVERGED, iteration, step, residual)
        step = 0.0
        for i in range(stages):
            total = 0.0
            for j in range(elements):
                change = right[i * elements + j]
                step = max(step, abs(change))
                x[i, j] = max(x[i, j] + change, 0.05 * x[i, j], _FLOOR)
                total += x[i, j]
            for j in range(elements):
                x[i, j] /= total
        if not math.isfinite(step):
            return NetworkSteady(CONSTANT_LOAD_NOT_CONVERGED, iteration, step, residual)
        if time_step >= longest and residual < _ROUNDING * scale:
            balanced += 1
        elif iteration > iterations // 2:
            longest = max(0.5 * longest, _SHORTEST_CAP)
        if time_step >= longest and (step < 1e-11 or balanced >= 5):
            return NetworkSteady(CONSTANT_LOAD_OK, iteration + 1, step, residual)
        if residual < 1e-15 * scale:
            growth = 10.0
        elif before < math.inf:
            growth = min(max(2.0 * before / residual, 0.5), 10.0)
        else:
            growth = 4.0
        time_step = min(time_step * growth, longest)
        before = residual
    return NetworkSteady(CONSTANT_LOAD_NOT_CONVERGED, iterations, step, residual)
