"""Designs: targets met by a model that shares no code, least cost, limits, objectives, wishes out of reach."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests import oracle
from tests.sizing.cases import PAIRS, asked, heavy, undecided, with_design, with_traces

import sxsim
from sxsim.cascade.compile import compile_cascade
from sxsim.cascade.solving import solve_quietly, steady_state
from sxsim.definition import Cascade, load
from sxsim.economics import CostModel
from sxsim.errors import InputError, SxsimError, UnreachableTarget
from sxsim.sizing import Plan, design
from sxsim.sizing.merit import merit_of
from sxsim.sizing.task import numbered, read_task

PURITIES = (0.99, 0.999, 0.9999)


@pytest.fixture(scope="module")
def plan() -> Plan:
    """The main job."""
    return design(load("nd_pr_p507"))


def _balanced(plan: Plan) -> None:
    """The design balances in the independent model, and its products there are what was asked."""
    result = plan.result
    problem = compile_cascade(plan.cascade.model_copy(update={"solve": None}))
    stage = result.stage
    F = problem.chemistry.extractant - stage.equilibrium_mol_L @ problem.chemistry.s
    model = oracle.build(problem.chemistry, problem.plan)
    found = oracle.residuals(model, stage.aqueous_mol_L, stage.organic_mol_L, stage.proton_mol_L, F)
    n = len(problem.components)
    seen = (stage.aqueous_mol_L > 1e-12) & (stage.organic_mol_L > 1e-12)
    assert np.abs(found[:, :n][seen]).max() < 1e-8
    assert np.abs(found[:, n : 2 * n][seen]).max() < 1e-7
    assert np.abs(found[:, 2 * n :]).max() < 1e-8


@pytest.mark.parametrize("purity", PURITIES)
@pytest.mark.parametrize("name", PAIRS)
def test_designs_meet_their_targets_in_the_oracle(name, purity):
    made = design(asked(name, purity))
    assert made.result.met
    assert made.result.closure < 1e-9
    assert 1.0 < made.S_over_S_min < 2.0
    _balanced(made)


def test_a_design_solved_anew_by_the_oracle_meets_its_targets():
    made = design(asked("dy_tb_p507", 0.95, 0.9))
    problem = compile_cascade(made.cascade.model_copy(update={"solve": None}))
    stage = made.result.stage
    F = problem.chemistry.extractant - stage.equilibrium_mol_L @ problem.chemistry.s
    started = (stage.aqueous_mol_L * 1.001, stage.organic_mol_L * 0.999, stage.proton_mol_L * 1.001, F)
    guess = tuple(np.maximum(array, 1e-30) for array in started)
    x, _, _, _ = oracle.solve(problem.chemistry, problem.plan, guess, tolerance=1e-9)
    first, strip = 0, problem.section.index("stripping")
    tb, dy = 186.93, 186.50  # g/mol of Tb4O7/4 and Dy2O3/2
    raffinate = x[first, 0] * tb / (x[first, 0] * tb + x[first, 1] * dy)
    liquor = x[strip, 1] * dy / (x[strip, 0] * tb + x[strip, 1] * dy)
    assert raffinate == pytest.approx(0.9, abs=1e-4)
    assert liquor == pytest.approx(0.95, abs=1e-4)


def test_the_least_cost_is_that_of_an_exhaustive_search():
    """Every split of a small case; the strip stands still."""
    fixed = ["section.stripping.stages", "stream.strip_acid.flow_m3_h"]
    cascade = with_design(asked("dy_tb_p507", 0.98, 0.95), fixed=fixed)
    made = design(cascade)
    model = CostModel.of(cascade)
    costs = {}
    for n in range(3, 13):
        for m in range(3, 13):
            stages = {"section.extraction.stages": n, "section.scrubbing.stages": m}
            try:
                result = steady_state(numbered(cascade, stages))
            except SxsimError:
                continue
            costs[n, m] = merit_of(result, model).annual_usd
    assert len(costs) > 15
    assert 3 < made.stages["extraction"] < 12
    assert 3 < made.stages["scrubbing"] < 12
    assert made.merit.annual_usd <= 1.01 * min(costs.values())


def test_the_main_job(plan):
    assert plan.result.met
    assert plan.objective == "cost"
    assert 1.06 <= plan.S_over_S_min <= 1.3
    assert plan.stages["extraction"] + plan.stages["scrubbing"] == pytest.approx(58, abs=4)
    assert sum(plan.theory.stages) == pytest.approx(58, abs=6)
    assert plan.theory.stages_at_S == pytest.approx((plan.stages["extraction"], plan.stages["scrubbing"]), abs=2.0)
    assert 1.2 <= plan.theory.inventory_S_over_S_min <= 1.65
    assert 0.0 < plan.residual_mol_L < 1e-4
    assert plan.equipment.organic_m3 > 0.0
    assert plan.cascade.undecided == ()
    assert plan.S - plan.W == pytest.approx(float(plan.cut.wanted.outlet_A), abs=5e-3)


def test_the_curve_trades_stages_for_organic(plan):
    totals = [point.total for point in plan.curve]
    organic = [point.organic_m3_h for point in plan.curve]
    assert len(plan.curve) >= 8
    assert totals == sorted(set(totals))
    assert organic == sorted(organic, reverse=True)
    assert min(point.annual_usd for point in plan.curve) == pytest.approx(plan.merit.annual_usd, rel=1e-9)
    assert all(point.S_over_S_min > 1.0 for point in plan.curve)


def test_a_tenth_off_in_the_stages_costs_more(plan):
    moved = {(row.path, row.change > 0.0): row for row in plan.penalties}
    for section in ("extraction", "scrubbing", "stripping"):
        for up in (False, True):
            assert moved[f"section.{section}.stages", up].cost_change > -1e-9
    less = moved["organic.flow_m3_h", False]
    assert less.cost_change < 0.0
    assert "Pr in raffinate" in less.consequence
    with pytest.raises(SxsimError):
        solve_quietly(numbered(plan.result.cascade, {"stream.strip_acid.acid_mol_L": 3.6}))
    assert moved["stream.strip_acid.acid_mol_L", False].cost_change is None


def test_sensitivities_are_what_a_simulation_shows(plan):
    rows = {row.path: row for row in plan.sensitivities}
    row = rows["stream.scrub.flow_m3_h"]
    held = numbered(plan.cascade, {}, ())
    more = solve_quietly(numbered(held, {"stream.scrub.flow_m3_h": row.value * 1.0001}))
    slope = (more.purity("raffinate", "Pr") - 0.99) / 1e-4 * 0.01
    assert row.slope["raffinate.Pr"] == pytest.approx(slope, rel=0.05)
    assert row.slope["strip_liquor.Nd"] > 0.0 > row.slope["raffinate.Pr"]
    assert 0.0 < row.tolerance < 0.01
    feed = rows["stream.feed.flow_m3_h"].retuned  # all flows scale with the feed, but for the strip's small part
    assert feed["organic.flow_m3_h"] == pytest.approx(0.01, abs=0.002)
    assert [r.tolerance for r in plan.sensitivities[:2]] == sorted(r.tolerance for r in plan.sensitivities[:2])


def test_the_designed_file_solves_to_its_targets(plan):
    again = Cascade.from_data(plan.cascade.to_data())
    assert again == plan.cascade
    result = solve_quietly(again)
    assert result.met
    for path, value in result.found.items():
        assert value == pytest.approx(plan.result.found[path], rel=1e-6)


@pytest.mark.parametrize("name", PAIRS)
def test_everything_may_be_left_to_design(name):
    made = design(undecided(name))
    typed = design(load(name))
    assert made.result.met
    assert made.merit.annual_usd == pytest.approx(typed.merit.annual_usd, rel=0.01)


@pytest.mark.parametrize("make", [with_traces, heavy])
def test_more_elements(make):
    made = design(make())
    assert made.result.met
    assert any("can be no purer than" in remark for remark in made.remarks)
    for name in made.cut.organic_side:
        assert made.result.recovery("strip_liquor", name) > 0.9
    for name in made.cut.aqueous_side:
        assert made.result.recovery("raffinate", name) > 0.9
    _balanced(made)


def test_objectives_lead_where_they_should(plan):
    few = design(asked("nd_pr_p507", 0.999, 0.99), objective="stages")
    spare = design(with_design(asked("nd_pr_p507", 0.999, 0.99), objective="reagent", stages_max=90))
    assert few.merit.stages < plan.merit.stages < spare.merit.stages <= 90
    assert spare.merit.reagent_kmol_h < plan.merit.reagent_kmol_h < few.merit.reagent_kmol_h
    assert few.S_over_S_min <= 2.0
    assert min(few.merit.annual_usd, spare.merit.annual_usd) > plan.merit.annual_usd


def test_limits_are_kept(plan):
    small = design(with_design(asked("nd_pr_p507", 0.999, 0.99), stages_max=50))
    assert sum(small.stages.values()) <= 50
    assert small.merit.annual_usd > plan.merit.annual_usd
    assert any("binds" in remark for remark in small.remarks)
    fixed = ["section.extraction.stages", "stream.strip_acid.flow_m3_h"]
    held = design(with_design(asked("nd_pr_p507", 0.999, 0.99), fixed=fixed))
    assert held.stages["extraction"] == 27
    assert held.flows_m3_h["strip_acid"] == 0.62


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"loading_max": 0.6}, r"loading 0\.\d+, and design.loading_max allows 0.6"),
        ({"pH_max": 1.0}, r"pH 1\.\d+, and design.pH_max allows 1"),
        ({"pH_min": 1.0}, r"pH 0\.\d+, and design.pH_min allows 1"),
        ({"stages_max": 30}, r"no design within 30 stages .* nearest reachable with .* stages: Nd 9"),
    ],
)
def test_limits_that_nothing_keeps_are_named(settings, said):
    with pytest.raises(UnreachableTarget, match=said):
        design(with_design(load("nd_pr_p507"), **settings))


def test_the_better_strength_is_chosen():
    made = design(with_design(load("dy_tb_p507"), acid_mol_L={"scrub": [2.0, 4.0]}, saponified_fraction=[0.1, 0.15]))
    assert made.cascade.stream["scrub"].acid_mol_L == 4.0
    assert made.cascade.organic.saponified_fraction == 0.15


def test_a_residual_that_is_stated_is_kept():
    made = design(with_design(load("dy_tb_p507"), residual_mol_L=2e-5))
    assert made.residual_mol_L <= 2.0e-5 * (1.0 + 1e-6)
    loose = design(load("dy_tb_p507"))  # cost and targets decide
    assert loose.residual_mol_L > made.residual_mol_L
    assert loose.merit.annual_usd < made.merit.annual_usd


def test_a_soap_section_is_as_short_as_its_residual_allows():
    made = design(load("nd_pr_p507_soap"))
    assert made.result.met
    brine = made.result.stream["waste_brine"].concentration_mol_L
    assert brine["Pr"] + brine["Nd"] < 1e-4
    assert made.stages["soap"] <= 4


def test_entrainment_takes_stages():
    wet = {f"section.{name}.entrainment_A_in_O": 0.002 for name in ("extraction", "scrubbing")}
    dry = design(asked("nd_pr_p507", 0.9999, 0.99))
    made = design(asked("nd_pr_p507", 0.9999, 0.99, **wet))
    assert made.result.met
    assert made.merit.annual_usd > dry.merit.annual_usd
    assert any("entrainment" in sentence for sentence in made.differences)
    _balanced(made)


def test_a_purity_that_entrainment_caps_ends_with_the_nearest_figures():
    ways = ("entrainment_A_in_O", "entrainment_O_in_A")
    wet = {f"section.{name}.{way}": 0.08 for name in ("extraction", "scrubbing") for way in ways}
    cascade = with_design(asked("nd_pr_p507", 0.99999, **wet), stages_max=60)
    with pytest.raises(UnreachableTarget, match=r"nearest reachable with .*; entrainment of up to 0\.08") as caught:
        design(cascade)
    assert caught.value.best > 1.0
    assert caught.value.proof is not None
    nearest = caught.value.result
    assert nearest.closure < 1e-9
    assert all(target.value < 0.99999 for target in nearest.targets)


def test_a_strip_that_is_fixed_too_weak_names_the_nearest_residual():
    settings = {"fixed": ["section.stripping.stages"], "residual_mol_L": 1e-6}
    cascade = with_design(load("dy_tb_p507").replace({"section.stripping.stages": 1}), **settings)
    with pytest.raises(UnreachableTarget, match=r"keeps [\d.e-]+ mol/L and may keep 1e-06 mol/L"):
        design(cascade)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: with_design(undecided("nd_pr_p507"), fixed=["organic.flow_m3_h"]), "stands in design.fixed"),
        (
            lambda: with_design(load("nd_pr_p507"), fixed=["organic.flow_m3_h", "stream.scrub.flow_m3_h"]),
            "0 quantities",
        ),
    ],
)
def test_decisions_that_do_not_add_up_are_refused(make, said):
    with pytest.raises(InputError, match=said):
        design(make())


def test_design_is_a_public_name_and_tells_its_progress():
    lines = []
    made = sxsim.design(asked("dy_tb_p507", 0.95, 0.9), progress=lines.append)
    assert isinstance(made, Plan)
    assert len(lines) > 10
    assert any("USD/y" in line for line in lines)


def test_elements_with_exponents_of_their_own_are_designed_for():
    """Dilute sulfate liquor, La and Dy: the order holds at the pH of the feed, and the plan meets both ends."""
    case = Path(__file__).parents[1] / "cascade" / "data" / "inputs" / "sulfate_order_design.toml"
    plan = design(load(case))
    assert plan.result.met
    assert plan.to_dict()["cut"]["conditions"] == "pH 1.5 and 0.15 mol/L free extractant"


BLEED = {"name": "bleed", "section": "stripping", "stage": 5, "phase": "aqueous", "flow_m3_h": 0.01}


def test_a_section_with_a_draw_at_one_of_its_stages_keeps_its_stages() -> None:
    typed = load("nd_pr_p507").replace({"draw": [BLEED]})
    assert read_task(typed).strip_stages_free is False
    with pytest.raises(InputError, match="type the stages"):
        read_task(typed.replace({"section.stripping.stages": "design"}))
