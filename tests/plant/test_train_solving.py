"""Small trains solved as one system: recycles, steps, organics passed on, what builds up."""

import copy
import math

import numpy as np
import pytest

from sxsim.errors import ConvergenceError, InputError, UnreachableTarget
from sxsim.plant import Train, load_train, solve_train, solving
from sxsim.plant.acceleration import settle
from sxsim.plant.costing import cost_train
from sxsim.plant.flow import Flow
from sxsim.plant.steps import take_step
from sxsim.plant.tables import Step
from sxsim.processes import CHARGES, process_parameters

ROUGH = "nd_pr_in_two_cuts"


@pytest.fixture(scope="module")
def solved():
    return solve_train(load_train(ROUGH))


def charge(flow):
    return math.fsum(CHARGES[ion] * amount for ion, amount in flow.amount_kmol_h.items())


def test_products_meet_their_specification_and_balances_close(solved):
    assert solved.met
    assert set(solved.closure_by_element) == {"Pr", "Nd", "Cl", "NH4"}
    assert max(solved.closure_by_element.values()) < 1e-8
    assert solved.products[0].purity == pytest.approx(0.999, abs=1e-9)
    assert sum(each.oxide_kg_h for each in solved.products) == pytest.approx(168.0, rel=1e-3)


def test_the_recycle_is_found_with_the_cascades(solved):
    assert solved.recycles == ("polish.strip_liquor",)
    back = solved.streams["polish.strip_liquor"]
    from_cascade = solved.cascades["polish"].stream["strip_liquor"]
    assert back.amount_kmol_h["Nd"] == pytest.approx(from_cascade.amount_kmol_h("Nd"), rel=1e-9)
    mixer = solved.streams["mixer"]
    assert mixer.amount_kmol_h["Nd"] == pytest.approx(
        solved.streams["ndpr"].amount_kmol_h["Nd"] + back.amount_kmol_h["Nd"], rel=1e-9
    )


def test_every_liquor_is_neutral(solved):
    for flow in solved.streams.values():
        if flow.phase == "aqueous":
            assert abs(charge(flow)) < 1e-8, flow.name


def test_salts_pass_with_the_water(solved):
    assert solved.streams["mixer"].amount_kmol_h["NH4"] > 0.1
    brought = solved.steps["mixer"].ions_kmol_h["NH4"]
    bases = sum(each.base_kmol_h for each in solved.passes)
    gone = sum(solved.streams[name].amount_kmol_h["NH4"] for name in solved.train.waste)
    gone += solved.streams["polish.raffinate"].amount_kmol_h["NH4"]
    assert gone == pytest.approx(brought + bases, rel=1e-8)


def test_a_neighbour_starts_the_next(solved):
    other = solved.train.replace({"feed.ndpr.oxide_share": {"Pr": 0.26, "Nd": 0.74}})
    cold, again = solve_train(other), solve_train(other, start=solved)
    assert again.met
    assert again.rounds <= cold.rounds
    for name, result in cold.cascades.items():
        assert again.cascades[name].found == pytest.approx(result.found, rel=1e-6), name


def test_typed_values_of_what_is_free_decide_nothing(solved):
    data = solved.train.to_data()
    for cascade in data["cascade"]:
        cascade["set"]["organic.flow_m3_h"] *= 7.0
        cascade["set"]["stream.scrub.flow_m3_h"] *= 0.1
    other = solve_train(Train.from_data(data))
    for name, result in solved.cascades.items():
        assert other.cascades[name].found == pytest.approx(result.found, rel=1e-9), name
    assert other.retuned == solved.retuned == ()


def test_twice_the_train_is_twice_every_flow(solved):
    double = solve_train(solved.train.scaled(2.0))
    for name, flow in solved.streams.items():
        assert double.streams[name].flow_m3_h == pytest.approx(2.0 * flow.flow_m3_h, rel=1e-6)
    assert double.total_passes == pytest.approx(solved.total_passes, rel=1e-6)


