"""Routes from ore to concentrate and the dissolution of the concentrate."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sxsim.errors import InputError
from sxsim.foundation.cited import STATUSES
from sxsim.processes import charge_kmol_h, dissolve, front_end, route, route_names


@pytest.mark.parametrize("name", route_names())
def test_every_number_of_a_route_is_cited(name):
    found = route(name)
    assert 0.0 < found.recovery.low <= found.recovery.value <= found.recovery.high <= 1.0
    for number in found.numbers.values():
        assert number.status in STATUSES
        assert number.source
        assert number.unit


@pytest.mark.parametrize("name", route_names())
def test_what_is_mined_is_produced_or_lost(name):
    made = front_end({"Nd": 30.0, "Dy": 5.0}, name)
    for symbol, mined in made.mined_oxide_kg_h.items():
        assert made.product_oxide_kg_h[symbol] + made.lost_oxide_kg_h[symbol] == pytest.approx(mined)


def test_electrokinetic_mining_recovers_more_with_less_salt_and_costs_more():
    one, other = (front_end({"Y": 1000.0}, name) for name in ("clay_in_situ", "clay_electrokinetic"))
    assert other.mined_oxide_kg_h["Y"] / one.mined_oxide_kg_h["Y"] == pytest.approx(0.5 / 0.95)
    assert other.reagents_kg_h["(NH4)2SO4"] == pytest.approx(0.2 * one.reagents_kg_h["(NH4)2SO4"])
    assert one.cost_usd_per_h == pytest.approx(6214.0)
    assert other.cost_usd_per_h == pytest.approx(7078.0)
    assert other.electricity_kW == pytest.approx(4286.0)


def test_an_acid_roast_leaves_radioactive_slag():
    made = front_end({"Ce": 1000.0}, "bastnaesite_acid_roast")
    assert made.residues_per_h["radioactive slag"] == pytest.approx(1.0)
    assert made.cost_usd_per_h is None


@given(st.floats(1e-3, 1e4), st.floats(1e-3, 1e4), st.floats(0.1, 3.0))
def test_a_feed_liquor_closes_for_rare_earths_and_charge(nd, la, strength):
    made = dissolve({"Nd": nd, "La": la}, strength)
    assert charge_kmol_h(made.liquor) == pytest.approx(0.0, abs=1e-9 * made.acid_kmol_h)
    total = sum(made.liquor.rare_earths_kmol_h.values())
    assert total / made.liquor.flow_m3_h == pytest.approx(strength)
    dissolved = made.liquor.amount_kmol_h["Nd"] + made.residue_kmol_h["Nd"]
    assert dissolved * (144.24 + 1.5 * 15.999) == pytest.approx(nd)


def test_nonsense_is_refused_with_the_cure():
    with pytest.raises(InputError, match="did you mean clay_heap"):
        route("clay_heep")
    with pytest.raises(InputError, match="Nd: -1 kg/h"):
        front_end({"Nd": -1.0}, "clay_heap")
    with pytest.raises(InputError, match="Nd: -1 kg/h"):
        dissolve({"Nd": -1.0})
    with pytest.raises(InputError, match="nothing to dissolve"):
        dissolve({"Nd": 0.0})
    with pytest.raises(InputError, match="rare_earths_mol_L"):
        dissolve({"Nd": 1.0}, 0.0)
