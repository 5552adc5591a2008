"""Whole trains on other feeds than those they were laid out for."""

import pytest

from sxsim.errors import InputError, UnreachableTarget
from sxsim.plant import Train, load_train, solve_train
from sxsim.plant.feeding import shares

CLOSED = 1e-10


def fed_with(name, changes):
    """A bundled train with other shares of oxides: factors, or None to leave an element out."""
    data = load_train(name).to_data()
    share = dict(shares(load_train(name).feed[0]))
    for element, factor in changes.items():
        if factor is None:
            del share[element]
        else:
            share[element] = factor * share.get(element, 1.0)
    data["feed"][0].pop("feed", None)
    data["feed"][0]["oxide_share"] = share
    return Train.from_data(data, folder=None)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("nd_pr_in_two_cuts", {"Nd": 1.3}),
        ("nd_pr_in_two_cuts", {"Nd": 0.7}),
        ("nd_pr_in_two_cuts", {"Pr": 2.0}),
        ("bayan_obo", {"Nd": 0.8}),
        ("bayan_obo", {"La": 1.3}),
        ("bayan_obo", {"Sm": 1.3, "Eu": 1.3, "Gd": 1.3}),
        ("bayan_obo", {"Sm": None}),
        ("longnan_clay", {"Y": 1.1}),
        ("longnan_clay", {"Dy": 1.1, "Y": 0.9}),
        ("longnan_clay", {"Nd": 0.8, "La": 1.2}),
    ],
    ids=str,
)
def test_every_specification_is_met(name, changes):
    found = solve_train(fed_with(name, changes))
    assert found.met
    assert max(found.closure_by_element.values()) < CLOSED
    for cut, result in found.cascades.items():
        assert result.met, cut
        assert result.closure < CLOSED, cut
    thrown = sum(found.streams[stream].oxide_kg_h for stream in found.train.waste)
    assert thrown < 2e-3 * found.feed_oxide_kg_h


def test_acid_and_soap_follow_the_composition_and_are_told():
    richer = solve_train(fed_with("nd_pr_in_two_cuts", {"Nd": 1.3}))
    (acid,) = richer.retuned
    assert (acid.cascade, acid.path) == ("rough", "stream.strip_acid.flow_m3_h")
    assert acid.used == pytest.approx(richer.cascades["rough"].cascade.stream["strip_acid"].flow_m3_h)
    assert acid.used > acid.typed
    poorer = solve_train(fed_with("nd_pr_in_two_cuts", {"Pr": 2.0}))
    paths = {(each.cascade, each.path) for each in poorer.retuned}
    assert ("rough", "split.raffinate.fraction") in paths
    assert poorer.to_dict()["retuned"][0]["cascade"] == "rough"


def test_a_stranger_that_no_cut_takes_out_is_named():
    train = fed_with("bayan_obo", {})
    data = train.to_data()
    data["feed"][0]["oxide_share"]["Ho"] = 0.02
    data["product"] = [
        {**product, "purity_min": 0.99} if product["name"] == "SEG" else product for product in data["product"]
    ]
    with pytest.raises(UnreachableTarget, match=r"product 'SEG' reaches .*: no cut of the train parts Ho from it"):
        solve_train(Train.from_data(data, folder=None))


def test_a_product_without_its_element_is_refused_before_anything_is_solved():
    with pytest.raises(InputError, match=r"product.La2O3.elements: La does not come into 'la_ce.raffinate'"):
        fed_with("bayan_obo", {"La": None})


def test_a_cut_with_nothing_on_one_side_is_named():
    data = fed_with("bayan_obo", {}).to_data()
    del data["feed"][0]["oxide_share"]["La"]
    data["product"] = [product for product in data["product"] if product["name"] != "La2O3"]
    data["waste"].append("la_ce.raffinate")
    with pytest.raises(InputError, match=r"cascade.la_ce.target.raffinate.La: neither La nor anything beyond it"):
        solve_train(Train.from_data(data, folder=None))
