"""``sxsim linked`` from outside."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from sxsim.cli import app
from sxsim.plant.linked import load_linked

RUN = CliRunner()


def test_report_json_and_folder(tmp_path: Path) -> None:
    answer = RUN.invoke(app, ["linked", "nd_pr_ce", "--out", str(tmp_path)])
    assert answer.exit_code == 0, answer.stderr
    for said in ("pr_draw", "99.900", "found organic.flow_m3_h", "base 5.1"):
        assert said in answer.stdout
    told = json.loads((tmp_path / "linked.json").read_text(encoding="utf-8"))
    assert told["command"] == "linked"
    assert told["closure"] < 1e-10
    assert load_linked(tmp_path / "solved.toml").solve is None
    assert (tmp_path / "profile.png").read_bytes().startswith(b"\x89PNG")


def test_set_fixes_a_free_quantity_and_bad_input_says_so() -> None:
    answer = RUN.invoke(app, ["linked", "nd_pr_ce", "--set", "organic.flow_m3_h=9.5"])
    assert answer.exit_code == 2
    assert "2 free quantities for 3 target equations" in answer.stderr
    assert RUN.invoke(app, ["linked", "nd_pr"]).exit_code == 2
