"""The technology lock: operators, error law, curves, assumptions, reproducibility."""

import json
import math

import numpy as np
import pytest

from sxsim.definition import load
from sxsim.definition.system import load_system_file
from sxsim.errors import InputError
from sxsim.sizing.cut import find_cut
from sxsim.studies.lock import technology_lock
from sxsim.studies.lock.assumptions import assumptions, believed_factor, published_factors
from sxsim.studies.lock.building import blueprint
from sxsim.studies.lock.curves import by_error, by_purity, by_reflux
from sxsim.studies.lock.linking import linking
from sxsim.studies.lock.newcomers import draw_newcomers
from sxsim.studies.lock.running import _Workshop
from sxsim.theory.minimum import minimum_flows

NAMES = ("nd_pr_p507", "dy_tb_p507")
SHORT = {"startup_d": 20.0}


@pytest.fixture(scope="module")
def locks():
    """Both cuts with the same error of the newcomer's factor."""
    return {name: technology_lock(load(name), given=SHORT, beta_error=0.05, newcomers=50, seed=3) for name in NAMES}


def test_every_operator_ends_on_target(locks):
    for lock in locks.values():
        assert [each.name for each in lock.operators] == ["naive", "textbook", "expert"]
        for each in lock.operators:
            assert all(target.met for target in each.result.targets), each.name
            assert each.result.stage.organic_m3_h[0] <= 1.05 * each.organic_raised * each.organic_built_m3_h + 1e-9
            assert each.S_over_S_min > 1.0


def test_the_same_error_costs_nd_pr_more_stages_than_dy_tb(locks):
    nd_pr, dy_tb = (locks[name] for name in NAMES)
    assert nd_pr.operator("naive").extra_by_error > dy_tb.operator("naive").extra_by_error >= 0
    assert nd_pr.less_beta_extra > dy_tb.less_beta_extra > 0  # rigorous, the organic held
    for held in ("total reflux", "S held", "S/S_min held"):
        for lock in locks.values():
            curve = lock.curves["beta_error"]
            below = [at for at, error in enumerate(curve.x) if error < 0.0]
            ours, theirs = (np.array(curve.series[f"{pair}, {held}"])[below] for pair in ("Nd/Pr", "Dy/Tb"))
            known = np.isfinite(theirs)
            assert known.sum() >= 3
            assert (ours[known] > theirs[known]).all(), held
            assert np.isinf(ours[~known]).all(), held


def test_without_an_error_no_stage_is_lost_to_it(locks):
    expert, textbook = (locks["nd_pr_p507"].operator(name) for name in ("expert", "textbook"))
    assert (expert.extra, expert.extra_by_error, textbook.extra_by_error) == (0, 0, 0)
    assert expert.loss.idle_h == 0.0
    assert expert.loss.running_h == expert.opening.charged_h


def test_who_has_to_add_stages_waits_for_them(locks):
    naive = locks["nd_pr_p507"].operator("naive")
    assumed = locks["nd_pr_p507"].assumed
    assert naive.extra > 0
    assert naive.loss.days == pytest.approx(
        assumed["trial_d"] + assumed["retrofit_d"] + naive.opening.charged_h / 24.0, rel=1e-12
    )
    assert naive.loss.spent_usd > locks["nd_pr_p507"].operator("expert").loss.spent_usd


def test_the_expert_takes_the_fastest_policy_and_costs_least(locks):
    for lock in locks.values():
        expert = lock.operator("expert")
        reached = [hours for hours in expert.opening.tried.values() if hours is not None]
        assert expert.opening.lasting_h == min(reached)
        cheapest = min(each.cost.usd_per_kg_oxide for each in lock.operators)
        assert expert.cost.usd_per_kg_oxide < 1.005 * cheapest  # the design leaves out what stages do not move


def test_the_same_seed_gives_the_same_numbers(locks):
    again = technology_lock(load("dy_tb_p507"), given=SHORT, beta_error=0.05, newcomers=50, seed=3)
    assert json.dumps(again.to_dict(), allow_nan=False) == json.dumps(locks["dy_tb_p507"].to_dict(), allow_nan=False)


def test_a_start_up_that_never_gets_there_is_said_so():
    """Designed to its targets exactly, the Nd/Pr cascade does not stay on them within the run."""
    cascade = load("nd_pr_p507")
    assumed = assumptions({"impurity_factor": 1.0, "startup_d": 20.0})
    lock = _Workshop(cascade, find_cut(cascade), _design(cascade), assumed, lambda line: None)
    naive = lock.operator("naive", "", 1.5, 1.5)
    assert naive.opening.lasting_h is None
    assert naive.loss.at_least
    assert naive.loss.running_h == 480.0
    assert naive.to_dict()["eigenvalue_tau_1_h"] > 10.0 * 480.0  # why


def _design(cascade):
    from sxsim.sizing import design

    return design(cascade)


def test_the_curves_over_purity_say_what_the_closed_forms_say():
    cascade = load("nd_pr_p507")
    cut = find_cut(cascade)
    curve = by_purity(cascade, cut, 1.6, 1.5, 1e6)
    assert (curve.x[0], curve.x[-1]) == (0.99, 0.99999)
    for name, values in curve.series.items():
        assert np.isfinite(values).all(), name
        assert (np.diff(values) > 0.0).all(), name
    assert (np.array(curve.series["exact_stages_at_that_S"]) > curve.series["simple_stages_believed"]).all()
    assert (np.array(curve.series["cost_optimum_usd_per_kg"]) < curve.series["cost_xu_usd_per_kg"]).all()


