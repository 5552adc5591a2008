"""Targeted cases are drawn as they say, their typed flows prove the targets, and the brute force finds no worse."""

from __future__ import annotations

import dataclasses
import functools
from collections import Counter

import numpy as np
import pytest
from benchmarks.brute_force import least_organic, main
from benchmarks.residual import worst_residual
from benchmarks.targeted import KINDS, PURITY, draw_targeted, losses, solve_plain, start_factors


@functools.cache
def cases():
    """Some draws, made when a test first asks for them."""
    return [draw_targeted(7, number) for number in range(60)]


def solved(targeted, organic_m3_h, scrub_m3_h):
    layout = targeted.with_flows(organic_m3_h, scrub_m3_h)
    done, network, state = solve_plain(targeted.chemistry, layout)
    assert done
    return layout, network, state


def test_a_case_is_drawn_by_its_numbers_alone():
    again, other = draw_targeted(7, 31), draw_targeted(8, 31)
    assert again.case == cases()[31].case
    assert again.targets == cases()[31].targets
    assert (again.kind, again.attempt) == (cases()[31].kind, cases()[31].attempt)
    assert other.case != cases()[31].case
    np.testing.assert_array_equal(start_factors(7, 31, 5), start_factors(7, 31, 5))


def test_draws_stay_in_their_ranges_and_every_kind_comes():
    assert set(Counter(targeted.kind for targeted in cases())) == set(KINDS)
    assert {len(targeted.case.log10_K) for targeted in cases()} == {2, 3, 4, 5, 6}
    for targeted in cases():
        case = targeted.case
        assert 1 <= min(case.stages) <= max(case.stages) <= 60
        steps = 10.0 ** -np.diff(case.log10_K)
        assert 1.2 - 1e-9 <= steps.min() <= steps.max() <= 10.0 + 1e-9
        assert 1.02 <= case.S / case.S_min <= 3.0
        assert -5.0 <= np.mean(case.log10_K[case.cut - 1 : case.cut + 1]) <= 1.0
        assert (targeted.plan.base_component < 0) == targeted.kind.startswith("unsaponified")
        assert targeted.plan.recycled == ("open" not in targeted.kind)
        assert targeted.plan.split_from.size == (targeted.kind in ("soap", "reflux"))
    factors = start_factors(7, 0, 1000)
    assert 0.25 <= factors.min() < 0.3
    assert 4.5 < factors.max() <= 5.0


def test_one_target_wants_more_scrub_and_the_other_less():
    for targeted in cases():
        wants_more = [
            (target.kind == PURITY) == (target.component < targeted.case.cut)  # purity of A, recovery of B
            for target in targeted.targets
        ]
        assert sorted(wants_more) == [False, True]
    assert len({tuple(target.kind for target in targeted.targets) for targeted in cases()}) == 4


def test_typed_flows_are_a_steady_state_that_meets_the_targets():
    for targeted in cases():
        layout, network, state = solved(targeted, targeted.organic_m3_h, targeted.scrub_m3_h)
        lost = losses(targeted.targets, targeted.elements, layout, network, state)
        assert (lost < targeted.allowed).all()
        assert 1e-7 < lost.min() <= lost.max() < 0.3
        np.testing.assert_allclose([target.allowed for target in targeted.targets], targeted.allowed, rtol=1e-8)
        if not layout.split_from.size and layout.base_component >= 0:
            assert worst_residual(targeted.chemistry, layout, state.x, state.y, state.h, state.F).good


def test_equations_say_what_the_targets_say():
    for targeted in cases():
        equations = targeted.equations
        layout, _, state = solved(targeted, targeted.organic_m3_h, targeted.scrub_m3_h)
        assert layout.feed_volume[targeted.scrub_feed] == targeted.scrub_m3_h
        for row, target in enumerate(targeted.targets):
            assert equations.target_stage[row] == target.stage
            assert equations.target_phase[row] == target.phase
            assert equations.target_value[row] == target.allowed
            assert np.flatnonzero(equations.below[row]).tolist() == [target.component]
            if target.kind == PURITY and not layout.entrained_org.any():
                concentration = (state.x if target.phase == 0 else state.y)[target.stage]
                share = (equations.above[row] @ concentration) / (equations.below[row] @ concentration)
                assert share < equations.target_value[row]


@pytest.mark.parametrize("number", [22, 36, 53])
def test_the_brute_force_needs_no_more_organic_than_was_typed(number):
    targeted = cases()[number]
    found = least_organic(targeted, 4000, typed=False)
    assert found.least_m3_h is not None
    assert found.least_m3_h <= 1.003 * targeted.organic_m3_h
    assert found.k <= 1.0
    layout, network, state = solved(targeted, found.least_m3_h, found.least_scrub_m3_h)
    lost = losses(targeted.targets, targeted.elements, layout, network, state)
    assert (lost <= targeted.allowed * (1.0 + 1e-9)).all()


def test_the_brute_force_tells_how_far_a_target_is_out_of_reach():
    targeted = cases()[36]
    strict = dataclasses.replace(targeted, loss=targeted.loss * np.array([1e-6, 1.0]))
    found = least_organic(strict, 4000)
    assert found.least_m3_h is None
    assert found.k > 1.0
    layout, network, state = solved(strict, found.organic_m3_h, found.scrub_m3_h)
    lost = losses(strict.targets, strict.elements, layout, network, state)
    assert (lost / strict.allowed).max() == pytest.approx(found.k, rel=1e-6)


def test_a_spent_budget_is_said(capsys):
    assert not least_organic(cases()[36], 300).complete
    assert main(["--seed", "7", "--only", "36", "--points", "1500"]) == 0
    assert "least/typed" in capsys.readouterr().out
