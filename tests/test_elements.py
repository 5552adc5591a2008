import dataclasses
import os
import re
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sxsim.elements import ELEMENTS, IMPURITIES, RARE_EARTHS, element, g_L_to_mol_L, mol_L_to_g_L
from sxsim.errors import InputError

# The full standard atomic weights of 2021 (Prohaska et al. 2022); the program uses their abridged form.
FULL_MOLAR_MASS_G_MOL = {
    "La": 138.90547, "Ce": 140.116, "Pr": 140.90766, "Nd": 144.242, "Sm": 150.36, "Eu": 151.964, "Gd": 157.25,
    "Tb": 158.925354, "Dy": 162.500, "Ho": 164.930329, "Er": 167.259, "Tm": 168.934219, "Yb": 173.045, "Lu": 174.9668,
    "Y": 88.905838, "Fe": 55.845, "Al": 26.9815384, "Ca": 40.078,
}  # fmt: skip

# Oxide factors as assay tables print them, four or five figures.
KNOWN_OXIDE_FACTOR = {
    "La": 1.1728, "Ce": 1.2284, "Pr": 1.2082, "Nd": 1.1664, "Sm": 1.1596, "Eu": 1.1579, "Gd": 1.1526, "Tb": 1.1762,
    "Dy": 1.1477, "Ho": 1.1455, "Er": 1.1435, "Tm": 1.1421, "Yb": 1.1387, "Lu": 1.1372, "Y": 1.2699,
    "Fe": 1.4297, "Al": 1.8895, "Ca": 1.3992,
}  # fmt: skip


def test_the_order_is_by_atomic_number_with_yttrium_last():
    assert RARE_EARTHS == tuple("La Ce Pr Nd Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Y".split())
    assert IMPURITIES == ("Fe", "Al", "Ca")
    assert tuple(ELEMENTS) == RARE_EARTHS + IMPURITIES
    numbers = [ELEMENTS[symbol].atomic_number for symbol in RARE_EARTHS[:-1]]
    assert numbers == [57, 58, 59, 60, *range(62, 72)]


@pytest.mark.parametrize("symbol", ELEMENTS)
def test_molar_masses_are_the_standard_atomic_weights_to_five_figures(symbol):
    fifth_figure_g_mol = 0.001 if FULL_MOLAR_MASS_G_MOL[symbol] < 100 else 0.01
    mass_g_mol = element(symbol).molar_mass_g_mol
    assert mass_g_mol == pytest.approx(FULL_MOLAR_MASS_G_MOL[symbol], abs=0.501 * fifth_figure_g_mol)
    assert mass_g_mol == round(mass_g_mol, 3 if mass_g_mol < 100 else 2)


@pytest.mark.parametrize("symbol", ELEMENTS)
def test_oxide_factors_are_those_of_assay_tables(symbol):
    assert element(symbol).oxide_factor == pytest.approx(KNOWN_OXIDE_FACTOR[symbol], abs=1.01e-4)


@pytest.mark.parametrize("symbol", ELEMENTS)
def test_the_formula_says_what_the_masses_rest_on(symbol):
    known = element(symbol)
    parts = re.fullmatch(rf"{symbol}(\d*)O(\d*)", known.oxide)
    assert parts
    metal, oxygen = (int(count or 1) for count in parts.groups())
    mass_g_mol = metal * known.molar_mass_g_mol + oxygen * 15.999
    assert known.metal_per_oxide == metal
    assert known.oxide_molar_mass_g_mol == pytest.approx(mass_g_mol, rel=1e-15)
    assert known.oxide_factor == pytest.approx(mass_g_mol / (metal * known.molar_mass_g_mol), rel=1e-15)


