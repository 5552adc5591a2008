"""Amounts that no liquid has, one acidity told twice, and organic that a loop or an extractant cannot hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sxsim.definition import Cascade, load
from sxsim.definition.amounts import NEAT, STRONGEST
from sxsim.definition.tables import Stream
from sxsim.errors import Finding, InputError
from sxsim.plant.linked import load_linked
from sxsim.plant.loading import load_train

CASES = Path(__file__).parents[1] / "cascade" / "data" / "inputs"
CONTACT = load("single_contact")


def finding(cascade: Cascade | Path, changes: dict[str, Any] | None = None) -> Finding:
    """The one finding of a file, or of a cascade with changes."""
    with pytest.raises(InputError) as caught:
        load(cascade) if isinstance(cascade, Path) else cascade.replace(changes or {})
    (found,) = caught.value.findings
    return found


@pytest.mark.parametrize(
    ("changes", "place", "offence", "allowed", "cure"),
    [
        ({"stream.feed.assay_mol_L.Nd": 50.0}, "stream.feed.assay_mol_L.Nd", "50 mol/L", "4.6", "50 g/L of Nd is 0.34"),
        ({"organic.extractant_mol_L": 30.0}, "organic.extractant_mol_L", "neat P507", "3.1", "30 % by volume is 0.930"),
        ({"organic.extractant_mol_L": 300.0}, "organic.extractant_mol_L", "neat P507", "3.1", "300 g/L is 0.979"),
        ({"stream.feed.acid_mol_L": 40.0}, "stream.feed.acid_mol_L", "strongest HCl", "13.5", "40 g/L is 1.097"),
        ({"organic.temperature_C": 298.15}, "organic.temperature_C", "298.15 C", "130", "298.15 K is 25 C"),
        ({"organic.temperature_C": -40.0}, "organic.temperature_C", "-40 C", "-20", "in C"),
        ({"section.extraction.stage_efficiency": 95.0}, "section.extraction.stage_efficiency", "95", "1", "write 0.95"),
        ({"section.extraction.entrainment_O_in_A": 0.5}, "section.extraction.entrainment_O_in_A", "0.5", "0.1", ".005"),
        ({"design.loading_max": 80.0}, "design.loading_max", "80", "at most 1", "write 0.8"),
    ],
)  # fmt: skip
def test_an_amount_no_liquid_has_is_refused_with_the_likely_slip(
    changes: dict[str, Any], place: str, offence: str, allowed: str, cure: str
) -> None:
    """Place, offence, allowed range and the slip: grams for moles, kelvin, per cent."""
    found = finding(CONTACT, changes)
    assert found.place == place
    assert offence in found.offence
    assert allowed in found.allowed
    assert cure in found.cure


def test_milligrams_for_grams() -> None:
    """168 g/L of oxides typed in mg/L."""
    found = finding(load("nd_pr_p507"), {"stream.feed.assay_g_L.Nd": 126178.875})
    assert found.place == "stream.feed.assay_g_L.Nd"
    assert "126179 mg/L is 126.179 g/L" in found.cure


def test_the_strongest_there_is_passes() -> None:
    """Neat extractant, concentrated acid and a saturated liquor are real."""
    mass, density = NEAT["P507"]
    strongest = {"organic.extractant_mol_L": density / mass, "stream.feed.acid_mol_L": STRONGEST["HCl"][1]}
    assert CONTACT.replace({**strongest, "stream.feed.assay_mol_L.Nd": 4.5}).check() == []


def test_g_as_mol() -> None:
    """The case as it stands in the file."""
    assert "50 g/L of Nd is 0.3466 mol/L" in finding(CASES / "g_as_mol.toml").cure


def test_what_is_typed_for_a_free_strength_is_no_finding() -> None:
    """Typed values of free quantities are hints."""
    data = load("nd_pr_p507").to_data()
    data["stream"]["scrub"]["acid_mol_L"] = 100.0
    data["solve"]["free"] = ["organic.flow_m3_h", "stream.scrub.acid_mol_L"]
    assert Cascade.from_data(data).check() == []


def test_one_acidity_told_twice() -> None:
    """A finding, until the file says that the acid is added to a liquor of that pH; each way alone is one acidity."""
    found = finding(CASES / "acid_twice.toml")
    assert (found.place, found.allowed) == ("stream.feed.pH", "pH, or acid and acid_mol_L")
    assert "tell the free acid twice: 0.1 and 0.1 mol/L" in found.offence
    data = CONTACT.to_data()
    data["stream"]["feed"] |= {"pH": 1.0, "acid_beside_pH": True}
    assert Cascade.from_data(data).stream["feed"].free_acid_mol_L == pytest.approx(0.2, rel=1e-12)
    assert finding(CONTACT, {"stream.feed.acid_beside_pH": True}).place == "stream.feed.acid_beside_pH"


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        ({"acid": "HCl", "acid_mol_L": 0.1, "base": "NaOH", "base_mol_L": 0.1}, "base_mol_L"),
        ({"pH": 12.0, "base": "NaOH", "base_mol_L": 0.1}, "pH"),
        ({"base_mol_L": 0.1}, "base"),
        ({"base": "NaOH"}, "base_mol_L"),
        ({"base": "NaOH", "base_mol_L": 40.0}, "base_mol_L"),
    ],
)
def test_a_base_is_told_once_and_wholly(keys: dict[str, Any], place: str) -> None:
    """Acid and base in one liquor, pH beside base, half a base, and a base that is stronger than there is."""
    data = CONTACT.to_data()
    data["stream"]["lye"] = {"flow_m3_h": 0.1, "section": "extraction", "stage": 1, **keys}
    with pytest.raises(InputError) as caught:
        Cascade.from_data(data)
    assert f"stream.lye.{place}" in [found.place for found in caught.value.findings]


@pytest.mark.parametrize(
    ("keys", "net"),
    [
        ({"pH": 2.0}, 0.01),
        ({"pH": 7.0}, 1e-7),
        ({"pH": 13.5}, -(10.0**-0.5) + 2e-7),
        ({"base": "NaOH", "base_mol_L": 0.3}, -0.3),
        ({"acid": "H2SO4", "acid_mol_L": 0.5}, 1.0),
    ],
)
def test_hydroxide_is_negative_acid(keys: dict[str, Any], net: float) -> None:
    """Neutral water brings its own 1e-7 mol/L; above it hydroxide counts against the acid."""
    assert Stream(flow_m3_h=1.0, **keys).free_acid_mol_L == pytest.approx(net, rel=1e-12)


@pytest.mark.parametrize(
    ("changes", "place", "times"),
    [
        ({"organic.assay_mol_L": {"Nd": 0.2}}, "organic.assay_mol_L", "1.2 times"),
        (
            {
                "organic.assay_mol_L": {"Nd": 0.1},
                "organic.saponified_fraction": 0.45,
                "organic.saponifier": "NH4",
            },
            "organic.assay_mol_L",
            "the metals and the base claim 1.5 times",
        ),
    ],
)  # fmt: skip
def test_organic_enters_overloaded(changes: dict[str, Any], place: str, times: str) -> None:
    """Three dimers a metal, one dimer an ion, half a mole of dimers a litre."""
    found = finding(CONTACT, changes)
    assert found.place == place
    assert times in found.offence


def test_an_organic_feed_enters_overloaded() -> None:
    """The same for a further feed, and the finding of the file."""
    data = CONTACT.to_data()
    place = {"phase": "organic", "section": "extraction", "stage": 1}
    data["stream"]["loaded"] = {"flow_m3_h": 0.1, "assay_mol_L": {"Nd": 0.17}, **place}
    with pytest.raises(
        InputError, match=r"stream\.loaded\.assay_mol_L: enters overloaded: the metals claim 1\.02 times"
    ):
        Cascade.from_data(data)
    data["stream"]["loaded"]["assay_mol_L"]["Nd"] = 0.16
    assert Cascade.from_data(data).check() == []
    assert "1.2 times" in finding(CASES / "overloaded_organic.toml").offence


def test_organic_into_a_closed_loop_needs_a_way_out() -> None:
    """Half a cubic metre an hour would swell the loop; a draw of as much, or an open loop, is a steady state."""
    found = finding(CASES / "organic_feed_in_loop.toml")
    assert found.place == "stream.of.flow_m3_h"
    assert "0.5 m3/h of organic enter the closed loop, and draws take 0 m3/h out" in found.offence
    data = load("nd_pr_p507").to_data()
    data["stream"]["of"] = {"flow_m3_h": 0.5, "assay_mol_L": {"Nd": 0.05}, "section": "extraction", "stage": 27}
    data["stream"]["of"]["phase"] = "organic"
    data["draw"] = [{"name": "bleed", "section": "stripping", "stage": 6, "phase": "organic", "flow_m3_h": 0.5}]
    assert Cascade.from_data(data).check() == []
    data["draw"][0]["flow_m3_h"] = 0.4
    with pytest.raises(InputError, match=r"raise draw\.bleed\.flow_m3_h to 0\.5"):
        Cascade.from_data(data)


def test_every_element_that_does_not_fit_is_told() -> None:
    """Not only the first: two unknown symbols, and one that the system does not know."""
    data = load("nd_pr_p507").to_data()
    data["elements"] = ["Pr", "Nd", "Xx", "Zz", "Fe"]
    data["stream"]["feed"]["assay_g_L"] |= {"Xx": 1.0, "Zz": 1.0, "Fe": 1.0}
    with pytest.raises(InputError) as caught:
        Cascade.from_data(data)
    told = " ".join(found.offence for found in caught.value.findings)
    for symbol in ("'Xx'", "'Zz'", "does not know Fe"):
        assert symbol in told


def test_grams_in_an_organic() -> None:
    """5 g/L of Nd in the organic typed as mol/L."""
    found = finding(CONTACT, {"organic.assay_mol_L": {"Nd": 5.0}})
    assert "claim 30 times the extractant" in found.offence
    assert "write mol/L, Nd = 0.03466" in found.cure


def test_strengths_that_a_design_may_choose_from() -> None:
    """30 mol/L of HCl are not to be had."""
    found = finding(load("nd_pr_p507"), {"design.acid_mol_L": {"scrub": [3.0, 30.0]}})
    assert found.place == "design.acid_mol_L.scrub"
    assert "30 g/L is 0.8228" in found.cure


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("feed.ndpr.rare_earths_mol_L", 168.0, "168 g/L is about 1 mol/L"),
        ("step.mixer.free_acid_mol_L", 36.46, "36.46 g/L is 1 mol/L"),
    ],
)
def test_a_train_is_held_to_the_same(path: str, value: float, said: str) -> None:
    """Liquors between cascades are liquors too."""
    with pytest.raises(InputError) as caught:
        load_train("nd_pr_in_two_cuts").replace({path: value})
    assert said in str(caught.value)


def test_a_linked_extraction_is_held_to_the_same() -> None:
    """Its streams and its organic."""
    with pytest.raises(InputError, match=r"50 g/L of Nd is 0\.3466 mol/L"):
        load_linked("nd_pr_ce").replace({"stream.feed.assay_mol_L.Nd": 50.0})
