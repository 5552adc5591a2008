"""Three mixer-settlers through a step of the feed, against an independent time-accurate reference of the PrOMMiS case.

In the reference a mixer overflows as it is mixed: its phases leave in the ratio in which it holds them, so that the
ratio follows the flows and the flow of the raffinate lags behind that of the feed. `mixer_phases = "as-mixed"` is that
model, and all twelve metals agree to 1e-4 (asked: 1 %). With volumes that stay as they are, the default, ten metals
still lie within 0.45 %, but Y deviates by 1.84 and Dy by 1.63 %: that is what the hold-up model is worth here. Settlers
are four cells in a row in both.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sxsim.cascade.balances import lines
from sxsim.kernels.flows import Plan, count_links, fill_network, make_network, pack_flows
from sxsim.kernels.free import no_equations
from sxsim.kernels.model import Chemistry, Network
from sxsim.kernels.packed import make_flows
from sxsim.kernels.solve import make_state, pack_chemistry, pack_state, solve_case
from sxsim.kernels.transient import ADVANCED, Clock, Log, advance, make_space
from sxsim.kernels.transient_frozen import make_frozen
from sxsim.kernels.transient_method import RODAS5P
from sxsim.kernels.transient_stage import Vessels
from sxsim.startup.holdups import contents
from sxsim.startup.hydraulics import Mixers, Piece, set_lines

DATA: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "prommis_dynamic.json").read_text("utf-8"))
METALS = list(DATA["metals"])
MASS = np.array([DATA["molar_mass_g_per_mol"][name] * 1e3 for name in METALS])  # mg/mol
STAGES, CELLS = 3, 4


def chemistry(fed_organic: np.ndarray) -> Chemistry:
    per_dosage = DATA["molar_mass_g_per_mol"]["DEHPA"] * 1e3 / DATA["dosage_reference_mg_per_L"] * 100.0
    laws = [DATA["metals"][name] for name in METALS]
    fitted = [law if law["type"] == "logD_linear_pH" else None for law in laws]
    a = np.array([law["B1"] if law else 0.0 for law in fitted])
    ln_K = np.array(
        [
            math.log(10.0) * law["B0"] + law["B1"] * math.log(per_dosage) if law else math.log(raw["D"])
            for law, raw in zip(fitted, laws, strict=True)
        ]
    )
    z = np.array([float(law["stoich_H"]) for law in laws])
    zero = np.zeros(len(METALS))
    free = DATA["organic_feed"]["conc_mg_per_L"]["DEHPA"] / (DATA["molar_mass_g_per_mol"]["DEHPA"] * 1e3)
    return Chemistry(
        ln_K=np.tile(ln_K, (STAGES, 1)),
        a=a,
        b=np.array([law["m0"] if law else 0.0 for law in fitted]),
        c=zero,
        d=np.array([law["m1"] * per_dosage if law else 0.0 for law in fitted]),
        s=z,
        z=z,
        charge=z,
        beta1=zero,
        beta2=zero,
        efficiency=np.ones((STAGES, len(METALS))),
        extractant=free + float(z @ fed_organic),
        Ka2=DATA["Ka2_HSO4_mol_per_L"],
    )


def plan(aqueous_m3_h: float, z: np.ndarray) -> Plan:
    fed, mass = DATA["aqueous_feed"]["conc_mg_per_L"], DATA["molar_mass_g_per_mol"]
    x = np.array([fed[name] for name in METALS]) / MASS
    bisulfate, sulfate = fed["HSO4"] / mass["HSO4"] / 1e3, fed["SO4"] / mass["SO4"] / 1e3
    none, nothing = np.zeros(0, np.int64), np.zeros(0)
    organic = np.array([DATA["organic_feed"]["conc_mg_per_L"][f"{name}_o"] for name in METALS]) / MASS
    return Plan(
        aq_to=np.arange(STAGES, dtype=np.int64) - 1,
        entrained_org=np.zeros(STAGES),
        entrained_aq=np.zeros(STAGES),
        feed_stage=np.array([STAGES - 1]),
        feed_phase=np.zeros(1, np.int64),
        feed_volume=np.array([aqueous_m3_h]),
        feed_concentration=x[None],
        feed_Q=np.array([fed["H"] / 1e3 + bisulfate + float(z @ x)]),
        feed_sulfate=np.array([bisulfate + sulfate]),
        feed_acid=np.zeros(1),
        acid_protons=2.0,
        acid_sulfate=1.0,
        draw_stage=none,
        draw_phase=none,
        draw_volume=nothing,
        split_from=none,
        split_to=none,
        split_fraction=nothing,
        recycled=0,
        organic=organic,
        inlet=np.array([DATA["organic_feed"]["flow_L_per_h"] / 1e3, 0.0, 0.0]),
        base_component=-1,
    )


def deviations(mixer_phases: str) -> dict[str, float]:
    """Largest relative deviation of each metal, in raffinate and loaded organic, 8 h after the step of the feed."""
    n = len(METALS)
    organic = np.array([DATA["organic_feed"]["conc_mg_per_L"][f"{name}_o"] for name in METALS]) / MASS
    law = chemistry(organic)
    before = plan(DATA["aqueous_feed"]["flow_L_per_h_before"] / 1e3, law.z)
    network, state = make_network(STAGES, n, count_links(before)), make_state(STAGES, n, 0)
    assert solve_case(law, before, no_equations(n), network, state, 0)[0] == 0
    assert state.x[0] * MASS == pytest.approx([DATA["steady_aqueous_out"][name] for name in METALS], rel=1e-5)

    vessels = Vessels(np.full((2, STAGES), 0.2), np.full((2, STAGES), 0.4 / CELLS))
    mixers = Mixers(network, vessels.mixer)
    amount = contents(vessels, CELLS, state.x, state.y, state.Q, state.sulfate)
    point = pack_state(state)
    clock = Clock(np.array([4.0, 0.01, 0.0, 0.0]), np.zeros(4, np.int64), np.array([12.0, np.inf, 1e-6, 1e-6]))
    after = plan(DATA["aqueous_feed"]["flow_L_per_h_after"] / 1e3, law.z)
    fill_network(after, network)
    rest = Network._make(array.copy() for array in network)
    pieces = [Piece(12.0, vessels.mixer.copy(), lines(after, rest))]
    if mixer_phases == "as-mixed":
        pieces = list(mixers.pieces(after, rest, 4.0, 12.0))
    rows = 1000
    shape = (rows, 2, STAGES, n + 2)
    log = Log(np.zeros(rows), np.zeros(shape), np.zeros(shape), np.zeros((rows, STAGES)), np.zeros((rows, n + 2)))
    steps = make_space(RODAS5P.beta.shape[0], amount.shape[0], STAGES, n)
    space = make_flows(STAGES, n, 0), make_frozen(STAGES, n, 0), steps
    integral, row = np.zeros(shape[1:]), 0
    for end_h, mixer_m3, moved in pieces:
        vessels.mixer[...] = mixer_m3
        set_lines(after, rest, moved, network)
        flows = pack_flows(network)
        clock.limits[0] = end_h
        status, row = advance(
            pack_chemistry(law), flows, vessels, amount, point, *space, RODAS5P, clock, integral, log, row
        )
        assert status == ADVANCED
    reference = DATA["reference_at_12h"]
    raffinate = log.outlet[row - 1, 0, 0, :n] * MASS
    loaded = log.outlet[row - 1, 1, STAGES - 1, :n] * MASS
    return {
        name: max(abs(lean / reference["aq"][name] - 1.0), abs(rich / reference["org"][f"{name}_o"] - 1.0))
        for name, lean, rich in zip(METALS, raffinate, loaded, strict=True)
    }


def test_a_step_of_the_feed_with_mixers_that_overflow_as_they_are_mixed() -> None:
    found = deviations("as-mixed")
    assert max(found.values()) < 2e-4, found


def test_what_volumes_that_stay_are_worth() -> None:
    found = deviations("fixed")
    away = {name for name, value in found.items() if value > 0.01}
    assert away == {"Y", "Dy"}
    assert max(found.values()) < 0.02