def test_traded_oxides():
    assert {symbol: ELEMENTS[symbol].oxide for symbol in ("Ce", "Pr", "Nd", "Tb", "Fe", "Al", "Ca")} == {
        "Ce": "CeO2", "Pr": "Pr6O11", "Nd": "Nd2O3", "Tb": "Tb4O7", "Fe": "Fe2O3", "Al": "Al2O3", "Ca": "CaO",
    }  # fmt: skip
    assert all(ELEMENTS[s].oxide == f"{s}2O3" for s in RARE_EARTHS if s not in ("Ce", "Pr", "Tb"))


def test_groups_and_charges():
    light = [symbol for symbol in ELEMENTS if ELEMENTS[symbol].group == "light"]
    assert light == ["La", "Ce", "Pr", "Nd", "Sm", "Eu", "Gd"]
    assert [s for s in ELEMENTS if not ELEMENTS[s].is_rare_earth] == list(IMPURITIES)
    assert {s for s in ELEMENTS if ELEMENTS[s].charge != 3} == {"Ca"}
    assert element("Ca").charge == 2


def test_elements_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        element("Nd").charge = 4  # type: ignore[misc]
    with pytest.raises(TypeError):
        ELEMENTS["Pm"] = element("Nd")  # type: ignore[index]


@pytest.mark.parametrize(
    ("written", "meant"),
    [("nd", "Nd"), ("DY", "Dy"), ("neodymium", "Nd"), ("Yttrium", "Y"), ("La2", "La")],
)
def test_an_unknown_element_is_answered_with_what_was_meant(written, meant):
    with pytest.raises(InputError, match=rf"unknown element '{written}' .*did you mean {meant}\?") as raised:
        element(written)
    assert raised.value.findings[0].allowed == ", ".join(ELEMENTS)


def test_what_is_near_to_nothing_is_referred_to_the_choices():
    with pytest.raises(InputError, match="unknown element 'Xx'") as raised:
        element("Xx")
    assert raised.value.findings[0].cure == "take one of those that are allowed"


def test_the_assay_of_a_liquor():
    # 126 g/L Nd2O3 (336.48 g/mol) and 42 g/L Pr6O11 (1021.45 g/mol), as in the bundled Nd/Pr cascade
    assert g_L_to_mol_L(126.0, "Nd", "oxide") == pytest.approx(2 * 126 / 336.477, rel=1e-12)
    assert g_L_to_mol_L(42.0, "Pr", "oxide") == pytest.approx(6 * 42 / 1021.449, rel=1e-12)
    assert g_L_to_mol_L(144.24, "Nd", "element") == pytest.approx(1.0, rel=1e-15)


@given(st.sampled_from(list(ELEMENTS)), st.sampled_from(["oxide", "element"]), st.floats(0, 1e3))
def test_conversions_are_inverse_and_differ_by_the_oxide_factor(symbol, basis, value):
    assert mol_L_to_g_L(g_L_to_mol_L(value, symbol, basis), symbol, basis) == pytest.approx(value, rel=1e-14)
    as_element, as_oxide = (mol_L_to_g_L(value, symbol, basis) for basis in ("element", "oxide"))
    assert as_oxide == pytest.approx(as_element * element(symbol).oxide_factor, rel=1e-14)


def test_arrays_are_converted_whole():
    stages_g_L = np.array([[1.0, 2.0], [3.0, 4.0]])
    converted = g_L_to_mol_L(stages_g_L, "Pr", "element")
    np.testing.assert_allclose(converted * 140.91, stages_g_L, rtol=1e-15)


@pytest.mark.parametrize("convert", [g_L_to_mol_L, mol_L_to_g_L])
def test_a_wrong_basis_is_refused(convert):
    with pytest.raises(InputError, match=r"unknown basis 'oxid' \(allowed: oxide, element\); did you mean oxide\?"):
        convert(1.0, "Nd", "oxid")


def test_importing_the_elements_brings_no_numpy(checkout):
    code = "import sys, sxsim.elements; print('numpy' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(checkout / "src")}
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert run.stdout.strip() == "False", run.stderr
