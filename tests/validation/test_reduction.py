"""The rigorous model reduces to the constant-load theory: at nominal flows where extraction is weak, else at real ones.

In the rigorous model the organic of a saponified extractant also loads what its free acid form takes up, and gives back
what the acid of the aqueous holds; the charge relation says by how much (derived from the stage balances). Where both
are small the theory's S and W are the ones that base and scrub acid pay for.
"""

from __future__ import annotations

import numpy as np
import pytest
from tests.plans import METAL, cation_exchange, plan_of, solved

from sxsim.theory.stages import binary_purities

BETA, FEED_A = 1.5, 0.5
EXTRACTION, SCRUBBING = 12, 12
CAPACITY = 1.5 * 0.36
ACID = 3.0


def rigorous(log10_K, log10_K_ion, *, S=3.0, W=2.5):
    """Nd over Pr, 1 mol/L: organic and scrub sized for nominal S and W [mol per mol feed]."""
    levels = [log10_K, log10_K - np.log10(BETA)]
    plan = plan_of(
        (EXTRACTION, SCRUBBING),
        [FEED_A, 1.0 - FEED_A, 0.0],
        organic_m3_h=METAL * S / CAPACITY,
        scrub_m3_h=METAL * W / ACID,
        scrub_mol_L=ACID,
        counter_ion_mol_L=CAPACITY,
        feed_acid_mol_L=1e-6,
    )
    return solved(cation_exchange(EXTRACTION + SCRUBBING, levels, log10_K_ion=log10_K_ion), plan)


def purities(case):
    """Purity of A in the loaded organic and of B in the raffinate [mol/mol]."""
    x, y = case.state.x[0, :2], case.state.y[-1, :2]
    return y[0] / y.sum(), x[1] / x.sum()


@pytest.mark.parametrize("log10_K", [-9.0, -10.0])
def test_weak_extraction_meets_the_theory_at_nominal_flows(log10_K):
    case = rigorous(log10_K, log10_K - 4.0)
    theory = binary_purities(BETA, FEED_A, EXTRACTION, SCRUBBING, 3.0, 2.5, "aqueous")
    assert purities(case) == pytest.approx((theory[0], theory[1]), abs=1e-3)


@pytest.mark.parametrize("log10_K", [-9.0, -4.0, -2.2])
def test_any_level_meets_the_theory_at_the_flows_it_really_has(log10_K):
    case = rigorous(log10_K, -14.0)
    state, network = case.state, case.network
    load = network.org_out * state.y[:, :2].sum(axis=1)
    S = load[EXTRACTION - 1]
    W = S - load[-1]
    theory = binary_purities(BETA, FEED_A, EXTRACTION, SCRUBBING, S, W, "aqueous")
    assert purities(case) == pytest.approx((theory[0], theory[1]), abs=1e-3)


def test_the_stronger_the_extraction_the_further_the_load_is_from_the_nominal_one():
    load = {K: rigorous(K, -14.0).state.y[EXTRACTION - 1, :2].sum() * METAL / CAPACITY for K in (-9.0, -2.2, 0.5)}
    assert load[-9.0] == pytest.approx(1.0, abs=2e-3)
    assert load[-2.2] == pytest.approx(1.0, abs=0.03)
    assert abs(load[0.5] - 1.0) > 2.0 * abs(load[-2.2] - 1.0)


@pytest.mark.parametrize("log10_K", [-9.0, -2.2, 0.5])
def test_the_charge_relation_holds_at_every_stage(log10_K):
    """V_j sum z y_j = base + L_1 h_1 - L_(j+1) h_(j+1) - V_F h_F where the feed enters at or below stage j."""
    case = rigorous(log10_K, -5.0)
    state, network, plan = case.state, case.network, case.plan
    carried = network.org_out * (METAL * state.y[:, :2].sum(axis=1) + state.y[:, 2])
    acid = network.aq_out * state.h
    incoming = np.append(acid[1:], plan.feed_volume[1] * ACID)
    fed = np.where(np.arange(carried.size) >= EXTRACTION - 1, plan.feed_volume[0] * 1e-6, 0.0)
    base = plan.inlet[0] * plan.inlet[1]
    assert np.allclose(carried, base + acid[0] - incoming - fed, rtol=1e-10, atol=0.0)
