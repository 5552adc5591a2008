"""The robustness run counts what it should, and knows a case without a steady state from a failure."""

from __future__ import annotations

import dataclasses
import json

import pytest
from benchmarks.cases import chemistry, draw, plan
from benchmarks.limit import full_at
from benchmarks.residual import worst_residual
from benchmarks.robustness import main
from benchmarks.sized import sized_case
from benchmarks.solving import solve

from sxsim.kernels.solve import METHODS, SOLVED


def test_a_short_run_solves_everything_and_writes_its_figures(capsys, tmp_path):
    file = tmp_path / "figures.json"
    assert main(["--cases", "6", "--seed", "3", "--processes", "1", "--json", str(file)]) == 0
    figures = json.loads(file.read_text())
    assert figures["solved"] == figures["cases"] == 6
    assert figures["failed"] == figures["refused_by_the_residual"] == []
    assert figures["worst_closure"] <= 1e-10
    assert sum(figures["methods"].values()) == 6
    assert "iterations_median" in capsys.readouterr().out


def test_only_tells_about_single_cases(capsys):
    assert main(["--only", "2,4", "--seed", "3"]) == 0
    told = capsys.readouterr().out
    assert "case 2: stages" in told
    assert "case 4: stages" in told


def test_the_residual_refuses_what_is_only_nearly_solved():
    case = sized_case(20, 2)
    state = solve(case).state
    assert worst_residual(chemistry(case), plan(case), state.x, state.y, state.h, state.F).good
    assert not worst_residual(chemistry(case), plan(case), state.x * (1 + 1e-7), state.y, state.h, state.F).good


def test_base_beyond_what_one_stage_takes_over_is_found_to_have_no_steady_state():
    ideal = dataclasses.replace(sized_case(20, 2), recycled=False, ideal_ion=True)
    solvable = dataclasses.replace(ideal, efficiency=0.7, saponified_fraction=0.3)
    assert solve(solvable).status == SOLVED
    assert full_at(solvable) is None
    full = dataclasses.replace(solvable, saponified_fraction=0.45, log10_K_counter_ion=-4.5)
    assert solve(full).status != SOLVED
    assert 0.6 < full_at(full) < 1.0


@pytest.mark.parametrize(("seed", "number"), [(3, 125), (3, 458)])
def test_a_loop_that_fills_a_stage_is_found_to_have_no_steady_state(seed, number):
    case = draw(seed, number)
    assert solve(case).status != SOLVED
    assert 0.8 < full_at(case) < 1.0


@pytest.mark.parametrize(("seed", "number"), [(2, 3551), (2, 5748), (2, 6794), (3, 1922)])
def test_base_close_to_its_bound_is_found_from_an_alkaline_guess(seed, number):
    case = dataclasses.replace(draw(seed, number), ideal_ion=True)
    answer = solve(case)
    assert answer.status == SOLVED
    assert answer.residual.good
    assert METHODS[answer.method] == "Newton, stretched in small steps from an alkaline guess"


@pytest.mark.parametrize(("seed", "number"), [(2, 7153), (4, 1524), (4, 5961)])
def test_an_element_that_circulates_thousands_of_times_its_feed_closes_without_being_scaled(seed, number):
    answer = solve(draw(seed, number))
    assert answer.status == SOLVED
    assert answer.residual.closure < 1e-10
    assert answer.residual.balance < 5e-10  # scaling its profile would leave more than 1e-9 in the acid of a stage


@pytest.mark.parametrize("stages", [20, 40])
def test_the_sized_cascade_is_solved_and_separates(stages):
    answer = solve(sized_case(stages, 2))
    assert answer.status == SOLVED
    assert answer.residual.good
    raffinate = answer.state.x[0, :2]
    assert raffinate[0] < raffinate[1]
