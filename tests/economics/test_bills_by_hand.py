"""Both bills, of a cascade and of a train, worked out again from the JSON alone: quantities, prices, sums."""

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

import sxsim
from sxsim.cascade.solving import solve_quietly
from sxsim.definition import Cascade
from sxsim.economics import CostOptions, cost
from sxsim.plant import Train, cost_train, load_train, solve_train

BLED = Path(__file__).parent / "data" / "organic_bled.toml"
KG_PER_KMOL = {"HCl": 36.458, "NH3": 17.031, "oxalic acid": 126.06, "P507": 306.427, "NaOH": 39.997, "lime": 56.077}
OXIDE = {"Pr": 170.2361, "Nd": 168.2385}
CHARGE = {"Pr": 3, "Nd": 3, "NH4": 1}


def plain(thing):
    """What `--json` prints, read back."""
    return json.loads(json.dumps(thing.to_dict(), allow_nan=False))


@pytest.fixture(scope="module")
def bled():
    """The Nd/Pr cut with 1 m3/h of organic drawn from its closed loop: solved, costed, and both as JSON."""
    result = solve_quietly(sxsim.load(BLED))
    bill = cost(result)
    return result, bill, plain(result), plain(bill)


def line(told, name):
    (found,) = (item for item in told["items"] if item["name"] == name)
    return found


def test_organic_that_is_drawn_off_is_bought_again_a_line_each(bled):
    _, _, _, told = bled
    hours = told["basis"]["operating_h_per_y"]["value"]
    extractant = 1.5 * KG_PER_KMOL["P507"]
    diluent = (1.0 - extractant / told["basis"]["P507_kg_m3"]["value"]) * told["basis"]["kerosene_kg_m3"]["value"]
    for name, kg_m3 in (("P507", extractant), ("kerosene", diluent)):
        item = line(told, f"{name}, drawn off with bleed")
        assert item["quantity_per_y"] == pytest.approx(kg_m3 * 1.0 * hours, rel=1e-4)
        assert item["usd_per_y"] == pytest.approx(item["quantity_per_y"] * item["price_usd_per_unit"], rel=1e-12)
        assert "leave for good" in item["note"]
    assert line(told, "P507, drawn off with bleed")["usd_per_y"] == pytest.approx(25.9e6, rel=0.005)
    assert line(told, "kerosene, drawn off with bleed")["usd_per_y"] == pytest.approx(2.93e6, rel=0.01)
    assert any("leave for good with bleed" in text and "not costed" in text for text in told["warnings"])


def test_organic_stands_in_the_balances(bled):
    _, _, _, told = bled
    species = {entry["species"]: entry for entry in told["ledger_kmol_h"]}
    assert species["P507"]["brought"] == pytest.approx(told["organic"]["extractant_bought_kg_h"] / 306.427, rel=1e-5)
    assert species["P507"]["left"] == pytest.approx(1.5 + 2.898 / 306.427, rel=1e-3)
    assert species["kerosene"]["closure"] < 1e-12
    centre = told["mfca"]["centres"][0]
    assert centre["entering_kg_h"]["P507, make-up"] == pytest.approx(462.5, abs=0.1)
    assert centre["loss_kg_h"]["P507 in bleed"] == pytest.approx(459.64, abs=0.01)
    assert centre["loss_kg_h"]["kerosene in bleed"] == pytest.approx(412.9, abs=0.1)
    assert centre["mass_closure"] < 1e-12
    assert told["mfca"]["closure_usd_per_y"] == pytest.approx(0.0, abs=0.01)


