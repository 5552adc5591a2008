"""What no solve could reach is said before any solve: the charge bound and capped purities."""

from __future__ import annotations

import math

import pytest

from sxsim.definition import Cascade, load
from sxsim.definition.bounds import charge_bound_kmol_h
from sxsim.definition.reach import extraction_ladder, unreachable_purities
from sxsim.definition.system import load_system_file
from sxsim.definition.tables import Target
from sxsim.elements import ELEMENTS
from sxsim.errors import Finding, InputError

FLOW, SCRUB = "organic.flow_m3_h", "stream.scrub.flow_m3_h"


@pytest.fixture(scope="module")
def reference() -> Cascade:
    """Return the Nd/Pr cascade with its flows as typed."""
    return load("nd_pr_p507").replace({FLOW: 18.0, SCRUB: 2.517})


def test_the_bound_is_the_balance_of_charges(reference: Cascade) -> None:
    """feed acid + 3 RE + scrub acid - 3 max(0, RE - strip acid / 3), worked by hand."""
    by_hand = 0.01 + 3.0 * 1.0 + 2.517 * 3.0 - (3.0 - 0.62 * 4.0)
    assert charge_bound_kmol_h(reference) == pytest.approx(by_hand, rel=1e-12)
    plenty = reference.replace({"stream.strip_acid.flow_m3_h": 2.0})
    assert charge_bound_kmol_h(plenty) == pytest.approx(0.01 + 3.0 + 2.517 * 3.0, rel=1e-12)


@pytest.mark.parametrize("key", ["organic.saponified_fraction", "organic.base_kmol_h"])
def test_more_base_than_the_liquors_carry(reference: Cascade, key: str) -> None:
    """The finding names both numbers and the cure, and the cure cures; the strip takes all that the feed brings."""
    reference = reference.replace({"stream.strip_acid.flow_m3_h": 0.8})
    bound = charge_bound_kmol_h(reference)
    assert bound is not None
    other = {"organic.saponified_fraction": None} if key.endswith("base_kmol_h") else {}
    unit = 1.0 if other else 1.0 / (18.0 * 1.5)
    with pytest.raises(InputError) as caught:
        reference.replace({**other, key: 1.02 * bound * unit})
    (finding,) = caught.value.findings
    assert finding.place == key
    assert f"{1.02 * bound:.4g} kmol/h of base" in finding.offence
    assert f"{bound:.4g} kmol/h at most" in finding.offence
    assert f"lower {key} to at most" in finding.cure
    assert reference.replace({**other, key: 0.999 * bound * unit}).check() == []


@pytest.mark.parametrize("flow", [0.3, 0.5, 0.55])
def test_a_strip_too_weak_for_the_base_is_told_with_a_flow_that_does(reference: Cascade, flow: float) -> None:
    """9.72 kmol/h of base, and 0.01 + 7.551 of acid beside the strip's, of which 3 have to go out with the metals."""
    strip = "stream.strip_acid.flow_m3_h"
    if (changed := _or_none(reference, {strip: flow})) is not None:
        assert changed.check() == []
        return
    with pytest.raises(InputError, match="the strip carries") as caught:
        reference.replace({strip: flow})
    (finding,) = caught.value.findings
    assert finding.place == strip
    assert reference.replace({strip: float(finding.allowed.removeprefix("at least "))}).check() == []


def _or_none(cascade: Cascade, changes: dict[str, object]) -> Cascade | None:
    try:
        return cascade.replace(changes)
    except InputError:
        return None


def test_no_bound_where_it_is_not_clear(reference: Cascade) -> None:
    """Free or open flows, and an organic that is not recycled."""
    assert charge_bound_kmol_h(load("nd_pr_p507")) is None
    assert charge_bound_kmol_h(reference.replace({"organic.recycled": False})) is None
    assert charge_bound_kmol_h(reference.replace({SCRUB: "design"})) is None


def test_the_ladder_is_the_separation_factors() -> None:
    """Differences along the ladder are ln beta."""
    ladder = extraction_ladder(load_system_file("p507-chloride"))
    assert ladder["Nd"] - ladder["Pr"] == pytest.approx(math.log(1.5), rel=1e-12)
    assert ladder["La"] < ladder["Pr"] < ladder["Nd"] < ladder["Sm"] < ladder["Dy"]


def with_samarium(cascade: Cascade, grams: float) -> dict[str, object]:
    """Return the changes that put Sm into the feed."""
    return {"elements": ["Pr", "Nd", "Sm"], "stream.feed.assay_g_L.Sm": grams}


def test_an_impurity_on_the_products_side_caps_its_purity(reference: Cascade) -> None:
    """Sm follows Nd into the strip liquor: the share of Nd in both is the cap."""
    with pytest.raises(InputError) as caught:
        reference.replace(with_samarium(reference, 1.0))
    (finding,) = caught.value.findings
    assert finding.place == "target.strip_liquor.Nd.purity_min"
    assert "Sm is extracted more than Nd" in finding.offence
    assert finding.allowed == f"at most {126.178875 / 127.178875:.6g}"
    assert reference.replace(with_samarium(reference, 0.05)).check() == []


def test_an_impurity_on_the_other_side_caps_the_other_product(reference: Cascade) -> None:
    """La stays with Pr in the raffinate."""
    with pytest.raises(InputError, match=r"target.raffinate.Pr.purity_min: .*La is extracted less than Pr"):
        reference.replace({"elements": ["La", "Pr", "Nd"], "stream.feed.assay_g_L.La": 2.0})


