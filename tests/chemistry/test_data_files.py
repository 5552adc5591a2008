"""Every shipped data file is complete, cited and consistent; the checker finds what is wrong with a bad one."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from sxsim.chemistry.checks import check_data, check_file, check_system
from sxsim.chemistry.points import load_points
from sxsim.chemistry.tables import FOLDERS, data_files, read_data_file, source_records
from sxsim.definition.system import load_system_file
from sxsim.errors import InputError
from sxsim.foundation.files import shipped

GOOD = """# title: a
# source: li1987
# place: b
# method: c
# validity: d
# status: measured
# extractant: PC88A
# medium: chloride
point,element,extractant_mol_L,aqueous_mol_L,organic_mol_L,D,log10_D,status
p1,Nd,1.0,0.1,0.05,0.5,-0.301,measured
"""


def checked(tmp_path: Path, text: str, place: str = "points/x.csv") -> list[str]:
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8")
    return [str(finding) for finding in check_file(read_data_file(path, place))]


def test_every_shipped_file_passes() -> None:
    assert [str(finding) for finding in check_data()] == []


def test_the_checker_passes_a_good_file(tmp_path: Path) -> None:
    assert checked(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("# method: c\n", "", "header line method is missing"),
        ("li1987", "li1988", "unknown source 'li1988'"),
        ("-0.301,measured", "-0.301,guessed", "unknown status 'guessed'"),
        ("p1,Nd", "p1,Xx", "unknown element 'Xx'"),
        ("0.5,-0.301", "0.7,-0.301", "is not organic/aqueous"),
        ("0.5,-0.301", "nan,-0.301", "is not a finite number"),
    ],
)
def test_the_checker_finds_what_is_wrong(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    assert any(said in finding for finding in checked(tmp_path, GOOD.replace(old, new)))


def test_an_unknown_element_in_a_pair_is_found(tmp_path: Path) -> None:
    text = GOOD.split("point,")[0] + "pair,value,status\nNd/Xx,1.5,measured\n"
    assert checked(tmp_path, text, "separation_factors/x.csv") == [
        "separation_factors/x.csv, line 10, pair: unknown element Xx"
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# no colon\na\n1\n", "a header line is"),
        ("# a: b\n", "no table follows"),
        ("# a: b\nx,y\n1\n", "line 3: 1 fields under 2 columns"),
    ],
)
def test_a_broken_file_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_data_file(path, "x.csv")


def test_a_system_that_cites_nobody_is_found() -> None:
    system = load_system_file("p507-chloride")
    level = system.level[0]
    number = level.log10_K.model_copy(update={"source": ("nobody",)})
    bad = system.model_copy(update={"level": (level.model_copy(update={"log10_K": number}),)})
    assert {str(finding) for finding in check_system(bad)} == {
        "p507-chloride, level log10 K(Nd): unknown source 'nobody'; add it to sources.toml"
    }


def test_nothing_was_lost_in_the_library() -> None:
    counts = {folder: sum(len(file.rows) for file in data_files(folder)) for folder in FOLDERS}
    assert counts == {
        "points": 284,
        "separation_factors": 199,
        "equilibrium_constants": 89,
        "correlations": 112,
        "stability_constants": 574,
        "extractant_properties": 67,
        "pitzer": 8,
        "recalled": 30,
    }


def test_one_paper_a_file_and_the_name_says_which() -> None:
    for file in data_files():
        assert file.place.removesuffix(".csv").endswith(file.header["source"]), file.place


def test_every_point_is_within_its_own_rounding() -> None:
    for point in load_points():
        if point.D > 0.0:
            assert 10.0**point.log10_D == pytest.approx(point.D, rel=2e-3), point.point


def test_recalled_numbers_stay_unverified() -> None:
    for file in data_files("recalled"):
        assert {row["status"] for row in file.rows} == {"unverified"}
        assert source_records()[file.header["source"]].quality == "unverified"


def test_rejected_values_are_not_in_the_tables() -> None:
    text = shipped("data", "distribution_coeffs", "rejected.csv").read_text(encoding="utf-8")
    table = [line for line in text.splitlines() if not line.startswith("#")]
    assert len(list(csv.DictReader(io.StringIO("\n".join(table))))) == 12
    wrong = {("Ce", "-3.687"), ("Gd", "-3.687"), ("Nd", "-255.7478"), ("Pr", "-3.687"), ("Pr", "-3.607")}
    for file in data_files("stability_constants"):
        for row in file.rows:
            assert not ("SO4" in row["reaction"] and (row["species"], row["value"]) in wrong)
    assert not any(
        "difflow" in number for file in data_files("separation_factors") for number in [file.header["source"]]
    )
