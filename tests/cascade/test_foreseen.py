"""Warnings that a definition calls for by itself, in `check` and in every result, and phase ratios no mixer runs at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sxsim.cascade.foreseen import warnings_of
from sxsim.cascade.solving import solve_quietly
from sxsim.definition import Cascade, load
from sxsim.definition.diluents import family
from sxsim.definition.loading import bundled_names

CASES = Path(__file__).parent / "data" / "inputs"
CONTACT = load("single_contact")


def about(word: str, cascade: Cascade) -> list[str]:
    """Warnings of a definition with a word in them; its result has the same."""
    said = [text for text in warnings_of(cascade) if word in text]
    assert [text for text in solve_quietly(cascade).warnings if word in text and "extrapolation" not in text] == [
        text for text in said if "extrapolation" not in text
    ]
    return said


def test_a_diluent_that_the_constants_are_not_of() -> None:
    """Toluene beside data in heptane: the constants stay, and what is known is told."""
    (said,) = about("diluent", load(CASES / "diluent.toml"))
    assert "diluent toluene: the constants of d2ehpa-chloride are those of n-heptane" in said
    assert "in toluene log10 D lies 1.66 lower" in said
    assert about("diluent", load(CASES / "diluent.toml").replace({"organic.diluent": "Escaid 110"})) == []
    (said,) = about("diluent", CONTACT.replace({"organic.diluent": "chloroform"}))
    assert "those of kerosene" in said


@pytest.mark.parametrize("name", ["kerosene", "Exxsol D80", "n-dodecane", "sulfonated kerosene", "Shellsol D70"])
def test_aliphatic_oils_are_one_kind(name: str) -> None:
    """Constants of one are taken as those of another."""
    assert family(name) == "aliphatic"
    assert about("diluent", CONTACT.replace({"organic.diluent": name})) == []


def test_a_temperature_that_no_constant_follows() -> None:
    """Said beside the range of the data."""
    said = about("temperature", CONTACT.replace({"organic.temperature_C": 60.0}))
    assert said[0] == (
        "temperature of 60 C: the constants of p507-chloride are those of 20 to 30 C and do not change with it"
    )
    assert about("temperature", CONTACT) == []


@pytest.mark.parametrize(
    ("changes", "pH", "onset"),
    [
        ({"stream.feed.pH": 9.0}, 9.0, 7.3),
        ({"stream.feed.base": "NaOH", "stream.feed.base_mol_L": 1e-5}, 9.0, 7.3),
        ({"stream.feed.pH": 7.0}, None, None),
        ({"stream.feed.pH": 7.2, "stream.feed.assay_mol_L.Nd": 0.5}, 7.2, 6.93),
    ],
)
def test_a_feed_above_its_hydroxide_onset(changes: dict[str, Any], pH: float | None, onset: float | None) -> None:
    """0.05 mol/L of Nd throws its hydroxide down from about pH 7.3."""
    said = about("begins to precipitate: no", CONTACT.replace(changes))
    if pH is None:
        assert said == []
        return
    (text,) = said
    assert text.startswith(f"stream feed: pH {pH:.2f} is above ")
    assert float(text.partition("above ")[2].partition(",")[0]) == pytest.approx(onset, abs=0.06)


def test_a_constant_without_a_pH() -> None:
    """Iron, aluminium and calcium of the sulfate correlations feel no acid."""
    (said,) = about("no pH", load(CASES / "iron_acid.toml"))
    assert said.startswith("Fe, Al, Ca: the constants of d2ehpa-sulfate have no pH in them")
    alone = {f"stream.feed.assay_g_L.{symbol}": 0.0 for symbol in ("Al", "Ca")}
    (said,) = about("no pH", load(CASES / "iron_acid.toml").replace(alone))
    assert said.startswith("Fe: the constant of d2ehpa-sulfate has no pH in it")
    assert about("no pH", load("pr_nd_aliquat336")) == []


def test_a_section_in_another_medium() -> None:
    """The constants are those of the system's."""
    (said,) = about("section strip works in chloride", load(CASES / "sulfate_load_hcl_strip.toml"))
    assert "found in sulfate" in said


@pytest.mark.parametrize(("flow", "ratio", "phase"), [(171.0, "171", "aqueous"), (0.005, "0.005", "organic")])
def test_a_phase_ratio_that_no_mixer_runs_at(flow: float, ratio: str, phase: str) -> None:
    """O/A of 171 would take 84.5 times the aqueous back from the settler."""
    cascade = load(CASES / "oa171.toml").replace({"organic.flow_m3_h": flow})
    (said,) = [text for text in solve_quietly(cascade).warnings if "O/A" in text]
    assert said.startswith(f"stage extraction 1: O/A of {ratio}, and mixers run at 0.5 to 2")
    assert f"times the {phase} would have to come back" in said


@pytest.mark.parametrize("name", bundled_names())
def test_the_bundled_cascades_call_for_none(name: str) -> None:
    """Neither diluent, temperature, hydroxide, medium nor phase ratio."""
    cascade = load(name)
    assert [text for text in warnings_of(cascade) if "extrapolation" not in text] == []
    assert [text for text in solve_quietly(cascade).warnings if "O/A" in text] == []
