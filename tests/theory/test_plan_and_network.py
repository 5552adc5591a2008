"""Plans against brute force, and stage graphs against the two-element kernel."""

from __future__ import annotations

import numpy as np
import pytest

from sxsim.theory.design import inventory_optimal_solvent, plan
from sxsim.theory.minimum import minimum_flows
from sxsim.theory.network import chain, linked_three, solve_network
from sxsim.theory.specification import split
from sxsim.theory.stages import binary_purities, exact_stages
from sxsim.theory.timescales import inventory


@pytest.mark.parametrize("feed", ["aqueous", "organic"])
@pytest.mark.parametrize(("beta", "feed_A"), [(1.5, 0.3), (2.0, 0.85)])
def test_inventory_optimum_beats_a_grid(beta: float, feed_A: float, feed: str) -> None:
    wanted = split(feed_A, purity_A=0.999, purity_B=0.999)
    floor = float(minimum_flows(beta, wanted, feed).S)

    def held(solvent: np.ndarray) -> np.ndarray:
        count = exact_stages(beta, wanted, solvent, feed)
        scrub = solvent - wanted.outlet_A + (feed == "organic")
        fed = count.m + 1 if feed == "organic" else count.n
        return (count.n + count.m - 1) * (solvent + scrub) + fed

    grid = floor * np.linspace(1.02, 3.0, 400)
    best = inventory_optimal_solvent(beta, wanted, feed)
    assert held(np.array(best)) <= held(grid).min()
    assert best == pytest.approx(grid[np.argmin(held(grid))], rel=0.01)
    assert 1.2 <= best / floor <= (1.65 if feed == "aqueous" else 1.95)


@pytest.mark.parametrize("feed", ["aqueous", "organic"])
def test_plan_holds_what_it_promises(feed: str) -> None:
    p = plan(2.0, 0.5, 0.99, 0.999, feed=feed)
    assert p.S == p.inventory_optimal_S
    assert p.smallest.n + p.smallest.m == int(np.ceil(p.exact.n + p.exact.m))
    got = binary_purities(2.0, 0.5, p.smallest.n, p.smallest.m, p.S, p.W, feed)
    assert got == (p.smallest.purity_A, p.smallest.purity_B)
    assert got[0] >= 0.99
    assert got[1] >= 0.999
    assert p.smallest.n + p.smallest.m > p.total_reflux_stages
    assert p.inventory == pytest.approx(inventory(p.smallest.n, p.smallest.m, p.S, p.W, feed))
    assert p.acid_scrub + p.acid_strip == pytest.approx(p.base + 3.0 * (feed == "organic"), rel=1e-12)
    assert p.remark == ""
    assert p.slow_mode.tau_1 > 100.0


def test_plan_near_the_minimum_says_so() -> None:
    p = plan(2.0, 0.5, 0.99, 0.99, S_over_S_min=1.02)
    assert "both sections pinch" in p.remark
    assert p.S == pytest.approx(1.02 * p.minimum.S)
    assert plan(2.0, 0.5, 0.99, 0.99, S=p.S).smallest == p.smallest


@pytest.mark.parametrize("feed", ["aqueous", "organic"])
def test_a_plain_chain_is_the_two_element_cascade(feed: str) -> None:
    scrub = 2.2 + (feed == "organic")
    state = solve_network(chain([12, 10], 2.7, {12: (feed, [0.5, 0.5])}, 0.5), [1.5, 1.0])
    expected = binary_purities(1.5, 0.5, 12, 10, 2.7, scrub, feed)
    assert (state.composition["organic"][0], state.composition["aqueous"][1]) == pytest.approx(expected, abs=1e-12)
    assert state.closure < 1e-12
    again = solve_network(chain([12, 10], 2.7, {12: (feed, [0.5, 0.5])}, 0.5), [1.5, 1.0], start=state.x)
    assert again.x == pytest.approx(state.x, abs=1e-10)


@pytest.mark.parametrize("phase", ["aqueous", "organic"])
def test_draws_balance(phase: str) -> None:
    feed = np.array([0.4, 0.2, 0.4])
    net = chain([6, 6, 6], 3.0, {12: ("aqueous", feed)}, 0.4, {6: (phase, 0.15)})
    state = solve_network(net, [4.0, 2.0, 1.0])
    out = sum(net.products[name][2] * state.composition[name] for name in net.products)
    assert out == pytest.approx(feed, abs=1e-12)


def test_linked_cascade_balances() -> None:
    net = linked_three([0.3, 0.3, 0.4], 6, 2.0, 1.1, 0.65)
    state = solve_network(net, [4.0, 2.0, 1.0])
    out = sum(net.products[name][2] * state.composition[name] for name in net.products)
    assert out == pytest.approx([0.3, 0.3, 0.4], abs=1e-12)
    assert all(state.composition[name][j] > 0.9 for j, name in enumerate("ABC"))
