"""``sxsim synthesize`` from outside."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sxsim.cli import app
from sxsim.definition import load

RUN = CliRunner()
ASK = ["synthesize", "Nd=0.15,Pr=0.05,Ce=0.5,La=0.3", "--purity", "0.99"]


def test_report_names_orders_factors_and_linking() -> None:
    answer = RUN.invoke(app, [*ASK, "--count", "2"])
    assert answer.exit_code == 0, answer.stderr
    for said in ("5 orders of cuts", "best", "worst", "Pr|Ce", "unverified", "Fully linked"):
        assert said in answer.stdout


def test_json_is_one_object() -> None:
    answer = RUN.invoke(app, [*ASK, "--json", "--by", "stages", "--solvent", "xu", "--factor", "Nd/Pr=1.55"])
    told = json.loads(answer.stdout)
    assert told["command"] == "synthesize"
    assert told["separation_factor"]["Nd/Pr"] == {"value": 1.55, "status": "unverified"}
    assert told["sequences"][0]["passes"] == pytest.approx(sum(cut["S"] for cut in told["sequences"][0]["cuts"]))
    assert told["sequences_possible"] == 5


def test_folder_holds_table_tree_and_designed_cascades(tmp_path: Path) -> None:
    ask = ["synthesize", "nd_pr_p507.toml", "--purity", "0.99", "--design", "1", "--out", str(tmp_path)]
    answer = RUN.invoke(app, ask)
    assert answer.exit_code == 0, answer.stderr
    assert "Designed rigorously" in answer.stdout
    assert (tmp_path / "best_sequence.png").read_bytes().startswith(b"\x89PNG")
    with (tmp_path / "best_sequence.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["cut"] == "Nd|Pr"
    cascade = load(tmp_path / "cut_1_nd_pr.toml")
    assert int(rows[0]["designed_stages_extraction"]) == cascade.section_named("extraction").stages
    told = json.loads((tmp_path / "synthesis.json").read_text(encoding="utf-8"))
    assert told["designed"][0]["complete"] is True


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["bayan_obo"], "there is no feed named 'bayan_obo'"),
        (["Nd=x"], "'Nd=x' is not an element and its amount"),
        (["Nd=1,Pr=1", "--factor", "Nd/Pr"], "is no pair and number"),
        (["Nd=1,Pr=1", "--products", "Nd"], "Pr of the feed is in no product"),
        (["Nd=1,Pr=1", "--solvent", "minimum", "--by", "stages"], "every order has an infinite number of stages"),
        (["Nd=1,Pr=1", "--solvent", "minimum", "--by", "inventory"], "every order has an infinite number of stages"),
    ],
)
def test_bad_input(arguments: list[str], said: str) -> None:
    answer = RUN.invoke(app, ["synthesize", *arguments])
    assert answer.exit_code == 2
    assert said in answer.stderr
