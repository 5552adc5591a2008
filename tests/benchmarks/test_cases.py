"""The generator draws what it says, and its residual is the oracle's."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.cases import chemistry, draw, no_steady_state, plan
from benchmarks.residual import volumes, worst_residual
from benchmarks.solving import solve
from tests import oracle

from sxsim.kernels.flows import count_links, fill_network, make_network

CASES = [draw(7, number) for number in range(200)]


def test_a_case_is_drawn_by_its_numbers_alone():
    assert draw(7, 150) == CASES[150]
    assert draw(7, 150, 1) != CASES[150]
    assert draw(8, 150) != CASES[150]


def test_draws_stay_in_their_ranges_and_reach_far_into_them():
    elements = [len(case.log10_K) for case in CASES]
    stages = [count for case in CASES for count in case.stages]
    steps = 10.0 ** np.concatenate([-np.diff(case.log10_K) for case in CASES])
    ratio = [case.S / case.S_min for case in CASES]
    level = [np.mean(case.log10_K[case.cut - 1 : case.cut + 1]) for case in CASES]
    for values, low, high in (
        (elements, 2, 15),
        (stages, 2, 150),
        (steps, 1.1, 10.0),
        (ratio, 0.7, 4.0),
        (level, -5.0, 1.0),
        ([case.saponified_fraction for case in CASES], 0.05, 0.45),
        ([case.feed_mol_L for case in CASES], 0.01, 1.5),
        ([case.scrub_mol_L for case in CASES], 0.3, 6.0),
        ([case.efficiency for case in CASES], 0.6, 1.0),
    ):
        inner = 0.1 * (high - low)
        assert min(values) >= low - 1e-9
        assert max(values) <= high + 1e-9
        assert min(values) < low + inner
        assert max(values) > high - inner
    assert min(min(case.fraction) for case in CASES) >= 1e-5
    assert {len(case.stages) for case in CASES} == {2, 3}
    assert {case.recycled for case in CASES} == {True, False}


def test_entrainment_never_brings_more_than_a_tenth_of_the_receiving_flow():
    carrying = [case for case in CASES if case.entrainment_A_in_O > 0.0]
    assert len(carrying) > 50
    for case in carrying:
        L, V = volumes(plan(case))
        assert (case.entrainment_A_in_O * V).max() <= 0.112 * L.min()  # the flows themselves shift by what is carried
        assert (case.entrainment_O_in_A * L).max() <= 0.112 * V.min()


def test_a_loop_with_more_base_than_anions_is_known_to_have_no_steady_state():
    loop = next(case for case in CASES if case.recycled)
    assert not no_steady_state(loop)
    over = type(loop)(**{**loop.__dict__, "scrub_m3_h": 0.0, "strip_m3_h": 0.0})
    assert over.charge_ratio > 1.0
    assert "charge bound" in no_steady_state(over)


@pytest.mark.parametrize("number", [case.number for case in CASES if sum(case.stages) < 60][:4])
def test_volumes_and_residual_are_those_of_the_oracle(number):
    case = CASES[number]
    law, layout = chemistry(case), plan(case)
    N, n = law.ln_K.shape
    network = make_network(N, n, count_links(layout))
    assert fill_network(layout, network) == 0
    L, V = volumes(layout)
    np.testing.assert_allclose(L + layout.entrained_aq * V, network.aq_out, rtol=1e-12)

    state = solve(case).state
    rng = np.random.default_rng(0)
    x, y, h, F = (
        values * np.exp(0.1 * rng.standard_normal(values.shape)) for values in (state.x, state.y, state.h, state.F)
    )
    ours = worst_residual(law, layout, x, y, h, F)
    theirs = np.abs(oracle.residuals(oracle.build(law, layout), x, y, h, F))
    assert ours.equilibrium == pytest.approx(max(theirs[:, n : 2 * n].max(), theirs[:, -1].max()), rel=0.3)
    assert 0.1 < ours.balance / max(theirs[:, :n].max(), theirs[:, 2 * n].max()) < 3.0
