"""What cannot work says why: stage, cause and cure, never NaN."""

from __future__ import annotations

import dataclasses
import json

import pytest
from tests.cascade.cases import SHORT, SMALL, loop

from sxsim.cascade import diagnose, solve
from sxsim.cascade.compile import compile_cascade
from sxsim.cascade.remarks import hydroxide_onset_pH
from sxsim.cascade.solving import solve_quietly
from sxsim.definition import load
from sxsim.errors import ConvergenceError, InputError, UnreachableTarget
from sxsim.foundation.files import shipped


def test_organic_far_too_small_says_so_and_how_much_is_needed():
    result = solve_quietly(load("nd_pr_p507").replace({"organic.flow_m3_h": 4.0, "stream.scrub.flow_m3_h": 0.5}))
    assert result.status == "converged"
    assert not result.met
    said = next(text for text in result.warnings if "raffinate Pr" in text)
    assert "organic far too small: raffinate still carries" in said
    assert "% of the Nd fed" in said
    needed = float(said.rpartition("above about ")[2])
    assert 14.0 < needed < 18.0  # 17.99 m3/h do it with 62 stages; no number of stages does it below 15.3
    json.loads(result.to_json())


def test_the_scrub_is_the_lever_when_the_organic_is_large_enough():
    result = solve_quietly(load("nd_pr_p507").replace({"organic.flow_m3_h": 18.0, "stream.scrub.flow_m3_h": 2.45}))
    said = next(text for text in result.warnings if text.startswith("target missed: strip_liquor Nd"))
    assert "raise stream.scrub.flow_m3_h" in said


def test_targets_out_of_reach_name_the_nearest_figures_and_the_stages_that_lack():
    short = {key: value for key, value in SHORT.items() if key.startswith("section.")}
    with pytest.raises(UnreachableTarget, match=r"cannot be reached with organic\.flow_m3_h, .* free: ") as caught:
        solve_quietly(load("nd_pr_p507").replace(short))
    assert "strip_liquor Nd purity" in caught.value.diagnosis
    assert "asked 0.999" in caught.value.diagnosis
    assert caught.value.result.status == "targets not reachable"
    json.loads(caught.value.result.to_json())


def test_a_strip_too_weak_for_another_level_is_given_more_acid(tmp_path):
    """The level 0.2 higher, 4 mol/L no longer empties the organic: more of it does, and that was tried."""
    text = shipped("data", "distribution_coeffs", "systems", "p507-chloride.toml").read_text(encoding="utf-8")
    assert text.count("value = -2.2\n") == 1
    file = tmp_path / "firmer.toml"
    file.write_text(text.replace("value = -2.2\n", "value = -2.0\n"), encoding="utf-8")
    cascade = load("nd_pr_p507").replace({"organic.system": str(file)})
    with pytest.raises(UnreachableTarget) as caught:
        solve_quietly(cascade)
    (strip,) = [cure for cure in caught.value.cures if "stream.strip_acid.flow_m3_h" in cure.changes]
    assert str(strip) in caught.value.diagnosis
    assert solve_quietly(cascade.replace(strip.settings)).met
    assert solve_quietly(cascade.replace({"stream.strip_acid.acid_mol_L": 4.5})).met


def test_a_solvating_extractant_is_stripped_by_more_water():
    flows = {"organic.flow_m3_h": 7.02, "stream.scrub.flow_m3_h": 1.648, "stream.water.flow_m3_h": 0.15}
    data = load("pr_nd_aliquat336").replace(flows).to_data()
    data["target"].append({"stream": "raffinate", "element": "Pr", "concentration_max_mol_L": 0.001})
    said = [text for text in solve_quietly(type(loop()).from_data(data)).warnings if text.startswith("target missed")]
    assert [text.split()[3] for text in said] == ["Nd", "Pr"]
    for text in said:
        assert "the strip leaves" in text
        assert text.endswith("raise stream.water.flow_m3_h")


