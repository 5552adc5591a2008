"""The shipped fits refit, synthetic data give their numbers back, and bad laboratory data are named by row and cure."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sxsim.chemistry.contact import single_contact
from sxsim.chemistry.fitting import fit, fit_file
from sxsim.chemistry.freedom import free_names, moved
from sxsim.chemistry.parameters import log10_K
from sxsim.chemistry.points import Point, load_points, read_points
from sxsim.definition.system import SystemFile, load_system_file
from sxsim.errors import InputError
from sxsim.foundation.files import shipped

P507 = load_system_file("p507-chloride")
HEADER = "contact,element,extractant_mol_L,acid_initial_mol_L,feed_mol_L,phase_ratio_O_A,D\n"


def shifted(system: SystemFile, names: tuple[str, ...], by: float) -> SystemFile:
    """The system with some levels off by `by`, as a start."""
    values = np.array([log10_K(system, name.split(".")[1]) + by for name in names])
    return moved(system, names, values, np.zeros(len(names)), ("assumed",), "start")


@pytest.mark.parametrize(
    ("name", "source", "elements"),
    [
        ("pc88a-chloride-laboratory", "li1987", ("La", "Ce", "Pr", "Nd", "Sm", "Dy", "Y")),
        ("cyanex272-chloride", "liu2014", ("Nd",)),
    ],
)
def test_a_shipped_fit_refits_from_its_points(name: str, source: str, elements: tuple[str, ...]) -> None:
    system = load_system_file(name)
    names = tuple(f"level.{symbol}" for symbol in elements)
    result = fit(load_points(system.extractants, source=source), shifted(system, names, 0.3), names)
    for symbol in elements:
        assert log10_K(result.system, symbol) == pytest.approx(log10_K(system, symbol), abs=2e-3)
        old, new = system.root(symbol).log10_K, result.system.root(symbol).log10_K
        assert (new.low, new.high) == pytest.approx((old.low, old.high), abs=4e-3)
    assert result.rms < 0.06


def test_the_level_of_p507_is_within_its_scatter_of_the_fit() -> None:
    nd = [point for point in load_points("PC88A", source="li1987") if point.element == "Nd"]
    result = fit(nd, P507, ["level.Nd"])
    assert abs(float(result.values[0]) - -2.2) < 2.0 * float(result.standard_errors[0])


def test_points_that_cannot_be_used_are_named() -> None:
    lyon = [point for point in load_points("PC88A", source="lyon2016") if point.element == "Nd"]
    result = fit(lyon, P507, ["level.Nd"])
    assert result.left_out == ("LLEPE-93-Nd", "LLEPE-98-Nd", "LLEPE-103-Nd")  # D = 0: below detection
    assert len(result.predictions) == len(lyon) - 3


def synthetic(a: float, level: float, beta: float) -> list[Point]:
    """Shake-outs of Pr and Nd under a known law, in two sources, with 1 % noise."""
    rng = np.random.default_rng(1)
    law = P507.law.model_copy(update={"a": P507.law.a.model_copy(update={"value": a, "low": a, "high": a})})
    numbers = P507.model_copy(update={"law": law})
    truth = moved(
        numbers,
        ["level.Nd", "separation_factor.Nd/Pr"],
        np.array([level, np.log10(beta)]),
        np.zeros(2),
        ("assumed",),
        "truth",
    )
    points = []
    template = next(point for point in load_points("PC88A", source="kim2012") if point.element == "Nd")
    for number in range(12):
        acid, extractant = float(rng.uniform(0.01, 0.3)), float(rng.uniform(0.3, 1.5))
        flask = single_contact(truth, {"Pr": 0.05, "Nd": 0.1}, acid, extractant)
        for symbol, ratio in zip(("Pr", "Nd"), flask.D, strict=True):
            noisy = float(ratio * np.exp(rng.normal(0.0, 0.01)))
            points.append(
                replace(
                    template,
                    point=f"s{number}-{symbol}",
                    contact=f"s{number}",
                    element=symbol,
                    source=f"laboratory {number % 2}",
                    extractant_mol_L=extractant,
                    acid_initial_mol_L=acid,
                    feed_mol_L={"Pr": 0.05, "Nd": 0.1}[symbol],
                    phase_ratio_O_A=1.0,
                    D=noisy,
                    log10_D=float(np.log10(noisy)),
                )
            )
    return points


def test_known_numbers_come_back_with_honest_errors() -> None:
    result = fit(synthetic(2.7, -2.0, 1.62), P507, ["levels", "law.a"])
    assert result.names == ("level.Nd", "separation_factor.Nd/Pr", "law.a")
    truth = np.array([-2.0, np.log10(1.62), 2.7])
    assert np.all(np.abs(result.values - truth) < 3.0 * result.standard_errors)
    assert np.all(result.standard_errors < 0.03)
    assert result.rms == pytest.approx(0.01 / np.log(10.0), rel=0.4)
    assert np.allclose(np.diag(result.correlation), 1.0)
    assert abs(result.correlation[0, 2]) > 0.5  # level and exponent lean on each other
    assert set(result.cross_validation) == {"laboratory 0", "laboratory 1"}
    assert all(row.median_absolute < 0.02 for rows in result.cross_validation.values() for row in rows)


def test_a_gross_error_does_not_pull_the_rest() -> None:
    points = synthetic(3.0, -2.2, 1.5)
    points[0] = replace(points[0], D=points[0].D * 10.0, log10_D=points[0].log10_D + 1.0)
    result = fit(points, P507, ["level.Nd", "separation_factor.Nd/Pr"], cross_validate=False)
    assert float(result.values[0]) == pytest.approx(-2.2, abs=0.01)


def test_a_source_that_alone_determines_a_number_cannot_be_left_out() -> None:
    points = synthetic(3.0, -2.2, 1.5)
    result = fit([*points[:2], points[-1]], P507, ["level.Nd"])
    assert {entry.point.source for entry in result.predictions} == {"laboratory 0", "laboratory 1"}
    assert set(result.cross_validation) == {"laboratory 1"}


def test_only_what_the_points_determine_is_free() -> None:
    assert free_names(P507, ["Pr"]) == ("level.Nd",)
    assert free_names(P507, ["Ce", "Nd"]) == ("level.Nd", "separation_factor.Pr/Ce")
    laboratory = load_system_file("pc88a-chloride-laboratory")
    assert free_names(laboratory, ["La", "Nd"]) == ("level.La", "level.Nd")
    with pytest.raises(InputError, match=r"unknown number 'level\.Md' .*did you mean level\.Nd"):
        free_names(P507, ["Nd"], ["level.Md"])


def test_fit_file_writes_a_system_that_loads(tmp_path: Path) -> None:
    source = Path(str(shipped("data", "distribution_coeffs", "points", "cyanex272-chloride-liu2014.csv")))
    out = tmp_path / "my_system.toml"
    result = fit_file(source, "cyanex272-chloride", out, ["levels"])
    mine = load_system_file(out)
    assert mine == result.system
    assert mine.name == "my_system"
    assert mine.separation_factor[2].status == "derived"
    assert mine.separation_factor[2].source == ("liu2014",)
    assert 1.4 < mine.separation_factor[2].value < 1.8
    assert out.read_text(encoding="utf-8").startswith("# Fitted to cyanex272-chloride-liu2014.csv")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("a,Nd,1.0,0.05,0.1,1,-0.3\n", "line 2, D: -0.3 is negative (allowed: 0 or more); correct the sign"),
        ("a,Ndd,1.0,0.05,0.1,1,0.3\n", "line 2, element: unknown element 'Ndd'"),
        (
            "a,Nd,one,0.05,0.1,1,0.3\n",
            "line 2, extractant_mol_L: 'one' is not a number (allowed: a number); use a decimal point",
        ),
        ("a,Nd,,0.05,0.1,1,0.3\n", "line 2, extractant_mol_L: missing or zero"),
        ("a,Nd,1,0.05,inf,1,0.3\n", "line 2, feed_mol_L: infinite"),
        (
            "a,Nd,1,0.05,0.1,1,\n",
            "line 2, D: missing (allowed: a ratio, or both phases); give D, log10_D, or organic and aqueous",
        ),
        ("a,Nd,1.0,0.05,0.1,1,0.3\n", "1 usable point (mine.csv:2) cannot determine 1 number (level.Nd)"),
        ("a,Nd,1.0,,0.1,1,0.3\n", "not usable as they stand: mine.csv:2"),
    ],
)
def test_a_bad_row_is_named_with_its_cure(tmp_path: Path, rows: str, said: str) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(HEADER + rows, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        fit_file(path, P507, tmp_path / "out.toml")
    assert said in str(caught.value)
    assert not (tmp_path / "out.toml").exists()


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("element,extractant_molL,D\n", "column extractant_molL: unknown column"),
        ("element,D\n", "column extractant_mol_L is missing"),
    ],
)
def test_a_wrong_column_is_named(tmp_path: Path, header: str, said: str) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(header, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_points(path)
    assert said in str(caught.value)
    with pytest.raises(InputError, match="there is no such file"):
        read_points(tmp_path / "none.csv")


def test_an_inconsistent_D_is_refused_and_a_missing_one_computed(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    head = "element,extractant_mol_L,aqueous_mol_L,organic_mol_L,D\n"
    path.write_text(head + "Nd,1.0,0.1,0.05,0.7\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"line 2, D: 0\.7 is not organic/aqueous = 0\.5 .*correct one of the three"):
        read_points(path)
    path.write_text(head + "Nd,1.0,0.1,0.05,\n", encoding="utf-8")
    (point,) = read_points(path, "PC88A", "chloride")
    assert (point.D, point.extractant, point.source) == (0.5, "PC88A", "mine")
    assert point.log10_D == pytest.approx(-0.30103)
