"""Costing: species, masses and money close; reagents come from the balances; prices move what they should."""

import json
import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import sxsim
from sxsim.cascade.solving import solve_quietly
from sxsim.definition import Cascade
from sxsim.definition.loading import bundled_names
from sxsim.economics import CostModel, CostOptions, cost, price_set
from sxsim.economics.objective import SectionFlows
from sxsim.economics.sankey import mass_links, money_links, sankey
from sxsim.economics.tornado import tornado
from sxsim.economics.uncertainty import sample_options, sample_prices
from sxsim.elements import ELEMENTS
from sxsim.errors import InputError
from sxsim.processes import ProcessOptions, molar_mass_kg_kmol

NOT_PRICED = "pr_nd_aliquat336"
"""No price and no density of Aliquat 336 could be read: the cascade solves, and costing refuses it."""

PRICED = [name for name in bundled_names() if name != NOT_PRICED]


@cache
def costed(name):
    """A bundled cascade, solved and costed once."""
    return cost(solve_quietly(sxsim.load(name)))


@pytest.mark.parametrize("name", PRICED)
def test_mass_and_money_close_on_every_bundled_cascade(name):
    bill = costed(name)
    for entry in bill.ledger:
        assert entry.closure < 1e-9, entry
    assert bill.charge.closure < 1e-9
    for centre in bill.mfca.centres:
        assert centre.mass.closure < 1e-9, centre.mass
    assert bill.mfca.closure_usd_per_y == pytest.approx(0.0, abs=0.01)
    assert bill.mfca.total_usd_per_y == pytest.approx(bill.usd_per_y, abs=0.01)
    assert math.fsum(bill.breakdown_usd_per_kg_oxide.values()) == pytest.approx(bill.usd_per_kg_oxide, rel=1e-12)


@pytest.mark.parametrize("name", PRICED)
def test_rare_earths_fed_are_sold_lost_in_water_or_lost_as_dust(name):
    plant = costed(name).plant
    for symbol, fed in plant.flows.rare_earths_fed_kmol_h.items():
        sold = sum(product.amount_kmol_h.get(symbol, 0.0) for product in plant.finished)
        dust = sum(each.calcination.dust_kmol_h[symbol] for each in plant.finished if each.calcination)
        stays = {product.stream for product in plant.finished}
        drops = sum(
            out.amount_kmol_h.get(symbol, 0.0)
            for out in plant.flows.organic_out
            if out.entrained or out.name not in stays
        )
        lost = plant.effluent_kmol_h.get(symbol, 0.0) + dust + drops
        assert sold + lost == pytest.approx(fed, rel=1e-9), symbol


@pytest.mark.parametrize("name", PRICED)
def test_every_line_has_quantity_unit_price_source_and_status(name):
    told = json.loads(json.dumps(costed(name).to_dict(), allow_nan=False))
    for item in told["items"]:
        assert item["usd_per_y"] == pytest.approx(item["quantity_per_y"] * item["price_usd_per_unit"], rel=1e-9)
        assert item["source"]
        assert item["status"]
        assert item["unit"]
        assert item["low_usd_per_unit"] <= item["price_usd_per_unit"] <= item["high_usd_per_unit"]
    for key in ("usd_per_kg_oxide", "items", "reagents_kg_per_kg_oxide", "waste_m3_per_t_oxide", "mfca"):
        assert told[key]


def test_an_extractant_without_figures_is_refused_by_name():
    with pytest.raises(InputError, match=r"organic\.extractant: .*Aliquat ?336"):
        costed(NOT_PRICED)


def test_a_stand_in_price_says_so():
    bill = costed("la_from_pr_nd_naphthenic")
    lines = [item for item in bill.items if item.name.startswith("naphthenic acid")]
    assert lines
    assert {item.status for item in lines} == {"unverified"}
    assert all("that of P507 stands in" in item.note for item in lines)
    assert bill.basis["naphthenic_acid_kg_m3"].status == "unverified"


def rebuilt(result, **changes):
    """The cascade as solved, its flows typed in, with some tables of the file replaced; solved and costed."""
    return cost(solve_quietly(Cascade.from_data({**result.solved_cascade.to_data(), **changes})))


