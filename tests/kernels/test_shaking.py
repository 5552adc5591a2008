"""Shaking kernels against a plain numpy oracle, the steady kernel and each other."""

from __future__ import annotations

import numpy as np
import pytest

from sxsim.kernels.constant_load import binary_steady
from sxsim.kernels.shaking import SHAKE_NOT_FINITE, SHAKE_OK, SHAKE_UNSTABLE, shake_many, shake_two

BETA, N, M, SOLVENT, SCRUB, FEED = 2.0, 3, 3, 1.7, 1.2, 0.5
STAGES = N + M


def flows() -> tuple[np.ndarray, np.ndarray]:
    organic, aqueous = np.full(STAGES, SOLVENT), np.full(STAGES, SCRUB)
    aqueous[:N] += 1.0
    organic[-1] -= SCRUB
    aqueous[0] -= SOLVENT
    return organic, aqueous


def fill(organic: np.ndarray, aqueous: np.ndarray, x: float = FEED) -> np.ndarray:
    return organic * (BETA * x / (1.0 + (BETA - 1.0) * x)) + aqueous * x


def shake(amount: np.ndarray, steps: int, step: float = 1.0, feed: float = FEED, held=None, moved=None):
    organic, aqueous = moved or flows()
    x, history = np.zeros(STAGES), np.zeros((steps, 3))
    answer = shake_two(
        BETA, N - 1, feed, step, steps, 1, N - 1, organic, aqueous, *(held or flows()), amount, x,
        np.zeros((4, STAGES)), history,
    )  # fmt: skip
    return answer, x, history


def shake_many_times(alpha: list[float], feed: list[float], x0: list[float], steps: int, step: float = 1.0):
    organic, aqueous = flows()
    share, elements = np.array(x0), len(alpha)
    y0 = share * alpha / np.dot(share, alpha)
    amount = np.outer(organic, y0) + np.outer(aqueous, share)
    x, y, history = np.zeros((STAGES, elements)), np.zeros((STAGES, elements)), np.zeros((steps, 2, elements))
    out = np.zeros((2, elements))
    answer = shake_many(
        np.array(alpha), N - 1, np.array(feed), step, steps, 1, organic, aqueous, *flows(), amount, np.ones(STAGES),
        x, y, out[0], out[1], history,
    )  # fmt: skip
    return answer, amount, x, y, out, history


@pytest.mark.kernel
def test_one_shake_is_the_funnel_experiment() -> None:
    organic, aqueous = flows()
    x0 = np.linspace(0.1, 0.9, STAGES)
    y0 = BETA * x0 / (1.0 + (BETA - 1.0) * x0)
    amount = organic * y0 + aqueous * x0
    _, x, _ = shake(amount, 1)
    for stage in range(STAGES):  # what the two neighbours and the feed send is what the funnel holds
        total = FEED if stage == N - 1 else 0.0
        total += organic[stage - 1] * y0[stage - 1] if stage > 0 else 0.0
        total += aqueous[stage + 1] * x0[stage + 1] if stage < STAGES - 1 else 0.0
        y = BETA * x[stage] / (1.0 + (BETA - 1.0) * x[stage])
        assert organic[stage] * y + aqueous[stage] * x[stage] == pytest.approx(total, abs=1e-14)


@pytest.mark.kernel
def test_mass_is_conserved_through_a_change_of_flows() -> None:
    held = flows()[0] + 2.0, flows()[1] + 2.0
    amount = fill(*held)
    start = amount.sum()
    closed = np.full(STAGES, SOLVENT), np.full(STAGES, SOLVENT)
    closed[0][-1] = closed[1][0] = 0.0
    answer, _, _ = shake(amount, 50, 1.0, 0.0, held, closed)
    assert (answer.status, answer.organic_out_A, answer.aqueous_out_A) == (SHAKE_OK, 0.0, 0.0)
    assert amount.sum() == pytest.approx(start, rel=1e-14)
    answer, _, _ = shake(amount, 50, 0.5, FEED, held)
    left = answer.organic_out_A + answer.aqueous_out_A
    assert amount.sum() == pytest.approx(start + 25.0 * FEED - left, rel=1e-14)


@pytest.mark.parametrize("step", [1.0, 0.3])
def test_settles_on_the_steady_kernel(step: float) -> None:
    amount = fill(*flows())
    _, x, history = shake(amount, round(3000 / step), step)
    steady = np.zeros(STAGES)
    answer = binary_steady(BETA, BETA, N, M, SOLVENT, SCRUB, 1.0, 0.0, FEED, steady)
    assert x == pytest.approx(steady, abs=1e-13)
    assert history[-1, :2] == pytest.approx((1.0 - answer.impurity_A_end, answer.impurity_B_end), abs=1e-13)


@pytest.mark.kernel
def test_many_elements_reduce_to_two() -> None:
    amount = fill(*flows())
    _, x, history = shake(amount, 40)
    answer, other, x_many, _, _, many = shake_many_times([BETA, 1.0], [FEED, 1.0 - FEED], [FEED, 1.0 - FEED], 40)
    assert answer.status == SHAKE_OK
    assert other[:, 0] == pytest.approx(amount, abs=1e-13)
    assert x_many[:, 0] == pytest.approx(x, abs=1e-13)
    assert many[:, 0, 0] == pytest.approx(history[:, 0], abs=1e-13)
    assert many[:, 1, 0] == pytest.approx(history[:, 1], abs=1e-13)


@pytest.mark.kernel
def test_three_elements_conserve_each_and_keep_the_totals() -> None:
    feed = [0.3, 0.3, 0.4]
    _, start, _, _, _, _ = shake_many_times([3.0, 1.5, 1.0], feed, feed, 0)
    _, amount, x, y, out, _ = shake_many_times([3.0, 1.5, 1.0], feed, feed, 60, 0.5)
    assert amount.sum(axis=0) + out.sum(axis=0) == pytest.approx(start.sum(axis=0) + 30.0 * np.array(feed), rel=1e-13)
    assert amount.sum(axis=1) == pytest.approx(sum(flows()), rel=1e-12)
    assert x.sum(axis=1) == pytest.approx(1.0, abs=1e-12)
    assert y == pytest.approx(x * [3.0, 1.5, 1.0] / (x @ [3.0, 1.5, 1.0])[:, None], abs=1e-12)


@pytest.mark.kernel
def test_too_long_a_step_and_bad_numbers_have_their_status() -> None:
    amount = fill(*flows())
    before = amount.copy()
    assert shake(amount, 5, 1.5)[0].status == SHAKE_UNSTABLE
    assert np.array_equal(amount, before)
    assert shake_many_times([2.0, 1.0], [0.5, 0.5], [0.5, 0.5], 5, 1.5)[0].status == SHAKE_UNSTABLE
    amount[0] = np.nan
    assert shake(amount, 5)[0].status == SHAKE_NOT_FINITE


@pytest.mark.kernel
def test_a_single_stage() -> None:
    organic, aqueous = np.array([0.6]), np.array([0.4])
    amount, x = np.array([0.5]), np.zeros(1)
    shake_two(
        3.0, 0, 0.5, 1.0, 4, 1, 0, organic, aqueous, organic.copy(), aqueous.copy(), amount, x, np.zeros((4, 1)),
        np.zeros((0, 3)),
    )  # fmt: skip
    assert 0.6 * 3.0 * x[0] / (1.0 + 2.0 * x[0]) + 0.4 * x[0] == pytest.approx(0.5, abs=1e-14)


def test_one_compiled_signature_each() -> None:
    for function in (shake_two, shake_many):
        if hasattr(function, "signatures"):
            assert len(function.signatures) <= 1
