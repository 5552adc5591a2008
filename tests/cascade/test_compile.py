"""Definitions as arrays: places, feeds, acids, splits, what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.cascade import cases

from sxsim.cascade.compile import compile_cascade
from sxsim.cascade.make_up import aqueous_make_up
from sxsim.definition import load
from sxsim.definition.tables import Stream
from sxsim.errors import InputError
from sxsim.kernels.model import AQUEOUS, ORGANIC


def test_stages_follow_the_organic_and_the_scrub_joins_the_feed():
    problem = compile_cascade(load("nd_pr_p507_soap"))
    plan = problem.plan
    assert problem.section[:4] == ("soap",) * 4
    assert problem.place(4) == "extraction 1"
    assert problem.stage_of("scrubbing", 1) == 31
    assert problem.last_stage("scrubbing") == 65
    assert plan.aq_to[[0, 4, 31, 66]].tolist() == [-1, -1, 30, -1]  # brine, raffinate, to the feed stage, liquor
    assert plan.aq_to[[1, 30, 71]].tolist() == [0, 29, 70]
    assert dict(zip(problem.feeds, plan.feed_stage.tolist(), strict=True)) == {
        "soap_feed": 3,
        "feed": 30,
        "scrub": 65,
        "strip_acid": 71,
    }
    assert (plan.split_from.tolist(), plan.split_to.tolist(), plan.split_fraction.tolist()) == ([4], [3], [0.9])


def test_the_counter_ion_is_a_component_of_a_saponified_organic_only():
    saponified, plain = compile_cascade(cases.imperfect()), compile_cascade(load("single_contact"))
    assert saponified.components == ("Pr", "Nd", "NH4")
    assert saponified.plan.base_component == 2
    assert saponified.plan.inlet.tolist() == [9.0, 0.36 * 1.5, 0.0]
    assert saponified.chemistry.extractant == 0.75  # dimers
    assert saponified.chemistry.efficiency[:, 2].tolist() == [0.9] * 6
    assert saponified.chemistry.efficiency[:, 0].tolist() == [0.9] * 6
    assert plain.components == ("Nd",)
    assert plain.plan.base_component == -1


def test_feeds_carry_their_acid_and_the_protons_their_metals_stand_for():
    problem = compile_cascade(cases.open_organic())
    plan = problem.plan
    row = problem.feeds.index("feed")
    metals = plan.feed_concentration[row].sum()
    assert metals == pytest.approx(1.0, abs=1e-6)
    assert plan.feed_Q[row] == pytest.approx(0.01 + 3.0 * metals, rel=1e-15)
    assert plan.feed_acid[problem.feeds.index("scrub")] == 3.0
    assert plan.inlet.tolist() == [9.0, 0.0, 3.0]
    assert plan.organic.tolist() == [0.001, 0.002, 0.0]
    placed = [problem.feeds.index(name) for name in ("loaded", "second")]
    assert plan.feed_stage[placed].tolist() == [2, 0]
    assert plan.feed_phase[placed].tolist() == [ORGANIC, AQUEOUS]
    assert plan.feed_Q[placed[0]] == 0.0
    assert (plan.draw_stage.tolist(), plan.draw_phase.tolist()) == ([1, 2], [AQUEOUS, ORGANIC])


@pytest.mark.parametrize("pH", [0.5, 1.5, 3.0])
def test_a_sulfate_feed_is_electrically_neutral(pH):
    Ka2, charge = 0.0105, 0.06
    acid, sulfate = aqueous_make_up(Stream(flow_m3_h=1.0, pH=pH), charge, Ka2, "sulfate")
    h = 10.0**-pH
    bisulfate = sulfate * h / (Ka2 + h)
    assert 2.0 * (sulfate - bisulfate) + bisulfate == pytest.approx(h + charge, rel=1e-14)
    assert acid == pytest.approx(h + bisulfate, rel=1e-14)


def test_water_is_neutral_and_added_acid_stands_for_itself():
    assert aqueous_make_up(Stream(flow_m3_h=1.0), 0.0, 0.0, "chloride") == (math.pow(10.0, -7.0), 0.0)
    assert aqueous_make_up(Stream(flow_m3_h=1.0, acid="HCl", acid_mol_L=3.0), 0.0, 0.0, "chloride") == (0.0, 0.0)
    plan = compile_cascade(cases.sulfate()).plan
    assert (plan.acid_protons, plan.acid_sulfate) == (2.0, 1.0)


def test_each_compilation_has_arrays_of_its_own():
    cascade = cases.loop()
    first, second = compile_cascade(cascade), compile_cascade(cascade)
    first.plan.feed_volume[:] = -1.0
    first.plan.inlet[:] = -1.0
    assert second.plan.feed_volume.min() >= 0.0
    assert compile_cascade(cascade).plan.inlet[0] == 9.0
    assert not any(
        np.shares_memory(a, b) for a, b in zip(first.plan, second.plan, strict=True) if isinstance(a, np.ndarray)
    )


def test_stages_and_flows_left_to_design_are_refused_with_advice():
    data = cases.loop().to_data()
    data["section"][0]["stages"] = "design"
    data["organic"]["flow_m3_h"] = "design"
    cascade = type(cases.loop()).from_data(data)
    with pytest.raises(InputError, match="run `design` on this cascade") as caught:
        compile_cascade(cascade)
    assert [finding.place for finding in caught.value.findings] == ["section.extraction.stages", "organic.flow_m3_h"]


def test_base_to_be_found_needs_its_name():
    cascade = load("single_contact")
    data = cascade.to_data() | {
        "target": [{"stream": "raffinate", "element": "Nd", "concentration_max_mol_L": 0.01}],
        "solve": {"free": ["organic.base_kmol_h"]},
    }
    data["organic"] |= {"base_kmol_h": 0.0}
    with pytest.raises(InputError, match="saponifier: missing"):
        type(cascade).from_data(data)
