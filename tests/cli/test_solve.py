"""``sxsim solve`` and ``sxsim plot``: reports, JSON, files, and how a solve that fails ends."""

from __future__ import annotations

import csv
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sxsim.cascade import Result
from sxsim.cascade.cures import Cure
from sxsim.cascade.proof import Proof
from sxsim.cascade.solving import solve_quietly
from sxsim.definition import Cascade, load
from sxsim.errors import ConvergenceError, UnreachableTarget
from sxsim.kernels._cache import Folders
from sxsim.kernels.linked import Linked

DATA = Path(__file__).parent / "data"
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
        def fail(cascade, start=None):
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
    assert (told["proof"], told["best"], told["cures"]) == (None, None, [])


def rows_of(text, first):
    """Words of the lines of a table that begin with a word."""
    return [line.split() for line in text.splitlines() if line.split()[:1] == [first]]


def with_targets(tmp_path, *targets, **solve):
    """The Nd/Pr cut asked for other things, as a file."""
    data = load("nd_pr_p507").to_data()
    data["target"] = list(targets)
    data["solve"] = {**data["solve"], **solve}
    file = tmp_path / "asked.toml"
    file.write_text(Cascade.from_data(data).to_toml(), encoding="utf-8")
    return file


def test_an_answer_says_what_binds_and_what_was_made_least(sxsim, parsed):
    text = sxsim("solve", "nd_pr_p507").stdout
    row = rows_of(text, "strip_liquor")[1]
    assert row == ["strip_liquor", "Nd", "purity", "%", ">=", "99.900", "99.900", "binds", "yes"]
    found = rows_of(text, "organic.flow_m3_h") + rows_of(text, "stream.scrub.flow_m3_h")
    assert [(len(row), row[2:]) for row in found] == [(3, ["least"]), (2, [])]
    assert "fixed:" not in text
    assert text.index("Found for these targets") < text.index("What to know of these numbers")
    told = parsed(sxsim("solve", "nd_pr_p507", "--json"), "solve")
    assert (told["branch"], told["fixed"]) == ("cheap", [])
    assert [target["room"] for target in told["targets"]] == pytest.approx([0.0, 0.0], abs=1e-8)


@pytest.mark.parametrize("factor", [0.1, 10.0])
def test_a_start_changes_where_the_search_begins_and_not_its_answer(sxsim, parsed, factor):
    found = parsed(sxsim("solve", "dy_tb_p507", "--json"), "solve")["found"]
    starts = [word for path, value in found.items() for word in ("--start", f"{path}={factor * value!r}")]
    again = parsed(sxsim("solve", "dy_tb_p507", "--json", *starts), "solve")
    assert again["found"]["organic.flow_m3_h"] == pytest.approx(found["organic.flow_m3_h"], rel=1e-9)
    assert again["found"] == pytest.approx(found, rel=1e-6)
    assert again["fixed"] == []
    assert again["input_hash"] == load("dy_tb_p507").input_hash


def test_a_start_reaches_the_solver(sxsim, monkeypatch, contact):
    asked = []
    monkeypatch.setattr(
        "sxsim.cascade.solving.solve_quietly", lambda cascade, start=None: asked.append(start) or contact
    )
    sxsim("solve", "nd_pr_p507", "--start", "organic.flow_m3_h=20", "--start", "stream.scrub.flow_m3_h=2.5")
    sxsim("solve", "nd_pr_p507")
    assert asked == [{"organic.flow_m3_h": 20.0, "stream.scrub.flow_m3_h": 2.5}, None]


@pytest.mark.parametrize(
    ("file", "starts", "said"),
    [
        ("nd_pr_p507", ["organic.flow=3"], ["organic.flow: is not free", "did you mean organic.flow_m3_h?"]),
        ("nd_pr_p507", ["stream.strip_acid.flow_m3_h=1"], ["stream.strip_acid.flow_m3_h: is not free"]),
        ("nd_pr_p507", ["organic.flow_m3_h=-1"], ["organic.flow_m3_h: -1 is no start", "a number above 0"]),
        ("nd_pr_p507", ["organic.flow_m3_h=much"], ["'much' is no start"]),
        ("nd_pr_p507", ["organic.flow_m3_h=true"], ["True is no start"]),
        ("nd_pr_p507", ["organic.flow_m3_h"], ["is not an assignment"]),
        ("nd_pr_p507", ["organic.flow_m3_h=0", "section=1"], ["2 findings in --start", "section: is not free"]),
        ("single_contact", ["organic.flow_m3_h=1"], ["none: every quantity of this cascade is typed"]),
    ],
)
def test_a_start_that_is_none_is_bad_input(sxsim, failing, file, starts, said):
    failing(AssertionError("solved"))
    result = sxsim("solve", file, *(word for start in starts for word in ("--start", start)))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Bad input: ")
    assert all(words in result.stderr for words in said)


