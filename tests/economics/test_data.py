"""Every file of data/economics: header, known sources and statuses, finite figures, tables that add up."""

import math
import re
import tomllib

import pytest

from sxsim.chemistry.tables import read_data_file
from sxsim.economics.capital import correlations
from sxsim.economics.feeds import benchmarks, feed, feed_names
from sxsim.economics.finance import cost_year, escalation
from sxsim.economics.price_sets import price_set, price_set_names
from sxsim.economics.quotes import quotes, unit_of
from sxsim.elements import ELEMENTS
from sxsim.errors import InputError
from sxsim.foundation.cited import STATUSES, cited_numbers
from sxsim.foundation.files import shipped
from sxsim.processes import route, route_names

FOLDER = shipped("data", "economics")
SOURCES = tomllib.loads((FOLDER / "sources.toml").read_text(encoding="utf-8"))
CSV = [f"prices/{name}.csv" for name in ("reagents", "utilities", "labour", "oxides", "concentrates")]
CSV += ["feeds.csv", "benchmarks.csv", "equipment_costs.csv", "effluent_limits.csv"]
PARAMETERS = ["equipment", "finance", "lock", "organic", "processes", "trains", "waste"]


@pytest.mark.parametrize("name", CSV)
def test_headers_are_complete_and_statuses_known(name):
    file = read_data_file(FOLDER.joinpath(*name.split("/")), name)
    assert {"title", "source", "place", "method", "validity", "status"} <= set(file.header)
    assert file.rows
    for row in file.rows:
        assert row["status"] in STATUSES, row
        if "source" in row:
            assert row["source"] in SOURCES, row


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameters_cite_known_sources(name):
    for number in cited_numbers("data", "economics", "parameters", f"{name}.toml").values():
        assert number.source in SOURCES, number.name
        assert number.unit
        if number.source in ("recalled", "assumed"):
            assert number.status == "unverified", number.name


@pytest.mark.parametrize("name", route_names())
def test_routes_cite_known_sources(name):
    for number in route(name).numbers.values():
        assert number.source in SOURCES, number.name


def test_sources_say_who_when_and_how_good():
    for key, source in SOURCES.items():
        assert set(source) == {"authors", "title", "year", "quality", "read_at"}, key
        assert source["quality"] in "ABCDR"
        assert source["read_at"]


def test_every_quote_becomes_a_finite_price_and_keeps_its_order():
    assert len(quotes()) > 130
    for quote in quotes().values():
        low, central, high = (quote.usd(value) for value in (quote.low, quote.central, quote.high))
        assert 0.0 <= low <= central <= high < math.inf, quote.id
        assert 0.0 < quote.strength_kg_per_kg <= 1.0
        assert quote.status == "unverified" or quote.source not in ("recalled", "assumed")
        assert quote.basis in ("as sold", "dry", "solution", "not stated")


# Conversions as worked out by hand from the pages the quotes were read on.
@pytest.mark.parametrize(
    ("name", "usd"),
    [
        ("naoh-china-2024-05-sunsirs", 0.343),  # 790 CNY/t of 32 % lye at 7.2
        ("naoh-china-2024-05-sunsirs-2", 0.465),
        ("nh3-china-2022-06-dailyusechemicals", 0.725),
        ("kerosene-us-2023-prommis", 0.88),
        ("water-us-2021-prommis", 1.02),
        ("water-us-2009-reeps", 0.367),
        ("hcl-us-gulf-coast-2023-chemanalyst", 0.436),
        ("dy2o3-china-2022-03-southern-re-2022", 492.09),
        ("evaporation-china-2023-mvr-trade", 8.333),
        ("p507-brazil-study-2022-etr-optimization", 85.0),
        ("cyanex-272-brazil-study-2021-rare-earth-modelling", 39.07),
        ("solid-waste-us-2019-prommis", 1.0 / 907.185),
        ("operator-brazil-2022-etr-optimization", 20000 / 1460),
    ],
)
def test_conversions(name, usd):
    quote = quotes()[name]
    assert quote.usd(quote.central) == pytest.approx(usd, rel=2e-3)


@pytest.mark.parametrize("name", price_set_names())
def test_a_price_set_prices_all_that_a_plant_uses(name):
    chosen = price_set(name)
    items = ("HCl", "NaOH", "NH3", "lime", "magnesia", "oxalic acid", "NH4HCO3", "Na2CO3", "P507", "P204", "kerosene")
    for item in (*items, "electricity", "water", "natural gas", "evaporation", "operator"):
        price = chosen.price(item)
        assert price.unit == unit_of(item)
        assert price.usd_per_unit > 0.0
        assert price.source in SOURCES
    assert {symbol for symbol in ELEMENTS if ELEMENTS[symbol].is_rare_earth} == set(chosen.oxides)


def test_a_stand_in_from_another_region_says_so():
    for name in price_set_names():
        chosen = price_set(name)
        for price in chosen.prices.values():
            home = {"China": "China", "United States": "US", "Europe": "Europe"}[chosen.region]
            elsewhere = not re.search(home if home != "Europe" else "Europe", price.region)
            small_lot = price.item.startswith("Cyanex")
            assert not elsewhere or small_lot or "stands in" in price.note or "retail" in price.region, (name, price)


def test_feeds_add_up_to_one_and_keep_their_moles():
    assert len(feed_names()) == 21
    for name in feed_names():
        found = feed(name)
        assert math.fsum(found.oxide_fraction.values()) == pytest.approx(1.0)
        assert abs(found.sum_as_listed_wt_pct - 100.0) < 2.5, name
        if not found.lump_wt_pct:
            assert found.mol_per_t == pytest.approx(found.mol_per_t_as_listed, rel=3e-3), name


def test_an_unknown_feed_is_refused_with_the_nearest():
    with pytest.raises(InputError, match="did you mean bayan_obo_usgs"):
        feed("bayan_obo")


def test_benchmarks_are_numbers_with_order():
    rows = benchmarks()
    assert len(rows) == 92
    for row in rows:
        stated = [figure for figure in (row.low, row.central, row.high) if figure is not None]
        assert stated == sorted(stated), row
        assert stated or "Cl 186.5" in row.item


def test_cost_indices_in_one_place():
    assert escalation(2016, 2025) == pytest.approx(815.59 / 541.7)
    assert escalation(cost_year()) == 1.0
    with pytest.raises(InputError, match="no CEPCI of 1875"):
        escalation(1875)


def test_correlations_hold_at_their_reference_and_are_in_range_there():
    for kind in correlations().values():
        expected = kind.reference_cost_usd * escalation(kind.cost_year)
        assert kind.cost_usd(kind.reference_size) == pytest.approx(expected)
        assert kind.size_min <= kind.reference_size <= kind.size_max
        assert 0.2 < kind.exponent < 1.1
        assert kind.source in SOURCES
