"""``sxsim report``: the three files, what they are about, and how bad input ends."""

from __future__ import annotations

import json

import pytest


def test_a_report_of_a_costed_contact(sxsim, parsed, tmp_path):
    result = sxsim("report", "single_contact", "--cost", "--json", "--out", tmp_path / "to hand on")
    assert result.exit_code == 0, result.output
    told = parsed(result, "report")
    assert set(told) == {"command", "version", "input_hash", "solve", "cost"}
    files = sorted(file.name for file in (tmp_path / "to hand on").iterdir())
    assert files == ["report.html", "report.json", "report.xlsx"]
    assert json.loads((tmp_path / "to hand on" / "report.json").read_text(encoding="utf-8")) == told
    page = (tmp_path / "to hand on" / "report.html").read_text(encoding="utf-8")
    assert told["input_hash"] in page
    assert "Cost and waste" in page


def test_the_files_are_named_on_stdout(sxsim, tmp_path):
    result = sxsim("report", "single_contact", "--out", tmp_path)
    assert result.stdout.split() == [str(tmp_path / f"report.{form}") for form in ("html", "xlsx", "json")]


def test_a_designed_and_started_cascade(sxsim, parsed, tmp_path):
    easy = ["--set", "target.strip_liquor.Dy.purity_min=0.95", "--set", "target.raffinate.Tb.purity_min=0.9"]
    asked = ["--set", "startup.days=2", "--design", "--startup", "--json"]
    result = sxsim("report", "dy_tb_p507", *easy, *asked, "--out", tmp_path)
    assert result.exit_code == 0, result.output
    told = parsed(result, "report")
    assert (told["design"]["status"], told["startup"]["days"]) == ("converged", 2.0)
    assert "started up" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_train_is_reported_from_ore_to_oxides(sxsim, parsed, tmp_path):
    result = sxsim("report", "nd_pr_in_two_cuts", "--json", "--out", tmp_path)
    assert result.exit_code == 0, result.output
    told = parsed(result, "report")
    assert set(told) == {"command", "version", "input_hash", "train"}
    assert {product["name"] for product in told["train"]["products"]} == {"Nd2O3", "Pr6O11"}
    assert "Products and cascades" in (tmp_path / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("nd_pr_p506",), 2, "did you mean nd_pr_p507"),
        (("single_contact", "--set", "organic.flow=1"), 2, "--set organic.flow=1"),
        (("single_contact", "--design"), 2, "two rare earths or more"),
        (("bayan_obo", "--design"), 2, "a train is solved and costed as it is"),
        (("nd_pr_p507", "--startup", "--set", "startup.policy=quick"), 2, "startup.policy"),
    ],
)
def test_bad_input_ends_with_one_message_and_no_files(sxsim, tmp_path, arguments, code, says):
    result = sxsim("report", *arguments, "--out", tmp_path / "out")
    assert result.exit_code == code, result.output
    assert says in result.stderr
    assert "Traceback" not in result.output
    assert not (tmp_path / "out").exists()