def test_a_path_that_is_set_is_fixed_and_the_targets_stay(sxsim, parsed):
    asked = ["--set", "organic.flow_m3_h=23", "--set", "target.raffinate.Tb.purity_min=0.95"]
    told = parsed(sxsim("solve", "dy_tb_p507", "--json", *asked), "solve")
    assert told["fixed"] == ["organic.flow_m3_h"]
    assert list(told["found"]) == ["stream.scrub.flow_m3_h"]
    assert all(target["met"] for target in told["targets"])
    assert told["definition"]["organic"]["flow_m3_h"] == 23.0
    text = sxsim("solve", "dy_tb_p507", *asked).stdout
    assert "\nfixed: organic.flow_m3_h\n" in text
    assert rows_of(text, "raffinate")[1][-4:] == ["%", "met,", "with", "room"]
    assert Result.from_json(json.dumps(told)).cascade.fixed == ("organic.flow_m3_h",)


def test_with_every_path_set_the_flows_are_simulated(sxsim, parsed):
    asked = ["--set", "organic.flow_m3_h=23", "--set", "stream.scrub.flow_m3_h=1.4"]
    result = sxsim("solve", "dy_tb_p507", "--json", *asked)
    told = parsed(result, "solve")
    assert result.exit_code == 0
    assert (told["fixed"], told["found"]) == (["organic.flow_m3_h", "stream.scrub.flow_m3_h"], {})
    assert told["branch"] == ""
    met = {target["element"]: (target["met"], target["room"] > 0.0) for target in told["targets"]}
    assert all(is_met == has_room for is_met, has_room in met.values())
    assert not all(is_met for is_met, _ in met.values())
    text = sxsim("solve", "dy_tb_p507", *asked).stdout
    assert "Found" not in text
    assert "fixed: organic.flow_m3_h, stream.scrub.flow_m3_h" in text


def test_an_impurity_is_asked_as_a_maximum(sxsim, parsed, tmp_path):
    pure = {"stream": "raffinate", "element": "Pr", "purity_min": 0.99}
    file = with_targets(tmp_path, {"stream": "strip_liquor", "element": "Pr", "impurity_max": 0.001}, pure)
    text = sxsim("solve", file).stdout
    row = rows_of(text, "strip_liquor")[1]
    assert row == ["strip_liquor", "Pr", "impurity", "%", "<=", "0.100", "0.100", "binds", "yes"]
    found = parsed(sxsim("solve", file, "--json"), "solve")["found"]
    assert found == pytest.approx(solve_quietly(load("nd_pr_p507")).found, rel=1e-6)


def test_a_group_has_one_name(sxsim, parsed, tmp_path):
    fed = {"stream": "strip_liquor", "elements": ["Nd", "Pr"], "recovery_min": 0.1, "equation": False}
    kept = {"stream": "raffinate", "elements": ["Pr", "Nd"], "concentration_max_g_L": 500.0, "basis": "oxide",
            "equation": False}  # fmt: skip
    pure = [{"stream": "strip_liquor", "element": "Nd", "purity_min": 0.999},
            {"stream": "raffinate", "element": "Pr", "purity_min": 0.99}]  # fmt: skip
    file = with_targets(tmp_path, fed, kept, *pure)
    told = parsed(sxsim("solve", file, "--json"), "solve")
    assert [target["element"] for target in told["targets"]] == ["Nd+Pr", "Pr+Nd", "Nd", "Pr"]
    rows = rows_of(sxsim("solve", file).stdout, "raffinate")
    assert rows[1][:5] == ["raffinate", "Pr+Nd", "g/L", "<=", "500.0"]
    assert rows[1][-3:] == ["met,", "with", "room"]


@pytest.fixture
def refused(contact):
    """Targets that cannot be reached, with everything that is known of them."""
    proof = Proof("fold", {"k": 2.5, "at": 21.7, "worst": math.inf})
    cures = [Cure({"section.a.stages": (3, 5), "section.b.stages": (2, 4)}), Cure({"organic.flow_m3_h": (1.0, 2.0)})]
    text = f"raffinate Nd purity >= 0.9 cannot be reached with organic.flow_m3_h free: {proof}; nearest: none"
    return UnreachableTarget(text, contact, proof=proof, best=2.5, cures=cures)


def test_a_refusal_says_why_then_the_best_then_what_helps(sxsim, failing, refused):
    failing(refused)
    result = sxsim("solve", "single_contact")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.splitlines() == [
        "Target not reachable: raffinate Nd purity >= 0.9 cannot be reached with organic.flow_m3_h free",
        "  why: the losses are least at 21.7, with 2.5 times those asked for (fold)",
        "  best: 2.5 times the losses asked for",
        "  each of these was tried, and reaches them:",
        "    section.a.stages from 3 to 5 and section.b.stages from 2 to 4",
        "    organic.flow_m3_h from 1 to 2",
    ]


def test_a_refusal_is_told_in_json(sxsim, parsed, failing, refused):
    failing(refused)
    told = parsed(sxsim("solve", "single_contact", "--json"), "solve")
    assert told["proof"] == {"kind": "fold", "figures": {"k": 2.5, "at": 21.7, "worst": None}}
    assert told["best"] == 2.5
    assert told["cures"] == [
        {"cure": 1, "path": "section.a.stages", "from": 3, "to": 5},
        {"cure": 1, "path": "section.b.stages", "from": 2, "to": 4},
        {"cure": 2, "path": "organic.flow_m3_h", "from": 1.0, "to": 2.0},
    ]
    failing(UnreachableTarget("no", proof=Proof("base or acid", {}), best=None))
    told = parsed(sxsim("solve", "single_contact", "--json"), "solve")
    assert told["status"] == "targets not reachable"
    assert (told["proof"], told["best"]) == ({"kind": "base or acid", "figures": {}}, None)