def test_the_bill_of_a_cascade_by_hand(bled):
    """Every line of reagents, water, waste and capital from streams, prices and numbers of the two JSON objects."""
    _, _, solved, told = bled
    streams, basis = solved["streams"], {name: each["value"] for name, each in told["basis"].items()}
    hours, annuity = (
        basis["operating_h_per_y"],
        basis["discount_rate"] / (1.0 - (1.0 + basis["discount_rate"]) ** -20.0),
    )
    want = {}
    for name in ("scrub", "strip_acid"):
        want[f"HCl, {name}"] = streams[name]["flow_m3_h"] * streams[name]["acid_mol_L"] * KG_PER_KMOL["HCl"]
        want[f"water, {name}"] = streams[name]["flow_m3_h"]
    held = {name: streams[name]["concentration_mol_L"] for name in ("raffinate", "strip_liquor", "organic_in")}
    ammonium = sum(streams[name]["flow_m3_h"] * held[name]["NH4"] for name in ("raffinate", "strip_liquor"))
    base_kg = ammonium * KG_PER_KMOL["NH3"]
    want["NH3, saponification"] = base_kg
    want["water, NH3 of the saponification"] = base_kg * (1.0 / basis["NH3_kg_per_kg"] - 1.0) / 1000.0
    waste, acid, oxide = want["water, NH3 of the saponification"], 0.0, {}
    for name in ("raffinate", "strip_liquor"):
        flow, moles = streams[name]["flow_m3_h"], sum(held[name][each] for each in OXIDE)
        kmol = 1.5 * (1.0 + basis["precipitant_excess"]) * flow * moles
        want[f"oxalic acid, {name}"] = kmol * KG_PER_KMOL["oxalic acid"]
        solution = want[f"oxalic acid, {name}"] / basis["oxalic_acid_g_L"]
        made = basis["precipitation_yield"] * basis["calcination_yield"] * flow
        oxide[name] = made * sum(held[name][each] * mass for each, mass in OXIDE.items())
        want[f"water, oxalic acid solution of {name}"] = solution
        want[f"wash water, {name}"] = basis["cake_wash_m3_per_t"] * oxide[name] / 1000.0
        waste += flow + solution + want[f"wash water, {name}"]
        acid += flow * streams[name]["acid_mol_L"] + 2.0 * kmol
    want["evaporation of effluents"] = waste
    want["lime, free acid of effluents"] = 0.5 * acid * KG_PER_KMOL["lime"]
    for name, per_h in want.items():
        assert line(told, name)["quantity_per_y"] == pytest.approx(per_h * hours, rel=1e-4), name
    assert told["oxide_kg_per_y"] == pytest.approx(sum(oxide.values()) * hours, rel=1e-5)
    assert told["waste_m3_per_t_oxide"] == pytest.approx(1000.0 * waste / sum(oxide.values()), rel=1e-5)
    for item in told["items"]:
        assert item["usd_per_y"] == pytest.approx(item["quantity_per_y"] * item["price_usd_per_unit"], rel=1e-9)
        if item["unit"] == "USD invested" and item["name"] != "rare earths in process":
            assert item["price_usd_per_unit"] == pytest.approx(annuity, rel=1e-12)
    prices = {name: line(told, f"{name}, bleed and crud")["price_usd_per_unit"] for name in ("P507", "kerosene")}
    kg_m3 = {"P507": 459.64, "kerosene": 412.93}
    fill = told["equipment"]["organic_m3"] * sum(kg_m3[name] * price for name, price in prices.items())
    assert line(told, "first fill of organic")["quantity_per_y"] == pytest.approx(fill, rel=1e-4)
    whole = math.fsum(item["usd_per_y"] for item in told["items"])
    assert told["usd_per_y"] == pytest.approx(whole, rel=1e-12)
    assert told["usd_per_kg_oxide"] == pytest.approx(whole / told["oxide_kg_per_y"], rel=1e-12)


def test_water_of_the_waste_is_told_by_what_brought_it(bled):
    _, _, _, told = bled
    water = told["waste"]["water_m3_per_t"]
    assert list(water) == ["liquors", "NH3 of the saponification", "oxalic acid solution", "cake wash"]
    assert water["oxalic acid solution"] == pytest.approx(13.08, abs=0.02)
    assert water["NH3 of the saponification"] == pytest.approx(2.99, abs=0.02)
    assert water["liquors"] + water["cake wash"] == pytest.approx(29.90, abs=0.01)
    assert math.fsum(water.values()) == pytest.approx(told["waste_m3_per_t_oxide"], rel=1e-12)
    note = line(told, "evaporation of effluents")["note"]
    assert "oxalic acid solution 28%" in note
    assert "NH3 of the saponification" in note


