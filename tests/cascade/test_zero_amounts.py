"""An element of which nothing enters is as one that is not there: every system, search, sweep, start-up, cost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.cascade.cases import SHORT

import sxsim
from sxsim.cascade.solving import solve_quietly
from sxsim.definition import Cascade, load
from sxsim.definition.extractants import canonical_extractant
from sxsim.definition.present import elements_present, without_absent
from sxsim.definition.system import load_system_file, system_names
from sxsim.errors import InputError

CASES = Path(__file__).parent / "data" / "inputs"


def without(cascade: Cascade, *absent: str) -> Cascade:
    """The same cascade written without some elements."""
    data = cascade.to_data()
    data["elements"] = [symbol for symbol in data["elements"] if symbol not in absent]
    for stream in data["stream"].values():
        for key in ("assay_g_L", "assay_mol_L"):
            if key in stream:
                stream[key] = {symbol: value for symbol, value in stream[key].items() if symbol not in absent}
    return Cascade.from_data(data)


def assert_alike(result: Any, other: Any, *absent: str) -> None:
    """The same numbers, and nothing of what is absent."""
    assert result.status == other.status == "converged"
    assert result.found == other.found
    kept = [result.components.index(name) for name in other.components]
    np.testing.assert_array_equal(result.stage.aqueous_mol_L[:, kept], other.stage.aqueous_mol_L)
    np.testing.assert_array_equal(result.stage.pH, other.stage.pH)
    for symbol in absent:
        assert not result.stage.organic_mol_L[:, result.components.index(symbol)].any()
    for name, stream in other.stream.items():
        assert result.stream[name].purity.items() >= stream.purity.items()
        assert result.stream[name].recovery == stream.recovery
    assert result.warnings == other.warnings
    assert result.closure <= 1e-10


def test_the_files_of_the_case() -> None:
    """A single contact with no Pr, and the closed loop with no La asked by targets."""
    single, loop = load(CASES / "z_single.toml"), load(CASES / "z_nd.toml")
    assert_alike(solve_quietly(single), solve_quietly(load("single_contact")), "Pr")
    found = solve_quietly(loop)
    assert_alike(found, solve_quietly(load("nd_pr_p507")), "La")
    assert found.found["organic.flow_m3_h"] == pytest.approx(18.003, abs=5e-4)


@pytest.mark.parametrize("name", system_names())
def test_every_system(name: str) -> None:
    """Two elements, of which one is absent, and both."""
    system = load_system_file(name)
    data = load("single_contact").to_data()
    first, second = system.elements[:2]
    extractant = canonical_extractant(system.extractants[0])
    data["organic"] |= {"extractant": extractant, "system": name, "extractant_mol_L": 0.3}
    data["elements"] = [first, second]
    data["stream"]["feed"] |= {"acid": system.acids[0], "assay_mol_L": {first: 0.0, second: 0.002}}
    cascade = Cascade.from_data(data)
    assert_alike(solve_quietly(cascade), solve_quietly(without(cascade, first)), first)
    blank = solve_quietly(cascade.replace({f"stream.feed.assay_mol_L.{second}": 0.0}))
    assert blank.closure < 1e-12
    assert blank.stream["raffinate"].acid_mol_L == pytest.approx(blank.stream["feed"].acid_mol_L, rel=0.2)
    assert not blank.stage.organic_mol_L[:, :2].any()


def test_an_element_in_a_stream_that_does_not_flow() -> None:
    """A typed composition without flow brings nothing; where the flow is free it may."""
    data = load("nd_pr_p507").replace(SHORT).to_data()
    data["elements"] = ["La", "Pr", "Nd"]
    data["stream"]["second"] = {"flow_m3_h": 0.0, "pH": 1.0, "section": "extraction", "stage": 1}
    data["stream"]["second"]["assay_mol_L"] = {"La": 0.3}
    cascade = Cascade.from_data(data)
    assert elements_present(cascade) == {"Pr", "Nd"}
    result = solve_quietly(cascade)
    assert result.stream["raffinate"].concentration_mol_L["La"] == 0.0
    assert result.stream["raffinate"].concentration_mol_L["Nd"] == pytest.approx(
        solve_quietly(load("nd_pr_p507").replace(SHORT)).stream["raffinate"].concentration_mol_L["Nd"], rel=1e-9
    )
    assert elements_present(cascade.replace({"stream.second.flow_m3_h": 0.1})) == {"La", "Pr", "Nd"}


def test_a_sweep_through_zero() -> None:
    """Every row as a solve alone, the blank among them."""
    cascade = load(CASES / "z_single.toml")
    axes = {"stream.feed.assay_mol_L.Nd": [0.0, 0.05], "stream.feed.assay_mol_L.Pr": [0.0, 0.01]}
    table = sxsim.sweep(cascade, axes, outputs=["closure", "streams.raffinate.concentration_mol_L.Pr"])
    assert set(table["status"]) == {"converged"}
    for row in table.to_dict("records"):
        alone = solve_quietly(cascade.replace({path: row[path] for path in axes}))
        told = row["streams.raffinate.concentration_mol_L.Pr"]
        assert told == pytest.approx(alone.stream["raffinate"].concentration_mol_L["Pr"], rel=1e-9)


def test_a_warm_start_from_a_neighbour_with_another_element() -> None:
    """A start that holds nothing of an element, or something of an absent one, leads to the same state as none."""
    lean = load(CASES / "z_single.toml")
    rich = lean.replace({"stream.feed.assay_mol_L.Pr": 0.01})
    poor, full = solve_quietly(lean), solve_quietly(rich)
    assert solve_quietly(rich, start=poor).closure < 1e-10
    assert_alike(solve_quietly(lean, start=full), poor, "Pr")


def test_start_up_and_cost() -> None:
    """Time and money do not notice an absent element; one that an event brings is there from then on."""
    plain = load("nd_pr_p507").replace(SHORT)
    data = plain.to_data()
    data["elements"] = ["La", "Pr", "Nd"]
    data["stream"]["feed"]["assay_g_L"]["La"] = 0.0
    cascade = Cascade.from_data(data)
    assert without_absent(cascade).elements == ("Pr", "Nd")
    assert sxsim.cost(solve_quietly(cascade)).usd_per_kg_oxide == sxsim.cost(solve_quietly(plain)).usd_per_kg_oxide
    runs = [sxsim.start_up(each, policy="open", days=0.5, time_scales=False) for each in (cascade, plain)]
    told = [{key: value for key, value in run.to_dict().items() if "hash" not in key} for run in runs]
    assert told[0] == told[1]
    data["startup"] = {"event": [{"path": "stream.feed.assay_g_L.La", "at_h": 2.0, "to": 5.0}]}
    later = sxsim.start_up(Cascade.from_data(data), policy="open", days=1.0, time_scales=False)
    assert max(later.closure.values()) < 1e-6
    aqueous = later.dataset()["concentration"].sel(element="La", phase="aqueous")
    assert float(aqueous.isel(time=0).max()) < 1e-9
    assert float(aqueous.isel(time=-1).max()) > 1e-3


def test_a_target_on_what_nothing_brings_is_a_finding() -> None:
    """With quantities to find it could never be met; watched, it is told as missed."""
    with pytest.raises(InputError, match=r"target\.raffinate\.Pr\.purity_min: nothing brings Pr in"):
        load("nd_pr_p507").replace({"stream.feed.assay_g_L.Pr": 0.0})
    flows = {"organic.flow_m3_h": 9.0, "stream.scrub.flow_m3_h": 1.0}
    watched = solve_quietly(load("nd_pr_p507").replace({"stream.feed.assay_g_L.Pr": 0.0, **flows}))
    assert [target.met for target in watched.targets] == [True, False]
