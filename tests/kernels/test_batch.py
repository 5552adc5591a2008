"""Batches: the answers of single solves to the last bit, whatever the threads, and cases of many sizes side by side."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from benchmarks.sized import sized_case
from benchmarks.solving import prepared

from sxsim.kernels.batch import TOGETHER, pack_cases, solve_many, solve_packed
from sxsim.kernels.solve import NO_FLOW, SOLVED, solve_case

pytestmark = pytest.mark.kernel

SMALL = 10


def cases(count):
    made = []
    for number in range(count):
        case = sized_case(SMALL if number % 20 else SMALL - 1, 2)
        made.append(prepared(dataclasses.replace(case, feed_acid_mol_L=0.01 + 0.001 * number)))
    return made


@pytest.mark.parametrize("threads", [1, 2])
def test_a_batch_gives_what_single_solves_give(threads):
    count = TOGETHER + 5
    together, alone = cases(count), cases(count)
    answers = solve_many(together, threads)
    assert [answer.status for answer in answers] == [SOLVED] * count
    assert answers == [solve_case(*case) for case in alone]
    for one, other in zip(together, alone, strict=True):
        for part in ("state", "network", "plan"):
            for here, there in zip(getattr(one, part), getattr(other, part), strict=True):
                assert np.array_equal(here, there)


@pytest.mark.parametrize("threads", [1, 2])
def test_a_packed_batch_is_solved_in_place(threads):
    alike = [case for case in cases(TOGETHER + 5) if case.state.x.shape[0] == SMALL]
    packed = pack_cases(alike)
    assert solve_packed(packed, threads) == len(alike)
    for q, case in enumerate(alike):
        assert tuple(packed.answers[q]) == solve_case(*case)
        assert np.array_equal(packed.points.c[q, 0], case.state.x)


def test_a_case_that_cannot_flow_leaves_the_others_alone():
    three = cases(3)
    three[1].plan.feed_volume[:] = -1.0
    answers = solve_many(three, 1)
    assert [answer.status for answer in answers] == [SOLVED, NO_FLOW, SOLVED]


def test_a_batch_may_start_from_what_its_states_hold():
    first = cases(1)[0]
    solve_many([first], 1)
    again = first._replace(warm=1)
    (answer,) = solve_many([again], 1)
    assert answer.status == SOLVED
    assert answer.iterations <= 1


def test_no_cases_no_answers():
    assert solve_many([], 2) == []
