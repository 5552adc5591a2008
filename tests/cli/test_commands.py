"""What the commands without a solve print, and what the command line costs."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys

import pytest

import sxsim as package
from sxsim.definition.system import load_system_file, system_names


def in_a_shell(checkout, *arguments, **environment):
    """Run the command line as a user does, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", "from sxsim.cli import main; main()", *arguments],
        env={**os.environ, "PYTHONPATH": str(checkout / "src"), **environment},
        capture_output=True,
        text=True,
    )


def test_help_names_every_command_and_loads_nothing_heavy(checkout):
    code = (
        "import sys\nfrom sxsim.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'numpy', 'numba', 'pandas', 'pydantic', 'matplotlib', 'scipy'} & set(sys.modules)\n"
        "print(sorted(heavy), file=sys.stderr)"
    )
    environment = {**os.environ, "PYTHONPATH": str(checkout / "src")}
    command = [sys.executable, "-c", code, "--help"]
    run = subprocess.run(command, env=environment, capture_output=True, text=True)
    for name in ("check", "solve", "data", "fit", "sources", "plot"):
        assert re.search(rf"^\W*{name}\b", run.stdout, re.MULTILINE), name
    assert run.stderr.strip() == "[]"


def test_help_answers_at_once(checkout):
    def measured_s():
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert in_a_shell(checkout, "--help").returncode == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    # Processor time: on an idle machine it is the time that passes, and a busy one does not count.
    assert min(measured_s() for _ in range(3)) < 0.5


def test_version(sxsim):
    assert sxsim("--version").stdout == f"sxsim {package.__version__}\n"


def test_check_of_a_sound_file(sxsim):
    result = sxsim("check", "nd_pr_p507", "--set", "section.scrubbing.stages=36")
    assert result.exit_code == 0
    assert result.stdout.startswith("nd_pr_p507: no findings\n")
    assert re.search(r"scrubbing +scrubbing +36 +scrub +extraction", result.stdout)


def test_check_as_json(sxsim, parsed, tmp_path):
    sound = parsed(sxsim("check", "nd_pr_p507", "--json"), "check")
    assert (sound["status"], sound["findings"]) == ("ok", [])
    result = sxsim("check", "nd_pr_p507", "--json", "--set", "stream.feed.flow_m3_h=-1")
    told = json.loads(result.stdout)
    assert result.exit_code == 2
    assert (told["status"], told["input_hash"]) == ("bad input", None)
    assert [finding["place"] for finding in told["findings"]] == ["stream.feed.flow_m3_h"]
    assert "stream.feed.flow_m3_h" in result.stderr


def test_data_lists_every_system(sxsim):
    result = sxsim("data")
    assert result.exit_code == 0
    assert all(name in result.stdout for name in system_names())


@pytest.mark.parametrize("name", system_names())
def test_data_shows_each_system_whole(sxsim, name):
    result = sxsim("data", name)
    assert result.exit_code == 0
    system = load_system_file(name)
    for factor in system.separation_factor:
        row = rf"^ {factor.pair} +{factor.low:g} +{factor.value:g} +{factor.high:g} +{factor.status} "
        assert re.search(row, result.stdout, re.MULTILINE), factor.pair
    for key in {key for factor in system.separation_factor for key in factor.source}:
        assert f"  {key}: " in result.stdout
    assert "extractant, as monomer" in result.stdout


def test_data_as_json(sxsim, parsed):
    listed = parsed(sxsim("data", "--json"), "data")
    assert {entry["name"] for entry in listed["systems"]} == set(system_names())
    shown = parsed(sxsim("data", "p507-chloride", "--json"), "data")
    assert shown["name"] == "p507-chloride"
    compared = parsed(sxsim("data", "compare", "p507-chloride", "d2ehpa-chloride", "--pair", "Nd/Pr", "--json"), "data")
    assert [row["system"] for row in compared["systems"]] == ["p507-chloride", "d2ehpa-chloride"]


def test_data_compares_systems(sxsim):
    result = sxsim("data", "compare", "p507-chloride", "d2ehpa-chloride", "--pair", "Nd/Pr")
    assert result.exit_code == 0
    assert re.search(r"p507-chloride +1\.5 +1\.4 +1\.55 +reported", result.stdout)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["p507-cloride"], "did you mean p507-chloride"),
        (["p507-chloride", "d2ehpa-chloride"], "2 names: p507-chloride, d2ehpa-chloride"),
        (["compare", "p507-chloride"], "1 systems named"),
        (["compare", "p507-chloride", "d2ehpa-chloride"], "--pair: is missing"),
        (["compare", "p507-chloride", "d2ehpa-chloride", "--pair", "NdPr"], "'NdPr' is not a pair"),
        (["compare", "p507-chloride", "d2ehpa-chloride", "--pair", "Nd/Xx"], "Xx is not known"),
        (["compare", "p507-chloride", "d2ehpa-chloride", "--pair", "Nd/Pr", "--plot", "a.png"], "one system at a time"),
        (["p507-chloride", "--pair", "Nd/Pr"], "goes with compare only"),
        (["--plot", "a.png"], "no system is named"),
        (["p507-chloride", "--element", "Nd"], "goes with --plot only"),
        (["p507-chloride", "--plot", "a.docx"], "does not end in a picture format"),
        (["p507-chloride", "--plot", "a.png", "--element", "Fe"], "Fe is not known"),
    ],
)
def test_data_refuses_what_does_not_go_together(sxsim, arguments, said):
    result = sxsim("data", *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert said in result.stderr


def test_data_plots_log_D(sxsim, tmp_path):
    file = tmp_path / "log_D.png"
    result = sxsim("data", "p507-chloride", "--plot", file, "--element", "Nd")
    assert result.exit_code == 0, result.output
    assert file.read_bytes().startswith(b"\x89PNG")
    assert result.stderr == f"wrote {file}\n"


def test_a_plot_that_cannot_be_written_is_one_message(sxsim, tmp_path):
    (tmp_path / "file").write_text("")
    result = sxsim("data", "p507-chloride", "--plot", tmp_path / "file" / "log_D.png")
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


def test_sources_names_papers_and_what_nobody_could_check(sxsim):
    result = sxsim("sources", "dy_tb_p507")
    assert result.exit_code == 0
    assert "  arellano2020: " in result.stdout
    assert "separation factor Dy/Tb = 2.82 (unverified, 2.1 to 4.9)" in result.stdout


def test_sources_as_json(sxsim, parsed):
    told = parsed(sxsim("sources", "dy_tb_p507", "--json"), "sources")
    assert "arellano2020" in {source["key"] for source in told["sources"]}
    assert "separation factor Dy/Tb = 2.82 (unverified, 2.1 to 4.9)" in told["unverified"]


def test_an_interrupt_ends_quietly(sxsim, monkeypatch):
    def interrupted(path):
        raise KeyboardInterrupt

    monkeypatch.setattr("sxsim.definition.load", interrupted)
    result = sxsim("check", "nd_pr_p507")
    assert result.exit_code == 130
    assert result.output == ""
