"""The cost of a small train: it is the cost of its cascades and steps, it follows the streams, its accounts close."""

import math

import pytest

from sxsim.economics import CostOptions, cost
from sxsim.plant import Train, load_train, solve_train
from sxsim.plant.comparison import compare_trains
from sxsim.plant.costing import cost_train
from sxsim.plant.lines import PARTS


@pytest.fixture(scope="module")
def solved():
    return solve_train(load_train("nd_pr_in_two_cuts"))


@pytest.fixture(scope="module")
def bill(solved):
    return cost_train(solved)


def test_parts_and_units_add_up(bill):
    assert list(bill.parts_usd_per_kg_oxide) == list(PARTS)
    assert math.fsum(bill.parts_usd_per_kg_oxide.values()) == pytest.approx(bill.usd_per_kg_oxide)
    assert math.fsum(bill.units_usd_per_kg_oxide.values()) == pytest.approx(bill.usd_per_kg_oxide)


def test_every_way_of_sharing_pays_the_whole_bill(bill):
    for shares in bill.allocations:
        paid = math.fsum(shares.usd_per_kg_oxide[each.stream] * each.oxide_kg_h * bill.hours for each in bill.finished)
        assert paid == pytest.approx(bill.usd_per_y), shares.key


def test_along_the_streams_the_second_cut_is_paid_by_its_product(bill):
    by_path = bill.allocations[0].usd_per_kg_oxide
    assert by_path["Pr6O11"] > 1.5 * by_path["Nd2O3"]


def test_stages_acid_and_waste_of_the_products_are_those_of_the_train(solved, bill):
    along = bill.per_product
    assert sum(each["stages"] for each in along.values()) == pytest.approx(solved.stages)
    made = {each.stream: each.oxide_kg_h for each in bill.finished}
    acid = sum(along[name]["acid_kg_per_kg_oxide"] * kg for name, kg in made.items())
    assert acid / bill.plant.oxide_kg_h == pytest.approx(bill.reagents_kg_per_kg_oxide["HCl"])
    waste = sum(along[name]["waste_m3_per_t_oxide"] * kg for name, kg in made.items())
    assert waste / bill.plant.oxide_kg_h == pytest.approx(bill.waste.m3_per_t)
    assert along["Pr6O11"]["inventory_h"] > along["Nd2O3"]["inventory_h"]


def test_accounts_close_over_all_quantity_centres(solved, bill):
    accounts = bill.mfca
    assert abs(accounts.closure_usd_per_y) < 1e-6 * accounts.total_usd_per_y
    assert accounts.total_usd_per_y == pytest.approx(bill.usd_per_y)
    assert bill.mass_closure < 1e-9
    names = [centre.mass.centre for centre in accounts.centres]
    assert names == [*solved.order, "precipitation", "calcination", "effluent"]


def test_the_recycle_carries_its_cost_back(bill):
    centres = {centre.mass.centre: centre for centre in bill.mfca.centres}
    assert centres["mixer"].carried > 0.1 * centres["polish"].product


def test_water_of_a_train_is_that_of_its_cascades(solved, bill):
    brines = sum(solved.streams[name].flow_m3_h for name in solved.train.waste)
    assert brines < bill.plant.effluent_m3_h
    assert bill.waste.ammonium_N_kg_per_t > 0.0
    assert bill.organic_m3 == pytest.approx(sum(each.organic_m3 for each in solved.passes))


def test_one_cascade_alone_costs_what_sxsim_cost_says():
    """A train of one cascade and `cost` of that cascade are the same bill when people are."""
    from sxsim.cascade import solve
    from sxsim.definition import load

    data = {
        "schema": 1,
        "title": "one",
        "feed": [{"name": "ndpr", "oxide_share": {"Pr": 42.560375, "Nd": 126.178875}, "oxide_kg_h": 168.73925}],
        "cascade": [{"name": "only", "file": "nd_pr_p507", "inlet": {"feed": "ndpr"}}],
        "product": [
            {"name": "Nd", "stream": "only.strip_liquor", "elements": ["Nd"]},
            {"name": "Pr", "stream": "only.raffinate", "elements": ["Pr"]},
        ],
    }
    options = CostOptions(operators_per_shift=4.0)
    train = cost_train(solve_train(Train.from_data(data)), options=options)
    with pytest.warns(UserWarning, match="extrapolation"):
        alone = cost(solve(load("nd_pr_p507")), options=options)
    assert train.usd_per_kg_oxide == pytest.approx(alone.usd_per_kg_oxide, rel=1e-6)
    assert train.waste.m3_per_t == pytest.approx(alone.waste.m3_per_t, rel=1e-6)


def test_ore_front_end_and_dissolving_stand_before_the_first_cut(solved):
    data = solved.train.to_data()
    data["feed"][0] |= {"dissolve": True, "route": "clay_in_situ", "usd_per_kg_oxide": 2.0}
    dear = cost_train(solve_train(Train.from_data(data), start=solved))
    parts = dear.parts_usd_per_kg_oxide
    made = dear.oxide_kg_per_y / dear.hours
    assert parts["ore"] == pytest.approx(2.0 * 168.0 / made)
    acid = next(line for line in dear.lines if line.item.name == "HCl, dissolving")
    mine = next(line for line in dear.lines if line.item.source == "wang2025")
    assert parts["front end"] * dear.oxide_kg_per_y == pytest.approx(acid.item.usd_per_y + mine.item.usd_per_y)
    assert mine.item.price_usd_per_unit == pytest.approx(6.214)
    assert abs(dear.mfca.closure_usd_per_y) < 1e-6 * dear.usd_per_y


def test_products_can_be_delivered_as_liquor(solved):
    data = solved.train.to_data()
    for product in data["product"]:
        product["finish"] = "liquor"
    plain = cost_train(solve_train(Train.from_data(data), start=solved))
    assert plain.parts_usd_per_kg_oxide["finishing"] == 0.0
    assert abs(plain.mfca.closure_usd_per_y) < 1e-6 * plain.usd_per_y


def test_a_train_against_itself_has_the_ratio_one(solved):
    both = compare_trains(solved, solved)
    assert both.ratio == pytest.approx(1.0)
    assert both.separation_ratio == pytest.approx(1.0, rel=1e-6)
    assert max(abs(each) for each in both.contributions.values()) < 1e-6


def test_contributions_add_up_to_the_ratio(solved):
    small = solve_train(solved.train.scaled(0.25))
    both = compare_trains(small, solved)
    assert 1.0 + math.fsum(both.contributions.values()) == pytest.approx(both.ratio)
    assert both.contributions["scale"] > 0.1
    assert both.ratio - 1.0 == pytest.approx(both.contributions["scale"], rel=1e-4)
    assert both.published_ratio == pytest.approx(45000.0 / 3900.0)
    told = " ".join(both.statement)
    assert "tuned to nothing" in told
    assert "10.1088/2515-7620/ae0300" in told
