"""The solver against a model that shares no code with it, and checks that see when something is wrong."""

from __future__ import annotations

import numpy as np
import pytest
from tests import oracle
from tests.cascade.cases import SMALL

from sxsim.cascade import solve
from sxsim.cascade.compile import compile_cascade
from sxsim.cascade.profiles import Start
from sxsim.cascade.solving import solve_quietly, steady_state

pytestmark = pytest.mark.kernel


@pytest.fixture(scope="module", params=list(SMALL))
def case(request):
    cascade = SMALL[request.param]()
    return compile_cascade(cascade), solve_quietly(cascade)


def ions(problem):
    """Components but the acid that is taken up: to the oracle that is protons."""
    return [i for i in range(len(problem.components)) if i != problem.plan.acid_component]


def test_solver_and_oracle_agree(case):
    """Both phases, protons and flows of every stage; concentrations below 1e-12 mol/L are compared absolutely."""
    problem, result = case
    x, y, h, _ = oracle.solve(problem.chemistry, problem.plan)
    L, V = oracle.volumes(problem.plan)
    stage, kept = result.stage, ions(problem)
    np.testing.assert_allclose(stage.aqueous_m3_h, L, rtol=1e-13)
    np.testing.assert_allclose(stage.organic_m3_h, V, rtol=1e-13)
    np.testing.assert_allclose(stage.aqueous_mol_L[:, kept], x, rtol=1e-8, atol=1e-20)
    np.testing.assert_allclose(stage.organic_mol_L[:, kept], y, rtol=1e-8, atol=1e-20)
    np.testing.assert_allclose(stage.proton_mol_L, h, rtol=1e-8)


def test_the_oracle_finds_the_solution_in_balance_and_equilibrium(case):
    """Every residual of the independent model at the solver's answer."""
    problem, result = case
    stage, kept = result.stage, ions(problem)
    F = problem.chemistry.extractant - stage.equilibrium_mol_L @ problem.chemistry.s
    model = oracle.build(problem.chemistry, problem.plan)
    x, y = stage.aqueous_mol_L[:, kept], stage.organic_mol_L[:, kept]
    found = oracle.residuals(model, x, y, stage.proton_mol_L, F)
    n = len(kept)
    significant = x > 1e-15
    assert np.abs(found[:, :n][significant]).max() < 1e-9
    assert np.abs(found[:, n : 2 * n][significant & (y > 1e-15)]).max() < 1e-8
    assert np.abs(found[:, 2 * n :]).max() < 1e-9


def test_what_the_result_says_of_itself(case):
    _, result = case
    assert result.status == "converged"
    assert result.closure <= 1e-10
    assert result.closure == max(result.closure_by_component.values())
    assert result.equilibrium_residual <= 1e-8
    assert result.charge_relation <= 1e-10
    assert (result.stage.aqueous_mol_L >= 0.0).all()
    assert (result.stage.organic_mol_L >= 0.0).all()


def test_a_warm_start_ends_where_a_cold_one_does():
    cascade = SMALL["imperfect"]()
    cold = solve_quietly(cascade)
    again = solve_quietly(cascade, start=cold)
    assert again.iterations <= cold.iterations
    np.testing.assert_allclose(again.stage.organic_mol_L, cold.stage.organic_mol_L, rtol=1e-8, atol=1e-20)
    other = solve(SMALL["contact"](), start=cold)  # does not fit: left aside
    assert other.status == "converged"


def test_a_neighbour_whose_flows_do_not_flow_is_left_aside():
    cascade = SMALL["contact"]()
    cascade = cascade.replace(
        {
            "target": [{"stream": "raffinate", "element": cascade.elements[0], "recovery_min": 0.5}],
            "solve": {"free": ["organic.flow_m3_h"]},
        }
    )
    alone = solve_quietly(cascade)
    bad = Start(alone.components, alone.stage, {"organic.flow_m3_h": 0.0})
    assert steady_state(cascade, start=bad).found == alone.found