def test_typed_flows_follow_what_arrives(solved):
    other = solve_train(solved.train.replace({"feed.ndpr.oxide_kg_h": 16.8}))
    assert other.met
    for name, flow in solved.streams.items():
        assert other.streams[name].flow_m3_h == pytest.approx(0.1 * flow.flow_m3_h, rel=1e-6), name
    assert other.cascades["rough"].cascade.stream["strip_acid"].flow_m3_h == pytest.approx(0.062, rel=1e-3)


def test_flows_without_a_reference_are_scaled_by_hand():
    data = passed_on()
    first = solve_train(Train.from_data(data))
    double = solve_train(first.train.scaled(2.0))
    assert double.streams["strip.strip_liquor"].flow_m3_h == pytest.approx(1.24)
    assert double.products[1].purity == pytest.approx(first.products[1].purity, rel=1e-9)


@pytest.mark.parametrize("precipitant", ["NH4HCO3", "Na2CO3", "oxalic acid"])
def test_a_liquor_can_be_precipitated_and_dissolved_again(precipitant):
    def change(data):
        data["step"].append(
            {"name": "again", "kind": "reprecipitate", "inlet": ["rough.raffinate"], "precipitant": precipitant}
            | {"rare_earths_mol_L": 0.9, "free_acid_mol_L": 0.02}
        )
        data["cascade"][1]["inlet"] = {"feed": "again"}
        data["waste"].append("again.mother_liquor")

    data = load_train(ROUGH).to_data()
    change(data)
    found = solve_train(Train.from_data(data))
    again = found.streams["again"]
    assert again.rare_earths_mol_L == pytest.approx(0.9)
    assert again.free_acid_mol_L == pytest.approx(0.02)
    assert "NH4" not in again.amount_kmol_h
    assert abs(charge(again)) < 1e-9
    assert found.closure < 1e-8
    assert found.met


def test_adjusting_closes_every_ion():
    liquor = Flow("in", "aqueous", 1.0, {"Nd": 1.2, "H": 0.4, "Cl": 4.0})
    step = Step(name="out", kind="adjust", inlet=("in",), free_acid_mol_L=0.01, rare_earths_mol_L=1.0, base="NaOH")
    made = take_step(step, [liquor], process_parameters())
    out = made.outlets["out"]
    assert out.flow_m3_h == pytest.approx(1.2)
    assert made.water_m3_h == pytest.approx(0.2)
    assert made.reagents_kmol_h == {"NaOH": pytest.approx(0.4 - 0.012)}
    assert out.amount_kmol_h["Na"] == pytest.approx(0.388)
    assert abs(charge(out)) < 1e-12
    sour = take_step(step.model_copy(update={"free_acid_mol_L": 1.0}), [liquor], process_parameters())
    assert sour.reagents_kmol_h == {"HCl": pytest.approx(0.8)}
    assert abs(charge(sour.outlets["out"])) < 1e-12


def test_iron_and_aluminium_are_taken_out_and_calcium_passes():
    data = load_train(ROUGH).to_data()
    data["feed"][0] |= {"dissolve": True, "impurity_mol_per_mol": {"Fe": 0.05, "Al": 0.02, "Ca": 0.01}}
    with pytest.raises(InputError, match=r"Al, Fe come with 'mixer' and have no exit.*\"purify\""):
        Train.from_data(data)
    data["step"].append({"name": "clean", "kind": "purify", "inlet": ["ndpr"], "base": "magnesia"})
    data["step"][0]["inlet"] = ["clean", "polish.strip_liquor"]
    found = solve_train(Train.from_data(data))
    assert found.met
    assert found.closure < 1e-8
    assert max(found.closure_by_element.values()) < 1e-8
    assert found.steps["clean"].lost_kmol_h["Fe"] == pytest.approx(found.streams["ndpr"].amount_kmol_h["Fe"])
    assert {"Fe", "Al"}.isdisjoint(found.streams["rough.raffinate"].amount_kmol_h)
    gone = sum(found.streams[name].amount_kmol_h["Ca"] for name in (*found.train.waste, "polish.raffinate"))
    assert gone == pytest.approx(found.streams["ndpr"].amount_kmol_h["Ca"], rel=1e-8)
    bill = cost_train(found)
    assert abs(bill.mfca.closure_usd_per_y) < 1e-6 * bill.usd_per_y
    assert bill.mass_closure < 1e-9
    assert any(line.item.name == "magnesia, clean" for line in bill.lines)