def test_entrainment_that_the_cascade_models_is_what_is_lost(nd_pr):
    data = nd_pr.solved_cascade.to_data()
    sections = [{**section, "entrainment_O_in_A": 1e-3, "entrainment_A_in_O": 1e-3} for section in data["section"]]
    bill = rebuilt(nd_pr, section=sections)
    carried = [out for out in bill.plant.flows.organic_out if out.entrained]
    aqueous = sum(liquor.flow_m3_h for liquor in bill.plant.flows.products)
    assert sum(out.flow_m3_h for out in carried) == pytest.approx(1e-3 * aqueous, rel=1e-6)
    assert any("modelled entrainment" in item.note for item in bill.items)
    assert bill.worst_closure < 1e-9
    per_kg = 1e-3 * aqueous / bill.plant.oxide_kg_h
    plain = cost(nd_pr).reagents_kg_per_kg_oxide["P507"]
    assert bill.reagents_kg_per_kg_oxide["P507"] - plain == pytest.approx(per_kg * 459.6, rel=0.1)


def test_a_loaded_organic_is_delivered_with_the_drops_it_carries(nd_pr):
    data = nd_pr.solved_cascade.to_data()
    sections = [{**each, "entrainment_A_in_O": 1e-3} for each in data["section"] if each["kind"] != "stripping"]
    streams = {name: each for name, each in data["stream"].items() if name != "strip_acid"}
    targets = [each for each in data["target"] if each["stream"] == "raffinate"]
    organic = {**data["organic"], "recycled": False}
    bill = rebuilt(nd_pr, section=sections, stream=streams, target=targets, organic=organic)
    delivered = {product.stream: product for product in bill.plant.finished}
    assert set(delivered) == {"raffinate", "loaded_organic", "loaded_organic_aqueous"}
    assert delivered["loaded_organic"].precipitation is None
    assert delivered["loaded_organic_aqueous"].precipitation is None
    assert bill.worst_closure < 1e-9
    assert bill.mfca.closure_usd_per_y == pytest.approx(0.0, abs=0.01)
    assert any("does not return" in text for text in bill.warnings)


def test_an_organic_that_passes_once_and_is_stripped_is_no_product(nd_pr):
    organic = {**nd_pr.solved_cascade.to_data()["organic"], "recycled": False}
    bill = rebuilt(nd_pr, organic=organic)
    assert [product.stream for product in bill.plant.finished] == ["raffinate", "strip_liquor"]
    assert bill.worst_closure < 1e-9


def test_draws_and_reflux_close_too(nd_pr):
    place = {"name": "middle", "section": "extraction", "stage": 10, "flow_m3_h": 0.1}
    aqueous = rebuilt(nd_pr, draw=[{**place, "phase": "aqueous"}])
    organic = rebuilt(nd_pr, draw=[{**place, "phase": "organic"}])
    reflux = rebuilt(nd_pr, split=[{"from": "strip_liquor", "to": "scrub", "fraction": 0.1}])
    for bill in (aqueous, organic, reflux):
        assert bill.worst_closure < 1e-9
        assert bill.mfca.closure_usd_per_y == pytest.approx(0.0, abs=0.01)
    assert "middle" in {product.stream for product in aqueous.plant.finished}


def test_reagents_are_those_of_the_solved_streams(nd_pr):
    bill = cost(nd_pr)
    oxide = bill.plant.oxide_kg_h
    for name in ("scrub", "strip_acid"):
        stream = nd_pr.stream[name]
        kg_h = stream.flow_m3_h * stream.acid_mol_L * molar_mass_kg_kmol("HCl")
        (item,) = (item for item in bill.items if item.name == f"HCl, {name}")
        assert item.quantity_per_y / bill.oxide_kg_per_y == pytest.approx(kg_h / oxide, rel=1e-12)
    ammonium = nd_pr.stream["raffinate"].amount_kmol_h("NH4") + nd_pr.stream["strip_liquor"].amount_kmol_h("NH4")
    expected = ammonium * molar_mass_kg_kmol("NH3") / oxide
    assert bill.reagents_kg_per_kg_oxide["NH3"] == pytest.approx(expected, rel=1e-9)
    # the closed organic loop keeps nothing: base equals acid used up
    assert bill.consumption.acid_consumed_kmol_h == pytest.approx(bill.consumption.base_kmol_h, rel=1e-9)
    assert 1.0 < bill.consumption.acid_fed_kmol_h / bill.consumption.acid_consumed_kmol_h < 1.05


