"""``sxsim fit``: points made with one system are found again from another start, and wrong files are refused."""

from __future__ import annotations

import re

import pytest

from sxsim.chemistry.contact import single_contact
from sxsim.definition.system import load_system_file

FEEDS = [(0.02, 0.05), (0.05, 0.05), (0.1, 0.05), (0.1, 0.1), (0.05, 0.2)]
HEAD = "element,contact,extractant_mol_L,acid_initial_mol_L,feed_mol_L,phase_ratio_O_A,aqueous_mol_L,organic_mol_L"


@pytest.fixture
def points(tmp_path):
    """Shake-outs of Nd at log10 K 0.1 above that of the shipped system."""
    shipped = load_system_file("p507-chloride")
    level = shipped.level[0]
    number = level.log10_K.model_copy(update={"value": level.log10_K.value + 0.1})
    system = shipped.model_copy(update={"level": (level.model_copy(update={"log10_K": number}),)})
    rows = [HEAD]
    for index, (metal, acid) in enumerate(FEEDS):
        flask = single_contact(system, {"Nd": metal}, acid, 1.0)
        rows.append(f"Nd,c{index},1.0,{acid},{metal},1.0,{flask.aqueous_mol_L[0]},{flask.organic_mol_L[0]}")
    file = tmp_path / "points.csv"
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return file


def test_fit_finds_the_level_and_writes_a_system_that_a_cascade_can_name(sxsim, points, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = sxsim("fit", points, "--system", "p507-chloride", "--out", "mine.toml", "--free", "level.Nd")
    assert result.exit_code == 0, result.output
    expected = load_system_file("p507-chloride").level[0].log10_K.value + 0.1
    found = re.search(r"^ level\.Nd +(-?\d+\.\d+) +\d", result.stdout, re.MULTILINE)
    assert found
    assert float(found[1]) == pytest.approx(expected, abs=2e-4)
    assert result.stderr == "wrote mine.toml\n"
    assert sxsim("check", "single_contact", "--set", "organic.system=mine.toml").exit_code == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "there is no such file"),
        (b"", "no table follows the header"),
        (b"\xff\xfe\x00", "is not UTF-8 text"),
        (b"element,extractant_mol_L,temperature\nNd,1.0,25\n", "did you mean temperature_C?"),
        (b"element,extractant_mol_L,D\nNdd,1.0,2\n", "did you mean Nd?"),
        (b"elment,extractant_mol_L,D\nNd,1.0,2\n", "column elment: unknown column"),
        (b"element;extractant_mol_L;D\nNd;1,0;2\n", "the columns are separated by ';'"),
        (b"element,extractant_mol_L,D\nNd,1.0\nNd,1.0,2,3\n", "line 3: 4 fields under 3 columns"),
        (b"element,extractant_mol_L,D\nNd,1.0,2\n", "points.csv:2 (no acid_initial_mol_L, feed_mol_L"),
        (b"element,extractant_mol_L,feed_mol_L,D\nNd,1.0,-0.1,2\n", "line 2, feed_mol_L: -0.1 is negative"),
        (HEAD.encode() + b",D\nNd,c,1,0.1,0.1,1,0.07,0.03,0.9\n", "line 2, D: 0.9 is not organic/aqueous = 0.4286"),
        (HEAD.encode() + b"\nNd,c,1,0.1,0.1,1,0.07,0.03\n", "1 usable point (points.csv:2) cannot determine 1 number"),
        (HEAD.encode() + b"\nTm,c,1,0.1,0.1,1,0.07,0.03\nFe,d,1,0.1,0.1,1,0.07,0\n", "points.csv:3 (Fe is unknown"),
    ],
)
def test_points_that_cannot_be_used_are_one_message(sxsim, tmp_path, content, said):
    file = tmp_path / "points.csv"
    if content is not None:
        file.write_bytes(content)
    result = sxsim("fit", file, "--system", "p507-chloride", "--out", tmp_path / "mine.toml")
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert said in result.stderr
    assert not (tmp_path / "mine.toml").exists()


