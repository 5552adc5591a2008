"""The dense solves of a stage against numpy, and three components in registers against the general elimination."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.cases import draw
from benchmarks.solving import prepared

from sxsim.kernels.balances import balances, local, murphree
from sxsim.kernels.dense import factor_dense, solve_again, solve_dense
from sxsim.kernels.flows import pack_plan
from sxsim.kernels.linear_step import _eliminate, _linearise, _respond, linear_step, same_step
from sxsim.kernels.packed import make_flows, make_work
from sxsim.kernels.solve import SOLVED, pack_chemistry, pack_state, solve_case
from sxsim.kernels.three import eliminate_three
from sxsim.kernels.volumes import fill_flows

pytestmark = pytest.mark.kernel


@pytest.mark.parametrize(("size", "columns"), [(1, 1), (3, 7), (6, 1), (9, 20)])
def test_a_dense_system_is_solved(size, columns):
    rng = np.random.default_rng(size)
    A, B = rng.standard_normal((size, size)), rng.standard_normal((size, columns))
    X = B.copy()
    assert solve_dense(A.copy(), X) == 0
    assert X == pytest.approx(np.linalg.solve(A, B), rel=1e-10)


def test_a_singular_system_is_told():
    assert solve_dense(np.zeros((2, 2)), np.zeros((2, 1))) == 1
    assert solve_dense(np.array([[1.0, 2.0], [2.0, 4.0]]), np.ones((2, 1))) == 1
    assert solve_dense(np.full((2, 2), np.nan), np.ones((2, 1))) == 1


@pytest.mark.parametrize("size", [1, 3, 6, 9, 16])
def test_the_factors_serve_another_right_hand_side(size):
    rng = np.random.default_rng(size)
    A, B, b = rng.standard_normal((size, size)), rng.standard_normal((size, 2)), rng.standard_normal(size)
    factors, X, x, swap = A.copy(), B.copy(), b.copy(), np.zeros(size, np.int64)
    assert factor_dense(factors, X, swap) == 0
    solve_again(factors, swap, x)
    assert X == pytest.approx(np.linalg.solve(A, B), rel=1e-10)
    assert x == pytest.approx(np.linalg.solve(A, b), rel=1e-10)


def draws(count, elements):
    """Random cascades that are solved; some with entrainment, most with poor stages."""
    number, found = 0, 0
    while found < count:
        case = draw(7, number)
        number += 1
        if len(case.log10_K) in elements and sum(case.stages) < 40:
            ready = prepared(case)
            if solve_case(*ready).status == SOLVED:
                found += 1
                yield case, ready


def moved(ready, law, layout):
    """Flows, a state away from the solution, and work arrays with its residuals."""
    N, n = ready.state.x.shape
    k = ready.state.m.shape[0]
    flows, point, work = make_flows(N, n, k), pack_state(ready.state), make_work(N, n, k, 0, N)
    assert fill_flows(layout, flows, law.medium[0]) == 0
    point.c[0] *= np.random.default_rng(1).uniform(0.9, 1.1, point.c[0].shape)
    local(law, point, work)
    murphree(law, flows, point)
    balances(law, flows, point, work, 0)
    return flows, point, work


def test_three_components_in_registers_are_eliminated_as_any_others():
    entrained = poor = 0
    for case, ready in draws(12, {2}):
        entrained += case.entrainment_O_in_A > 0.0
        poor += case.efficiency < 1.0
        law, layout = pack_chemistry(ready.chemistry), pack_plan(ready.plan)
        flows, point, work = moved(ready, law, layout)
        _linearise(law, point, work)
        both = []
        for eliminate in (_eliminate, eliminate_three):
            work.own[:] = work.response[:] = 0.0
            _respond(law, flows, point, work, 0)
            assert eliminate(law, flows, point, work, 0) == 0
            both.append(work.response.copy())
        assert both[1] == pytest.approx(both[0], rel=1e-8, abs=1e-12 * np.abs(both[0]).max())
    assert entrained > 0
    assert poor > 0


def test_a_linearisation_gives_its_own_step_again():
    entrained = poor = recycled = 0
    for case, ready in draws(12, {3, 4, 5}):
        entrained += case.entrainment_O_in_A > 0.0
        poor += case.efficiency < 1.0
        recycled += case.recycled
        law, layout = pack_chemistry(ready.chemistry), pack_plan(ready.plan)
        flows, point, work = moved(ready, law, layout)
        assert linear_step(law, flows, point, work, np.zeros(0)) == 0
        first = [array.copy() for array in (work.law[4], work.stage[2:], work.dm)]
        for _ in range(2):
            same_step(law, flows, point, work)
            for step, before in zip((work.law[4], work.stage[2:], work.dm), first, strict=True):
                assert step == pytest.approx(before, rel=1e-7, abs=1e-12)
    assert min(entrained, poor, recycled) > 0
