"""Whatever is wrong with the input: one clear message on stderr, nothing on stdout, exit code 2."""

from __future__ import annotations

import pytest

from sxsim.foundation.files import shipped

REFERENCE = shipped("cascades", "nd_pr_p507.toml").read_text(encoding="utf-8")

# old text, new text, place, and pieces of the message
CASES = {
    "misspelt key": ("stages = 35", "stagess = 35", "section.scrubbing.stagess", ["unknown key", "mean stages?"]),
    "grams without basis": ('basis = "oxide"\n', "", "stream.feed.basis", ["without a basis", "oxide, element"]),
    "percent for a fraction": ("saponified_fraction = 0.36", "saponified_fraction = 36", "organic.saponified_fraction",
                               ["36", "write 0.36"]),
    "negative flow": ("flow_m3_h = 1.0", "flow_m3_h = -1.0", "stream.feed.flow_m3_h", ["-1.0 m3/h", "at least 0"]),
    "unknown element": ('["Pr", "Nd"]', '["Pr", "Ndd"]', "elements", ["'Ndd'", "did you mean Nd?"]),
    "outlet that names nothing": ('"extraction"             #', '"nowhere" #', "section.scrubbing.aqueous_out",
                                  ["'nowhere' names nothing", "extraction"]),
}  # fmt: skip


def is_one_message(result, *pieces):
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert result.stderr.count("Bad input: ") == 1
    for piece in pieces:
        assert piece in result.stderr


@pytest.mark.parametrize("command", ["check", "solve"])
@pytest.mark.parametrize(("old", "new", "place", "pieces"), CASES.values(), ids=CASES.keys())
def test_a_wrong_value_is_one_message(sxsim, tmp_path, command, old, new, place, pieces):
    assert REFERENCE.count(old) >= 1
    file = tmp_path / "case.toml"
    file.write_text(REFERENCE.replace(old, new, 1), encoding="utf-8")
    result = sxsim(command, file)
    is_one_message(result, "1 finding in", str(file), f"  {place}: ", *pieces)


@pytest.mark.parametrize(
    ("content", "pieces"),
    [
        (b"", ["is empty", "copy a bundled cascade"]),
        (b"schema = = 1\n", ["line 1, column 10", "is not TOML", "schema = = 1"]),
        (b"\xff\xfe\x00", ["is not UTF-8"]),
        (None, ["there is no such file", "nd_pr_p507"]),
    ],
    ids=["empty", "not TOML", "not text", "missing"],
)
def test_a_file_that_cannot_be_read_is_one_message(sxsim, tmp_path, content, pieces):
    file = tmp_path / "case.toml"
    if content is not None:
        file.write_bytes(content)
    is_one_message(sxsim("solve", file), str(file), *pieces)


def test_a_misspelt_bundled_cascade_is_guessed(sxsim):
    is_one_message(sxsim("check", "nd_pr_p50"), "did you mean nd_pr_p507?")


def test_all_findings_are_reported_together(sxsim, tmp_path):
    text = REFERENCE
    for old, new, _, _ in (CASES["misspelt key"], CASES["percent for a fraction"], CASES["negative flow"]):
        text = text.replace(old, new, 1)
    file = tmp_path / "case.toml"
    file.write_text(text, encoding="utf-8")
    places = ["section.scrubbing.stagess", "organic.saponified_fraction", "stream.feed.flow_m3_h"]
    is_one_message(sxsim("check", file), "3 findings", *places)


def test_square_brackets_of_a_message_are_shown(sxsim, tmp_path):
    file = tmp_path / "case.toml"
    file.write_text(REFERENCE.replace("[stream.scrub]", "[stream.scrub", 1), encoding="utf-8")
    is_one_message(sxsim("check", file), "mend the line: [stream.scrub")


@pytest.mark.parametrize(
    ("change", "pieces"),
    [
        ("organic.flow_m3_h", ["is not an assignment", "path=value"]),
        ("organic.flow=18", ["organic.flow", "unknown key", "flow_m3_h"]),
        ("section.scrub.stages=30", ["section.scrub", "did you mean section.scrubbing"]),
        ("section.scrubbing.stages=many", ["section.scrubbing.stages", "'many'", "whole number"]),
    ],
)
def test_a_wrong_change_is_one_message(sxsim, change, pieces):
    is_one_message(sxsim("check", "nd_pr_p507", "--set", change), "--set", *pieces)


def test_all_wrong_changes_are_reported_together(sxsim):
    result = sxsim("check", "nd_pr_p507", "--set", "organic", "--set", "=3")
    is_one_message(result, "2 findings in --set")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["slove"], "Did you mean 'solve'?"),
        (["solve", "nd_pr_p507", "--jsn"], "--json"),
        (["solve"], "Missing argument 'FILE'"),
        (["plot", "profil"], "Did you mean 'profile'?"),
        (["plot", "profile", "nd_pr_p507", "--phase", "oil"], "'organic'"),
    ],
)
def test_a_wrong_command_line_says_what_was_meant(sxsim, arguments, said):
    result = sxsim(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert said in " ".join(result.stderr.split())


def test_nothing_is_left_of_a_run_that_failed(sxsim, tmp_path):
    is_one_message(sxsim("solve", tmp_path / "missing.toml", "--out", tmp_path / "out"))
    assert list(tmp_path.iterdir()) == []
