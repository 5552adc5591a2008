"""Where a cascade cuts: the pair, the groups, what may be asked, and wishes that no stages fulfil."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from tests.sizing.cases import asked, heavy, with_traces

from sxsim.definition import Cascade, load
from sxsim.errors import InputError, UnreachableTarget
from sxsim.foundation.files import shipped
from sxsim.sizing.cut import find_cut
from sxsim.theory.minimum import minimum_flows
from sxsim.theory.specification import split


def test_the_cut_of_two_elements_is_the_theory_of_the_pair():
    cut = find_cut(asked("nd_pr_p507", 0.999))
    assert (cut.name, cut.beta, cut.organic_side, cut.aqueous_side) == ("Nd|Pr", 1.5, ("Nd",), ("Pr",))
    mol_A, mol_B = 0.999 / 168.24, 0.001 / 170.24  # g/mol of Nd2O3/2 and Pr6O11/6
    assert float(cut.wanted.purity_A) == pytest.approx(mol_A / (mol_A + mol_B), abs=1e-6)
    wanted = split(0.75, purity_A=float(cut.wanted.purity_A), purity_B=float(cut.wanted.purity_B))
    assert float(cut.minimum.S) == pytest.approx(float(minimum_flows(1.5, wanted).S), rel=1e-6)


def test_purity_by_moles_is_taken_as_it_stands():
    data = load("nd_pr_p507").to_data()
    for target in data["target"]:
        target["purity_basis"] = "mol"
    cut = find_cut(Cascade.from_data(data))
    assert float(cut.wanted.purity_A) == pytest.approx(0.999, abs=1e-12)
    assert float(cut.wanted.purity_B) == pytest.approx(0.99, abs=1e-12)


@pytest.mark.parametrize(
    ("make", "organic", "aqueous"),
    [(with_traces, ("Nd", "Sm"), ("La", "Ce", "Pr")), (heavy, ("Dy", "Ho", "Y"), ("Gd", "Tb"))],
    ids=["Nd|Pr", "Dy|Tb"],
)
def test_neighbours_go_with_their_side_and_cap_the_purity(make, organic, aqueous):
    cascade = make()
    cut = find_cut(cascade)
    assert set(cut.organic_side) == set(organic)
    assert set(cut.aqueous_side) == set(aqueous)
    others = set(organic + aqueous) - {cut.A, cut.B}
    assert {sentence.split()[0] for sentence in cut.destinations} == others
    for target in cascade.target:
        assert target.purity_min < cut.best[f"{target.stream}.{target.element}"] < 1.0
    pair = minimum_flows(cut.beta, cut.wanted)
    assert float(cut.minimum.S) == pytest.approx(float(pair.S), rel=0.02)  # traces move the minimum by traces


def test_the_cap_is_the_feed_share_of_the_group():
    cut = find_cut(with_traces())
    weight = {"Nd": 336.48 / 2.0, "Sm": 348.72 / 2.0}
    share = 0.746 * weight["Nd"] / (0.746 * weight["Nd"] + 0.0005 * weight["Sm"])
    assert cut.best["strip_liquor.Nd"] == pytest.approx(share, rel=1e-5)


def _with_target(stream: str, **figures: float) -> Cascade:
    data = load("nd_pr_p507").to_data()
    for target in data["target"]:
        if target["stream"] == stream:
            del target["purity_min"]
            target.update(figures)
    return Cascade.from_data(data)


def test_purity_and_recovery_fix_a_cut():
    cut = find_cut(_with_target("raffinate", recovery_min=0.9999))
    assert float(cut.wanted.recovery_B) == pytest.approx(0.9999)
    a = float(cut.wanted.purity_A) / (1.0 - float(cut.wanted.purity_A)) / 3.0
    assert float(cut.wanted.recovery_A) == pytest.approx(a * (1.0 - 0.9999))


def test_exact_figures_that_contradict_the_balances_name_the_one_that_is_left():
    data = _with_target("raffinate", recovery_min=0.2).to_data()
    for target in data["target"]:
        target["equation"] = True
    with pytest.raises(UnreachableTarget, match=r"nearest reachable: their recovery between 99\.7\d+% and 100 %"):
        find_cut(Cascade.from_data(data))


def test_as_minimums_the_same_figures_contradict_nothing():
    cut = find_cut(_with_target("raffinate", recovery_min=0.2))
    mol_A, mol_B = 0.999 / 168.24, 0.001 / 170.24
    assert float(cut.wanted.purity_A) == pytest.approx(mol_A / (mol_A + mol_B), abs=1e-6)


def _four(targets: list[dict[str, object]], **assay: float) -> Cascade:
    data = load("nd_pr_p507").to_data()
    data["elements"] = list(assay)
    data["stream"]["feed"] = {"flow_m3_h": 1.0, "pH": 2.0, "assay_mol_L": assay}
    return Cascade.from_data({**data, "target": targets})


def test_groups_and_impurities_name_the_cut():
    feed = {"La": 0.1, "Ce": 0.3, "Pr": 0.1, "Nd": 0.5}
    cut = find_cut(
        _four(
            [
                {"stream": "strip_liquor", "elements": ["La", "Ce"], "impurity_max": 0.001},
                {"stream": "raffinate", "elements": ["La", "Ce"], "purity_min": 0.99},
            ],
            **feed,
        )
    )
    assert (cut.A, cut.B) == ("Pr", "Ce")
    assert float(cut.wanted.purity_A) == pytest.approx(0.999, abs=2e-4)
    assert float(cut.wanted.purity_B) == pytest.approx(0.99, abs=2e-3)
    assert cut.best["raffinate.La+Ce"] == pytest.approx(1.0)


def test_an_element_between_goes_with_the_side_that_takes_fewer_stages():
    cut = find_cut(
        _four(
            [
                {"stream": "strip_liquor", "element": "Nd", "recovery_min": 0.99},
                {"stream": "raffinate", "element": "Ce", "recovery_min": 0.99},
            ],
            Ce=0.5,
            Pr=0.1,
            Nd=0.4,
        )
    )
    assert (cut.A, cut.B) == ("Pr", "Ce")  # further apart than Nd and Pr


def test_a_wish_below_the_feed_asks_nothing_of_the_theory():
    cut = find_cut(asked("nd_pr_p507", 0.7, 0.99))
    assert float(cut.wanted.purity_B) > 0.98
    assert float(cut.wanted.purity_A) > 0.75


def test_one_figure_fixes_no_cut():
    data = load("nd_pr_p507").to_data()
    data["target"][1]["equation"] = False
    data["solve"]["free"] = ["organic.flow_m3_h"]
    with pytest.raises(InputError, match="1 figures fix the cut"):
        find_cut(Cascade.from_data(data))


def test_a_pair_that_does_not_part_is_said_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The definition refuses beta = 1 by itself; a cut that hides it behind the neighbour's place says so as well."""
    text = shipped("data", "distribution_coeffs", "systems", "p507-chloride.toml").read_text(encoding="utf-8")
    at = text.index('pair = "Nd/Pr"')
    end = text.index("status", at)
    equal = text[:at] + 'pair = "Nd/Pr"\nvalue = 1.0\nlow = 1.0\nhigh = 1.0\n' + text[end:]
    (tmp_path / "equal.toml").write_text(equal, encoding="utf-8")
    data = load("nd_pr_p507").to_data()
    data["organic"]["system"] = str(tmp_path / "equal.toml")
    with pytest.raises(InputError, match="cannot be reached"):
        Cascade.from_data(data)
    figures = [{"stream": "strip_liquor", "element": "Nd", "recovery_min": 0.9}]
    figures.append({"stream": "raffinate", "element": "Pr", "recovery_min": 0.9})
    cascade = Cascade.from_data({**data, "target": figures})
    with pytest.raises(UnreachableTarget, match=r"do not part|turns that round") as caught:
        find_cut(cascade)
    assert "nearest reachable" in str(caught.value)


def test_figures_are_finite():
    cut = find_cut(heavy())
    assert all(math.isfinite(float(value)) for value in (*cut.wanted, *cut.minimum, cut.beta))
