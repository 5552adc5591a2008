"""The [economics] table: what it holds, what it refuses, and that it need not be there."""

import pytest

import sxsim
from sxsim.definition import Cascade
from sxsim.errors import InputError


def with_table(**keys):
    return sxsim.load("nd_pr_p507").replace({f"economics.{key}": value for key, value in keys.items()})


def test_it_is_optional_and_empty_means_the_default_prices():
    assert sxsim.load("nd_pr_p507").economics is None
    data = sxsim.load("nd_pr_p507").to_data()
    assert Cascade.from_data({**data, "economics": {}}).economics.price_set == "china-2024"


def test_it_survives_writing_and_reading():
    cascade = with_table(price_set="us-2024", discount_rate=0.08, base="lime", precipitant="NH4HCO3")
    from sxsim.definition.loading import loads

    assert loads(cascade.to_toml()) == cascade


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"discount_rate": 8.0}, "economics.discount_rate"),
        ({"base": "KOH"}, "economics.base"),
        ({"feed_usd_per_kg_oxide": -1.0}, "economics.feed_usd_per_kg_oxide"),
        ({"prices": "us-2024"}, "economics.prices"),
    ],
)
def test_nonsense_is_refused_at_its_place(keys, says):
    with pytest.raises(InputError, match=says):
        with_table(**keys)