@pytest.mark.parametrize(("precipitant", "base"), [("NH4HCO3", "NaOH"), ("Na2CO3", "lime"), ("oxalic acid", None)])
def test_water_of_other_reagents_counts_too(bled, precipitant, base):
    result, bill, _, _ = bled
    other = cost(result, options=CostOptions(precipitant=precipitant, base=base))
    kg = {each.name: each.quantity_per_y / other.oxide_kg_per_y for each in other.items}
    strength = other.basis[f"{base or 'NH3'}_kg_per_kg"].value
    name = base or "NH3"
    water = kg[f"{name}, saponification"] * (1.0 / strength - 1.0) / 1000.0
    assert kg[f"water, {name} of the saponification"] == pytest.approx(water)
    solution = other.reagents_kg_per_kg_oxide[precipitant] / other.basis[f"{precipitant.replace(' ', '_')}_g_L"].value
    assert other.waste.water_m3_per_t[f"{precipitant} solution"] == pytest.approx(1000.0 * solution)
    liquors = bill.waste.water_m3_per_t["liquors"]
    assert other.waste.m3_per_t == pytest.approx(liquors + 1000.0 * (water + solution) + 5.0, rel=1e-6)
    assert other.worst_closure < 1e-9


def test_stronger_solutions_bring_less_water(bled):
    result, bill, _, _ = bled
    strong = replace(CostOptions().process, oxalic_acid_g_L=200.0, NH3_kg_per_kg=1.0)
    other = cost(result, options=CostOptions(process=strong))
    lean = bill.waste.water_m3_per_t
    assert bill.waste.m3_per_t - other.waste.m3_per_t == pytest.approx(
        0.5 * lean["oxalic acid solution"] + lean["NH3 of the saponification"]
    )
    assert "NH3 of the saponification" not in other.waste.water_m3_per_t


def test_it_is_said_that_capital_does_not_differ_by_region(bled):
    result, bill, _, _ = bled
    plants = {name: cost(result, prices=name) for name in ("china-2024", "us-2024", "europe-2025")}
    machines = {
        name: math.fsum(item.usd_per_y for item in each.items if item.name.startswith("mixer-settlers"))
        for name, each in plants.items()
    }
    assert len(set(machines.values())) == 1
    for name, each in plants.items():
        assert any("do not differ by region" in text and each.region in text for text in each.warnings), name
    typed = cost(result, options=CostOptions(location_factor=0.6))
    assert not any("do not differ by region" in text for text in typed.warnings)
    assert any("as typed" in text for text in typed.warnings)
    assert typed.project.fixed_usd < bill.project.fixed_usd


def rebuilt(result, **changes):
    """The cascade as solved, its flows typed in, with some tables of the file replaced; solved and costed."""
    return cost(solve_quietly(Cascade.from_data({**result.solved_cascade.to_data(), **changes})))


def test_loaded_organic_that_is_drawn_off_is_a_product_and_is_bought_again(nd_pr):
    draw = {"name": "side", "section": "extraction", "stage": 20, "phase": "organic", "flow_m3_h": 0.5}
    bill = rebuilt(nd_pr, draw=[draw])
    assert "side" in {product.stream for product in bill.plant.finished}
    (item,) = (item for item in bill.items if item.name == "P507, drawn off with side")
    assert item.quantity_per_y == pytest.approx(0.5 * 459.64 * 8064.0, rel=1e-4)
    assert bill.mfca.centres[0].mass.product_kg_h["P507 in side"] == pytest.approx(0.5 * 459.64, rel=1e-4)
    assert bill.worst_closure < 1e-9


def test_organic_that_a_feed_brings_is_bought_only_when_it_comes_bare(nd_pr):
    draw = {"name": "bleed", "section": "stripping", "stage": 6, "phase": "organic", "flow_m3_h": 1.0}
    place = {"section": "extraction", "stage": 20, "phase": "organic", "flow_m3_h": 0.4}
    stream = nd_pr.solved_cascade.to_data()["stream"]
    for assay, share in (({}, 1.0), ({"Nd": 0.05}, 0.6)):
        feed = {**place, **({"assay_mol_L": assay} if assay else {})}
        bill = rebuilt(nd_pr, draw=[draw], stream={**stream, "spent": feed})
        kg = bill.reagents_kg_per_kg_oxide["P507"] * bill.plant.oxide_kg_h
        assert kg == pytest.approx(share * 459.64 + 2.9, rel=1e-2)
        assert bill.worst_closure < 1e-9


