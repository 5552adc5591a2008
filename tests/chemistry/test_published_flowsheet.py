"""A published three-stage cascade, stage by stage: the correlations of d2ehpa-sulfate say what their source says."""

from __future__ import annotations

import numpy as np
import pytest

from sxsim.chemistry.contact import equilibrate
from sxsim.chemistry.parameters import parameters
from sxsim.definition.system import load_system_file

# PrOMMiS, solvent_extraction_steady.py and its test (commit 9beba554): 3 stages, O/A 1, mg/L. Molar masses as there.
MOLAR_MASS = {"Ce": 140.116, "Nd": 144.242, "Gd": 157.25, "Dy": 162.5, "Al": 26.982, "Ca": 40.078, "Fe": 55.845}
MOLAR_MASS |= {"La": 138.905, "Pr": 140.907, "Sm": 150.36, "Y": 88.905}
FEED = {"La": 0.986, "Ce": 2.277, "Pr": 0.303, "Nd": 0.946, "Sm": 0.097, "Gd": 0.2584, "Dy": 0.047, "Y": 0.124}
FEED |= {"Al": 422.375, "Ca": 109.542, "Fe": 688.266}
ORGANIC = {"La": 1.05e-4, "Ce": 3.1e-4, "Pr": 3.711e-5, "Nd": 1.65e-4, "Sm": 1.701e-5, "Gd": 3.357e-5, "Dy": 8.008e-6}
ORGANIC |= {"Y": 2.179e-5, "Al": 1.267e-5, "Ca": 2.684e-5, "Fe": 2.873e-6}
RAFFINATE = {"La": 0.9142143743736765, "Ce": 2.109527899835716, "Pr": 0.2763100455024723, "Nd": 0.8809872254832235}
RAFFINATE |= {"Sm": 0.08657862645327004, "Gd": 0.19245933405617005, "Dy": 0.0011699115491985285}
RAFFINATE |= {"Y": 6.2927484324952765e-06, "Al": 399.95007985144855, "Ca": 102.33608160228421, "Fe": 585.594717003766}
PROTON = 39.513087794080775
# Scandium is not an element of this program: the protons it releases (0.032 to 0.0027 mg/L) are given to the feed.
SCANDIUM_ACID_MOL_L = 3.0 * (0.032 - 0.0027415) / 44.946e3


def test_three_stages_in_sulfate() -> None:
    elements = tuple(FEED)
    law = parameters(load_system_file("d2ehpa-sulfate"), elements)
    mass = 1e3 * np.array([MOLAR_MASS[symbol] for symbol in elements])
    x0 = np.array([FEED[symbol] for symbol in elements]) / mass
    y0 = np.array([ORGANIC[symbol] for symbol in elements]) / mass
    acid0 = 10.75 / 1e3 + 10000.0 / 97e3 + SCANDIUM_ACID_MOL_L
    sulfate = 10000.0 / 97e3 + 100.0 / 96e3
    extractant = 48790.0 / 322.431e3 + float(law.s @ y0)
    aqueous, organic, acid = [x0] * 4, [y0] * 4, [acid0] * 4  # before the stages and after each; organic runs backwards
    for _ in range(40):
        for stage in range(3):
            flask = equilibrate(law, aqueous[stage], organic[stage + 1], acid[stage], extractant, sulfate_mol_L=sulfate)
            released = float(law.z @ (flask.organic_mol_L - organic[stage + 1]))
            aqueous[stage + 1], organic[stage] = flask.aqueous_mol_L, flask.organic_mol_L
            acid[stage + 1] = acid[stage] + released
    assert dict(zip(elements, aqueous[3] * mass, strict=True)) == pytest.approx(RAFFINATE, rel=1e-4)
    assert flask.h_mol_L * 1e3 == pytest.approx(PROTON, rel=1e-6)