def test_below_the_minimum_no_stages_help():
    cut = find_cut(load("nd_pr_p507"))
    curve = by_error({"Nd/Pr": 1.5}, cut.wanted, 1.1)
    held = dict(zip(curve.x, curve.series["Nd/Pr, S held"], strict=True))
    assert held[-0.1] == math.inf
    assert held[0.0] == pytest.approx(0.0, abs=1e-9)
    assert {row["beta_error"]: row["Nd/Pr, S held"] for row in curve.rows()}[-0.1] is None


def test_base_is_three_times_the_load():
    cut = find_cut(load("dy_tb_p507"))
    curve = by_reflux(cut)
    assert curve.series["base_mol_per_mol"] == pytest.approx([3.0 * ratio * float(cut.minimum.S) for ratio in curve.x])
    assert (np.diff(curve.series["stages"]) < 0.0).all()


def test_cost_falls_with_scale_and_rises_with_delay(locks):
    scale, delay = (locks["nd_pr_p507"].curves[name] for name in ("scale", "delay"))
    for name, values in scale.series.items():
        assert (np.diff(values) < 0.0).all(), name
    for prices in ("china-2024", "us-2024", "europe-2025"):
        assert (np.diff(delay.series[f"{prices} [usd/kg]"]) > 0.0).all()
        treated, let_go = (np.array(scale.series[f"{prices}, waste {how} [usd/kg]"]) for how in ("treated", "let go"))
        assert (treated > let_go).all()
    one = scale.series["china-2024, waste treated [usd/kg]"][2]
    assert one == pytest.approx(locks["nd_pr_p507"].operator("expert").cost.usd_per_kg_oxide, rel=1e-9)
    assert delay.series["china-2024 [usd/kg]"][0] == pytest.approx(one, rel=1e-9)


def test_time_over_purity_orders_the_policies(locks):
    curve = locks["nd_pr_p507"].curves["time"]
    opened, matched = (np.array(curve.series[name]) for name in ("open_d", "matched-reflux_d"))
    assert np.isfinite(matched).all()
    assert (np.isnan(opened) | (opened > 10.0 * matched)).all()
    assert (np.diff(curve.series["slow_mode_d"]) > 0.0).all()


def test_published_factors_come_from_the_data():
    found = published_factors(load_system_file("p507-chloride"), "Nd", "Pr")
    values = {each.source: each.value for each in found}
    assert values["li1987"] == 2.09
    assert values["li2019"] == pytest.approx(math.sqrt(1.8 * 2.0))
    assert "tanaka2021" not in values  # nitrate
    assert believed_factor(found, 1.5, 1.0).beta == 2.09
    assert believed_factor(found, 1.5, 0.5, error=-0.1).beta == pytest.approx(1.35)
    with pytest.raises(InputError, match="parts nothing"):
        believed_factor(found, 1.5, 0.5, error=-0.4)


def test_a_textbook_design_with_the_optimum_at_its_threshold_is_cured():
    cascade = load("nd_pr_p507").replace({"stream.feed.assay_g_L": {"Pr": 93.6, "Nd": 75.6}})
    cut = find_cut(cascade)
    drawn = blueprint(cascade, cut, 1.5)
    assert drawn.S_over_S_min == pytest.approx(1.25, rel=1e-6)
    assert drawn.S == pytest.approx(1.25 * float(minimum_flows(1.5, cut.wanted).S))


def test_newcomers_by_the_closed_forms():
    cut = find_cut(load("nd_pr_p507"))
    published = published_factors(load_system_file("p507-chloride"), "Nd", "Pr")
    some = draw_newcomers(cut, published, (1.2, 2.0), 400, 7)
    assert some == draw_newcomers(cut, published, (1.2, 2.0), 400, 7)
    assert 0.0 < some.hopeless < some.short < 1.0
    assert some.missing[0] < some.missing[1] < some.missing[2]
    right = [each for each in published if each.source == "p507-chloride"]
    known = draw_newcomers(cut, right, (1.5, 1.5 + 1e-9), 20, 0)
    assert known.hopeless == 0.0
    assert abs(known.missing[1]) <= 3.0


def test_linking_needs_neighbours():
    system = load_system_file("p507-chloride")
    found = linking(system, "Nd", "Pr")
    assert found.elements == ("Sm", "Nd", "Pr", "Ce")
    assert 0.0 < found.saving < 1.0
    assert linking(load_system_file("aliquat336-nitrate"), "Pr", "Nd") is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"newcomers": 0}, "too few"),
        ({"seed": -1}, "negative"),
        ({"given": {"trial": 3.0}}, "trial_d"),
        ({"given": {"retrofit_d": -4.0}}, "out of range"),
        ({"beta_error": -0.4}, "parts nothing"),
    ],
)
def test_nonsense_is_refused(change, says):
    with pytest.raises(InputError, match=says):
        technology_lock(load("nd_pr_p507"), **change)


def test_only_a_cut_with_a_scrub_has_operators():
    with pytest.raises(InputError, match="scrubbing"):
        technology_lock(load("single_contact"))


def test_every_assumption_is_in_the_answer_with_status_and_source(locks):
    told = locks["nd_pr_p507"].to_dict()["assumptions"]
    assert {each["name"] for each in told} == set(assumptions())
    assert all(each["status"] in ("reported", "unverified", "given") and each["source"] for each in told)