def test_organic_thrown_away_after_one_pass_is_bought_again(nd_pr):
    organic = {**nd_pr.solved_cascade.to_data()["organic"], "recycled": False}
    cascade = Cascade.from_data({**nd_pr.solved_cascade.to_data(), "organic": organic})
    result = solve_quietly(cascade)
    kept = cost(result)
    thrown = cost(result, options=CostOptions(finish={"stripped_organic": "waste"}))
    assert any("taken to be stripped elsewhere" in text for text in kept.warnings)
    flow = result.stream["stripped_organic"].flow_m3_h
    more = (thrown.reagents_kg_per_kg_oxide["P507"] - kept.reagents_kg_per_kg_oxide["P507"]) * kept.plant.oxide_kg_h
    assert more == pytest.approx(flow * 459.64, rel=1e-4)
    assert thrown.worst_closure < 1e-9


def test_a_scrub_with_a_trace_of_rare_earths_still_pays_for_its_acid(nd_pr):
    stream = nd_pr.solved_cascade.to_data()["stream"]
    traced = rebuilt(nd_pr, stream={**stream, "scrub": {**stream["scrub"], "assay_mol_L": {"Nd": 1e-5}}})
    assert traced.reagents_kg_per_kg_oxide["HCl"] == pytest.approx(
        cost(nd_pr).reagents_kg_per_kg_oxide["HCl"], rel=1e-4
    )
    assert traced.worst_closure < 1e-9


@pytest.fixture(scope="module")
def train():
    return solve_train(load_train("nd_pr_in_two_cuts"))


def bills_of_cuts(train, told, crew):
    """The bill of each cut as `sxsim cost` makes it, its products ending as the train says."""
    ends = {product.stream: product.finish for product in train.train.product}
    found = {}
    for name, result in train.cascades.items():
        stages = next(each.stages for each in train.passes if each.cascade == name)
        finish = {}
        for outlet in result.cascade.products:
            stream = f"{name}.{outlet}"
            if stream not in train.layout.taken_by:  # the organic returns
                continue
            finish[outlet] = "waste" if stream in train.train.waste else ends.get(stream, "liquor")
        options = CostOptions(finish=finish, operators_per_shift=crew * stages / train.stages)
        found[name] = math.fsum(item["usd_per_y"] for item in plain(cost(result, options=options))["items"])
    return found


def test_the_bill_of_a_train_by_hand(train):
    told = plain(cost_train(train, options=CostOptions(operators_per_shift=8.0)))
    cuts, joins = told["cuts_usd_per_y"], told["joins_usd_per_y"]
    assert set(cuts) == set(train.cascades)
    for name, usd in bills_of_cuts(train, told, 8.0).items():
        assert cuts[name] == pytest.approx(usd, rel=1e-9), name
    whole = math.fsum(item["usd_per_y"] for item in told["items"])
    assert told["usd_per_y"] == pytest.approx(whole, rel=1e-12)
    assert math.fsum([*cuts.values(), *joins.values()]) == pytest.approx(whole, rel=1e-12)
    # what joins the cuts: the step that neutralises, concentrates and feeds the first of them
    step = plain(train)["steps"][0]
    hours = told["operating_h_per_y"]
    price = {
        name: next(i["price_usd_per_unit"] for i in told["items"] if i["name"].startswith(name))
        for name in ("NH3", "water", "evaporation")
    }
    base_kg = step["reagents_kmol_h"]["NH3"] * KG_PER_KMOL["NH3"]
    water = base_kg * (1.0 / told["basis"]["NH3_kg_per_kg"]["value"] - 1.0) / 1000.0
    assert step["reagent_water_m3_h"] == pytest.approx(water, rel=1e-4)
    gone = water - step["water_m3_h"]
    paid = (
        base_kg * price["NH3"]
        + water * price["water"]
        + max(gone, 0.0) * price["evaporation"]
        + max(-gone, 0.0) * price["water"]
    )
    assert joins["mixer"] == pytest.approx(paid * hours, rel=1e-4)
    assert set(joins) <= {"mixer", "ndpr"}


