"""``sxsim uncertainty``: the report, the JSON, the files, and nonsense refused."""

import csv

import pytest


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("uncertainty")


def test_report_and_files(sxsim, folder):
    result = sxsim("uncertainty", "nd_pr_p507", "--samples", "3", "--seed", "2", "--sobol", "2", "--out", folder)
    assert result.exit_code == 0, result.output
    for words in ("beta Nd/Pr", "unverified", "retuned flows by", "95 % of the plausible", "total reflux", "usd/kg"):
        assert words in result.stdout, words
    with (folder / "draws.csv").open(encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == 3
    names = {file.name for file in folder.iterdir()}
    assert names >= {"uncertainty.json", "distributions.png", "margin.png", "tornado.png"}


def test_json(sxsim, parsed):
    arguments = ("uncertainty", "nd_pr_p507", "--samples", "2", "--sobol", "0", "--efficiency", "1:1", "--json")
    told = parsed(sxsim(*arguments), "uncertainty")
    assert [each["name"] for each in told["quantities"]] == ["log10 K of Nd", "beta Nd/Pr"]
    assert told["indices"] == []
    assert told["missing"] == {"as_built": 0, "retuned": 0, "costed": 0}
    assert {each["missing"] for name, each in told["distributions"].items() if "S held" not in name} == {0.0}
    assert len(told["laws"]) == 3


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("single_contact",), "no flow can be retuned"),
        (("nd_pr_p507", "--samples", "0"), "at least 2"),
        (("nd_pr_p507", "--efficiency", "low"), "LOW:HIGH"),
        (("nd_pr_p507", "--efficiency", "0.5:2"), "up to 1"),
        (("nd_pr_p507", "--sobol", "5"), "power of 2"),
    ],
)
def test_nonsense_ends_with_exit_code_2(sxsim, arguments, says):
    result = sxsim("uncertainty", *arguments)
    assert result.exit_code == 2
    assert says in result.stderr
    assert "Traceback" not in result.stderr
