"""Nitric acid that the organic takes up: against single contacts, its own limit, and the balance written by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest
from tests.cascade.cases import solvating

from sxsim.cascade import Result
from sxsim.cascade.compile import compile_cascade
from sxsim.cascade.solving import solve_quietly
from sxsim.chemistry.contact import single_contact
from sxsim.definition import Cascade, load
from sxsim.definition.system import load_system_file
from sxsim.foundation.files import shipped
from sxsim.kernels.packed import RESIDUAL_ACID

pytestmark = pytest.mark.kernel


def one_stage(system: str, extractant: str, ratio: float) -> Cascade:
    return Cascade.from_data(
        {
            "schema": 1,
            "title": "one contact",
            "elements": ["Pr", "Nd", "Ca"],
            "organic": {
                "extractant": extractant,
                "extractant_mol_L": 1.0,
                "diluent": "kerosene",
                "temperature_C": 25.0,
                "system": system,
                "flow_m3_h": ratio,
                "recycled": False,
            },
            "section": [
                {
                    "name": "extraction",
                    "kind": "extraction",
                    "stages": 1,
                    "aqueous_in": "feed",
                    "aqueous_out": "raffinate",
                }
            ],
            "stream": {
                "feed": {
                    "flow_m3_h": 1.0,
                    "acid": "HNO3",
                    "acid_mol_L": 2.0,
                    "assay_mol_L": {"Pr": 0.2, "Nd": 0.4, "Ca": 0.8},
                }
            },
        }
    )


@pytest.mark.parametrize("ratio", [0.3, 2.0])
@pytest.mark.parametrize(("system", "extractant"), [("tbp-nitrate", "TBP"), ("aliquat336-nitrate", "Aliquat 336")])
def test_one_stage_is_one_contact(system, extractant, ratio):
    """The contact solves for h, F and the anion and knows no acid component."""
    result = solve_quietly(one_stage(system, extractant, ratio))
    feed = {"Pr": 0.2, "Nd": 0.4, "Ca": 0.8}
    flask = single_contact(load_system_file(system), feed, 2.0, 1.0, phase_ratio_O_A=ratio)
    raffinate, organic = result.stream["raffinate"], result.stream["loaded_organic"]
    assert raffinate.acid_mol_L == pytest.approx(flask.h_mol_L, rel=1e-9)
    assert raffinate.pH == pytest.approx(flask.pH, abs=1e-9)
    assert raffinate.concentration_mol_L["NO3"] == pytest.approx(flask.anion_mol_L, rel=1e-9)
    assert organic.concentration_mol_L["HNO3"] == pytest.approx(flask.acid_organic_mol_L, rel=1e-9)
    assert result.stage.free_extractant_mol_L[0] == pytest.approx(flask.free_extractant_mol_L, rel=1e-9)
    for symbol, x, y in zip(flask.names, flask.aqueous_mol_L, flask.organic_mol_L, strict=True):
        assert raffinate.concentration_mol_L[symbol] == pytest.approx(x, rel=1e-9)
        assert organic.concentration_mol_L[symbol] == pytest.approx(y, rel=1e-9)


@pytest.fixture(scope="module")
def solved() -> Result:
    return solve_quietly(solvating())


def test_the_acid_that_enters_leaves(solved):
    streams = solved.stream.values()
    entering = sum(stream.amount_kmol_h("HNO3") for stream in streams if stream.kind == "inlet")
    leaving = sum(stream.amount_kmol_h("HNO3") for stream in streams if stream.kind == "product")
    assert entering == pytest.approx(1.0 * 1.0 + 0.5 * 3.0 + 0.8 * 1e-3, rel=1e-15)
    assert leaving == pytest.approx(entering, rel=1e-10)
    assert solved.closure_by_component["acid"] <= 1e-10
    assert solved.charge_relation <= 1e-10
    assert "HNO3" not in solved.closure_by_component


def test_acid_travels_with_the_organic_and_competes_for_it(solved):
    """The law of the uptake and the extractant's balance, written out for every stage."""
    stage, system = solved.stage, load_system_file("tbp-nitrate")
    h, acid = stage.proton_mol_L, stage.organic_mol_L[:, solved.components.index("HNO3")]
    np.testing.assert_array_equal(stage.acid_mol_L, h)
    held = dict(zip(solved.components, stage.equilibrium_mol_L.T, strict=True))
    free = 1.0 - 3.0 * (held["Pr"] + held["Nd"]) - held["HNO3"]
    water = dict(zip(solved.components, stage.aqueous_mol_L.T, strict=True))
    nitrate = h + 3.0 * (water["Pr"] + water["Nd"]) + 2.0 * water["Ca"]
    np.testing.assert_allclose(acid, 10.0**system.acid_uptake.log10_K.value * h * nitrate * free, rtol=1e-9)
    assert acid.max() > 0.1
    assert not any("left out" in text for text in solved.warnings)