def test_water_of_a_train_is_told_by_what_brought_it(train):
    told = plain(cost_train(train))
    water = told["waste"]["water_m3_per_t"]
    assert math.fsum(water.values()) == pytest.approx(told["waste_m3_per_t_oxide"], rel=1e-12)
    assert water["oxalic acid solution"] > 10.0
    assert water["NH3 of the saponification"] > 0.0
    along = told["per_product"]
    made = {name: each["oxide_kg_h"] for name, each in zip(along, plain(train)["products"], strict=True)}
    assert set(made) == set(along)


def test_a_train_says_that_capital_does_not_differ_by_region(train):
    assert any("do not differ by region" in text for text in cost_train(train).notes)


def drawn_train(waste):
    """The two cuts with 0.5 m3/h of organic drawn from the first, thrown away or sold."""
    data = load_train("nd_pr_in_two_cuts").to_data()
    definition = sxsim.load("nd_pr_p507_soap").to_data()
    rough = next(each for each in data["cascade"] if each["name"] == "rough")
    rough.pop("file")
    last = definition["section"][-1]
    definition["draw"] = [
        {"name": "bleed", "section": last["name"], "stage": last["stages"], "phase": "organic", "flow_m3_h": 0.5}
    ]
    rough["definition"] = definition
    if waste:
        data["waste"].append("rough.bleed")
    else:
        data["step"].append({"name": "part", "kind": "split", "inlet": ["rough.bleed"], "fraction": 0.5})
        data["waste"] += ["part.part", "part.rest"]
    return Train.from_data(data)


@pytest.mark.parametrize("waste", [True, False])
def test_organic_that_a_train_throws_away_is_bought_again(train, waste):
    solved = solve_train(drawn_train(waste))
    bill = cost_train(solved)
    flow = solved.streams["rough.bleed"].flow_m3_h
    bought = math.fsum(
        line.item.quantity_per_y for line in bill.lines if line.item.name.startswith("P507") and line.item.unit == "kg"
    )
    without = cost_train(train)
    plain_kg = math.fsum(
        line.item.quantity_per_y
        for line in without.lines
        if line.item.name.startswith("P507") and line.item.unit == "kg"
    )
    assert (bought - plain_kg) / bill.hours == pytest.approx(flow * 459.64, rel=1e-2)
    assert bill.mass_closure < 1e-9
    assert bill.plant.effluent_m3_h == pytest.approx(without.plant.effluent_m3_h, rel=1e-3)
    assert abs(bill.mfca.closure_usd_per_y) < 1e-6 * bill.usd_per_y


def test_a_train_with_entrainment_closes_and_buys_what_its_water_carries(train):
    data = load_train("nd_pr_in_two_cuts").to_data()
    definition = sxsim.load("nd_pr_p507_soap").to_data()
    for section in definition["section"]:
        section["entrainment_O_in_A"] = 1e-3
    rough = next(each for each in data["cascade"] if each["name"] == "rough")
    rough.pop("file")
    rough["definition"] = definition
    bill = cost_train(solve_train(Train.from_data(data)))
    assert bill.mass_closure < 1e-9
    assert any("modelled entrainment" in line.item.note for line in bill.lines)


@pytest.mark.parametrize(("base", "kg_per_kmol"), [("NaOH", 39.997), ("NH3", 17.031)])
def test_lye_that_is_dosed_is_bought_too(nd_pr, base, kg_per_kmol):
    stream = nd_pr.solved_cascade.to_data()["stream"]
    lye = {"flow_m3_h": 0.02, "base": base, "base_mol_L": 2.0, "section": "scrubbing", "stage": 3}
    bill = rebuilt(nd_pr, stream={**stream, "lye": lye})
    (item,) = (item for item in bill.items if item.name == f"{base}, lye")
    assert item.quantity_per_y == pytest.approx(0.04 * kg_per_kmol * 8064.0, rel=1e-4)
    assert bill.worst_closure < 1e-9