def test_reagents_of_the_elements_add_up_to_those_of_the_stream(nd_pr):
    bill = cost(nd_pr)
    sold = {"Pr": 0.0, "Nd": 0.0}
    for product in bill.plant.finished:
        for name, amount in product.amount_kmol_h.items():
            sold[name] += amount * ELEMENTS[name].equivalent_mass_g_mol("oxide")
    for reagent, total in bill.reagents_kg_per_kg_oxide.items():
        mean = sum(kg * bill.reagents_by_element[name][reagent] for name, kg in sold.items()) / sum(sold.values())
        assert mean == pytest.approx(total, rel=1e-12)
    # a mole of either takes as much, so a kilogram of oxide takes what moles it holds
    light, heavy = (bill.reagents_by_element[name]["NH3"] for name in ("Pr", "Nd"))
    moles = [1.0 / ELEMENTS[name].equivalent_mass_g_mol("oxide") for name in ("Pr", "Nd")]
    assert light / heavy == pytest.approx(moles[0] / moles[1])


def test_prices_and_numbers_are_drawn_from_their_ranges(nd_pr):
    prices, options = price_set("china-2024"), CostOptions(operators_per_shift=3.0)
    rng = np.random.default_rng(7)
    totals = []
    for _ in range(20):
        drawn, chosen = sample_prices(prices, rng), sample_options(options, rng)
        for item, price in drawn.prices.items():
            assert prices.prices[item].low <= price.usd_per_unit <= prices.prices[item].high
        assert chosen.operators_per_shift == 3.0
        assert 2.0 <= chosen.lang_factor <= 4.28
        totals.append(cost(nd_pr, drawn, chosen).usd_per_kg_oxide)
    assert len(set(totals)) == 20
    again = np.random.default_rng(7)
    assert sample_prices(prices, again) == sample_prices(prices, np.random.default_rng(7))


def test_a_missing_price_of_something_used_is_refused_with_the_cure(nd_pr):
    china = price_set("china-2024")
    without = {item: price for item, price in china.prices.items() if item != "NH3"}
    with pytest.raises(InputError, match=r"no price for NH3.*usd_per_unit"):
        cost(nd_pr, replace(china, prices=without))


def test_base_beside_three_times_the_least_load(nd_pr):
    bill = cost(nd_pr)
    # S_min of a sharp Nd|Pr cut: f_A + 1/(beta - 1) = 0.75 + 2 of 1 kmol/h
    assert bill.consumption.base_yardstick_kmol_h == pytest.approx(3 * 2.75)
    assert bill.to_dict()["base_over_3_S_min"] == pytest.approx(bill.consumption.base_kmol_h / 8.25)


def test_hydrochloric_acid_at_the_us_price_moves_the_total_as_the_table_says(nd_pr):
    china, us = price_set("china-2024"), price_set("us-2024")
    before, after = cost(nd_pr, china), cost(nd_pr, china.with_price(us.price("HCl")))
    # 157 USD/t at 36 % against 26 USD/t at 34 %, on all HCl bought
    moved = before.reagents_kg_per_kg_oxide["HCl"] * (157 / 1000 / 0.36 - 26 / 1000 / 0.34)
    assert after.usd_per_kg_oxide - before.usd_per_kg_oxide == pytest.approx(moved, rel=1e-9)
    assert moved > 0.5


def test_the_bill_is_the_minimum_selling_price_and_npv_is_zero_there(nd_pr):
    bill = cost(nd_pr)
    price = bill.minimum_selling_price_usd_per_kg
    assert price == pytest.approx(bill.usd_per_kg_oxide, rel=1e-12)
    assert bill.net_present_value_usd(price) == pytest.approx(0.0, abs=1e-3)
    assert bill.net_present_value_usd(price + 1.0) > 0.0
    taxed = cost(nd_pr, options=CostOptions(tax_rate=0.25))
    assert taxed.minimum_selling_price_usd_per_kg > price


