"""The method in time: its order, its balances, and the steady cascade as its limit."""

from __future__ import annotations

import numpy as np
import pytest
from tests.plans import cation_exchange, plan_of, solved

from sxsim.kernels.flows import pack_flows
from sxsim.kernels.packed import Goals, make_flows, make_point, make_work
from sxsim.kernels.solve import pack_chemistry, pack_state
from sxsim.kernels.transient import ADVANCED, ESDIRK3, Clock, Log, advance
from sxsim.kernels.transient_stage import Vessels
from sxsim.startup.holdups import contents


@pytest.mark.kernel
def test_the_method_is_of_third_order_and_stiffly_accurate() -> None:
    a, c, b = ESDIRK3.a, ESDIRK3.c, ESDIRK3.a[-1]
    conditions = [b.sum(), b @ c, b @ c**2, b @ a @ c]
    assert conditions == pytest.approx([1.0, 1 / 2, 1 / 3, 1 / 6], abs=1e-14)
    low = b - ESDIRK3.error
    assert [low.sum(), low @ c] == pytest.approx([1.0, 1 / 2], abs=1e-14)
    assert np.diag(a)[1:] == pytest.approx(a[1, 1], abs=0.0)
    assert c[-1] == pytest.approx(1.0, abs=1e-15)


@pytest.mark.kernel
def test_a_step_of_any_length_damps_what_is_stiff() -> None:
    def damping(z: float) -> float:
        size = ESDIRK3.c.size
        stages = np.linalg.solve(np.eye(size) - z * ESDIRK3.a, np.ones(size))
        return float(stages[-1])

    assert abs(damping(-1e8)) < 1e-7
    assert damping(-0.01) == pytest.approx(np.exp(-0.01), abs=1e-9)


@pytest.mark.kernel
@pytest.mark.parametrize("cells", [0, 1])
def test_a_step_of_the_feed_is_conserved_and_ends_at_the_steady_state(cells: int) -> None:
    chemistry = cation_exchange(4, (-2.6, -2.2))
    fed = (0.1, 0.3, 0.0)
    common = {"organic_m3_h": 3.0, "scrub_m3_h": 0.4, "scrub_mol_L": 2.0, "counter_ion_mol_L": 0.5}
    before = solved(chemistry, plan_of((2, 2), fed, **common))
    after = solved(chemistry, plan_of((2, 2), fed, feed_m3_h=1.1, **common))
    N, n = before.state.x.shape
    vessels = Vessels(np.full((2, N), 0.5), np.full((2, N), 0.3))
    state = before.state
    amount = contents(vessels, cells, state.x, state.y, state.Q, state.sulfate)
    held = amount.sum(axis=(0, 1))
    point, flows = pack_state(state), pack_flows(after.network)
    rows = 120
    shape = (rows, 2, N, n + 2)
    log = Log(np.zeros(rows), np.zeros(shape), np.zeros(shape), np.zeros((rows, N)), np.zeros((rows, n + 2)))
    clock = Clock(np.array([0.0, 0.05, 0.0]), np.zeros(4, np.int64), np.array([2000.0, np.inf, 1e-3, 1e-6]))
    none = Goals(np.zeros((6, 0), np.int64), np.zeros(0), np.zeros((0, n)))
    space = make_work(N, n, 0, 0), make_flows(N, n, 0), make_point(N, n, 0)
    integral = np.zeros(shape[1:])
    law = pack_chemistry(chemistry)
    status, row = advance(law, flows, vessels, amount, point, *space, none, ESDIRK3, clock, integral, log, 0)
    assert status == ADVANCED
    assert 0 < row < rows
    end = log.outlet[row - 1]
    assert end[0, :, :n] == pytest.approx(after.state.x, rel=1e-8, abs=1e-12)
    assert end[1, :, :n] == pytest.approx(after.state.y, rel=1e-8, abs=1e-12)
    plan, network = after.plan, after.network
    entered = plan.feed_volume @ plan.feed_concentration
    entered[-1] += plan.inlet[0] * plan.inlet[1]
    left = network.aq_out[0] * integral[0, 0, :n] + network.org_out[-1] * integral[1, -1, :n]
    error = held[:n] + entered * 2000.0 - left - amount.sum(axis=(0, 1))[:n]
    assert error == pytest.approx(0.0, abs=1e-12 * float(entered.max()) * 2000.0)
