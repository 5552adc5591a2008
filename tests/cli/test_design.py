"""``sxsim design``: report, JSON, files that solve again, and how an impossible wish ends."""

from __future__ import annotations

import json

import pytest

from sxsim.cli import design as command
from sxsim.definition import load

EASY = ["--set", "target.strip_liquor.Dy.purity_min=0.95", "--set", "target.raffinate.Tb.purity_min=0.9"]


def test_the_report(sxsim):
    result = sxsim("design", "dy_tb_p507", *EASY)
    assert result.exit_code == 0, result.output
    text = result.stdout
    for title in ("Sections", "Flows", "Key figures", "Theory beside rigorous", "Trade-off", "What has to be held"):
        assert title in text
    assert "least cost at the cut Dy|Tb" in text
    assert "S/S_min" in text
    assert "the load of the organic is not constant" in text


def test_json_and_files(sxsim, parsed, tmp_path):
    result = sxsim("design", "dy_tb_p507", *EASY, "--json", "--out", tmp_path / "run")
    assert result.exit_code == 0, result.output
    told = parsed(result, "design")
    assert set(told["stages"]) == {"extraction", "scrubbing", "stripping"}
    assert set(told["flows_m3_h"]) == {"organic", "feed", "scrub", "strip_acid"}
    assert told["S"] / told["S_min"] == pytest.approx(told["S_over_S_min"])
    assert told["theory"]["beta"] == pytest.approx(2.82)
    assert told["solve"]["status"] == "converged"
    assert all(target["met"] for target in told["solve"]["targets"])
    assert told["curve"][0]["total"] < told["curve"][-1]["total"]
    files = {file.name for file in (tmp_path / "run").iterdir()}
    assert {"designed.toml", "mccabe_thiele.png", "tradeoff.png", "profile.png", "plan.json", "streams.csv"} <= files
    assert {"report.html", "report.xlsx"} <= files
    assert json.loads((tmp_path / "run" / "plan.json").read_text())["stages"] == told["stages"]
    designed = load(tmp_path / "run" / "designed.toml")
    assert {part.name: part.stages for part in designed.section} == told["stages"]
    again = sxsim("solve", tmp_path / "run" / "designed.toml", "--json")
    assert again.exit_code == 0, again.output
    assert all(target["met"] for target in parsed(again, "solve")["targets"])


@pytest.mark.parametrize("as_json", [False, True])
def test_a_target_out_of_reach_ends_with_3_and_the_nearest(sxsim, parsed, tmp_path, as_json):
    data = load("nd_pr_p507").to_toml() + "\n[design]\nstages_max = 30\n"
    (tmp_path / "small.toml").write_text(data, encoding="utf-8")
    result = sxsim("design", tmp_path / "small.toml", *(["--json"] if as_json else []))
    assert result.exit_code == 3
    assert "Target not reachable" in result.stderr
    assert "best: " in result.stderr
    if as_json:
        told = parsed(result, "design")
        assert told["status"] == "not reachable"
        assert told["best"] > 1.0
        assert told["proof"]["kind"] == "total reflux"
        assert "nearest reachable with" in told["diagnosis"]


def test_a_purity_that_companions_rule_out_is_out_of_reach(sxsim, tmp_path):
    text = load("nd_pr_p507").to_toml().replace('elements = ["Pr", "Nd"]', 'elements = ["Pr", "Nd", "Sm"]')
    (tmp_path / "samarium.toml").write_text(text.replace("Nd = 126.178875}", "Nd = 126.178875, Sm = 2.0}"))
    result = sxsim("design", tmp_path / "samarium.toml")
    assert result.exit_code == 3
    assert "Sm is extracted more than Nd and leaves with it (nearest reachable: at most 0.984" in result.stderr


def test_other_findings_are_bad_input(sxsim):
    result = sxsim("design", "nd_pr_p507", "--set", "section.extraction.stages=0")
    assert result.exit_code == 2
    assert "section.extraction.stages" in result.stderr


def test_progress_comes_after_a_while(capsys, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(command.time, "monotonic", lambda: now[0])
    progress = command._Progress()
    progress("early")
    now[0] = 2.1
    progress("later")
    progress("at once")
    err = capsys.readouterr().err
    assert "later" in err
    assert "early" not in err
    assert "at once" not in err
