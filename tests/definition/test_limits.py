"""What no solve could reach is said before any solve: the charge bound and capped purities."""

from __future__ import annotations

import math

import pytest

from sxsim.definition import Cascade, load
from sxsim.definition.bounds import charge_bound_kmol_h
from sxsim.definition.reach import extraction_ladder, unreachable_purities
from sxsim.definition.system import load_system_file
from sxsim.errors import InputError

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
    """The finding names both numbers and the cure, and the cure cures."""
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
