"""The method in time: its order, its balances, and the steady cascade as its limit."""

from __future__ import annotations

import numpy as np
import pytest

from sxsim.kernels.transient import ESDIRK3


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