def test_any_ladder_will_do(reference: Cascade) -> None:
    """With the order turned round each product is capped by the other element; unknown elements cap nothing."""
    turned = unreachable_purities(reference, {"Pr": 1.0, "Nd": 0.0})
    assert [finding.place for finding in turned] == [
        "target.strip_liquor.Nd.purity_min",
        "target.raffinate.Pr.purity_min",
    ]
    assert unreachable_purities(reference, {"Nd": 0.0}) == []


LA_TO_SM = {"La": 2.0, "Pr": 42.0, "Nd": 126.0, "Sm": 1.0}


def capped(*targets: dict[str, object]) -> list[Finding]:
    """Return what is found in a cut of four elements with these targets."""
    data = load("nd_pr_p507").replace({FLOW: 18.0, SCRUB: 2.517}).to_data()
    data["elements"] = list(LA_TO_SM)
    data["stream"]["feed"]["assay_g_L"] = LA_TO_SM
    try:
        Cascade.from_data({**data, "target": list(targets)})
    except InputError as error:
        return list(error.findings)
    return []


@pytest.mark.parametrize(
    ("stream", "group", "companion", "word"),
    [("strip_liquor", ["Pr", "Nd"], "Sm", "more"), ("raffinate", ["Pr", "Nd"], "La", "less")],
)
def test_the_purity_of_a_group_is_capped_by_what_goes_beyond_all_of_it(stream, group, companion, word) -> None:
    """Its own members are no companions, nor is what lies between or on the other side."""
    own = sum(LA_TO_SM[symbol] for symbol in group)
    most = own / (own + LA_TO_SM[companion])
    target = {"stream": stream, "elements": group, "purity_min": most + 1e-4}
    (finding,) = capped(target)
    assert finding.place == f"target.{stream}.Pr+Nd.purity_min"
    assert finding.allowed == f"at most {most:.6g}"
    assert f"{companion} is extracted {word} than Pr and Nd and leaves with it" in finding.offence
    assert f"take {companion} out" in finding.cure
    assert capped({**target, "purity_min": most - 1e-4}) == []


@pytest.mark.parametrize("group", [["Nd", "Sm"], ["Sm", "Pr", "Nd"], ["Pr", "Sm"], ["La", "Sm"]])
def test_a_group_with_the_outermost_element_is_not_capped(group) -> None:
    """Whatever lies between its members can be kept out of the product with one of them."""
    assert capped({"stream": "strip_liquor", "elements": group, "purity_min": 1.0 - 1e-9}) == []


@pytest.mark.parametrize("key", [{"element": "Sm"}, {"elements": ["Sm", "Pr"]}])
def test_an_impurity_beyond_all_others_stays_at_least_its_share(key) -> None:
    """Sm follows each of the others into the strip liquor; what the group holds besides may stay out."""
    others = sum(amount for symbol, amount in LA_TO_SM.items() if symbol not in ("Sm", *key.get("elements", ())))
    least = 1.0 / (1.0 + others)
    target = {"stream": "strip_liquor", **key, "impurity_max": least - 1e-4}
    (finding,) = capped(target)
    assert finding.place == f"target.strip_liquor.{'+'.join(key.get('elements', ['Sm']))}.impurity_max"
    assert finding.allowed == f"at least {least:.6g}"
    assert "Sm is extracted more than La and" in finding.offence
    assert finding.cure == "raise the target, or take Sm out in a cut of its own"
    assert capped({**target, "impurity_max": least + 1e-9}) == []
    assert capped({**target, "stream": "raffinate"}) == []


def test_an_impurity_that_something_outruns_is_not_claimed(reference: Cascade) -> None:
    """Nd can be left behind by Sm; and where an element's place is unknown nothing is said."""
    target = {"stream": "strip_liquor", "element": "Nd", "impurity_max": 1e-6}
    assert capped(target) == []
    data = {**reference.to_data(), "target": [target]}
    with pytest.raises(InputError, match=r"Nd is extracted more than Pr and .*at least 0\.7477"):
        Cascade.from_data(data)
    asked = reference.model_copy(update={"target": (Target(**target),)})
    assert unreachable_purities(asked, {"Nd": 0.0}) == []


def test_a_group_of_everything_leaves_nothing_to_be_pure_of() -> None:
    """All rare earths together are the whole of each product."""
    everything = list(LA_TO_SM)
    (finding,) = capped({"stream": "raffinate", "elements": everything, "impurity_max": 0.5})
    assert "0.5 cannot be reached: no other rare earth is fed" in finding.offence
    assert (finding.allowed, finding.cure) == ("at least 1", "drop the target")
    assert capped({"stream": "raffinate", "elements": everything, "purity_min": 0.5}) == []


def test_shares_by_moles_are_capped_by_moles() -> None:
    """The basis is that of the target."""
    moles = {symbol: grams / ELEMENTS[symbol].equivalent_mass_g_mol("oxide") for symbol, grams in LA_TO_SM.items()}
    most = (moles["Pr"] + moles["Nd"]) / (moles["Pr"] + moles["Nd"] + moles["Sm"])
    target = {"stream": "strip_liquor", "elements": ["Pr", "Nd"], "purity_min": most + 1e-5, "purity_basis": "mol"}
    (finding,) = capped(target)
    assert finding.allowed == f"at most {most:.6g}"
