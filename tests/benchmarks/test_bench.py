"""Every group of the benchmarks runs at its smallest size."""

from __future__ import annotations

import json

import pytest
from benchmarks import startup
from benchmarks.__main__ import main
from benchmarks.peers import ours_fixed, ours_section
from benchmarks.timing import exponent

IN_PROCESS = "sizes,reference,targets,warm,linear"


def test_quick_groups_print_a_table_and_write_json(capsys, tmp_path):
    file = tmp_path / "figures.json"
    assert main(["--quick", "--only", IN_PROCESS, "--json", str(file)]) == 0
    groups = json.loads(file.read_text())
    assert list(groups) == ["quick", *IN_PROCESS.split(",")]
    assert groups["sizes"]["20 stages, 2 elements: Newton iterations"] > 0
    assert groups["reference"]["largest difference of a concentration [mol/L]"] < 1e-8
    assert "time / (iterations x banded solve)" in capsys.readouterr().out


def test_an_unknown_group_is_refused(capsys):
    with pytest.raises(SystemExit):
        main(["--only", "speed"])
    assert "no group speed" in capsys.readouterr().err


def test_the_exponent_of_a_power_law():
    assert exponent([1, 2, 4], [3.0, 12.0, 48.0]) == pytest.approx(2.0)


def test_our_side_of_the_peers():
    spent, (Nd, Pr) = ours_section(3, 2)
    assert spent > 0.0
    assert (Nd, Pr) == pytest.approx((0.0248144293, 0.0313609667), rel=1e-6)  # difflow 0.2.2 says the same
    _, (A, B) = ours_fixed(10)
    assert 0.0 < A < B < 0.5


def test_the_start_up_and_its_peers_find_the_same(capsys, tmp_path):
    figures = startup.main(["--small", "--json", str(tmp_path / "startup.json")])
    assert json.loads((tmp_path / "startup.json").read_text()) == figures
    for model in ("mixer-settler", "lumped"):
        runs = figures[model]["runs"]
        assert set(runs) == {"sxsim", "BDF", "LSODA", "VODE"}
        assert max(each[-1]["error"] for each in runs.values()) < 1e-3
    assert figures["15_elements_stage_shakes_per_s"] > 0.0
    assert "faster by" in capsys.readouterr().out
