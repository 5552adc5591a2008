"""``sxsim lock``: the table, the files, and nonsense refused."""

import csv

import pytest


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("lock")


def test_table_and_five_plots(sxsim, folder):
    result = sxsim("lock", "dy_tb_p507", "--assume", "startup_d=20", "--newcomers", "20", "--out", folder)
    assert result.exit_code == 0, result.output
    for words in ("naive", "organic built [m3/h]", "stages added", "What they cannot show", "unverified", "assumed"):
        assert words in result.stdout, words
    assert "the textbook operator builds" in result.stderr
    pictures = sorted(file.name for file in folder.glob("*.png"))
    assert pictures == ["beta_error.png", "purity.png", "reflux.png", "scale.png", "time.png"]
    with (folder / "operators.csv").open(encoding="utf-8") as file:
        rows = {row[""]: row for row in csv.DictReader(file)}
    assert int(rows["stages_extra"]["naive"]) > 0
    assert int(rows["stages_extra"]["expert"]) == 0
    with (folder / "curve_purity.csv").open(encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == 10


def test_json(sxsim, parsed):
    told = parsed(sxsim("lock", "dy_tb_p507", "--beta-error", "0.1", "--assume", "startup_d=3", "--json"), "lock")
    assert told["believed_beta"] == pytest.approx(1.1 * 2.82)
    assert [each["time_is_lower_bound"] for each in told["operators"]] == [True, True, True]
    assert {each["name"]: each["status"] for each in told["assumptions"]}["startup_d"] == "given"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("single_contact",), "scrubbing"),
        (("nd_pr_p507", "--assume", "trial_d"), "NAME=VALUE"),
        (("nd_pr_p507", "--assume", "trail_d=3"), "trial_d"),
        (("nd_pr_p507", "--beta-error", "-0.9"), "above 1.02"),
    ],
)
def test_nonsense_ends_with_exit_code_2(sxsim, arguments, says):
    result = sxsim("lock", *arguments)
    assert result.exit_code == 2
    assert says in result.stderr
    assert "Traceback" not in result.stderr