def test_a_split_divides_everything():
    liquor = Flow("in", "aqueous", 2.0, {"Nd": 1.0, "Cl": 3.0})
    made = take_step(Step(name="s", kind="split", inlet=("in",), fraction=0.25), [liquor], process_parameters())
    assert made.outlets["s.part"].amount_kmol_h == {"Nd": 0.25, "Cl": 0.75}
    assert made.outlets["s.rest"].flow_m3_h == 1.5


ORGANIC = {"extractant": "P507", "extractant_mol_L": 1.5, "saponifier": "NH4", "system": "p507-chloride"}


def passed_on():
    """Loaded organic to a cascade that strips it, and back."""

    def section(name, stages, enters, leaves):
        return {"name": name, "kind": name, "stages": stages, "aqueous_in": enters, "aqueous_out": leaves}

    load = {
        "organic": {**ORGANIC, "saponified_fraction": 0.36, "flow_m3_h": 17.9},
        "section": [section("extraction", 8, "feed", "raffinate"), section("scrubbing", 8, "scrub", "extraction")],
        "stream": {"scrub": {"flow_m3_h": 2.5, "acid": "HCl", "acid_mol_L": 3.0}},
    }
    strip = {
        "organic": {**ORGANIC, "flow_m3_h": 17.9},
        "section": [section("stripping", 6, "strip_acid", "strip_liquor")],
        "stream": {"strip_acid": {"flow_m3_h": 0.62, "acid": "HCl", "acid_mol_L": 4.0}},
    }
    return {
        "schema": 1,
        "title": "an organic passed on",
        "feed": [{"name": "ore", "oxide_share": {"Pr": 0.25, "Nd": 0.75}, "oxide_kg_h": 168.0}],
        "cascade": [
            {"name": "load", "definition": load, "inlet": {"feed": "ore", "organic": "strip.stripped_organic"}},
            {"name": "strip", "definition": strip, "inlet": {"organic": "load.loaded_organic"}},
        ],
        "product": [
            {"name": "Pr", "stream": "load.raffinate", "elements": ["Pr"]},
            {"name": "Nd", "stream": "strip.strip_liquor", "elements": ["Nd"], "purity_min": 0.93},
        ],
    }


def test_loaded_organic_goes_on_to_the_next_cascade_and_back():
    found = solve_train(Train.from_data(passed_on()))
    assert found.recycles == ("strip.stripped_organic",)
    assert found.met
    assert max(found.closure_by_element.values()) < 1e-8
    assert found.streams["load.loaded_organic"].phase == "organic"
    assert found.streams["strip.stripped_organic"].flow_m3_h == pytest.approx(17.9)


def test_an_organic_does_not_become_a_liquor():
    data = passed_on()
    data["cascade"][1]["inlet"] = {"strip_acid": "load.loaded_organic", "organic": "load.raffinate"}
    data["product"][0]["stream"] = "strip.stripped_organic"
    data["cascade"][0]["inlet"] = {"feed": "ore"}
    with pytest.raises(InputError) as caught:
        Train.from_data(data)
    assert {each.offence for each in caught.value.findings} == {
        "'load.loaded_organic' is organic",
        "'load.raffinate' is aqueous",
    }


def test_another_extractant_is_refused():
    data = passed_on()
    data["cascade"][1]["definition"]["organic"]["extractant_mol_L"] = 1.0
    with pytest.raises(InputError, match=r"brings 1.5, strip works with 1.0"):
        Train.from_data(data)