def test_what_helps_was_tried_and_helps(sxsim, parsed):
    short = ["--set", "section.extraction.stages=5", "--set", "section.scrubbing.stages=4"]
    result = sxsim("solve", "dy_tb_p507", "--json", *short)
    assert result.exit_code == 3
    told = parsed(result, "solve")
    assert told["status"] == "targets not reachable"
    assert told["proof"]["kind"] == "total reflux"
    assert told["proof"]["figures"]["k"] == told["best"] > 1.0
    assert told["cures"]
    for number in {cure["cure"] for cure in told["cures"]}:
        helps = [f"{cure['path']}={cure['to']!r}" for cure in told["cures"] if cure["cure"] == number]
        again = sxsim("solve", "dy_tb_p507", *short, *(word for each in helps for word in ("--set", each)))
        assert again.exit_code == 0, again.output
    lines = result.stderr.splitlines()
    assert [line.split(":")[0].strip() for line in lines[:3]] == ["Target not reachable", "why", "best"]


def test_room_and_branch_stand_in_the_files(sxsim, tmp_path):
    assert sxsim("solve", "nd_pr_p507", "--out", tmp_path).exit_code == 0
    with (tmp_path / "targets.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["room"]) for row in rows] == pytest.approx([0.0, 0.0], abs=1e-8)
    with (tmp_path / "figures.csv").open(encoding="utf-8", newline="") as file:
        figures = {row["figure"]: row["value"] for row in csv.DictReader(file)}
    assert (figures["branch"], figures["fixed"]) == ("cheap", "")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "binds" in page
    assert "least" in page


def test_a_target_that_is_passed_at_the_least_is_met_with_room(sxsim, parsed):
    result = sxsim("solve", DATA / "overfulfilled.toml")
    assert result.exit_code == 0, result.output
    assert "met, with room" in result.stdout
    told = parsed(sxsim("solve", DATA / "overfulfilled.toml", "--json"), "solve")
    assert all(target["met"] for target in told["targets"])
    assert max(target["room"] for target in told["targets"]) > 0.01


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
    ("kept", "needed", "said"),
    [
        ("fresh", "SOLVE", "compiling kernels (first run, about "),
        ("fresh", "SEARCH", "compiling kernels (first run, about "),
        ("fresh", "STARTUP", "compiling kernels (first run, about "),
        ("solved", "STARTUP", "compiling kernels (first run, about "),
        ("solved", "SEARCH", "compiling kernels (first run, about "),
        ("solved", "SOLVE", ""),
        (None, "SEARCH", "compiling kernels (no folder"),
        ("read only", "SOLVE", ""),
    ],
)
def test_compiling_is_announced_when_something_is_missing(monkeypatch, capsys, kept, needed, said):
    from sxsim.cli.running import announce_compilation
    from sxsim.kernels import prepare

    folders = Folders((kept,), None if kept == "read only" else kept) if kept else Folders((), None)

    def missing(called, read):
        assert read == folders.read
        return [symbol for symbol in called if kept not in ("solved", "read only") or symbol not in prepare.SOLVE]

    prepared = []
    monkeypatch.setattr("numba.config.DISABLE_JIT", 0)
    monkeypatch.setattr("sxsim.kernels._jit.FOLDERS", folders)
    monkeypatch.setattr(Linked, "told", False)
    monkeypatch.setattr(prepare, "missing", missing)
    monkeypatch.setattr(prepare, "duration_s", lambda kernels, processes: 5 * len(kernels) // processes)
    monkeypatch.setattr(prepare, "prepare", lambda kernels, called: prepared.extend(kernels))
    announce_compilation(startup=needed == "STARTUP", search=needed != "SOLVE")
    lacking = missing(getattr(prepare, needed), folders.read)
    assert prepared == (lacking if kept else [])
    assert Linked.told == (kept is None)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(said)
    assert bool(shown.err) == bool(said)


def test_nothing_is_announced_with_the_compiler_off(monkeypatch, capsys):
    from sxsim.cli.running import announce_compilation

    monkeypatch.setattr("numba.config.DISABLE_JIT", 1)
    monkeypatch.setattr("sxsim.kernels._jit.FOLDERS", Folders((), None))
    announce_compilation()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("file", "search"), [("single_contact", False), ("nd_pr_p507", True)])
def test_only_a_search_for_targets_compiles_the_search(monkeypatch, contact, file, search):
    from sxsim.cli import running

    asked = []
    monkeypatch.setattr(running, "announce_compilation", lambda **needs: asked.append(needs))
    monkeypatch.setattr("sxsim.cascade.solving.solve_quietly", lambda cascade, start=None: contact)
    running.solved(load(file))
    assert asked == [{"search": search}]
