"""The search for targets: its sensitivities are derivatives, and typed values of what is free are not looked at."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sxsim.cascade.compile import compile_cascade
from sxsim.cascade.equations import compile_equations
from sxsim.definition import load
from sxsim.kernels.flows import count_links, pack_plan
from sxsim.kernels.free import pack_equations
from sxsim.kernels.goals import free_value
from sxsim.kernels.ladder import SOLVED, climb, new_work
from sxsim.kernels.opening import TELLS, open_flows
from sxsim.kernels.packed import make_flows, make_point
from sxsim.kernels.search import FIGURES, FOUND, K_BEST, seek
from sxsim.kernels.solve import pack_chemistry
from sxsim.kernels.tune import go_to, lay_desk, sense

SMALL = {"section.extraction.stages": 2, "section.scrubbing.stages": 2, "section.stripping.stages": 2}


def arrays(name="nd_pr_p507", changes=SMALL, organic=18.0, scrub=2.5):
    """Kernels' arrays of a cascade whose targets leave two flows free."""
    cascade = load(name)
    data = cascade.to_data()
    for section in data["section"]:
        section["stages"] = changes.get(f"section.{section['name']}.stages", section["stages"])
    data["organic"]["flow_m3_h"] = organic
    data["stream"]["scrub"]["flow_m3_h"] = scrub
    problem = compile_cascade(type(cascade).from_data(data))
    size = len(problem.section), len(problem.components), count_links(problem.plan)
    goals = pack_equations(compile_equations(problem))
    return pack_chemistry(problem.chemistry), pack_plan(problem.plan), goals, make_flows(*size), make_point(*size), size


@pytest.mark.kernel
def test_responses_are_derivatives_of_the_targets():
    law, layout, goals, flows, point, (_, n, k) = arrays()
    assert climb(law, layout, flows, point, 0)[0] == SOLVED
    desk = lay_desk(flows, n, 2, 2)
    work = new_work(point.s.shape[1], n, k, 2, 1)
    assert sense(law, layout, goals, flows, point, work, desk) == 0
    response = desk.response.copy()
    here = np.array([free_value(layout, *goals.free[:, q]) for q in range(2)])
    for q in range(2):
        beside = []
        for step in (1e-4, -1e-4):
            value = here.copy()
            value[q] *= math.exp(step)
            assert go_to(law, layout, goals, flows, point, work, desk, value, 1) == SOLVED
            beside.append(desk.ahead.copy())
        slope = (beside[0] - beside[1]) / 2e-4
        assert response[:, q] == pytest.approx(slope, rel=1e-4, abs=1e-4)  # of the differences


def test_the_start_does_not_look_at_typed_values():
    starts = []
    for organic, scrub in ((18.0, 2.5), (0.01, 300.0)):
        law, layout, goals, _, _, _ = arrays(organic=organic, scrub=scrub, changes={})
        value, tells, helps = np.zeros(2), np.zeros(TELLS), np.zeros((2, 2))
        assert open_flows(law, layout, goals, value, tells, helps) == 0
        assert tells[0] == pytest.approx(1.5)
        assert helps.tolist() == [[1.0, -1.0], [-1.0, 1.0]]
        starts.append(value)
    assert starts[0].tolist() == starts[1].tolist()
    assert starts[0] == pytest.approx([18.0, 2.5], rel=0.05)


@pytest.mark.parametrize("start", [(0.0, 0.0), (5.0, 0.1), (60.0, 9.0)])
def test_an_answer_and_a_refusal_do_not_depend_on_a_start(start):
    found = []
    for changes in ({}, {"section.scrubbing.stages": 25}):
        law, layout, goals, flows, point, _ = arrays(changes=changes)
        figures = np.zeros(FIGURES)
        end, *_ = seek(law, layout, goals, flows, point, np.array(start), 1, figures)
        found.append((end == FOUND, layout.inlet[0], figures[K_BEST]))
    assert [each[0] for each in found] == [True, False]
    assert found[0][1] == pytest.approx(18.00302518, rel=1e-8)
    assert found[1][2] == pytest.approx(K_OF_25_STAGES, rel=5e-3)


K_OF_25_STAGES = 1.223
"""Least factor on both losses with 25 scrubbing stages; from a grid of plain solves."""