@pytest.mark.parametrize(
    ("system", "out", "free", "said"),
    [
        ("p507-cloride", "mine.toml", "levels", "did you mean p507-chloride?"),
        ("p507-chloride", "mine.json", "levels", "a name that ends in .toml"),
        ("p507-chloride", "points.csv/mine.toml", "level.Nd", "cannot be written"),
        ("p507-chloride", "mine.toml", "level.Ndd", "unknown number"),
    ],
)
def test_a_fit_that_cannot_be_done_is_one_message(sxsim, points, tmp_path, system, out, free, said):
    result = sxsim("fit", points, "--system", system, "--out", tmp_path / out, "--free", free)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert said in result.stderr


TWO = """contact,element,extractant_mol_L,acid_initial_mol_L,feed_mol_L,phase_ratio_O_A,D
a,Nd,1.0,0.05,0.10,1,0.32
a,Pr,1.0,0.05,0.05,1,0.21
b,Nd,1.0,0.10,0.10,1,0.19
b,Pr,1.0,0.10,0.05,1,0.125
c,Nd,1.0,,0.10,1,0.42
"""


def test_a_fit_of_two_numbers_tells_their_correlation_and_what_it_left_out(sxsim, tmp_path):
    file, picture = tmp_path / "two.csv", tmp_path / "residuals.png"
    file.write_text(TWO, encoding="utf-8")
    result = sxsim("fit", file, "--system", "p507-chloride", "--out", tmp_path / "mine.toml", "--plot", picture)
    assert result.exit_code == 0, result.output
    first, second = re.findall(r"^ [12] +\S+ +([+-]\d\.\d\d) +([+-]\d\.\d\d)", result.stdout, re.MULTILINE)
    assert (first[0], second[1]) == ("+1.00", "+1.00")
    assert first[1] == second[0]
    assert "Not used" in result.stdout
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_nitrate_points_with_a_salting_out_salt_fit_a_system_that_takes_up_acid(sxsim, tmp_path):
    """The salt is a row of its contact with D = 0; level and factor of Aliquat 336 come back, the uptake stays."""
    shipped = load_system_file("aliquat336-nitrate")
    level, factor = shipped.level[0], shipped.separation_factor[0]
    moved = level.log10_K.model_copy(update={"value": -2.0})
    other = factor.model_copy(update={"value": 1.5})
    system = shipped.model_copy(
        update={
            "level": (level.model_copy(update={"log10_K": moved}), *shipped.level[1:]),
            "separation_factor": (other,),
        }
    )
    rows = ["contact,element,extractant_mol_L,acid_initial_mol_L,feed_mol_L,phase_ratio_O_A,D"]
    for number, salt in enumerate((0.5, 1.0, 2.0)):
        feed = {"Pr": 0.1, "Nd": 0.2, "Ca": salt}
        flask = single_contact(system, feed, 0.5, 0.8)
        for symbol, D in zip(("Pr", "Nd"), flask.D, strict=False):
            rows.append(f"c{number},{symbol},0.8,0.5,{feed[symbol]},1,{D}")
        rows.append(f"c{number},Ca,0.8,0.5,{salt},1,0")
    file = tmp_path / "points.csv"
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    out = tmp_path / "mine.toml"
    result = sxsim("fit", file, "--system", "aliquat336-nitrate", "--out", out)
    assert result.exit_code == 0, result.output
    fitted = load_system_file(out)
    assert fitted.level[0].log10_K.value == pytest.approx(-2.0, abs=2e-4)
    assert fitted.separation_factor[0].value == pytest.approx(1.5, abs=1e-3)
    assert fitted.acid_uptake == shipped.acid_uptake
    assert sxsim("solve", "pr_nd_aliquat336", "--set", f"organic.system={out}").exit_code == 0