def test_a_feed_price_adds_the_feed_and_nothing_else_but_its_stock(nd_pr):
    free, paid = (cost(nd_pr, options=CostOptions(feed_usd_per_kg_oxide=value)) for value in (0.0, 10.0))
    fed = paid.plant.flows.oxide_fed_kg_h / paid.plant.oxide_kg_h
    assert paid.breakdown_usd_per_kg_oxide["feed"] == pytest.approx(10.0 * fed)
    stock = paid.equipment.oxide_kg * 10.0 * paid.basis["discount_rate"].value / paid.oxide_kg_per_y
    assert paid.usd_per_kg_oxide - free.usd_per_kg_oxide == pytest.approx(10.0 * fed + stock)
    assert "feed" not in cost(nd_pr).breakdown_usd_per_kg_oxide


@pytest.mark.parametrize(("base", "per_kmol"), [("NaOH", 39.997), ("lime", 28.038), ("magnesia", 20.152)])
def test_another_base_stands_in_by_stoichiometry(nd_pr, base, per_kmol):
    bill = cost(nd_pr, options=CostOptions(base=base, treatment="none"))
    kmol_per_kg = bill.consumption.base_kmol_h / bill.plant.oxide_kg_h
    assert bill.reagents_kg_per_kg_oxide[base] == pytest.approx(kmol_per_kg * per_kmol, rel=1e-4)
    assert bill.waste.ammonium_N_kg_per_t == 0.0
    assert bill.charge.closure < 1e-9
    assert bill.worst_closure < 1e-9


def test_waste_is_counted_and_held_against_the_standard(nd_pr):
    bill = cost(nd_pr)
    waste = bill.waste
    streams = nd_pr.stream["raffinate"].flow_m3_h + nd_pr.stream["strip_liquor"].flow_m3_h
    wash = sum(product.calcination.wash_m3_h for product in bill.plant.finished)
    used = bill.reagents_kg_per_kg_oxide
    reagents = used["oxalic acid"] / 100.0 + used["NH3"] * (1.0 / 0.25 - 1.0) / 1000.0  # 100 g/L, 25 % ammonia water
    assert waste.m3_per_t == pytest.approx(1000 * ((streams + wash) / bill.plant.oxide_kg_h + reagents))
    nitrogen = bill.consumption.base_kmol_h * 14.007 / bill.plant.oxide_kg_h * 1000
    assert waste.ammonium_N_kg_per_t == pytest.approx(nitrogen, rel=1e-6)
    assert waste.ammonium_N_mg_L == pytest.approx(1000 * waste.ammonium_N_kg_per_t / waste.m3_per_t)
    strict = next(check for check in waste.checks if check.limit == 15.0)
    assert strict.quantity == "NH4-N"
    assert not strict.met
    assert waste.COD_kg_per_t > waste.COD_organic_kg_per_t > 0.0


def test_treatment_is_what_it_is_asked_to_be(nd_pr):
    costs = {name: cost(nd_pr, options=CostOptions(treatment=name)) for name in ("none", "neutralise", "evaporate")}
    assert "waste" not in costs["none"].breakdown_usd_per_kg_oxide
    water = costs["evaporate"].waste.m3_per_t / 1000.0
    price = price_set("china-2024").price("evaporation").usd_per_unit
    gap = costs["evaporate"].usd_per_kg_oxide - costs["neutralise"].usd_per_kg_oxide
    assert gap == pytest.approx(water * price)


def test_closed_loops_keep_ammonia_and_acid_out_of_the_river(nd_pr):
    bill = cost(nd_pr)
    loops = {loop.name: loop for loop in bill.closed_loops}
    ammonia = loops["ammonia"]
    assert ammonia.ammonium_N_kg_per_t == pytest.approx(0.1 * bill.waste.ammonium_N_kg_per_t)
    ammonium_kmol_per_kg = bill.waste.ammonium_N_kg_per_t / 1000 / 14.007
    assert ammonia.spent_usd_per_kg == pytest.approx(0.9 * ammonium_kmol_per_kg * 28.0385 * 0.15, rel=1e-4)
    assert loops["acid"].acid_kmol_per_t == pytest.approx(0.2 * bill.waste.acid_kmol_per_t)
    assert loops["water, by evaporation"].effluent_m3_per_t == pytest.approx(0.05 * bill.waste.m3_per_t)
    told = bill.to_dict()["closed_loops"]
    assert told[0]["net_usd_per_kg"] == pytest.approx(loops["acid"].net_usd_per_kg)


