"""The steady cascades of PrOMMiS, a published flowsheet model of a pilot plant, reproduced by the rigorous kernels.

D2EHPA as monomer with log-linear correlations, sulfate or hydrochloric acid, 2 to 30 stages. The cases are posed on the
kernels' own arrays, so that scandium, which is no element of this program, is carried like every other metal. PrOMMiS
counts its dosage in vol% of free DEHPA: with log10 D = (m0 + m1 dose) pH + B0 + B1 log10 dose and dose = k F,
ln D = [B0 ln 10 + B1 ln k] + B1 ln F - (m0 + m1 k F) ln h, which is the law of this program.

Tolerance: 1e-5 relative for every value, where PrOMMiS itself asserts 1e-4; the worst was 2e-6, in values given to six
digits. The raffinate yttrium of the three-stage case is the 6.29275e-6 mg/L of its scaled solver: the 6.30005e-6 of the
unscaled one, of which the file warns, is not used. No liquor is electroneutral in the source, whose equations hold no
charge balance; neither does the law here feel it, because no anion stands in it.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sxsim.kernels.flows import Plan, fill_network, make_network
from sxsim.kernels.free import no_equations
from sxsim.kernels.model import AQUEOUS, Chemistry, State
from sxsim.kernels.solve import SOLVED, make_state, solve_case

FILE = Path(__file__).parent / "data" / "prommis_cases.json"
PROMMIS: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
COMMON, CASES = PROMMIS["common"], PROMMIS["cases"]
TOLERANCE = 1e-5
MASS = COMMON["molar_mass_g_per_mol"]
METALS: dict[str, dict[str, Any]] = COMMON["distribution"]["metals"]
DOSE_PER_FREE = 100.0 * 1e3 * MASS["DEHPA"] / COMMON["dosage_reference_mg_per_L"]
"""vol% of DEHPA per mol/L of free extractant."""


def mol_L(conc_mg_per_L: dict[str, float], suffix: str = "") -> np.ndarray:
    return np.array([conc_mg_per_L[metal + suffix] / (1e3 * MASS[metal]) for metal in METALS])


def chemistry(case: dict[str, Any]) -> Chemistry:
    """The correlations as constants of the kernels' law, the same in every stage."""
    laws = list(METALS.values())
    protons = np.array([float(law["stoich_H"]) for law in laws])
    ln_K = [
        math.log(law["D"]) if "D" in law else law["B0"] * math.log(10.0) + law["B1"] * math.log(DOSE_PER_FREE)
        for law in laws
    ]
    N, nothing = case["number_of_stages"], np.zeros(len(laws))
    fed = case["organic_feed"]["conc_mg_per_L"]
    return Chemistry(
        ln_K=np.tile(ln_K, (N, 1)),
        a=np.array([law.get("B1", 0.0) for law in laws]),
        b=np.array([law.get("m0", 0.0) for law in laws]),
        c=nothing,
        d=np.array([law.get("m1", 0.0) * DOSE_PER_FREE for law in laws]),
        s=protons,
        z=protons,
        charge=protons,
        beta1=nothing,
        beta2=nothing,
        efficiency=np.ones((N, len(laws))),
        extractant=fed["DEHPA"] / (1e3 * MASS["DEHPA"]) + float(protons @ mol_L(fed, "_o")),
        Ka2=COMMON["Ka2_HSO4_mol_per_L"] if case["medium"] == "sulfuric" else 0.0,
    )


def plan(case: dict[str, Any], law: Chemistry) -> Plan:
    """Fresh organic into the first stage, one liquor into the last."""
    N = law.ln_K.shape[0]
    liquor = case["aqueous_feed"]["conc_mg_per_L"]
    x = mol_L(liquor)
    bisulfate = liquor.get("HSO4", 0.0) / (1e3 * MASS["HSO4"])
    acid = liquor["H"] / (1e3 * COMMON["mw_H_by_medium"][case["medium"]]) + bisulfate
    none, no_place = np.zeros(0), np.zeros(0, np.int64)
    return Plan(
        aq_to=np.arange(N, dtype=np.int64) - 1,
        entrained_org=np.zeros(N),
        entrained_aq=np.zeros(N),
        feed_stage=np.array([N - 1], dtype=np.int64),
        feed_phase=np.array([AQUEOUS], dtype=np.int64),
        feed_volume=np.array([case["aqueous_feed"]["flow_L_per_h"] / 1e3]),
        feed_concentration=x[np.newaxis, :],
        feed_Q=np.array([acid + float(law.z @ x)]),
        feed_sulfate=np.array([bisulfate + liquor.get("SO4", 0.0) / (1e3 * MASS["SO4"])]),
        feed_acid=np.zeros(1),
        acid_protons=1.0,
        acid_sulfate=0.0,
        draw_stage=no_place,
        draw_phase=no_place,
        draw_volume=none,
        split_from=no_place,
        split_to=no_place,
        split_fraction=none,
        recycled=0,
        organic=mol_L(case["organic_feed"]["conc_mg_per_L"], "_o"),
        inlet=np.array([case["organic_feed"]["flow_L_per_h"] / 1e3, 0.0, 0.0]),
        base_component=-1,
    )


