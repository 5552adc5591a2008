"""The two whole trains, from concentrate to oxides."""

import pytest

from sxsim.cascade.solving import solve_quietly
from sxsim.definition.loading import loads
from sxsim.foundation.files import shipped
from sxsim.plant import load_train, solve_train
from sxsim.plant.costing import cost_train

STRICT = {"Pr6O11", "Nd2O3", "Tb4O7", "Dy2O3"}


@pytest.fixture(scope="module", params=["bayan_obo", "longnan_clay"])
def whole(request):
    return solve_train(load_train(request.param))


def test_every_product_meets_its_specification(whole):
    for product in whole.products:
        asked = 0.999 if product.name in STRICT else 0.99
        assert product.purity_min == asked, product.name
        assert product.purity >= asked, product.name
        assert product.recovery > 0.97, product.name
    assert whole.met
    assert whole.retuned == ()  # the files type what their cuts need


def test_every_element_balance_closes_over_the_whole_train(whole):
    elements = {name for name in whole.closure_by_element if name not in ("Cl", "NH4")}
    assert elements == set(whole.feeds["concentrate"].concentrate_kmol_h)
    assert max(whole.closure_by_element.values()) < 1e-8


def test_counts_passes_and_inventory_are_told(whole):
    told = whole.to_dict()
    expected = {"Bayan": (4, 205), "Longnan": (10, 532)}[whole.train.title.split()[0]]
    assert (told["cascade_count"], told["stage_count"]) == expected
    assert 2.0 < told["passes"] < 3.0
    assert told["inventory_kg_oxide"] > 1e4


def test_nothing_but_salt_is_thrown_away(whole):
    """Soap fractions are matched to the load: no brine carries a thousandth of what is fed."""
    fed = whole.feed_oxide_kg_h
    for stream in whole.train.waste:
        assert whole.streams[stream].oxide_kg_h < 1e-3 * fed, stream


def test_raffinates_stay_concentrated(whole):
    """The soap sections do their duty: a raffinate that feeds the next cut is not diluted fourteen times."""
    for stream, takers in whole.layout.taken_by.items():
        if stream.endswith("raffinate") and takers[0][0] in whole.layout.units:
            assert whole.streams[stream].rare_earths_mol_L > 0.85, stream


def test_cost_closes_from_ore_to_oxides(whole):
    bill = cost_train(whole)
    assert abs(bill.mfca.closure_usd_per_y) < 1e-6 * bill.usd_per_y
    assert bill.mass_closure < 1e-8
    assert set(bill.allocations[0].usd_per_kg_oxide) == {product.name for product in whole.products}
    assert bill.parts_usd_per_kg_oxide["ore"] + bill.parts_usd_per_kg_oxide["front end"] > 1.0
    assert bill.waste.m3_per_t > 10.0


@pytest.mark.parametrize("name", [entry.name for entry in shipped("cascades", "trains", "cuts").iterdir()])
def test_the_patterns_of_cuts_are_cascades_that_solve(name):
    text = shipped("cascades", "trains", "cuts", name).read_text(encoding="utf-8")
    result = solve_quietly(loads(text, name))
    assert result.met
    assert result.closure < 1e-10