def test_typed_flows_beyond_the_charge_bound_are_no_reason_to_refuse_what_is_free():
    """24 m3/h bring 12.96 kmol/h of base, feed, scrub and strip take 3.01 + 7.5 - 0.52 away; both flows are sought."""
    data = load("nd_pr_p507").to_data()
    data["organic"]["flow_m3_h"] = 24.0
    data["stream"]["scrub"]["flow_m3_h"] = 2.5
    assert solve_quietly(type(loop()).from_data(data)).found == solve_quietly(load("nd_pr_p507")).found


def test_a_phase_that_does_not_flow_is_named_with_its_stage():
    data = loop().to_data()
    data["draw"] = [{"name": "side", "section": "extraction", "stage": 2, "phase": "aqueous", "flow_m3_h": 5.0}]
    with pytest.raises(ConvergenceError, match=r"stage extraction 1: .* lower draw\.side\.flow_m3_h") as caught:
        solve_quietly(type(loop()).from_data(data))
    assert caught.value.result is None


def test_volumes_that_run_in_a_circle_are_named_with_their_splits():
    data = loop().to_data()
    data["split"] = [{"from": "strip_liquor", "to": "strip_acid", "fraction": 1.0}]
    with pytest.raises(ConvergenceError, match=r"do not settle: .* lower split\.strip_liquor\.fraction"):
        solve_quietly(type(loop()).from_data(data))


def test_findings_are_raised_before_any_solve():
    cascade = loop()
    data = cascade.to_data()
    data["organic"]["flow_m3_h"] = "design"
    with pytest.raises(InputError, match="run `design` on this cascade"):
        solve(type(cascade).from_data(data))
    unchecked = cascade.model_copy(update={"elements": ("Pr", "Nd", "Xx")})
    with pytest.raises(InputError, match="unknown element 'Xx'"):
        solve(unchecked)


def test_hydroxide_onset():
    """Onset at 0.1 mol/L, amorphous solids: La 8.2, Nd 7.2, Sm 6.3, Dy 6.2; lower concentrations begin later."""
    expected = {"La": 8.2, "Nd": 7.2, "Sm": 6.3, "Dy": 6.2}
    assert {name: round(hydroxide_onset_pH(name, 0.1), 1) for name in expected} == expected
    assert hydroxide_onset_pH("Nd", 1e-4) == pytest.approx(hydroxide_onset_pH("Nd", 0.1) + 1.0)
    assert hydroxide_onset_pH("Fe", 0.1) is None


def test_a_loaded_organic_at_the_limit_is_named_when_the_solver_gives_up():
    """The message of a solve that stopped on the way, from a state with an overfull organic."""
    cascade = SMALL["contact"]()
    result = solve_quietly(cascade)
    stage = result.stage
    full = type(stage)(
        stage.section,
        stage.local_stage,
        **{name: getattr(stage, name) * (16.0 if name == "loading_fraction" else 1.0) for name in stage.arrays()},
    )
    said = diagnose.not_converged(compile_cascade(cascade), dataclasses.replace(result, stage=full))
    assert said == "stage extraction 1: organic loading at 104% of capacity; raise organic.flow_m3_h above about 1.16"
    said = diagnose.not_converged(compile_cascade(cascade), result)
    assert "start from a solved neighbour" in said


def test_base_that_finds_no_free_extractant_is_told_and_left_out_of_the_balance():
    """One weak strip stage sends the organic back nearly full: it takes up less base than the file asks for."""
    asked = {
        "organic.flow_m3_h": 10.0,
        "organic.saponified_fraction": 0.42,
        "stream.scrub.flow_m3_h": 1.5,
        "stream.strip_acid.flow_m3_h": 2.5,
        "stream.strip_acid.acid_mol_L": 1.0,
        "section.stripping.stages": 1,
    }
    result = solve_quietly(load("dy_tb_p507").replace(asked))
    assert any("part of the base is not taken up" in text for text in result.warnings)
    assert result.closure < 1e-10
    held = result.stream["organic_in"].concentration_mol_L
    assert held["NH4"] < 0.42 * 1.5
    assert 3.0 * (held["Dy"] + held["Tb"]) + held["NH4"] == pytest.approx(0.75, rel=1e-9)
