"""Precipitation and calcination: ions and charge close, the stoichiometric figures come out, losses are shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sxsim.elements import ELEMENTS
from sxsim.errors import InputError
from sxsim.processes import (
    PRECIPITANTS,
    Liquor,
    ProcessOptions,
    calcine,
    charge_kmol_h,
    molar_mass_kg_kmol,
    precipitate,
    process_parameters,
)

EXACT = process_parameters(ProcessOptions(precipitation_yield=1.0, calcination_yield=1.0, precipitant_excess=0.0))
amounts = st.floats(1e-6, 1e3)


def liquor(nd=1.0, pr=0.2, acid=0.4, ammonium=0.3):
    held = {"Nd": nd, "Pr": pr, "H": acid, "NH4": ammonium, "Cl": 3 * (nd + pr) + acid + ammonium}
    return Liquor("strip_liquor", 1.0, held)


@given(st.sampled_from(sorted(PRECIPITANTS)), amounts, amounts, amounts, amounts)
def test_every_ion_and_the_charge_close(name, nd, pr, acid, ammonium):
    before = liquor(nd, pr, acid, ammonium)
    made = precipitate(before, name)
    scale = nd + pr + acid + ammonium
    assert charge_kmol_h(made.mother_liquor) == pytest.approx(0.0, abs=1e-9 * scale)
    for symbol in ("Nd", "Pr"):
        total = made.cake_kmol_h[symbol] + made.mother_liquor.amount_kmol_h[symbol]
        assert total == pytest.approx(before.amount_kmol_h[symbol], rel=1e-12)
    assert made.mother_liquor.amount_kmol_h["Cl"] == before.amount_kmol_h["Cl"]
    carbon = {"oxalic acid": 2, "NH4HCO3": 1, "Na2CO3": 1}[name]
    left = sum(
        made.mother_liquor.amount_kmol_h.get(ion, 0.0) * n for ion, n in (("oxalate", 2), ("HCO3", 1), ("CO3", 1))
    )
    groups = made.carbon_groups_kmol_h * carbon
    assert left + groups + made.CO2_kmol_h == pytest.approx(carbon * made.precipitant_kmol_h, rel=1e-9)
    assert min(made.mother_liquor.amount_kmol_h.values()) >= -1e-9 * scale


# t per t of oxide for a stream of light rare earths and for Longnan clay (THEORY section 5, before excess)
@pytest.mark.parametrize(
    ("name", "light", "heavy"), [("oxalic acid", 1.12, 1.46), ("NH4HCO3", 1.40, 1.83), ("Na2CO3", 0.94, 1.23)]
)
def test_precipitants_per_oxide(name, light, heavy):
    for mol_per_t, expected in ((5911.0, light), (7702.0, heavy)):
        made = precipitate(Liquor("x", 1.0, {"Nd": mol_per_t / 1000.0}), name, EXACT)
        assert made.precipitant_kg_h / 1000.0 == pytest.approx(expected, rel=0.01)


def test_free_acid_costs_carbonate_but_no_oxalic_acid():
    for name in PRECIPITANTS:
        more = precipitate(liquor(acid=2.0), name).precipitant_kmol_h
        less = precipitate(liquor(acid=0.0), name).precipitant_kmol_h
        assert more - less == pytest.approx(2.0 * PRECIPITANTS[name].per_acid)


def test_the_oxide_weighs_what_the_metals_say():
    made = calcine(precipitate(liquor(), parameters=EXACT), EXACT)
    expected = 1.0 * ELEMENTS["Nd"].equivalent_mass_g_mol("oxide") + 0.2 * ELEMENTS["Pr"].equivalent_mass_g_mol("oxide")
    assert made.oxide_kg_h == pytest.approx(expected)
    assert sum(made.dust_kmol_h.values()) == 0.0
    assert made.CO2_kmol_h == pytest.approx(2 * 1.5 * 1.2)


def test_what_is_lost_is_dust():
    cake = precipitate(liquor())
    made = calcine(cake)
    for name, amount in cake.cake_kmol_h.items():
        assert made.oxide_kmol_h[name] + made.dust_kmol_h[name] == pytest.approx(amount, rel=1e-12)
        assert made.dust_kmol_h[name] > 0.0


def test_a_better_furnace_takes_less_fuel():
    cake = precipitate(liquor())
    worse, better = (calcine(cake, process_parameters(ProcessOptions(furnace_efficiency=f))) for f in (0.3, 0.6))
    assert worse.fuel_GJ_h == pytest.approx(2.0 * better.fuel_GJ_h)
    assert worse.heat_kW == pytest.approx(worse.fuel_GJ_h / 3.6e-3)


def test_carbonate_gives_off_half_the_carbon_dioxide_of_oxalate():
    oxalate, carbonate = (calcine(precipitate(liquor(), name)) for name in ("oxalic acid", "NH4HCO3"))
    assert oxalate.CO2_kmol_h == pytest.approx(2.0 * carbonate.CO2_kmol_h)


def test_nonsense_is_refused_with_the_cure():
    with pytest.raises(InputError, match="did you mean oxalic acid"):
        precipitate(liquor(), "oxalic acd")
    with pytest.raises(InputError, match=r"for 99 % write 0\.99"):
        process_parameters(ProcessOptions(precipitation_yield=99.0))
    with pytest.raises(InputError, match="did you mean NaOH"):
        molar_mass_kg_kmol("NaOh")
