"""Stages that each operator of the lock adds, against a brute force over the splits of both cuts."""

import math

import pytest

from sxsim.cascade.solving import steady_state
from sxsim.definition import load
from sxsim.errors import ConvergenceError
from sxsim.sizing.cut import find_cut
from sxsim.studies.lock.adding import Stripped, fewest_stages, grow, organic_of, stripped_less
from sxsim.studies.lock.building import Blueprint, blueprint
from sxsim.studies.retuning import with_strip

HEADROOM = 0.05
EXPERTS = {
    "dy_tb_p507": Blueprint(2.82, 1.5829, 1.1395, 10, 18, 23.334),
    "nd_pr_p507": Blueprint(1.5, 3.2697, 1.1966, 22, 36, 18.336),
}
"""Stages and organic of least cost."""
STRIPS = {"dy_tb_p507": (5, 0.95), "nd_pr_p507": (2, 0.665)}
"""Stages and acid of their stripping [m3/h]."""
NAIVE = {"dy_tb_p507": 3.835, "nd_pr_p507": 1.599}
"""Upper quartile of the factors in print."""


def _design(name):
    stages, acid = STRIPS[name]
    changes = {"section.stripping.stages": stages, "stream.strip_acid.flow_m3_h": acid}
    return Stripped(load(name).replace(changes), EXPERTS[name].organic_m3_h)


def _plan(name, operator):
    if operator == "expert":
        return EXPERTS[name]
    cascade = load(name)
    cut = find_cut(cascade)
    return blueprint(cascade, cut, NAIVE[name], 1.5) if operator == "naive" else blueprint(cascade, cut, cut.beta)


def _least_organic(design, limit, n, m):
    """Least organic of one split, solved by itself; infinite where nothing meets the targets [m3/h]."""
    typed = with_strip(design.cascade, limit / design.organic_m3_h)
    changes = {"section.extraction.stages": n, "section.scrubbing.stages": m}
    try:
        return steady_state(typed.replace(changes)).found["organic.flow_m3_h"]
    except ConvergenceError:
        return math.inf


@pytest.mark.parametrize(
    ("name", "operator", "headroom", "added"),
    [
        ("dy_tb_p507", "naive", HEADROOM, 12),
        ("dy_tb_p507", "textbook", HEADROOM, 5),
        ("dy_tb_p507", "expert", HEADROOM, 0),
        ("nd_pr_p507", "naive", HEADROOM, 10),
        ("nd_pr_p507", "textbook", HEADROOM, 0),
        ("nd_pr_p507", "textbook", 0.0, 1),
        ("nd_pr_p507", "expert", HEADROOM, 0),
    ],
)
def test_no_split_of_fewer_stages_will_do(name, operator, headroom, added):
    """Every split of one stage less is solved; of the splits of the total the one with the least organic is taken."""
    design, plan = _design(name), _plan(name, operator)
    grown = grow(design, plan, headroom)
    total = grown.n + grown.m
    assert total - plan.n - plan.m == added
    assert grown.organic_raised == 1.0
    limit = plan.organic_m3_h * (1.0 + headroom)
    assert organic_of(grown.result) <= limit
    assert _least_organic(design, limit, grown.n, grown.m) == organic_of(grown.result)
    if added == 0:
        assert (grown.n, grown.m) == (plan.n, plan.m)
        return
    fewer = {n: _least_organic(design, limit, n, total - 1 - n) for n in range(1, total - 1)}
    assert min(fewer.values()) > limit
    near = range(grown.n - 3, grown.n + 4)
    assert min(_least_organic(design, limit, n, total - n) for n in near) == organic_of(grown.result)


@pytest.mark.parametrize(("n", "m"), [(1, 1), (4, 9), (9, 4), (3, 20)])
@pytest.mark.parametrize("needed", [30, 108, 400])
def test_the_fewest_stages_are_those_of_all_splits(n, m, needed):
    """Against every pair, for fits that more stages of either never spoil."""

    def fits(a, b):
        return (a - 1.5) * (b - 2.5) >= needed and a >= 4

    found = fewest_stages(fits, n, m)
    pairs = [(a, b) for a in range(1, 120) for b in range(1, 120) if fits(a, b) and a + b >= n + m]
    total = min(a + b for a, b in pairs)
    assert found == ([(n, m)] if fits(n, m) else [(a, b) for a, b in pairs if a + b == total])


def test_where_no_stages_help_none_are_named():
    assert fewest_stages(lambda n, m: False, 5, 5) == []


def test_an_operator_takes_no_more_strip_acid_than_goes_with_his_organic():
    design, plan = _design("nd_pr_p507"), _plan("nd_pr_p507", "textbook")
    grown = grow(design, plan, HEADROOM)
    limit = plan.organic_m3_h * (1.0 + HEADROOM)
    acid = [each.cascade.stream["strip_acid"].flow_m3_h for each in stripped_less(design, grown, limit)]
    assert acid[0] == pytest.approx(STRIPS["nd_pr_p507"][1] * limit / design.organic_m3_h)
    assert acid == sorted(acid, reverse=True)
    assert acid[-1] >= STRIPS["nd_pr_p507"][1] * (1.0 - 1e-12)
    assert all(organic_of(each) <= limit for each in stripped_less(design, grown, limit))
