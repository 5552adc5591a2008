"""Iron and aluminium leave as hydroxides; every ion and the charge close."""

import pytest

from sxsim.errors import InputError
from sxsim.processes import Liquor, charge_kmol_h, process_parameters, remove_impurities

LEACH = Liquor("leach", 2.0, {"La": 0.4, "Nd": 0.6, "Fe": 0.2, "Al": 0.1, "Ca": 0.05, "H": 0.3, "Cl": 4.3})


@pytest.mark.parametrize(("base", "ion", "ions"), [("NH3", "NH4", 1), ("NaOH", "Na", 1), ("lime", "Ca", 0.5)])
def test_metals_and_charge_close(base, ion, ions):
    made = remove_impurities(LEACH, base)
    lost = process_parameters()["impurity_removal_loss"]
    assert charge_kmol_h(LEACH) == pytest.approx(0.0, abs=1e-12)
    assert charge_kmol_h(made.liquor) == pytest.approx(0.0, abs=1e-12)
    assert made.cake_kmol_h["Fe"] == 0.2
    assert made.cake_kmol_h["Nd"] == pytest.approx(0.6 * lost)
    assert made.liquor.amount_kmol_h["Nd"] + made.cake_kmol_h["Nd"] == pytest.approx(0.6)
    assert "Fe" not in made.liquor.amount_kmol_h
    brought = made.liquor.amount_kmol_h[ion] - LEACH.amount_kmol_h.get(ion, 0.0)
    assert brought == pytest.approx(ions * made.base_kmol_h)
    assert made.liquor.amount_kmol_h["H"] == pytest.approx(2.0 * 10.0**-4.5)


def test_an_unknown_base_is_refused():
    with pytest.raises(InputError, match=r"unknown base 'magnesai'.*did you mean magnesia"):
        remove_impurities(LEACH, "magnesai")