def trapped(kept=0.9999):
    """Nd that the first cascade sends on and the second sends back, each but for a rest."""
    data = copy.deepcopy(load_train(ROUGH).to_data())
    data["feed"][0] |= {"name": "ore", "oxide_share": {"Pr": 0.5, "Nd": 0.3, "Sm": 0.2}}
    data["step"] = [
        {"name": "mixer", "kind": "adjust", "inlet": ["ore", "b.raffinate"]}
        | {"free_acid_mol_L": 0.01, "rare_earths_mol_L": 1.0},
        {"name": "between", "kind": "adjust", "inlet": ["a.strip_liquor"], "free_acid_mol_L": 0.01},
    ]

    def cascade(name, enters, low, high, settings):
        targets = [
            {"stream": "raffinate", "element": low[0], "recovery_min": low[1]},
            {"stream": "strip_liquor", "element": high[0], "recovery_min": high[1]},
        ]
        return {"name": name, "file": "nd_pr_p507", "inlet": {"feed": enters}, "target": targets, "set": settings}

    small = {"section.extraction.stages": 5, "section.scrubbing.stages": 4, "organic.flow_m3_h": 1.6}
    small |= {"stream.scrub.flow_m3_h": 0.3, "stream.strip_acid.flow_m3_h": 0.4, "stream.strip_acid.acid_mol_L": 6.0}
    data["cascade"] = [
        cascade("a", "mixer", ("Pr", 0.99), ("Nd", kept), {"stream.strip_acid.flow_m3_h": 1.6}),
        cascade("b", "between", ("Nd", kept), ("Sm", 0.99), small),
    ]
    data["waste"] = []
    data["product"] = [
        {"name": "Pr", "stream": "a.raffinate", "elements": ["Pr"]},
        {"name": "Sm", "stream": "b.strip_liquor", "elements": ["Sm"]},
    ]
    return data


def test_an_element_that_builds_up_is_named():
    """More strip acid carries the recycle some way; what it is raised to at most ends that."""
    data = trapped()
    data["cascade"][0]["set"]["stream.strip_acid.flow_m3_h"] = 0.8
    with pytest.raises(ConvergenceError, match=r"the recycle 'b.raffinate' has built up Nd to \S+ times what is fed"):
        solve_train(Train.from_data(data))


def test_an_element_that_leaves_a_recycle_slowly_is_remarked_on():
    """Each cut lets 4 % of the Nd go, so that 12 times what is fed go round; the acids that strip it follow."""
    found = solve_train(Train.from_data(trapped(0.96)))
    assert max(found.closure_by_element.values()) < 1e-8
    assert {(each.cascade, each.path) for each in found.retuned} >= {("a", "stream.strip_acid.flow_m3_h")}
    assert any("the recycle 'b.raffinate' carries" in warning for warning in found.warnings)


def test_a_recycle_that_does_not_settle_names_its_element(monkeypatch):
    monkeypatch.setattr(solving, "ROUNDS", 2)
    with pytest.raises(ConvergenceError, match=r"'polish.strip_liquor' does not settle: \w+ builds up"):
        solve_train(load_train(ROUGH))


def test_a_cascade_out_of_reach_is_named():
    train = load_train(ROUGH)
    data = train.to_data()
    data["cascade"][1]["set"]["section.extraction.stages"] = 2
    with pytest.raises(UnreachableTarget, match=r"^cascade 'polish': .*cannot be reached") as caught:
        solve_train(Train.from_data(data))
    assert caught.value.proof is not None
    assert caught.value.best > 1.0
    (more, *_) = caught.value.cures  # each was tried on the cut, for what arrives in it
    assert set(more.settings) <= {"section.extraction.stages", "section.scrubbing.stages"}
    assert str(more) in str(caught.value)


def test_acceleration_solves_what_plain_substitution_does_not():
    matrix = np.array([[0.99, 0.3, 0.0], [0.0, 0.98, 0.2], [0.1, 0.0, 0.5]])  # spectral radius above 1
    assert max(abs(np.linalg.eigvals(matrix))) > 1.0
    there = np.array([5.0, 2.0, 3.0])
    found = settle(lambda x: there + matrix @ (x - there), np.zeros(3), np.full(3, 1e-9))
    assert found.converged
    assert found.steps <= 6
    assert found.x == pytest.approx(there, abs=1e-7)


def test_a_leap_that_fails_is_taken_back():
    def step(x):
        if x[0] > 1.5:
            raise ConvergenceError("too far")
        return np.sqrt(x + 0.5 * np.cos(x)) if x[0] > 0.0 else x + 0.1

    found = settle(step, np.array([0.0]), np.array([1e-10]))
    assert found.converged
    assert step(found.x)[0] == pytest.approx(found.x[0], abs=1e-9)