def test_a_stream_of_one_mol_of_acid_has_pH_zero_without_a_sign(solved):
    assert str(solved.stream["feed"].pH) == "0.0"


def test_without_affinity_the_acid_stays_in_the_water(tmp_path):
    """The limit of the acid as a component is the same system without any uptake: other code, other unknowns."""
    text = shipped("data", "distribution_coeffs", "systems", "tbp-nitrate.toml").read_text(encoding="utf-8")
    begin, end = text.index("[acid_uptake]"), text.index("[validity]")
    none = text[:begin] + text[end:]
    weak = text.replace("value = -0.638\nlow = -0.638\nhigh = 0.176", "value = -25.0")
    assert weak != text
    results = []
    for name, content in (("none", none), ("weak", weak)):
        file = tmp_path / f"{name}.toml"
        file.write_text(content, encoding="utf-8")
        results.append(solve_quietly(solvating().replace({"organic.system": str(file)})))
    plain, limit = results
    assert plain.components == ("Pr", "Nd", "Ca")
    assert limit.components == ("Pr", "Nd", "Ca", "HNO3")
    np.testing.assert_allclose(limit.stage.proton_mol_L, plain.stage.proton_mol_L, rtol=1e-9)
    np.testing.assert_allclose(limit.stage.aqueous_mol_L[:, :2], plain.stage.aqueous_mol_L[:, :2], rtol=1e-9)
    np.testing.assert_allclose(limit.stage.organic_mol_L[:, :2], plain.stage.organic_mol_L[:, :2], rtol=1e-9)


def test_the_strength_of_an_acid_can_be_sought(solved):
    """The scrub's acid that gives the Nd recovery found with 3 mol/L, from a start of 1 mol/L."""
    data = solvating().to_data()
    data["stream"]["scrub"]["acid_mol_L"] = 1.0
    recovery = solved.recovery("strip_liquor", "Nd")
    data["target"] = [{"stream": "strip_liquor", "element": "Nd", "recovery_min": recovery, "equation": True}]
    data["solve"] = {"free": ["stream.scrub.acid_mol_L"]}
    found = solve_quietly(Cascade.from_data(data))
    assert found.found["stream.scrub.acid_mol_L"] == pytest.approx(3.0, rel=1e-6)
    assert found.stream["scrub"].acid_mol_L == found.found["stream.scrub.acid_mol_L"]
    assert found.closure <= 1e-10


def test_a_neighbour_starts_a_cascade_with_acid_uptake(solved):
    again = solve_quietly(solvating().replace({"stream.scrub.flow_m3_h": 0.52}), start=solved)
    assert again.method == "Newton from a neighbour"
    assert again.closure <= 1e-10
    assert Result.from_json(solved.to_json()).to_dict() == json.loads(solved.to_json())


def test_added_acid_goes_to_the_component_and_nowhere_else():
    problem = compile_cascade(solvating())
    acid = problem.components.index("HNO3")
    assert (problem.plan.acid_component, problem.plan.acid_protons) == (acid, 0.0)
    assert set(problem.plan.feed_Q) == {RESIDUAL_ACID}
    assert problem.plan.feed_concentration[:, acid].tolist() == [0.0, 0.0, 1e-3]  # a pH is acid that is there already
    assert [problem.fed_acid(row) for row in range(3)] == [(1.0, 0.0), (3.0, 0.0), (1e-3, 0.0)]
    assert problem.chemistry.efficiency[:, acid].tolist() == [1.0] * 6
    assert compile_cascade(load("single_contact")).plan.acid_component == -1
