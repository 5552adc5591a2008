"""The checks that a result carries see an error of any one part."""

from __future__ import annotations

import numpy as np
import pytest
from tests import oracle
from tests.cascade.cases import SMALL

from sxsim.cascade.balances import acid_residuals, equilibrium_residual, free_protons, lines, total_acid
from sxsim.cascade.compile import compile_cascade
from sxsim.cascade.outlets import closure_by_component, outlets
from sxsim.kernels.flows import count_links, fill_network, make_network
from sxsim.kernels.model import State

pytestmark = pytest.mark.kernel


@pytest.fixture(scope="module", params=["soap", "open", "sulfate"])
def solved(request):
    """A steady state found by the oracle, as the checks take it."""
    problem = compile_cascade(SMALL[request.param]())
    x, y, h, F = oracle.solve(problem.chemistry, problem.plan)
    sulfate = oracle.build(problem.chemistry, problem.plan).sulfate
    N, n = x.shape
    k = count_links(problem.plan)
    network = make_network(N, n, k)
    assert fill_network(problem.plan, network) == 0
    return problem, network, State(x, y, y, h, F, np.zeros((k, n)), np.zeros(N), sulfate)


def figures(problem, network, state):
    leaving = outlets(problem, lines(problem.plan, network))
    closure = closure_by_component(problem, state, leaving)
    acid = float(np.abs(acid_residuals(problem.chemistry, network, state)).max())
    return closure, equilibrium_residual(problem.chemistry, network, state), acid


def test_all_checks_are_zero_at_a_steady_state(solved):
    closure, equilibrium, acid = figures(*solved)
    assert max(closure.values()) < 1e-11
    assert equilibrium < 1e-9
    assert acid < 1e-10


def test_flows_agree_with_the_oracle(solved):
    problem, network, _ = solved
    for ours, theirs in zip(lines(problem.plan, network), oracle.volumes(problem.plan), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-13)


@pytest.mark.parametrize("part", ["x", "y", "h"])
def test_an_error_of_one_part_in_a_thousand_is_seen(solved, part):
    """In the first stage, whose aqueous leaves as a product in every case."""
    problem, network, state = solved
    wrong = getattr(state, part).copy()
    wrong[0] *= 1.001
    closure, equilibrium, acid = figures(problem, network, state._replace(**{part: wrong}))
    assert equilibrium > 1e-4
    assert acid > 1e-8 or part == "x"
    if part == "x":
        assert max(closure.values()) > 1e-8


def test_an_overloaded_organic_has_no_equilibrium(solved):
    problem, network, state = solved
    assert equilibrium_residual(problem.chemistry, network, state._replace(y=state.y * 1e5)) == np.inf


@pytest.mark.parametrize("acid", [1e-6, 0.1, 3.0])
def test_free_protons_undo_total_acid(acid):
    for sulfate in (0.0, 0.5):
        h = free_protons(acid, sulfate, 0.0105)
        assert total_acid(np.array(h), np.array(sulfate), 0.0105) == pytest.approx(acid, rel=1e-14)
    assert free_protons(acid, 0.0, 0.0) == acid
