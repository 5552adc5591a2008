"""What a result rests on is said: papers, unverified numbers, the range of the data."""

from __future__ import annotations

import json

import pytest

from sxsim.chemistry.description import compare, data_overview, describe
from sxsim.chemistry.evidence import sources, unverified, validity_findings
from sxsim.definition.system import load_system_file, system_names
from sxsim.errors import InputError

P507 = load_system_file("p507-chloride")


def test_the_papers_of_the_nd_pr_cascade() -> None:
    uses = {use.source.key: use for use in sources(P507, ["Pr", "Nd"], "NH4")}
    assert uses["banda2015"].doi == "10.1016/j.jiec.2014.03.002"
    assert uses["banda2015"].numbers == ("separation factor Nd/Pr = 1.5 (reported)",)
    assert "doi:10.1007/978-3-030-65253-1_9" in uses["quah2021"].source.citation
    assert uses["assumed"].numbers == ("exchange log10 K(NH4) = -5 (unverified)",)
    assert "arellano2020" not in uses  # Dy/Tb only


def test_a_users_own_source_key_is_kept() -> None:
    number = P507.level[0].log10_K.model_copy(update={"source": ("my notebook",)})
    mine = P507.model_copy(update={"level": (P507.level[0].model_copy(update={"log10_K": number}),)})
    assert any(use.source.authors == "my notebook" for use in sources(mine, ["Nd"]))


def test_unverified_numbers_are_named() -> None:
    assert unverified(P507, ["Pr", "Nd"]) == []
    assert unverified(P507, ["Pr", "Nd"], "NH4") == ["exchange log10 K(NH4) = -5 (unverified, -6 to -4)"]
    assert unverified(P507, ["Tb", "Dy"]) == ["separation factor Dy/Tb = 2.82 (unverified, 2.1 to 4.9)"]


def test_inside_the_box_nothing_is_said() -> None:
    inside = {"extractant_mol_L": 1.0, "temperature_C": 25.0, "pH": (0.5, 1.2), "acid_mol_L": 0.3, "aqueous_mol_L": 0.2}
    assert validity_findings(P507, loading_mol_per_mol={"Nd": 0.03}, acid_by_element_mol_L={"Dy": 0.5}, **inside) == []


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"extractant_mol_L": 4.0}, "extractant_mol_L"),
        ({"temperature_C": 60.0}, "temperature_C"),
        ({"pH": (-0.6, 1.0)}, "pH"),
        ({"pH": (0.0, 2.4)}, "pH"),
        ({"acid_mol_L": 4.0}, "acid_mol_L"),
        ({"aqueous_mol_L": 1.2}, "aqueous_mol_L"),
        ({"loading_mol_per_mol": {"Nd": 0.118}}, "loading_mol_per_mol(Nd)"),
        ({"loading_mol_per_mol": {"Gd": 0.14}}, "loading_mol_per_mol"),
        ({"loading_mol_per_mol": {"Gd": 0.17}}, "loading"),
        ({"acid_by_element_mol_L": {"Dy": 3.0}}, "acid_mol_L(Dy)"),
    ],
)
def test_outside_the_box_it_is_said(given: dict[str, object], place: str) -> None:
    (finding,) = validity_findings(P507, **given)  # type: ignore[arg-type]
    assert finding.place == place
    assert "extrapolation" in str(finding) or "full load" in str(finding)


@pytest.mark.parametrize("name", system_names())
def test_a_description_is_plain_data(name: str) -> None:
    told = describe(load_system_file(name))
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert set(told["log10_K"]) == set(told["elements"])
    assert len(told["ladder"]) + len(told["levels"]) == len(told["elements"])


def test_the_overview_counts() -> None:
    overview = data_overview()
    points = {row["file"]: row["rows"] for row in overview["points"]}
    assert points["points/pc88a-chloride-li1987.csv"] == 112
    counts = {row["name"]: row["unverified"] for row in overview["systems"]}
    assert counts["p507-chloride"] == 9
    assert counts["d2ehpa-sulfate"] == 0


def test_a_pair_compared_in_two_systems() -> None:
    rows = compare(P507, load_system_file("cyanex272-chloride"), "Nd/Pr")
    assert [(row["system"], row["value"]) for row in rows] == [("p507-chloride", 1.5), ("cyanex272-chloride", 1.545)]
    with pytest.raises(InputError, match="Lu is not known to cyanex272-chloride"):
        compare(P507, load_system_file("cyanex272-chloride"), "Lu/Yb")
