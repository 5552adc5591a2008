"""Asked by targets: the least that will do, from anywhere, and a proof where nothing does."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from sxsim.cascade.solving import solve_quietly, steady_state
from sxsim.definition import Cascade, load
from sxsim.definition.loading import loads
from sxsim.errors import InputError, UnreachableTarget

DATA = Path(__file__).parent / "data"

LEAST = {
    "both_exact_is_not_least": (0.42998, "stationary"),  # 7 % less than with both targets exact
    "dilute_start": (1.7012, "cheap"),
    "didymium_grade": (35.393, "cheap"),
    "lu_bad_start": (7.445, "cheap"),
    "nd_pr_158": (20.872, "cheap"),
    "one_scrub_stage": (0.62877, "cheap"),
    "overfulfilled": (12.353, "stationary"),
    "scrub_to_zero": (0.09848, "edge"),
    "third_root": (0.49704, "cheap"),
    "two_humps": (22.342, "cheap"),
    "y_dy_proof": (4.6114, "cheap"),
}
"""Organic that the files need [m3/h], and what decides it."""

ORGANIC, SCRUB = "organic.flow_m3_h", "stream.scrub.flow_m3_h"


def typed(cascade: Cascade, **values: float) -> Cascade:
    """The same with other typed values of free quantities, which stay free."""
    data = cascade.to_data()
    for path, value in values.items():
        table = data
        *before, last = path.split("__")
        for key in before:
            table = table[key]
        table[last] = value
    return Cascade.from_data(data)


@pytest.mark.parametrize("name", LEAST)
def test_the_least_organic_that_will_do(name):
    cascade = load(DATA / f"{name}.toml")
    result = solve_quietly(cascade)
    organic, branch = LEAST[name]
    assert result.met
    assert result.branch == branch
    assert result.found[ORGANIC] == pytest.approx(organic, rel=2e-4)
    assert result.found[ORGANIC] <= 1.0001 * max(float(cascade.organic.flow_m3_h), organic)
    assert result.closure < 1e-10
    assert result.equilibrium_residual < 1e-8
    plain = steady_state(result.solved_cascade)  # the flows alone lead there too
    assert all(target.room > -1e-5 for target in plain.targets)


@pytest.mark.parametrize(("name", "organic", "scrub"), [("nd_pr_p507", 18.003, 2.5194), ("dy_tb_p507", 22.855, 1.4769)])
def test_typed_values_and_starts_change_nothing(name, organic, scrub):
    cascade = load(name)
    answers = []
    for first, second in itertools.product((0.3, 0.7, 1.2, 4.0), (0.3, 0.6, 1.0, 2.0, 4.0)):
        moved = typed(cascade, organic__flow_m3_h=first * organic, stream__scrub__flow_m3_h=second * scrub)
        answers.append(steady_state(moved).found)
    for first, second in itertools.product((0.3, 1.0, 4.0), (0.3, 1.0, 4.0)):
        answers.append(steady_state(cascade, start={ORGANIC: first * organic, SCRUB: second * scrub}).found)
    assert answers[0][ORGANIC] == pytest.approx(organic, rel=1e-4)
    assert answers[0][SCRUB] == pytest.approx(scrub, rel=1e-4)
    for path, spread in ((ORGANIC, 1e-9), (SCRUB, 1e-6)):
        found = np.array([each[path] for each in answers])
        assert np.ptp(found) < spread * found[0]


@pytest.mark.parametrize("name", ["nd_pr_p507", "dy_tb_p507"])
@pytest.mark.parametrize("grade", [0.9, 1.1])
def test_another_feed_grade(name, grade):
    cascade = load(name)
    assay = {symbol: grade * value for symbol, value in cascade.stream["feed"].assay_g_L.items()}
    changed = typed(cascade, stream__feed__assay_g_L=assay)
    if grade > 1.0:  # the strip acid is typed for the feed as it was
        acid = 1.12 * float(cascade.stream["strip_acid"].flow_m3_h)
        changed = changed.replace({"stream.strip_acid.flow_m3_h": acid})
    found = [
        steady_state(typed(changed, organic__flow_m3_h=organic, stream__scrub__flow_m3_h=scrub)).found[ORGANIC]
        for organic, scrub in ((2.0, 0.2), (2.0, 20.0), (200.0, 0.2), (200.0, 20.0))
    ]
    assert np.ptp(found) < 1e-9 * found[0]


def test_one_free_quantity_meets_more_than_one_target():
    cascade = load("nd_pr_p507").replace({ORGANIC: 18.5})
    result = steady_state(cascade)
    assert cascade.fixed == (ORGANIC,)
    assert result.met
    assert result.found == {SCRUB: pytest.approx(2.6073, rel=1e-4)}
    assert result.targets[0].room == pytest.approx(0.0, abs=1e-8)
    assert result.targets[1].room > 0.5


def test_the_most_of_a_feed():
    data = load("nd_pr_p507").to_data()
    data["solve"] = {"free": ["stream.feed.flow_m3_h", SCRUB], "most": "stream.feed.flow_m3_h"}
    found = steady_state(Cascade.from_data(data)).found
    least = steady_state(load("nd_pr_p507")).found[ORGANIC]
    assert found["stream.feed.flow_m3_h"] == pytest.approx(18.0 / least, rel=2e-5)  # the file types 18.0 m3/h


def test_exact_targets_are_hit():
    data = load("nd_pr_p507").replace({ORGANIC: 18.5}).to_data()
    data["target"][0]["equation"] = False
    data["target"][1] |= {"purity_min": 0.995, "equation": True}
    exact = steady_state(Cascade.from_data(data))
    assert exact.targets[1].room == pytest.approx(0.0, abs=1e-8)
    both = load("nd_pr_p507").to_data()
    for target in both["target"]:
        target["equation"] = True
    found = steady_state(Cascade.from_data(both))
    assert found.found == pytest.approx(steady_state(load("nd_pr_p507")).found, rel=1e-9)


@pytest.mark.parametrize("gadolinium", [0.98, 0.984, 0.988, 0.99])
def test_exact_targets_that_the_least_overfulfils(gadolinium):
    """The least organic meets the second with room; along the curve on which the first is hit both are."""
    data = load(DATA / "both_exact_is_not_least.toml").to_data()
    least = solve_quietly(Cascade.from_data(data)).found[ORGANIC]
    data["target"][1]["recovery_min"] = gadolinium
    for target in data["target"]:
        target["equation"] = True
    exact = solve_quietly(Cascade.from_data(data))
    assert [target.room for target in exact.targets] == pytest.approx([0.0, 0.0], abs=1e-7)
    assert exact.found[ORGANIC] >= least * (1.0 - 1e-9)


def test_exact_targets_that_are_not_hit_together():
    """As typed the second one comes within 5e-4 of being hit along that curve, and turns back."""
    data = load(DATA / "both_exact_is_not_least.toml").to_data()
    for target in data["target"]:
        target["equation"] = True
    with pytest.raises(UnreachableTarget) as refusal:
        steady_state(Cascade.from_data(data))
    assert refusal.value.proof.kind == "exact"
    assert "met, as at organic.flow_m3_h = 0.4" in str(refusal.value)
    assert "recovery = 0.97875" in str(refusal.value)


def test_groups_impurities_and_concentrations():
    data = load("nd_pr_p507").to_data()
    pure = steady_state(load("nd_pr_p507")).found[ORGANIC]
    data["target"][0] = {"stream": "strip_liquor", "element": "Pr", "impurity_max": 0.001}
    assert steady_state(Cascade.from_data(data)).found[ORGANIC] == pytest.approx(pure, rel=1e-9)
    data["target"][1] = {"stream": "raffinate", "element": "Nd", "concentration_max_g_L": 0.5, "basis": "oxide"}
    result = steady_state(Cascade.from_data(data))
    assert result.met
    assert [target.room for target in result.targets] == pytest.approx([0.0, 0.0], abs=1e-8)


def test_what_is_left_over_is_chosen_for_the_least_acid_and_base():
    data = load("nd_pr_p507").to_data()
    data["solve"]["free"] = [ORGANIC, SCRUB, "stream.strip_acid.flow_m3_h"]
    result = steady_state(Cascade.from_data(data), check=False)
    assert result.met
    assert set(result.found) == set(data["solve"]["free"])
    for factor in (0.97, 1.03):
        data["stream"]["strip_acid"]["flow_m3_h"] = factor * result.found["stream.strip_acid.flow_m3_h"]
        data["solve"]["free"] = [ORGANIC, SCRUB]
        try:
            beside = steady_state(Cascade.from_data(data))
        except UnreachableTarget:
            continue
        here, there = (_reagents(found) for found in (result, beside))
        assert there > here - 1e-9


def _reagents(result):
    flows = {name: result.stream[name].flow_m3_h for name in ("scrub", "strip_acid", "organic_in")}
    return 3.0 * flows["scrub"] + 4.0 * flows["strip_acid"] + 0.54 * flows["organic_in"]


def test_a_refusal_has_its_proof_and_cures_that_were_tried():
    cascade = load("nd_pr_p507").replace({"section.scrubbing.stages": 25})
    with pytest.raises(UnreachableTarget) as caught:
        solve_quietly(cascade)
    refusal = caught.value
    assert refusal.proof.kind in ("fold", "unbounded flow")
    assert refusal.best > 1.0
    assert refusal.cures
    for cure in refusal.cures:
        assert steady_state(cascade.replace(cure.settings)).met


def test_fewer_stages_than_total_reflux_takes():
    cascade = load("nd_pr_p507").replace({"section.scrubbing.stages": 10, "section.extraction.stages": 10})
    with pytest.raises(UnreachableTarget, match="total reflux") as caught:
        steady_state(cascade)
    assert caught.value.proof.kind == "total reflux"
    figures = caught.value.proof.figures
    assert figures["stages"] == 20
    assert figures["stages_min"] == pytest.approx(np.log(999.0 * 99.0) / np.log(1.5), rel=0.02)


def test_a_start_must_be_of_what_is_free():
    cascade = load("nd_pr_p507")
    with pytest.raises(InputError):
        cascade.replace({"stream.scrubs.flow_m3_h": 2.0})


def test_too_weak_a_strip_is_told_by_check_and_its_cure_holds():
    with pytest.raises(InputError, match=r"strip carries 1\.2 of the 3 kmol/h") as caught:
        load(DATA / "charge_cure.toml")
    (finding,) = caught.value.findings
    assert finding.place == "stream.strip_acid.flow_m3_h"
    text = (DATA / "charge_cure.toml").read_text(encoding="utf-8")
    enough = finding.allowed.removeprefix("at least ")
    assert loads(text.replace("flow_m3_h = 0.30", f"flow_m3_h = {enough}")).check() == []


def test_a_cap_by_entrainment_is_told_as_one():
    data = load("nd_pr_p507").to_data()
    for part in data["section"]:
        part |= {"entrainment_A_in_O": 0.001, "entrainment_O_in_A": 0.001}
    data["target"][0]["purity_min"] = 0.9995
    with pytest.raises(UnreachableTarget) as refusal:
        steady_state(Cascade.from_data(data))
    assert refusal.value.proof.kind == "entrainment"
    assert refusal.value.best > 1.0
    dry = load("nd_pr_p507").to_data()
    dry["target"][0]["purity_min"] = 0.9995
    assert steady_state(Cascade.from_data(dry)).met