def test_allocations_share_all_cost_and_say_how(nd_pr):
    bill = cost(nd_pr)
    assert [each.key for each in bill.allocations] == ["mass", "moles extracted", "value"]
    kg = {product.stream: product.oxide_kg_h for product in bill.plant.finished}
    for each in bill.allocations:
        assert math.fsum(share for _, _, share, _ in each.shares) == pytest.approx(1.0)
        total = math.fsum(cost_per_kg * kg[stream] for stream, _, _, cost_per_kg in each.shares)
        assert total / sum(kg.values()) == pytest.approx(bill.usd_per_kg_oxide, rel=1e-12)
    extracted = dict((stream, share) for stream, _, share, _ in bill.allocations[1].shares)
    assert extracted == {"raffinate": 0.0, "strip_liquor": 1.0}


def test_mfca_shows_that_reagents_leave_as_waste(nd_pr):
    accounts = cost(nd_pr).mfca
    told = accounts.to_dict()
    assert told["product_share"] + told["loss_share"] == pytest.approx(1.0)
    assert [centre.mass.centre for centre in accounts.centres] == [
        "separation",
        "precipitation",
        "calcination",
        "effluent",
    ]
    assert told["loss_share"] > 0.5
    assert math.fsum(told["class_shares"].values()) == pytest.approx(1.0)
    no_waste = cost(nd_pr, options=CostOptions(treatment="none")).mfca
    assert no_waste.centres[-1].mass.centre == "calcination"


def test_energy_and_waste_are_a_few_per_cent_only_while_the_river_is_free(nd_pr):
    # Ge et al. 2025 find more than 95 % of cost in system and material: shown here, never tuned to
    def rest(treatment):
        shares = cost(nd_pr, options=CostOptions(treatment=treatment)).mfca.to_dict()["class_shares"]
        return shares["energy"] + shares["waste"]

    assert rest("none") < 0.05 < rest("evaporate")


def test_sankey_carries_what_the_accounts_say(nd_pr):
    accounts = cost(nd_pr).mfca
    money = money_links(accounts)
    into = math.fsum(amount for start, _, amount in money if start in ("material", "energy", "system", "waste"))
    out = math.fsum(amount for _, end, amount in money if end in ("product", "loss"))
    assert into == pytest.approx(accounts.total_usd_per_y)
    assert out == pytest.approx(accounts.total_usd_per_y)
    for centre in ("separation", "precipitation", "calcination"):
        for links in (money, mass_links(accounts)):
            brought = math.fsum(amount for _, end, amount in links if end == centre)
            left = math.fsum(amount for start, _, amount in links if start == centre)
            assert brought == pytest.approx(left, rel=1e-9)
    figure = sankey(accounts)
    assert [trace.type for trace in figure.data] == ["sankey", "sankey"]


def test_a_soap_section_sends_the_ammonium_to_its_brine(nd_pr_soap):
    bill = cost(nd_pr_soap)
    brine = next(liquor for liquor in bill.plant.effluents if liquor.name == "waste_brine")
    assert brine.amount_kmol_h["NH4"] == pytest.approx(0.9 * bill.consumption.base_kmol_h, rel=0.1)
    assert {product.stream for product in bill.plant.finished} == {"raffinate", "strip_liquor"}


def test_products_end_as_the_user_says(nd_pr):
    sold = cost(nd_pr, options=CostOptions(finish={"raffinate": "liquor"}))
    assert not [item for item in sold.items if item.product == "raffinate"]
    assert sold.mfca.closure_usd_per_y == pytest.approx(0.0, abs=0.01)
    thrown = cost(nd_pr, options=CostOptions(finish={"raffinate": "waste"}))
    assert [product.stream for product in thrown.plant.finished] == ["strip_liquor"]
    assert thrown.waste.rare_earths_kg_oxide_per_t > 300.0
    assert thrown.worst_closure < 1e-9
    as_liquor = CostOptions(finish={"raffinate": "liquor", "strip_liquor": "liquor"}, treatment="none")
    accounts = cost(nd_pr, options=as_liquor).mfca
    assert [centre.mass.centre for centre in accounts.centres] == ["separation"]
    assert accounts.closure_usd_per_y == pytest.approx(0.0, abs=0.01)