def solved(case: dict[str, Any]) -> tuple[Chemistry, State]:
    law = chemistry(case)
    flows = plan(case, law)
    N, n = law.ln_K.shape
    network, state = make_network(N, n, 0), make_state(N, n, 0)
    assert fill_network(flows, network) == 0
    status, *_ = solve_case(law, flows, no_equations(n), network, state, 0)
    assert status == SOLVED
    return law, state


def liquor_mg_L(case: dict[str, Any], law: Chemistry, state: State) -> dict[str, float]:
    """The aqueous leaving the first stage, in the words and units of the source."""
    found = {metal: 1e3 * MASS[metal] * float(state.x[0, i]) for i, metal in enumerate(METALS)}
    h, sulfate = float(state.h[0]), float(state.sulfate[0])
    found["H"] = 1e3 * COMMON["mw_H_by_medium"][case["medium"]] * h
    if law.Ka2 > 0.0:
        found["HSO4"] = 1e3 * MASS["HSO4"] * sulfate * h / (law.Ka2 + h)
        found["SO4"] = 1e3 * MASS["SO4"] * sulfate * law.Ka2 / (law.Ka2 + h)
    return found


def organic_mg_L(law: Chemistry, state: State) -> dict[str, float]:
    """The organic leaving the last stage."""
    found = {f"{metal}_o": 1e3 * MASS[metal] * float(state.y[-1, i]) for i, metal in enumerate(METALS)}
    free = law.extractant - float(law.s @ state.y[-1])
    return found | {"DEHPA": 1e3 * MASS["DEHPA"] * free}


def shared(found: dict[str, float], expected: dict[str, float]) -> tuple[dict[str, float], dict[str, float]]:
    """Both sides without water, kerosene and chloride, which take no part."""
    left_out = {"H2O", "Kerosene", "Cl"}
    expected = {name: value for name, value in expected.items() if name not in left_out}
    return {name: found[name] for name in expected}, expected


@pytest.mark.parametrize("name", CASES)
def test_a_published_steady_cascade_is_reproduced(name: str) -> None:
    case = CASES[name]
    law, state = solved(case)
    for table in ("computed_with_prommis", "expected_asserted"):
        expected = case.get(table, {})
        if "aqueous_out_mg_per_L" in expected:
            found, given = shared(liquor_mg_L(case, law, state), expected["aqueous_out_mg_per_L"])
            assert found == pytest.approx(given, rel=TOLERANCE), table
        if "organic_out_mg_per_L" in expected:
            found, given = shared(organic_mg_L(law, state), expected["organic_out_mg_per_L"])
            assert found == pytest.approx(given, rel=TOLERANCE), table


@pytest.mark.parametrize(
    "name", [name for name, case in CASES.items() if "computed_stage_profile_in_prommis_numbering" in case]
)
def test_every_stage_of_a_published_unit_is_reproduced(name: str) -> None:
    case = CASES[name]
    _, state = solved(case)
    profile = case["computed_stage_profile_in_prommis_numbering"]
    if case["medium"] == "sulfuric":  # a load unit is numbered along the aqueous there, a strip unit along the organic
        profile = profile[::-1]
    assert len(profile) == state.h.size
    assert -np.log10(state.h) == pytest.approx([stage["pH"] for stage in profile], abs=TOLERANCE)
    assert state.F * DOSE_PER_FREE == pytest.approx([stage["extractant_dosage"] for stage in profile], rel=TOLERANCE)
    for i, metal in enumerate(METALS):
        ratio = state.y_star[:, i] / state.x[:, i]
        assert ratio == pytest.approx([stage["D"][metal] for stage in profile], rel=TOLERANCE), metal
