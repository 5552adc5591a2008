"""A batch contact closes its balances, obeys the law and refuses the impossible."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sxsim.chemistry.contact import Contact, equilibrate, single_contact
from sxsim.chemistry.parameters import parameters
from sxsim.definition.system import SystemFile, load_system_file
from sxsim.errors import ConvergenceError

P507 = load_system_file("p507-chloride")


def residual(system: SystemFile, flask: Contact, ratio: float, acid: float, extractant: float, base: float) -> float:
    """Worst relative error of the ligand, acid and charge balances and of the law, worked out anew."""
    elements = [name for name in flask.names if name in system.elements]
    law = parameters(system, elements, "NH4" if "NH4" in flask.names else None)
    y, x, h, free = flask.organic_mol_L, flask.aqueous_mol_L, flask.h_mol_L, flask.free_extractant_mol_L
    ligand = (free + float(law.s @ y) + law.acid_s * flask.acid_organic_mol_L) * law.divisor / extractant - 1.0
    released = ratio * (float(law.z @ y) - base - flask.acid_organic_mol_L)
    proton = (h - acid - released) / (h + acid + abs(released))
    charge = (h + float(law.charge @ x)) / flask.anion_mol_L - 1.0
    alpha = 1.0 + law.beta1 * flask.anion_mol_L + law.beta2 * flask.anion_mol_L**2
    ln_D = law.ln_K + law.a * math.log(free) - (law.b + law.d * free) * math.log(h) - np.log(alpha)
    ln_D = ln_D + law.c * math.log(flask.anion_mol_L)
    present = x > 0.0
    equilibrium = np.abs(np.log(y[present] / x[present]) - ln_D[present]).max()
    return max(abs(ligand), abs(proton), abs(charge), float(equilibrium))


@given(st.floats(1e-6, 0.5), st.floats(1e-6, 0.5), st.floats(1e-6, 2.0), st.floats(0.05, 3.0), st.floats(0.1, 10.0))
def test_unsaponified_contacts_close(nd: float, y: float, acid: float, extractant: float, ratio: float) -> None:
    flask = single_contact(P507, {"Nd": nd, "Y": y}, acid, extractant, phase_ratio_O_A=ratio)
    assert flask.aqueous_mol_L + ratio * flask.organic_mol_L == pytest.approx([nd, y], rel=1e-12)
    assert residual(P507, flask, ratio, acid, extractant, 0.0) < 1e-9


@given(st.floats(0.05, 1.0), st.floats(0.05, 1.0), st.floats(0.01, 0.45), st.floats(0.2, 5.0))
def test_saponified_contacts_close(pr: float, nd: float, fraction: float, ratio: float) -> None:
    flask = single_contact(
        P507, {"Pr": pr, "Nd": nd}, 0.01, 1.5, saponified_fraction=fraction, counter_ion="NH4", phase_ratio_O_A=ratio
    )
    assert residual(P507, flask, ratio, 0.01, 1.5, 1.5 * fraction) < 1e-8


@pytest.mark.parametrize(
    ("name", "feed", "acid", "extractant"),
    [
        ("tbp-nitrate", {"Nd": 0.5, "La": 0.4}, 0.2, 1.0),
        ("pc88a-chloride-laboratory", {"Nd": 0.3}, 0.05, 1.0),
        ("naphthenic-chloride", {"La": 0.1, "Y": 0.1}, 1e-4, 0.45),
    ],
)
def test_other_chemistries_close(name: str, feed: dict[str, float], acid: float, extractant: float) -> None:
    system = load_system_file(name)
    assert residual(system, single_contact(system, feed, acid, extractant), 1.0, acid, extractant, 0.0) < 1e-9


def test_sulfate_keeps_its_second_dissociation() -> None:
    system = load_system_file("d2ehpa-sulfate")
    acid, iron = 0.1, 0.01
    flask = single_contact(system, {"Fe": iron, "Y": 1e-3}, acid, 0.15)
    sulfate = 0.5 * (acid + 3 * (iron + 1e-3))
    bisulfate = flask.h_mol_L * flask.anion_mol_L / 10**-1.99
    assert bisulfate + flask.anion_mol_L == pytest.approx(sulfate, rel=1e-9)
    released = 3.0 * float(flask.organic_mol_L.sum())
    assert flask.h_mol_L + bisulfate == pytest.approx(acid + released, rel=1e-9)
    assert flask.D[0] == pytest.approx(0.1496, rel=1e-8)


def test_nitrate_salts_out() -> None:
    system = load_system_file("tbp-nitrate")
    plain, salted = (single_contact(system, {"Nd": 1e-4}, 0.2, 1.0, salt_mol_L=salt) for salt in (1.0, 4.0))
    free = plain.free_extractant_mol_L / salted.free_extractant_mol_L
    rise = (salted.anion_mol_L / plain.anion_mol_L) ** 3 / free**2.8055
    assert salted.D[0] / plain.D[0] == pytest.approx(rise, rel=1e-9)


def test_equal_elements_are_never_separated() -> None:
    law = parameters(P507, ["Pr", "Nd"])
    law = law._replace(ln_K=np.full(2, law.ln_K[1]))
    flask = equilibrate(law, np.array([0.02, 0.1]), np.zeros(2), 0.05, 1.0)
    assert flask.D[0] == flask.D[1]


def test_an_absent_element_takes_no_part() -> None:
    with_zero = single_contact(P507, {"Nd": 0.1, "Dy": 0.0}, 0.05, 1.0)
    assert with_zero.h_mol_L == pytest.approx(single_contact(P507, {"Nd": 0.1}, 0.05, 1.0).h_mol_L, rel=1e-10)
    assert with_zero.organic_mol_L[1] == 0.0


def test_more_base_than_extractant_has_no_equilibrium() -> None:
    with pytest.raises(ConvergenceError, match=r"no equilibrium of the contact .* saponified fraction"):
        single_contact(P507, {"Nd": 0.0}, 1e-9, 1.0, saponified_fraction=0.9, counter_ion="NH4", phase_ratio_O_A=1e6)