def test_a_richer_precipitation_costs_more_precipitant(nd_pr):
    lean, rich = (
        cost(nd_pr, options=CostOptions(process=ProcessOptions(precipitant_excess=excess))) for excess in (0.0, 0.3)
    )
    ratio = rich.reagents_kg_per_kg_oxide["oxalic acid"] / lean.reagents_kg_per_kg_oxide["oxalic acid"]
    assert ratio == pytest.approx(1.3)


def test_the_quick_cost_model_sees_what_the_full_costing_sees(nd_pr):
    def quick(result, bill):
        parts = {load: section for load, section in zip(result.load, result.cascade.section, strict=True)}
        stage = result.stage
        sections = []
        for name, section in parts.items():
            j = stage.section.index(name) + section.stages // 2
            sections.append(SectionFlows(section.stages, float(stage.aqueous_m3_h[j]), float(stage.organic_m3_h[j])))
        flows = bill.plant.flows
        water = sum(liquor.flow_m3_h for _, liquor in flows.acids)
        held = bill.equipment.oxide_kg / (bill.equipment.organic_m3)
        return CostModel.of(result.cascade).annual_usd(
            sections, bill.consumption.acid_fed_kmol_h, flows.base_kmol_h, water, bill.charge.acid_out, held
        )

    longer = {"section.scrubbing.stages": 45, "section.extraction.stages": 35}
    other = solve_quietly(nd_pr.cascade.replace(longer))
    one, two = cost(nd_pr), cost(other)
    full = two.usd_per_y - one.usd_per_y
    fast = quick(other, two) - quick(nd_pr, one)
    assert fast == pytest.approx(full, rel=0.05)


def test_tornado_is_sorted_and_leaves_alone_what_the_user_typed(nd_pr):
    swings = tornado(nd_pr, options=CostOptions(discount_rate=0.08))
    widths = [swing.width_usd_per_kg for swing in swings]
    assert widths == sorted(widths, reverse=True)
    assert "discount_rate" not in {swing.name for swing in swings}
    assert {"price of evaporation", "lang_factor", "settler_flux_m3_h_m2"} <= {swing.name for swing in swings}
    middle = cost(nd_pr, options=CostOptions(discount_rate=0.08)).usd_per_kg_oxide
    for swing in swings:
        ends = sorted((swing.low_usd_per_kg, swing.high_usd_per_kg))
        assert ends[0] <= middle * (1 + 1e-9)
        assert middle <= ends[1] * (1 + 1e-9)


def test_what_is_unverified_says_so(nd_pr):
    assert any("rests on unverified" in text for text in cost(nd_pr).warnings)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"discount_rate": 8.0}, r"discount_rate: 8 is out of range .* for 8 % write 0\.08"),
        ({"lifetime_y": 0.0}, "lifetime_y: 0 is out of range"),
        ({"treatment": "evaporat"}, "did you mean evaporate"),
        ({"base": "KOH"}, "unknown base 'KOH'"),
        ({"finish": {"rafinate": "waste"}}, "did you mean raffinate"),
        ({"finish": {"raffinate": "gold"}}, "unknown finish 'gold'"),
        ({"finish": {"raffinate": "waste", "strip_liquor": "waste"}}, "no product is left to sell"),
        ({"feed_usd_per_kg_oxide": -3.0}, "feed_usd_per_kg_oxide: -3 USD"),
        ({"precipitant": "soda"}, "unknown precipitant 'soda'"),
    ],
)
def test_nonsense_is_refused_with_the_cure(nd_pr, options, says):
    with pytest.raises(InputError, match=says):
        cost(nd_pr, options=CostOptions(**options))


def test_a_base_for_a_cascade_without_one_is_refused():
    contact = solve_quietly(sxsim.load("single_contact"))
    with pytest.raises(InputError, match="not saponified"):
        cost(contact, options=CostOptions(base="lime"))
