"""Lines of cases: every point is that of a cold solve, whatever the steps, and what stands beside it on the line."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from benchmarks.sized import sized_case
from benchmarks.solving import prepared

from sxsim.cascade.compile import compile_cascade
from sxsim.cascade.equations import compile_equations
from sxsim.definition import load
from sxsim.kernels.batch import Case, follow_packed, pack_cases, solve_packed
from sxsim.kernels.ladder import COLD, METHODS, NEIGHBOUR
from sxsim.kernels.solve import NO_FLOW, SOLVED, make_network, make_state

pytestmark = pytest.mark.kernel

FEW, MANY = sized_case(10, 2), sized_case(12, 5)
LITTLE = 1e-6
"""mol/L: no residual feels a trace that is a millionth of this, and cold solves differ among themselves there."""


def batch(case, shares):
    """A case with shares of its base, packed."""
    return pack_cases([prepared(case, share) for share in shares])


def is_cold_one(followed, case, shares):
    """Whether every case that has a solution has that of its cold solve."""
    cold = batch(case, shares)
    solve_packed(cold, 1)
    assert followed.answers[:, 0].tolist() == cold.answers[:, 0].tolist()
    for here, there in zip(followed.points, cold.points, strict=True):
        assert np.all(np.abs(here - there) <= 1e-9 * (np.abs(there) + LITTLE))
    for here, there in zip(followed.flows, cold.flows, strict=True):
        assert here == pytest.approx(there, rel=1e-9, abs=1e-12)
    return True


def by_prediction(packed):
    return packed.answers[:, 1] == NEIGHBOUR


@pytest.mark.parametrize("case", [FEW, MANY], ids=["three components", "six components"])
def test_every_point_of_a_line_is_its_cold_solve(case):
    shares = np.linspace(0.9, 0.93, 13)
    line = batch(case, shares)
    assert follow_packed(line, shares) == shares.size
    assert is_cold_one(line, case, shares)
    assert by_prediction(line)[1:].all()
    assert METHODS[NEIGHBOUR] == "Newton from a neighbour"
    assert line.answers[6:, 2].max() <= 2  # a neighbour's state takes 3 to 6, a cold solve 8 to 10


def test_the_repeated_linearisation_saves_iterations_where_there_are_many_components():
    shares = np.linspace(0.9, 0.93, 13)
    line = batch(MANY, shares)
    follow_packed(line, shares)
    assert line.answers[6:, 2].max() == 1


def test_a_line_through_a_transition_where_a_front_leaves_the_cascade():
    case, shares = sized_case(80, 2), np.linspace(0.97, 1.0, 31)
    line = batch(case, shares)
    assert follow_packed(line, shares) == shares.size
    assert is_cold_one(line, case, shares)
    cold = batch(case, shares)
    solve_packed(cold, 1)
    assert line.answers[:, 2].sum() < 0.6 * cold.answers[:, 2].sum()


def test_steps_may_be_of_any_length_and_go_back():
    shares = np.array([0.90, 0.901, 0.905, 0.906, 0.92, 0.919, 0.9, 0.8, 1.0])
    line = batch(FEW, shares)
    assert follow_packed(line, shares) == shares.size
    assert is_cold_one(line, FEW, shares)


def test_a_place_may_come_twice():
    shares = np.array([0.90, 0.91, 0.91, 0.90, 0.92, 0.92, 0.93, 0.91])
    line = batch(FEW, shares)
    assert follow_packed(line, shares) == shares.size
    assert is_cold_one(line, FEW, shares)
    assert line.answers[[2, 3, 5], 2].tolist() == [1, 1, 1]  # the solution itself is the start


def test_other_cases_at_the_same_place_are_solved_all_the_same():
    shares = np.array([0.9, 0.5, 0.9, 1.0])
    line = batch(FEW, shares)
    assert follow_packed(line, np.zeros(4)) == 4
    assert is_cold_one(line, FEW, shares)


@pytest.mark.parametrize("broken", [0, 1, 4])
def test_a_case_that_cannot_flow_does_not_spoil_those_behind_it(broken):
    shares = np.linspace(0.9, 0.92, 9)
    cases = [prepared(FEW, share) for share in shares]
    cases[broken].plan.feed_volume[:] = -1.0
    line, cold = pack_cases(cases), pack_cases(cases)
    assert follow_packed(line, shares) == shares.size - 1
    solve_packed(cold, 1)
    assert line.answers[broken, 0] == NO_FLOW
    good = np.arange(shares.size) != broken
    assert np.all(line.answers[good, 0] == SOLVED)
    for here, there in zip(line.points, cold.points, strict=True):
        assert np.all(np.abs(here - there)[good] <= 1e-9 * (np.abs(there[good]) + LITTLE))
    assert by_prediction(line)[good][1:].all()


def test_a_place_that_is_no_number_begins_the_line_anew():
    shares = np.linspace(0.9, 0.92, 9)
    places = shares.copy()
    places[4] = np.nan
    line = batch(FEW, shares)
    assert follow_packed(line, places) == shares.size
    assert is_cold_one(line, FEW, shares)
    assert np.flatnonzero(~by_prediction(line)).tolist() == [0, 4, 5]


@pytest.mark.parametrize("threads", [1, 2])
def test_lines_know_nothing_of_each_other(threads):
    shares = np.linspace(0.9, 0.93, 7)
    other = dataclasses.replace(FEW, feed_acid_mol_L=0.02)
    alone, beside = batch(FEW, shares), batch(other, shares[::-1])
    both = pack_cases([prepared(FEW, share) for share in shares] + [prepared(other, share) for share in shares[::-1]])
    follow_packed(alone, shares)
    follow_packed(beside, shares[::-1])
    line = np.repeat([3, 1], shares.size)
    assert follow_packed(both, np.concatenate((shares, shares[::-1])), line, threads) == 2 * shares.size
    for here, there, further in zip(
        (*both.points, both.answers), (*alone.points, alone.answers), (*beside.points, beside.answers), strict=True
    ):
        assert np.array_equal(here, np.concatenate((there, further)))


def test_stages_that_become_ideal_on_the_way():
    efficiencies = np.array([0.9, 0.95, 1.0, 1.0, 0.98])
    made = [prepared(dataclasses.replace(MANY, efficiency=each)) for each in efficiencies]
    line, cold = pack_cases(made), pack_cases(made)
    assert follow_packed(line, efficiencies) == solve_packed(cold, 1) == efficiencies.size
    for here, there in zip(line.points, cold.points, strict=True):
        assert np.all(np.abs(here - there) <= 1e-9 * (np.abs(there) + LITTLE))


def test_cold_starts_on_a_line_leave_nothing_behind_in_the_work_arrays():
    efficiencies = np.array([0.9, 0.8, 1.0, 1.0, 0.95])
    made = [prepared(dataclasses.replace(MANY, efficiency=each)) for each in efficiencies]
    line, cold = pack_cases(made), pack_cases(made)
    assert follow_packed(line, np.full(efficiencies.size, np.nan)) == solve_packed(cold, 1) == efficiencies.size
    for here, there in zip((*line.points, line.answers), (*cold.points, cold.answers), strict=True):
        assert np.array_equal(here, there)


def test_entrainment_and_poor_stages_on_a_line():
    case = dataclasses.replace(MANY, efficiency=0.9, entrainment_O_in_A=0.005, entrainment_A_in_O=0.005)
    shares = np.linspace(0.8, 0.82, 9)
    line = batch(case, shares)
    assert follow_packed(line, shares) == shares.size
    assert is_cold_one(line, case, shares)
    assert line.answers[6:, 2].max() == 1


def test_with_free_quantities_every_case_starts_cold():
    problem = compile_cascade(load("nd_pr_p507"))
    equations, shape = compile_equations(problem), problem.chemistry.ln_K.shape
    made = []
    for share in (1.0, 1.001):
        plan = problem.plan._replace(inlet=problem.plan.inlet * [1.0, share, 1.0])
        space = make_network(*shape, 1), make_state(*shape, 1)
        made.append(Case(problem.chemistry, plan, equations, *space, COLD))
    line, cold = pack_cases(made), pack_cases(made)
    assert follow_packed(line, np.array([1.0, 1.001])) == solve_packed(cold, 1) == 2
    for here, there in zip((*line.points, line.answers), (*cold.points, cold.answers), strict=True):
        assert np.array_equal(here, there)


def test_a_line_needs_a_place_for_every_case():
    with pytest.raises(ValueError, match="3 cases, but 2 places"):
        follow_packed(batch(FEW, [0.9, 0.91, 0.92]), np.zeros(2))
