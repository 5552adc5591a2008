"""Hydroxide in a liquor neutralises acid, and a section whose liquor leaves on its own has its own medium."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.cascade.cases import loop

import sxsim
from sxsim.cascade.result import Result
from sxsim.cascade.solving import solve_quietly
from sxsim.definition import Cascade, load
from sxsim.errors import InputError

CASES = Path(__file__).parent / "data" / "inputs"
LYE = load(CASES / "lye.toml")
LOADED_IN_SULFATE = load(CASES / "sulfate_load_hcl_strip.toml")


def acid_account(result: Result) -> float:
    """Free acid in, less base, less what leaves, plus three for each Nd loaded and one for each Na [kmol/h]."""
    into = sum(
        stream.flow_m3_h * (stream.acid_mol_L or 0.0) for stream in result.stream.values() if stream.kind == "inlet"
    )
    products = [stream for stream in result.stream.values() if stream.kind == "product"]
    out = sum(stream.flow_m3_h * (stream.acid_mol_L or 0.0) for stream in products if stream.phase == "aqueous")
    organic = [stream for stream in products if stream.phase == "organic"]
    released = sum(3.0 * stream.amount_kmol_h("Nd") + stream.amount_kmol_h("Na") for stream in organic)
    return into - out + released


def test_lye_takes_acid_away() -> None:
    """0.0316 kmol/h of hydroxide: 64.5 % of the Nd is left in the raffinate, where as much water leaves 69.35 %."""
    result = solve_quietly(LYE)
    assert result.recovery("raffinate", "Nd") == pytest.approx(0.645, abs=5e-4)
    assert acid_account(result) == pytest.approx(0.0, abs=1e-12)
    assert result.stream["raffinate"].amount_kmol_h("Na") == pytest.approx(0.1 * 10.0**-0.5, rel=1e-5)
    assert result.stream["lye"].pH == pytest.approx(13.5, abs=1e-3)
    assert result.closure < 1e-12
    water = solve_quietly(LYE.replace({"stream.lye.pH": 7.0}))
    assert water.recovery("raffinate", "Nd") == pytest.approx(0.6935, abs=5e-5)


@pytest.mark.parametrize(("base", "ion"), [("NaOH", "Na"), ("NH3", "NH4")])
def test_the_base_by_name(base: str, ion: str) -> None:
    """`base` and `base_mol_L` say the same as the pH, and with which cation."""
    data = LYE.to_data()
    data["stream"]["lye"] |= {"base": base, "base_mol_L": 10.0**-0.5}
    del data["stream"]["lye"]["pH"]
    result = solve_quietly(Cascade.from_data(data))
    assert result.recovery("raffinate", "Nd") == pytest.approx(solve_quietly(LYE).recovery("raffinate", "Nd"), rel=1e-6)
    assert result.components == ("Nd", ion)


@pytest.mark.parametrize("flow", [0.3, 0.7, 1.0, 1.5])
def test_lye_beyond_the_acid_saponifies_the_organic(flow: float) -> None:
    """Balances close past the point where all acid is gone: the extractant then gives protons for sodium."""
    result = solve_quietly(LYE.replace({"stream.lye.flow_m3_h": flow}))
    assert acid_account(result) == pytest.approx(0.0, abs=1e-10)
    assert result.equilibrium_residual < 1e-8
    if flow > 0.8:  # 0.1 of acid and 0.15 of the metal's
        assert result.stream["loaded_organic"].amount_kmol_h("Na") > 0.05


@pytest.mark.parametrize(
    ("organic", "feed"),
    [
        ({"extractant": "P204", "system": "d2ehpa-sulfate", "extractant_mol_L": 0.3}, ("H2SO4", 0.05, 0.005)),
        ({"extractant": "TBP", "system": "tbp-nitrate", "extractant_mol_L": 1.0}, ("HNO3", 0.5, 0.5)),
    ],
)
def test_lye_in_systems_without_a_counter_ion(organic: dict[str, Any], feed: tuple[str, float, float]) -> None:
    """The cation stays in the water; less acid leaves, by what the lye took."""
    data = LYE.to_data()
    data["organic"] |= organic
    data["stream"]["feed"] |= {"acid": feed[0], "acid_mol_L": feed[1], "assay_mol_L": {"Nd": feed[2]}}
    results = [solve_quietly(Cascade.from_data(data).replace({"stream.lye.pH": pH})) for pH in (7.0, 13.5)]
    for result in results:
        assert result.closure < 1e-12
    assert results[1].stream["raffinate"].amount_kmol_h("Na") == pytest.approx(0.1 * 10.0**-0.5, rel=1e-5)
    assert results[1].stream["raffinate"].acid_mol_L < results[0].stream["raffinate"].acid_mol_L


def test_lye_in_a_sweep_and_in_time() -> None:
    """Many cases at once and a start-up count the hydroxide alike."""
    axes = {"stream.lye.pH": [7.0, 13.0, 13.5]}
    table = sxsim.sweep(LYE, axes, outputs=["streams.raffinate.recovery.Nd"])
    for pH, told in zip(axes["stream.lye.pH"], table["streams.raffinate.recovery.Nd"], strict=True):
        assert told == pytest.approx(solve_quietly(LYE.replace({"stream.lye.pH": pH})).recovery("raffinate", "Nd"))
    dosed = loop().to_data()
    dosed["stream"]["lye"] = {"flow_m3_h": 0.05, "base": "NaOH", "base_mol_L": 1.0, "section": "extraction", "stage": 1}
    cascade = Cascade.from_data(dosed)
    run = sxsim.start_up(cascade, policy="open", days=20.0, time_scales=False)
    assert max(run.closure.values()) < 1e-6
    last = run.dataset()["pH"].isel(time=-1).values
    np.testing.assert_allclose(last, solve_quietly(cascade).stage.pH, atol=0.02)


def test_load_from_sulfate_strip_with_hydrochloric_acid() -> None:
    """The strip has no bisulfate: all of the acid is free; the raffinate has all sulfate, the liquor all chloride."""
    result = solve_quietly(LOADED_IN_SULFATE)
    raffinate, liquor = result.stream["raffinate"], result.stream["strip_liquor"]
    assert raffinate.concentration_mol_L["Cl"] == pytest.approx(0.0, abs=1e-30)
    assert liquor.concentration_mol_L["SO4"] == 0.0
    assert liquor.concentration_mol_L["Cl"] == pytest.approx(4.0, rel=1e-12)
    charge = sum(
        n * liquor.concentration_mol_L[name] for name, n in {"La": 3, "Dy": 3, "Fe": 3, "Al": 3, "Ca": 2}.items()
    )
    assert 10.0 ** -float(liquor.pH or 0.0) == pytest.approx(4.0 - charge, rel=1e-2)
    assert raffinate.concentration_mol_L["SO4"] == pytest.approx(result.stream["feed"].concentration_mol_L["SO4"])
    assert result.closure < 1e-12
    assert result.equilibrium_residual < 1e-10
    weaker = LOADED_IN_SULFATE.replace({"stream.acid.acid_mol_L": 0.1})
    sulfuric = weaker.replace({"stream.acid.acid": "H2SO4"})
    assert solve_quietly(weaker).recovery("strip_liquor", "Dy") < solve_quietly(sulfuric).recovery("strip_liquor", "Dy")


def test_entrained_aqueous_carries_its_anions() -> None:
    """Sulfate goes into the strip and chloride into the raffinate, as much as the drops carry."""
    changes = {f"section.{name}.entrainment_A_in_O": 0.01 for name in ("extraction", "strip")}
    result = solve_quietly(LOADED_IN_SULFATE.replace(changes))
    fed, chloride = result.stream["feed"], result.stream["acid"]
    leaving = [result.stream[name] for name in ("raffinate", "strip_liquor")]
    for anion, source in (("SO4", fed), ("Cl", chloride)):
        assert sum(stream.amount_kmol_h(anion) for stream in leaving) == pytest.approx(source.amount_kmol_h(anion))
    assert result.stream["strip_liquor"].concentration_mol_L["SO4"] > 1e-4
    assert result.stream["raffinate"].concentration_mol_L["Cl"] > 1e-4


def test_a_chloride_load_stripped_with_sulfuric_acid() -> None:
    """The other way round: bisulfate counts where the sulfate is, and the anions add up to the charge."""
    data = loop().to_data()
    data["stream"]["strip_acid"] |= {"acid": "H2SO4", "acid_mol_L": 2.0}
    result = solve_quietly(Cascade.from_data(data))
    liquor, raffinate = result.stream["strip_liquor"], result.stream["raffinate"]
    assert liquor.concentration_mol_L["SO4"] == pytest.approx(2.0, rel=1e-9)
    assert liquor.concentration_mol_L["Cl"] == pytest.approx(0.0, abs=1e-9)
    assert raffinate.concentration_mol_L["SO4"] == pytest.approx(0.0, abs=1e-9)
    assert (liquor.acid_mol_L or 0.0) > 10.0 ** -(liquor.pH or 0.0)
    assert result.closure < 1e-12


def test_what_may_not_have_a_medium_of_its_own() -> None:
    """A scrub that joins the extraction, a free strength, and a law with an anion in it."""
    with pytest.raises(InputError, match="let the liquor of scrubbing leave on its own"):
        load("nd_pr_p507").replace({"stream.scrub.acid": "HNO3"})
    data = load("nd_pr_p507").to_data()
    data["stream"]["strip_acid"]["acid"] = "HNO3"
    assert Cascade.from_data(data).check() == []
    data["solve"]["free"] = ["organic.flow_m3_h", "stream.strip_acid.acid_mol_L"]
    with pytest.raises(InputError, match=r"free stream\.strip_acid\.flow_m3_h instead"):
        Cascade.from_data(data)
    with pytest.raises(InputError, match="HCl does not fit the nitrate medium"):
        load("pr_nd_aliquat336").replace({"stream.feed.acid": "HCl", "stream.feed.acid_mol_L": 0.1})
