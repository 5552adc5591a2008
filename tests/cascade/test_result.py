"""Results: frozen, consistent in all their views, exact through JSON and CSV."""

from __future__ import annotations

import csv
import dataclasses
import json
import math
import pickle
import warnings

import pytest
from tests.cascade.cases import SMALL

from sxsim.cascade import Result, solve, sources
from sxsim.cascade.solving import solve_quietly
from sxsim.cascade.storage import tables
from sxsim.elements import ELEMENTS
from sxsim.errors import InputError, ValidityWarning

TARGET = {"stream": "raffinate", "element": "Pr", "purity_min": 0.30, "purity_basis": "mol"}


@pytest.fixture(scope="module")
def result():
    """Entrainment, efficiencies, a recycled organic, targets of every kind."""
    data = SMALL["imperfect"]().to_data()
    data["target"] = [
        TARGET,
        {"stream": "strip_liquor", "element": "Nd", "recovery_min": 0.999},
        {"stream": "raffinate", "element": "Nd", "concentration_max_mol_L": 0.5},
    ]
    return solve_quietly(type(SMALL["imperfect"]()).from_data(data))


def test_json_comes_back_to_the_last_digit(result):
    text = result.to_json(indent=2)
    again = Result.from_json(text)
    assert again == result
    assert hash(again) == hash(result)
    assert again.to_json(indent=2) == text
    assert again.solved_cascade == result.solved_cascade
    assert again.profile("aqueous").equals(result.profile("aqueous"))


def test_json_is_flat_and_never_nan(result):
    data = json.loads(result.to_json())
    wanted = {"status", "method", "iterations", "closure", "equilibrium_residual", "streams", "targets", "warnings"}
    assert wanted | {"sources"} <= set(data)
    assert {"flow_m3_h", "pH", "concentration_mol_L", "purity", "recovery"} <= set(data["streams"]["raffinate"])
    assert {"stream", "element", "purity", "recovery", "met"} <= set(data["targets"][0])
    broken = dataclasses.replace(result, equilibrium_residual=math.inf, closure=math.nan)
    assert json.loads(broken.to_json())["equilibrium_residual"] is None
    assert math.isnan(Result.from_json(broken.to_json()).closure)


def test_what_nobody_asks_for_is_not_worked_out(result, monkeypatch):
    monkeypatch.setattr("sxsim.cascade.assemble.remarks", lambda *_: pytest.fail("worked out"))
    solved = solve_quietly(result.cascade)
    assert solved.closure == result.closure
    with pytest.raises(pytest.fail.Exception):
        _ = solved.warnings


def test_a_result_travels_whole_before_and_after_it_is_asked(result):
    fresh = solve_quietly(result.cascade)
    assert pickle.loads(pickle.dumps(fresh)) == result
    assert pickle.loads(pickle.dumps(result)) == result


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"stages": {}}', '{"status": "converged"}'])
def test_what_is_no_result_is_refused(text):
    with pytest.raises(InputError, match="is no JSON of a result"):
        Result.from_json(text)


