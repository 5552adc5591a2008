"""The method in time: its order, its balances, and the steady cascade as its limit."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.plans import Solved, cation_exchange, plan_of, solved

from sxsim.kernels.flows import pack_flows
from sxsim.kernels.packed import make_flows
from sxsim.kernels.solve import pack_chemistry, pack_state
from sxsim.kernels.transient import ADVANCED, Clock, Log, advance, make_space
from sxsim.kernels.transient_frozen import make_frozen
from sxsim.kernels.transient_method import RODAS5P
from sxsim.kernels.transient_stage import Vessels
from sxsim.startup.holdups import contents

Floats = NDArray[np.float64]
ROWS = 150


def conditions(alpha: Floats, beta: Floats, b: Floats) -> dict[str, tuple[float, float]]:
    """Order conditions of Rosenbrock-Wanner methods, without and with algebraic equations, and what they must give.

    Hairer and Wanner, Solving Ordinary Differential Equations II, 2nd ed., tables IV.7.1 and VI.4.1; for the algebraic
    ones w = beta^-1 stands where a tree has an algebraic node.
    """
    a, c, w = alpha.sum(axis=1), beta.sum(axis=1), np.linalg.inv(beta)
    return {
        "1": (b.sum(), 1.0),
        "2": (b @ c, 1 / 2),
        "3 bushy": (b @ a**2, 1 / 3),
        "3 tall": (b @ beta @ c, 1 / 6),
        "4 bushy": (b @ a**3, 1 / 4),
        "4 mixed": (b @ (a * (alpha @ c)), 1 / 8),
        "4 below": (b @ beta @ a**2, 1 / 12),
        "4 tall": (b @ beta @ beta @ c, 1 / 24),
        "algebraic 2": (b @ w @ a**2, 1.0),
        "algebraic 3": (b @ w @ a**3, 1.0),
        "algebraic 3 mixed": (b @ w @ (a * (alpha @ c)), 1 / 2),
        "algebraic 4 within": (b @ (a * (alpha @ w @ a**2)), 1 / 4),
        "5 bushy": (b @ a**4, 1 / 5),
        "5 tall": (b @ beta @ beta @ beta @ c, 1 / 120),
        "5 below": (b @ beta @ a**3, 1 / 20),
        "5 mixed": (b @ (a**2 * (alpha @ c)), 1 / 10),
        "5 squared": (b @ (alpha @ c) ** 2, 1 / 20),
        "5 two": (b @ (a * (alpha @ a**2)), 1 / 15),
    }


@pytest.mark.kernel
def test_the_method_is_of_fifth_order_and_stiffly_accurate() -> None:
    alpha, beta = RODAS5P.alpha, RODAS5P.beta
    for name, (found, due) in conditions(alpha, beta, beta[-1]).items():
        assert found == pytest.approx(due, abs=1e-12), name
    assert RODAS5P.order == 5
    assert np.diag(beta) == pytest.approx(beta[0, 0], abs=0.0)
    assert beta[-1].sum() == pytest.approx(1.0, abs=5e-16)
    assert RODAS5P.argument @ beta == pytest.approx(alpha, abs=1e-11)
    # the embedded solution ends a stage itself, of fourth order, and the last two stages begin where others ended
    for name, (found, due) in conditions(alpha, beta, beta[-2]).items():
        assert name.startswith("5") or found == pytest.approx(due, abs=1e-12), name
    assert alpha[-1] == pytest.approx(beta[-2], abs=1e-12)
    assert alpha[-2] == pytest.approx(beta[-3], abs=1e-12)


@pytest.mark.kernel
def test_a_step_of_any_length_damps_what_is_stiff() -> None:
    def damping(z: float) -> float:
        size = RODAS5P.order + 3
        stages = np.linalg.solve(np.eye(size) - z * RODAS5P.beta, np.ones(size))
        return float(stages[-1])

    assert abs(damping(-1e8)) < 1e-6
    assert damping(-0.01) == pytest.approx(np.exp(-0.01), abs=1e-13)
    assert max(abs(damping(-(10.0**power))) for power in np.linspace(-3.0, 6.0, 200)) < 1.0


def carried(
    before: Solved, after: Solved, vessels: Vessels, cells: int, hours: float, *, tolerance: float, step: float = np.inf
) -> tuple[Floats, Log, int, Floats]:
    """Contents, log, rows and integrals some time after the flows of one steady state become those of another."""
    state, network = before.state, after.network
    (N, n), k = state.x.shape, network.link_from.size
    amount = contents(vessels, cells, state.x, state.y, state.Q, state.sulfate)
    shape = (ROWS, 2, N, n + 2)
    log = Log(np.zeros(ROWS), np.zeros(shape), np.zeros(shape), np.zeros((ROWS, N)), np.zeros((ROWS, n + 2)))
    clock = Clock(
        np.array([0.0, min(0.05, step), 0.0, 0.0]), np.zeros(4, np.int64), np.array([hours, step, tolerance, 1e-6])
    )
    steps = make_space(RODAS5P.beta.shape[0], amount.shape[0], N, n)
    space = make_flows(N, n, k), make_frozen(N, n, k), steps
    integral = np.zeros(shape[1:])
    law, flows, point = pack_chemistry(before.chemistry), pack_flows(network), pack_state(state)
    status, row = advance(law, flows, vessels, amount, point, *space, RODAS5P, clock, integral, log, 0)
    assert status == ADVANCED
    return amount, log, row, integral


@pytest.mark.kernel
@pytest.mark.parametrize("cells", [0, 2])
def test_half_the_step_has_a_thirtieth_of_the_error_in_every_kind_of_cascade(cells: int) -> None:
    """A slope that was wrong anywhere would cost the method its order.

    So there are entrainment, efficiency, a split, a closed loop, bisulfate, ligands and an anion in the law.
    """
    chemistry = cation_exchange(5, (-2.6, -2.2), efficiency=0.8)
    metals = np.array([1.0, 1.0, 0.0])
    chemistry = chemistry._replace(
        c=0.3 * metals, d=0.1 * metals, beta1=np.array([2.0, 3.0, 0.0]), beta2=np.array([0.5, 1.0, 0.0]), Ka2=0.01
    )
    common = {"organic_m3_h": 3.0, "scrub_m3_h": 0.4, "scrub_mol_L": 2.0, "counter_ion_mol_L": 0.3, "recycled": True}
    common |= {"strip_m3_h": 0.5, "strip_mol_L": 4.0}

    def case(fed: tuple[float, ...], sulfate: float) -> Solved:
        plan = plan_of((2, 1, 2), fed, **common)
        one = np.array([0], dtype=np.int64)
        return solved(
            chemistry,
            plan._replace(
                entrained_org=np.full(5, 0.01),
                entrained_aq=np.full(5, 0.02),
                feed_sulfate=np.array([sulfate, 0.0, 0.0]),
                split_from=one,
                split_to=one + 1,
                split_fraction=np.array([0.3]),
            ),
        )

    before, after = case((0.1, 0.2, 0.0), 0.1), case((0.15, 0.15, 0.0), 0.15)
    vessels = Vessels(np.full((2, 5), 0.5), np.full((2, 5), 0.3))
    ends = [carried(before, after, vessels, cells, 1.0, tolerance=1e6, step=1.0 / m)[0] for m in (3, 6, 12, 96)]
    errors = [float(np.abs(end - ends[-1]).max()) for end in ends[:-1]]
    assert errors[0] > 16.0 * errors[1] > 16.0 * 16.0 * errors[2]
    last = carried(before, after, vessels, cells, 5000.0, tolerance=1e-3)[1:3]
    assert last[0].outlet[last[1] - 1, 0, :, :3] == pytest.approx(after.state.x, rel=1e-7, abs=1e-10)


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
    amount, log, row, integral = carried(before, after, vessels, cells, 2000.0, tolerance=1e-3)
    state = before.state
    held = contents(vessels, cells, state.x, state.y, state.Q, state.sulfate).sum(axis=(0, 1))
    assert 0 < row < ROWS
    end = log.outlet[row - 1]
    assert end[0, :, :n] == pytest.approx(after.state.x, rel=1e-8, abs=1e-12)
    assert end[1, :, :n] == pytest.approx(after.state.y, rel=1e-8, abs=1e-12)
    plan, network = after.plan, after.network
    entered = plan.feed_volume @ plan.feed_concentration
    entered[-1] += plan.inlet[0] * plan.inlet[1]
    left = network.aq_out[0] * integral[0, 0, :n] + network.org_out[-1] * integral[1, -1, :n]
    error = held[:n] + entered * 2000.0 - left - amount.sum(axis=(0, 1))[:n]
    assert error == pytest.approx(0.0, abs=1e-12 * float(entered.max()) * 2000.0)
