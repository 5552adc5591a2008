"""``sxsim solve`` and ``sxsim plot``: reports, JSON, files, and how a solve that fails ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from sxsim.cascade import Result
from sxsim.cascade.solving import solve_quietly
from sxsim.definition import load
from sxsim.errors import ConvergenceError, UnreachableTarget

FILES = [
    "figures.csv",
    "loads.csv",
    "profile.png",
    "profile_aqueous.csv",
    "profile_organic.csv",
    "report.html",
    "report.xlsx",
    "result.json",
    "streams.csv",
    "targets.csv",
]


@pytest.fixture(scope="module")
def contact():
    """The solved single contact."""
    return solve_quietly(load("single_contact"))


@pytest.fixture
def failing(monkeypatch):
    """Let every solve fail with one error."""

    def fail_with(error):
        def fail(cascade):
            raise error

        monkeypatch.setattr("sxsim.cascade.solving.solve_quietly", fail)

    return fail_with


def test_the_report_of_a_contact(sxsim, contact):
    result = sxsim("solve", "single_contact", "--set", "organic.temperature_C=60")
    assert result.exit_code == 0, result.output
    text = result.stdout
    assert text.startswith("Single contact of NdCl3 with PC88A\nconverged by ")
    assert f"{100.0 * contact.recovery('loaded_organic', 'Nd'):.2f}" in text
    assert "Balances close to" in text
    assert "Targets" not in text
    assert "Found" not in text
    assert "  - temperature_C: 60 is an extrapolation of " in text


@pytest.mark.parametrize("columns", [80, 120])
def test_the_report_fits_the_terminal_and_cuts_no_name(sxsim, monkeypatch, columns):
    run = sxsim("solve", "nd_pr_p507")
    assert run.exit_code == 0, run.output
    monkeypatch.setenv("COLUMNS", str(columns))
    text = sxsim("solve", "nd_pr_p507").stdout
    assert max(len(line) for line in text.splitlines()) <= columns
    for name in ("stripped_organic", "strip_liquor", "stream.scrub.flow_m3_h", "extraction"):
        assert name in text
    assert "…" not in text


def test_the_report_of_a_cascade_with_targets(sxsim):
    text = sxsim("solve", "nd_pr_p507").stdout
    lines = [line.split() for line in text.splitlines()]
    assert ["strip_liquor", "Nd", "purity", "%", ">=", "99.900"] in [line[:6] for line in lines]
    assert [line[-1] for line in lines if line[:1] in (["strip_liquor"], ["raffinate"]) and "purity" in line] == [
        "yes"
    ] * 2
    found = next(float(line[1]) for line in lines if line[:1] == ["organic.flow_m3_h"])
    assert found == pytest.approx(17.99, rel=0.01)
    assert "exchange log10 K(NH4) = -5 (unverified, -6 to -4)" in text


def test_json_is_one_object_that_restores_the_result(sxsim, parsed, contact):
    result = sxsim("solve", "single_contact", "--json")
    assert result.exit_code == 0
    told = parsed(result, "solve")
    assert told["input_hash"] == load("single_contact").input_hash
    asked = {"status", "method", "iterations", "closure", "equilibrium_residual", "streams", "targets", "warnings",
             "sources"}  # fmt: skip
    assert asked <= set(told)
    assert set(told["streams"]["raffinate"]) >= {"flow_m3_h", "pH", "concentration_mol_L", "purity", "recovery"}
    assert Result.from_json(result.stdout) == contact


def test_json_loads_nothing_it_does_not_need(checkout):
    code = (
        "import sys\nfrom sxsim.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'pandas', 'xarray', 'scipy.optimize', 'matplotlib'} & set(sys.modules)\n"
        "print('loaded', sorted(heavy), file=sys.stderr)"
    )
    environment = {**os.environ, "PYTHONPATH": str(checkout / "src")}
    command = [sys.executable, "-c", code, "solve", "single_contact", "--json"]
    run = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert json.loads(run.stdout)["status"] == "converged"
    assert run.stderr.splitlines()[-1] == "loaded []"


def test_changes_are_applied(sxsim, parsed):
    changes = ["--set", "organic.flow_m3_h=2.0", "--set", "stream.feed.acid_mol_L=0.2"]
    told = parsed(sxsim("solve", "single_contact", "--json", *changes), "solve")
    assert told["definition"]["organic"]["flow_m3_h"] == 2.0
    assert told["streams"]["feed"]["acid_mol_L"] == pytest.approx(0.2)
    assert told["input_hash"] != load("single_contact").input_hash


def test_a_cascade_left_to_design_is_refused_with_advice(sxsim):
    result = sxsim("solve", "single_contact", "--set", "organic.flow_m3_h=design")
    assert result.exit_code == 2
    assert "organic.flow_m3_h" in result.stderr
    assert "run `design`" in result.stderr


def test_a_missed_target_that_nobody_asked_to_meet_is_told(sxsim, tmp_path):
    text = load("single_contact").to_toml()
    file = tmp_path / "contact.toml"
    file.write_text(f'{text}\n[[target]]\nstream = "loaded_organic"\nelement = "Nd"\nrecovery_min = 0.999\n')
    result = sxsim("solve", file)
    assert result.exit_code == 0, result.output
    assert [line.split()[-1] for line in result.stdout.splitlines() if "recovery %  " in line] == ["no"]


def test_out_writes_every_file_and_nothing_else(sxsim, tmp_path):
    folder = tmp_path / "new" / "out"
    result = sxsim("solve", "single_contact", "--json", "--out", folder)
    assert result.exit_code == 0, result.output
    assert result.stderr == f"wrote {folder}\n"
    assert sorted(path.name for path in folder.iterdir()) == FILES
    assert (folder / "result.json").read_text(encoding="utf-8") == result.stdout
    assert (folder / "profile.png").read_bytes().startswith(b"\x89PNG")


def test_out_replaces_the_files_of_an_earlier_run_only(sxsim, tmp_path):
    (tmp_path / "streams.csv").write_text("old")
    (tmp_path / "notes.txt").write_text("mine")
    assert sxsim("solve", "single_contact", "--out", tmp_path).exit_code == 0
    assert (tmp_path / "streams.csv").read_text().startswith("stream,")
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_folder_that_cannot_be_written_is_found_before_the_solve(sxsim, tmp_path, failing):
    failing(AssertionError("solved first"))
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "out"):
        result = sxsim("solve", "single_contact", "--out", place)
        assert result.exit_code == 2, result.output
        assert result.stdout == ""
        assert result.stderr.startswith(f"Bad input: 1 finding\n  --out: {place} cannot be written: ")


def test_nothing_half_written_stays_when_writing_fails(sxsim, tmp_path, monkeypatch):
    def full(self, folder):
        (folder / "streams.csv").write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Result, "write_csv", full)
    old = tmp_path / "old"
    old.mkdir()
    (old / "streams.csv").write_text("whole")
    for folder in (old, tmp_path / "new"):
        result = sxsim("solve", "single_contact", "--out", folder)
        assert result.exit_code == 2
        assert "No space left on device" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["old"]
    assert [(path.name, path.read_text()) for path in old.iterdir()] == [("streams.csv", "whole")]


@pytest.mark.parametrize(
    ("error", "head"), [(ConvergenceError, "Not converged: "), (UnreachableTarget, "Target not reachable: ")]
)
def test_a_solve_that_fails_says_why_and_leaves_nothing(sxsim, parsed, tmp_path, failing, contact, error, head):
    failing(error("stage extraction 1: too little organic", contact))
    result = sxsim("solve", "single_contact", "--out", tmp_path / "out")
    assert result.exit_code == 3
    assert result.stdout == ""
    assert result.stderr == f"{head}stage extraction 1: too little organic\n"
    assert list(tmp_path.iterdir()) == []


def test_a_solve_that_fails_is_told_in_json_too(sxsim, parsed, failing, contact):
    failing(ConvergenceError("no flow"))
    result = sxsim("solve", "single_contact", "--json")
    assert result.exit_code == 3
    told = parsed(result, "solve")
    assert (told["status"], told["diagnosis"]) == ("not converged", "no flow")
    failing(ConvergenceError("stuck", contact))
    told = parsed(sxsim("solve", "single_contact", "--json"), "solve")
    assert told["diagnosis"] == "stuck"
    assert told["streams"].keys() == contact.to_dict()["streams"].keys()


def test_plot_profile_fails_like_a_solve(sxsim, tmp_path, failing):
    failing(ConvergenceError("no flow"))
    result = sxsim("plot", "profile", "single_contact", "--out", tmp_path / "profile.png")
    assert result.exit_code == 3
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("phase", ["organic", "aqueous"])
def test_plot_profile(sxsim, tmp_path, monkeypatch, phase):
    monkeypatch.chdir(tmp_path)
    result = sxsim("plot", "profile", "single_contact", "--phase", phase)
    assert result.exit_code == 0, result.output
    assert result.stderr == "wrote single_contact_profile.png\n"
    assert (tmp_path / "single_contact_profile.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("kept", "startup", "said"),
    [
        ("fresh", False, "compiling kernels (first run, about "),
        ("fresh", True, "compiling kernels (first run, about "),
        ("solved", True, "compiling kernels (first run, about "),
        ("solved", False, ""),
        (None, False, "compiling kernels (no folder"),
    ],
)
def test_compiling_is_announced_when_something_is_missing(monkeypatch, capsys, kept, startup, said):
    from sxsim.cli.running import announce_compilation
    from sxsim.kernels import prepare

    def missing(called, folder):
        assert folder == kept
        return [symbol for symbol in called if kept != "solved" or symbol not in prepare.SOLVE]

    prepared = []
    monkeypatch.setattr("numba.config.DISABLE_JIT", 0)
    monkeypatch.setattr("sxsim.kernels._jit.CACHE_FOLDER", kept)
    monkeypatch.setattr(prepare, "missing", missing)
    monkeypatch.setattr(prepare, "duration_s", lambda kernels, processes: 5 * len(kernels) // processes)
    monkeypatch.setattr(prepare, "prepare", lambda kernels, called: prepared.extend(kernels))
    announce_compilation(startup)
    lacking = missing(prepare.STARTUP if startup else prepare.SOLVE, kept)
    assert prepared == (lacking if kept else [])
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(said)
    assert bool(shown.err) == bool(said)


def test_nothing_is_announced_with_the_compiler_off(monkeypatch, capsys):
    from sxsim.cli.running import announce_compilation

    monkeypatch.setattr("numba.config.DISABLE_JIT", 1)
    monkeypatch.setattr("sxsim.kernels._jit.CACHE_FOLDER", None)
    announce_compilation()
    assert capsys.readouterr().err == ""
