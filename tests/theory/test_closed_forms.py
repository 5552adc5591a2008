"""Closed forms: identities, limits, shapes, and the independence from the compiled kernels."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sxsim.theory.minimum import minimum_double_feed, minimum_flows, minimum_sharp, third_outlet_bound
from sxsim.theory.multicomponent import minimum_conventional, minimum_ends, minimum_linked, minimum_sharp_cut
from sxsim.theory.optimum import explain_pinch, extraction_ratios, xu_optimum
from sxsim.theory.reflux import (
    beta_elasticity_fixed_ratio,
    beta_elasticity_fixed_solvent,
    beta_elasticity_total_reflux,
    stages_factor_total_reflux,
    total_reflux_stages,
)
from sxsim.theory.specification import split
from sxsim.theory.stages import exact_stages, high_purity_stages, simple_stages
from sxsim.theory.timescales import inventory_bound, slow_mode

FIGURES = ("purity_A", "purity_B", "recovery_A", "recovery_B")


@given(
    feed_A=st.floats(0.05, 0.95),
    spare_A=st.floats(0.01, 0.999),
    spare_B=st.floats(0.01, 0.999),
    first=st.integers(0, 3),
    second=st.integers(0, 3),
)
def test_any_two_figures_give_the_same_split(
    feed_A: float, spare_A: float, spare_B: float, first: int, second: int
) -> None:
    whole = split(feed_A, purity_A=feed_A + spare_A * (1 - feed_A), purity_B=1 - feed_A + spare_B * feed_A)
    if first == second:
        return
    again = split(feed_A, **{FIGURES[k]: getattr(whole, FIGURES[k]) for k in (first, second)})
    assert tuple(again) == pytest.approx(tuple(whole), rel=1e-6)
    assert whole.outlet_A * whole.purity_A + whole.outlet_B * (1 - whole.purity_B) == pytest.approx(feed_A, rel=1e-12)


def test_functions_take_arrays() -> None:
    feed = np.array([[0.2], [0.5], [0.8]])
    wanted = split(feed, purity_A=np.array([0.99, 0.999]), purity_B=0.995)
    best = xu_optimum(1.5, wanted)
    count = exact_stages(1.5, wanted, 1.3 * minimum_flows(1.5, wanted).S)
    assert best.S.shape == count.n.shape == wanted.outlet_A.shape == (3, 2)
    one = split(0.5, purity_A=0.999, purity_B=0.995)
    single = exact_stages(1.5, one, 1.3 * minimum_flows(1.5, one).S)
    assert (count.n[1, 1], count.m[1, 1]) == pytest.approx(tuple(single), rel=1e-13)


@pytest.mark.parametrize("feed", ["aqueous", "organic"])
@pytest.mark.parametrize("beta", [1.2, 1.5, 3.0])
def test_finite_purity_tends_to_the_sharp_minimum(beta: float, feed: str) -> None:
    wanted = split(0.3, purity_A=1 - 1e-12, purity_B=1 - 1e-12)
    assert tuple(minimum_flows(beta, wanted, feed)) == pytest.approx(tuple(minimum_sharp(beta, 0.3, feed)), rel=1e-10)
    cut = minimum_sharp_cut([beta, 1.0], [0.3, 0.7], 1, feed)
    assert (cut.S, cut.W) == pytest.approx(tuple(minimum_sharp(beta, 0.3, feed)), rel=1e-10)
    ends = minimum_ends([beta, 1.0], [0.3, 0.7], feed)
    assert (ends.S, ends.W) == pytest.approx(tuple(minimum_sharp(beta, 0.3, feed)), rel=1e-12)
    assert ends.organic_outlet == pytest.approx([0.3, 0.0], abs=1e-12)


@pytest.mark.parametrize("feed", ["aqueous", "organic"])
def test_stages_run_away_at_the_minimum(feed: str) -> None:
    wanted = split(0.4, purity_A=0.999, purity_B=0.999)
    floor = minimum_flows(1.5, wanted, feed).S
    below, above = exact_stages(1.5, wanted, 0.999 * floor, feed), exact_stages(1.5, wanted, 1.0001 * floor, feed)
    assert math.isinf(below.n)
    assert math.isinf(below.m)
    assert above.n + above.m > 130
    many = exact_stages(1.5, wanted, 1e7, feed)
    assert many.n + many.m == pytest.approx(total_reflux_stages(1.5, 0.999, 0.999), abs=1e-4)


@pytest.mark.parametrize("feed", ["aqueous", "organic"])
@pytest.mark.parametrize("beta", [1.5, 2.0, 5.0])
def test_optimum_meets_the_minimum_at_its_threshold(beta: float, feed: str) -> None:
    root = math.sqrt(beta)
    threshold = root / (1 + root) if feed == "aqueous" else 1 / (1 + root)
    high = 1 - 1e-9
    for side in (-1e-7, 1e-7):
        best = xu_optimum(beta, split(1 - threshold + side, purity_A=high, purity_B=high), feed)
        assert best.S_over_S_min == pytest.approx(1.0, abs=1e-5)
        assert best.pinched
        assert bool(best.extraction_controls) == (side < 0)
    skewed = xu_optimum(beta, split(0.9, purity_A=0.999, purity_B=0.999), feed)
    assert not skewed.near_pinch
    ratios = extraction_ratios(skewed.S, skewed.W, split(0.9, purity_A=0.999, purity_B=0.999), feed)
    assert ratios == pytest.approx((skewed.E_M, skewed.E_M_scrub), rel=1e-12)


def test_trap_is_explained() -> None:
    wanted = split(0.4495, purity_A=0.999, purity_B=0.999)
    best = xu_optimum(1.5, wanted)
    simple = simple_stages(1.5, wanted, best.E_M, best.E_M_scrub)
    exact = exact_stages(1.5, wanted, best.S)
    relaxed = exact_stages(1.5, wanted, 1.25 * minimum_flows(1.5, wanted).S)
    counts = [math.ceil(count.n + count.m) for count in (simple, exact, relaxed)]
    assert counts == [68, 115, 62]
    assert "both sections pinch" in explain_pinch(float(best.S_over_S_min))
    assert "no number of stages" in explain_pinch(0.98)
    assert "too few" in explain_pinch(1.1)
    assert explain_pinch(1.3) == ""


def test_scrub_factor_of_its_own_changes_the_scrub_section_only() -> None:
    wanted = split(0.5, purity_A=0.999, purity_B=0.999)
    same, other = exact_stages(1.5, wanted, 3.2), exact_stages(1.5, wanted, 3.2, beta_scrub=1.8)
    assert other.n == same.n
    assert other.m < same.m
    assert xu_optimum(1.5, wanted, beta_scrub=1.8).E_M_scrub == pytest.approx(math.sqrt(1.8))
    assert simple_stages(1.5, wanted, 0.85, 1.2, 1.8).m < simple_stages(1.5, wanted, 0.85, 1.2).m
    near = high_purity_stages(1.5, wanted, 3.2, beta_scrub=1.8)
    assert tuple(near) == pytest.approx(tuple(other), abs=0.3)


def test_double_feed_of_one_composition_pair_pinches_twice() -> None:
    x, beta = 0.4, 1.5
    y = beta * x / (1 + (beta - 1) * x)
    both = minimum_double_feed(beta, 0.5, x, 0.5, y)
    assert both.S_aqueous_pinch == pytest.approx(both.S_organic_pinch, rel=1e-12)
    assert both.S_same_stage == pytest.approx(both.S, rel=1e-12)
    apart = minimum_double_feed(beta, 0.5, 0.5, 0.5, 0.3)
    assert apart.S_same_stage > apart.S


def test_linked_trains_need_less_than_conventional_ones() -> None:
    alpha, feed = [12.0, 8.0, 4.0, 1.0], [0.17, 0.05, 0.5, 0.28]
    linked, stripped = minimum_linked(alpha, feed), minimum_conventional(alpha, feed)
    loaded = minimum_conventional(alpha, feed, "loaded")
    assert linked < loaded < stripped
    assert 1 - linked / stripped == pytest.approx(0.53, abs=0.01)
    assert minimum_conventional([2.0, 1.0], [0.5, 0.5]) == pytest.approx(1.5)
    assert third_outlet_bound(2.0, 0.4, 2.6, 2.0, "organic") == pytest.approx(1 - 0.4 / 3.2)


def test_errors_of_beta_cost_more_at_fixed_solvent() -> None:
    wanted = split(0.75, purity_A=0.999, purity_B=0.999)
    for beta, reflux, ratio in ((1.5, -2.47, -2.55), (2.0, -1.44, -1.54)):
        solvent = 1.22 * minimum_flows(beta, wanted).S
        fixed = beta_elasticity_fixed_solvent(beta, wanted, solvent)
        assert beta_elasticity_total_reflux(beta) == pytest.approx(reflux, abs=0.01)
        assert beta_elasticity_fixed_ratio(beta, wanted, 1.22) == pytest.approx(ratio, abs=0.02)
        assert fixed < 1.8 * ratio
    assert stages_factor_total_reflux(1.5, -0.05) == pytest.approx(1.145, abs=0.001)
    assert stages_factor_total_reflux(2.0, -0.05) == pytest.approx(1.08, abs=0.001)


def test_slow_mode_grows_as_one_over_the_impurity() -> None:
    times = slow_mode(400.0, 0.5, np.array([0.999, 0.9999]), np.array([0.999, 0.9999])).tau_1
    assert times[1] / times[0] == pytest.approx(10 * math.log(999.0) / math.log(9999.0), rel=0.01)
    assert inventory_bound(110.0, 100.0, 0.75) == pytest.approx(40.0)
    assert inventory_bound(100.0, 115.0, 0.75) == pytest.approx(20.0)


def test_closed_forms_do_not_load_numba() -> None:
    code = (
        "import sys, sxsim.theory.stages, sxsim.theory.reflux, sxsim.theory.design, sxsim.theory.network\n"
        "sys.exit(sum(name in sys.modules for name in ('numba', 'scipy')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