def test_csv_comes_back_to_the_last_digit(result, tmp_path):
    names = result.write_csv(tmp_path / "out")
    assert {"streams.csv", "profile_organic.csv", "profile_aqueous.csv", "targets.csv"} <= set(names)
    for name, columns in tables(result).items():
        with open(tmp_path / "out" / f"{name}.csv", encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        assert header == list(columns)
        for at, values in enumerate(columns.values()):
            for row, value in zip(rows, values, strict=True):
                if isinstance(value, float):
                    assert float(row[at]) == value
                else:
                    assert row[at] == ("" if value is None else str(value))


def test_nothing_can_be_written_onto_a_result(result):
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.status = "better"
    with pytest.raises(ValueError, match="read-only"):
        result.stage.organic_mol_L[0, 0] = 1.0


def test_recoveries_add_up_over_the_products(result):
    products = [stream for stream in result.stream.values() if stream.kind == "product"]
    for element in result.cascade.elements:
        assert math.fsum(stream.recovery[element] for stream in products) == pytest.approx(1.0, abs=1e-10)


def test_purities_by_mass_and_by_moles(result):
    liquor = result.stream["strip_liquor"]
    moles = {name: liquor.amount_kmol_h(name) for name in ("Pr", "Nd")}
    masses = {name: value * ELEMENTS[name].equivalent_mass_g_mol("oxide") for name, value in moles.items()}
    assert result.purity("strip_liquor", "Nd") == pytest.approx(masses["Nd"] / sum(masses.values()), rel=1e-14)
    assert result.purity("strip_liquor", "Nd", "mol") == pytest.approx(moles["Nd"] / sum(moles.values()), rel=1e-14)
    assert math.isnan(result.purity("strip_acid", "Nd"))
    with pytest.raises(InputError, match="'feed' is no product"):
        result.recovery("feed", "Nd")


def test_targets_say_what_was_reached(result):
    share, recovery, residue = result.targets
    assert share.value == result.purity("raffinate", "Pr", "mol")
    assert share.met is (share.value >= 0.30)
    assert recovery.value == result.recovery("strip_liquor", "Nd")
    assert not recovery.met
    assert residue.value == result.stream["raffinate"].concentration_mol_L["Nd"]
    assert residue.met
    assert result.met is False
    assert any(text.startswith("target missed: strip_liquor Nd recovery") for text in result.warnings)


def test_tables(result):
    streams, organic, aqueous = result.streams, result.profile(), result.profile("aqueous")
    assert streams.loc["raffinate", "Nd_mol_L"] == result.stage.aqueous_mol_L[0, 1]
    assert streams.loc["feed", "pH"] == pytest.approx(2.0)
    assert streams.loc["scrub", "acid_mol_L"] == 3.0
    assert organic.index.tolist() == [1, 2, 3, 4, 5, 6]
    assert organic["section"].tolist() == ["extraction"] * 2 + ["scrubbing"] * 2 + ["stripping"] * 2
    assert (organic["Pr_mole_fraction"] + organic["Nd_mole_fraction"]).tolist() == pytest.approx([1.0] * 6)
    bound = 3.0 * organic[["Pr_mol_L", "Nd_mol_L"]].sum(axis=1)
    assert organic["loading_fraction"].tolist() == pytest.approx((bound / 0.75).tolist())
    assert (organic["free_extractant_mol_L"] + bound + organic["NH4_mol_L"]).tolist() == pytest.approx([0.75] * 6)
    assert aqueous.loc[1, "pH"] == pytest.approx(result.stream["raffinate"].pH)
    with pytest.raises(InputError, match="there is no phase 'oily'"):
        result.profile("oily")


def test_names_that_do_not_exist_are_met_with_a_suggestion(result):
    with pytest.raises(InputError, match="did you mean strip_liquor"):
        result.purity("strip_liqour", "Nd")
    with pytest.raises(InputError, match="Dy is not among the elements"):
        result.recovery("raffinate", "Dy")


def test_loads_are_the_flows_of_rare_earths(result):
    extraction = result.load["extraction"]
    rare = result.stage.organic_m3_h[:2] * result.stage.organic_mol_L[:2, :2].sum(axis=1)
    assert extraction.S_kmol_h == pytest.approx(rare.mean())
    assert (extraction.S_lowest_kmol_h, extraction.S_highest_kmol_h) == pytest.approx((rare.min(), rare.max()))
    assert result.S["extraction"] == pytest.approx(rare.mean(), rel=1e-6)  # 1 kmol/h is fed
    assert set(result.W) == {"extraction", "scrubbing", "stripping"}


def test_the_nominal_load_of_theory_is_the_charge_balance_without_acids(result):
    """3 S plus the counter-ion is the base, plus the acid that came from the water (THEORY of constant load)."""
    stage, plan = result.stage, result.cascade.organic
    base = 9.0 * plan.extractant_mol_L * plan.saponified_fraction
    L, h, V = stage.aqueous_m3_h, stage.proton_mol_L, stage.organic_m3_h
    carried = V[0] * (3.0 * stage.organic_mol_L[0, :2].sum() + stage.organic_mol_L[0, 2])
    returned = V[5] * (3.0 * stage.organic_mol_L[5, :2].sum() + stage.organic_mol_L[5, 2])
    entrained = 0.002 * L[1] * (3.0 * stage.organic_mol_L[1, :2].sum() + stage.organic_mol_L[1, 2])
    carried += 0.002 * L[0] * (3.0 * stage.organic_mol_L[0, :2].sum() + stage.organic_mol_L[0, 2]) - entrained
    acid = L[0] * h[0] + 0.003 * V[0] * h[0] - L[1] * h[1] - 0.003 * V[5] * h[5]
    assert carried == pytest.approx(base + returned + acid, rel=1e-9)


def test_warnings_come_once_and_sources_are_listed():
    cascade = SMALL["loop"]()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = solve(cascade)
    assert [entry.category for entry in caught] == [ValidityWarning]
    assert f"{len(found.warnings) - 1} more in Result.warnings" in str(caught[0].message)
    assert sources(found) == sources(cascade)
    assert any(reference.unverified for reference in sources(found))
    assert any("unverified number: exchange log10 K(NH4)" in text for text in found.warnings)
