"""Constant-load kernels against a plain numpy oracle and against each other."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sxsim.kernels import constant_load
from sxsim.kernels.constant_load import (
    CONSTANT_LOAD_IMPOSSIBLE,
    CONSTANT_LOAD_NOT_CONVERGED,
    CONSTANT_LOAD_OK,
    binary_steady,
    network_steady,
)


def flows(
    n: int, m: int, solvent: float, scrub: float, aqueous: float, organic: float
) -> tuple[np.ndarray, np.ndarray]:
    up, down = np.full(n + m, solvent), np.full(n + m, scrub)
    up[n - 1 :] += organic
    down[:n] += aqueous
    up[-1] -= scrub
    down[0] -= solvent
    return up, down


def balance_error(x: np.ndarray, y: np.ndarray, up: np.ndarray, down: np.ndarray, feed: np.ndarray) -> float:
    """Oracle: worst balance error of any element over any stage, written out plainly."""
    leaving = up[:, None] * y + down[:, None] * x
    entering = feed.copy()
    entering[1:] += up[:-1, None] * y[:-1]
    entering[:-1] += down[1:, None] * x[1:]
    return float(np.max(np.abs(entering - leaving)))


def chain(alpha: list[float], up: np.ndarray, down: np.ndarray, feed: np.ndarray, iterations: int = 300):
    stages, elements = feed.shape
    index = np.arange(stages - 1)
    half = 2 * elements - 1
    x, y = np.full((stages, elements), 1.0 / elements), np.zeros((stages, elements))
    answer = network_steady(
        np.array(alpha), up, down, np.r_[index, index + 1], np.r_[index + 1, index],
        np.repeat([1, 0], stages - 1), np.r_[up[:-1], down[1:]], feed, iterations, x, y,
        np.zeros((stages * elements, 3 * half + 1)), np.zeros(stages * elements),
    )  # fmt: skip
    return answer, x, y


@pytest.mark.kernel
@pytest.mark.parametrize(("aqueous", "organic"), [(1.0, 0.0), (0.0, 1.0), (0.4, 0.6)])
def test_binary_profile_balances_every_stage(aqueous: float, organic: float) -> None:
    beta, n, m, solvent, scrub = 1.8, 3, 3, 2.0, 1.5 + organic
    x = np.zeros(n + m)
    answer = binary_steady(beta, beta, n, m, solvent, scrub, aqueous, organic, 0.45, x)
    assert answer.status == CONSTANT_LOAD_OK
    assert answer.mismatch < 1e-14
    y = beta * x / (1.0 + (beta - 1.0) * x)
    feed = np.zeros((n + m, 2))
    feed[n - 1] = 0.45, 0.55
    up, down = flows(n, m, solvent, scrub, aqueous, organic)
    both_x, both_y = np.c_[x, 1.0 - x], np.c_[y, 1.0 - y]
    assert balance_error(both_x, both_y, up, down, feed) < 1e-14
    assert x[0] == pytest.approx(answer.impurity_B_end, abs=1e-15)
    assert 1.0 - y[-1] == pytest.approx(answer.impurity_A_end, abs=1e-15)


@pytest.mark.kernel
def test_one_stage_is_one_equilibrium() -> None:
    answer = binary_steady(2.0, 2.0, 1, 0, 1.5, 1.0, 1.0, 0.0, 0.5, np.empty(0))
    x = answer.impurity_B_end
    assert 1.0 - answer.impurity_A_end == pytest.approx(2.0 * x / (1.0 + x), abs=1e-14)
    assert 0.5 * x + 0.5 * (1.0 - answer.impurity_A_end) == pytest.approx(0.5, abs=1e-15)


@pytest.mark.kernel
def test_equal_elements_never_separate() -> None:
    answer = binary_steady(1.0, 1.0, 3, 3, 2.0, 1.6, 1.0, 0.0, 0.3, np.empty(0))
    assert (answer.impurity_B_end, answer.impurity_A_end) == pytest.approx((0.3, 0.7), abs=1e-12)


@pytest.mark.kernel
def test_scrub_factor_of_its_own_acts_on_the_scrub_section_only() -> None:
    x = np.zeros(5)
    binary_steady(1.5, 2.5, 3, 2, 2.7, 2.2, 1.0, 0.0, 0.5, x)
    beta = np.array([1.5, 1.5, 1.5, 2.5, 2.5])
    y = beta * x / (1.0 + (beta - 1.0) * x)
    feed = np.zeros((5, 2))
    feed[2] = 0.5
    up, down = flows(3, 2, 2.7, 2.2, 1.0, 0.0)
    assert balance_error(np.c_[x, 1 - x], np.c_[y, 1 - y], up, down, feed) < 1e-14


@pytest.mark.kernel
@pytest.mark.parametrize(
    "case",
    [
        (1.5, 1.5, 0, 3, 2.0, 1.5, 1.0, 0.0, 0.5),
        (1.5, 1.5, 3, -1, 2.0, 1.5, 1.0, 0.0, 0.5),
        (-1.5, 1.5, 3, 3, 2.0, 1.5, 1.0, 0.0, 0.5),
        (1.5, 1.5, 3, 3, 2.0, 2.5, 1.0, 0.0, 0.5),
        (1.5, 1.5, 3, 3, 4.0, 1.5, 1.0, 0.0, 0.5),
        (1.5, 1.5, 3, 3, 2.0, 1.5, 1.0, 0.0, 1.0),
        (1.5, 1.5, 3, 3, math.nan, 1.5, 1.0, 0.0, 0.5),
    ],
)
def test_impossible_cascades_have_their_status(case: tuple) -> None:
    answer = binary_steady(*case, np.empty(0))
    assert answer.status == CONSTANT_LOAD_IMPOSSIBLE
    assert math.isnan(answer.impurity_A_end)


@given(
    beta=st.floats(1.05, 8.0),
    feed_A=st.floats(0.02, 0.98),
    n=st.integers(1, 40),
    m=st.integers(0, 40),
    solvent=st.floats(0.2, 6.0),
    outlet=st.floats(0.05, 0.95),
    in_organic=st.booleans(),
)
def test_two_solvers_agree(
    beta: float, feed_A: float, n: int, m: int, solvent: float, outlet: float, in_organic: bool
) -> None:
    organic = float(in_organic)
    scrub = solvent + organic - outlet
    if scrub <= 0.01:
        return
    answer = binary_steady(beta, beta, n, m, solvent, scrub, 1.0 - organic, organic, feed_A, np.empty(0))
    assert answer.status == CONSTANT_LOAD_OK
    feed = np.zeros((n + m, 2))
    feed[n - 1] = feed_A, 1.0 - feed_A
    up, down = flows(n, m, solvent, scrub, 1.0 - organic, organic)
    other, x, y = chain([beta, 1.0], up, down, feed)
    assert other.status == CONSTANT_LOAD_OK
    assert (x[0, 0], y[-1, 1]) == pytest.approx((answer.impurity_B_end, answer.impurity_A_end), abs=1e-9)


@pytest.mark.kernel
def test_three_elements_balance_and_permute() -> None:
    up, down = flows(3, 3, 2.2, 1.7, 1.0, 0.0)
    feed = np.zeros((6, 3))
    feed[2] = 0.5, 0.2, 0.3
    answer, x, y = chain([3.0, 1.7, 1.0], up, down, feed)
    assert answer.status == CONSTANT_LOAD_OK
    assert balance_error(x, y, up, down, feed) < 1e-13
    assert y == pytest.approx(x * [3.0, 1.7, 1.0] / (x @ [3.0, 1.7, 1.0])[:, None], abs=1e-13)
    order = [2, 0, 1]
    _, other, _ = chain([1.0, 3.0, 1.7], up, down, np.ascontiguousarray(feed[:, order]))
    assert other == pytest.approx(x[:, order], abs=1e-12)


@pytest.mark.kernel
def test_too_few_iterations_have_their_status() -> None:
    up, down = flows(3, 3, 2.2, 1.7, 1.0, 0.0)
    feed = np.zeros((6, 2))
    feed[2] = 0.5
    answer, _, _ = chain([2.0, 1.0], up, down, feed, iterations=3)
    assert answer.status == CONSTANT_LOAD_NOT_CONVERGED
    assert answer.iterations == 3


@pytest.mark.kernel
def test_banded_solver_exchanges_rows() -> None:
    half, size = 2, 9
    rng = np.random.default_rng(5)
    full = np.zeros((size, size))
    matrix = np.zeros((size, 3 * half + 1))
    for row in range(size):
        for column in range(max(0, row - half), min(size, row + half + 1)):
            full[row, column] = 0.0 if row == column else rng.normal()  # an empty diagonal forces exchanges
            matrix[row, column - row + half] = full[row, column]
    right = rng.normal(size=size)
    expected = np.linalg.solve(full, right)
    assert constant_load._solve_banded(matrix, right, half)
    assert right == pytest.approx(expected, rel=1e-9)
    assert not constant_load._solve_banded(np.zeros((3, 4)), np.ones(3), 1)


def test_one_compiled_signature_each() -> None:
    binary_steady(2.0, 2.0, 1, 0, 1.5, 1.0, 1.0, 0.0, 0.5, np.empty(0))
    for function in (binary_steady, network_steady):
        if hasattr(function, "signatures"):
            assert len(function.signatures) <= 1
