"""McCabe-Thiele diagram and trade-off plot show what they promise."""

from __future__ import annotations

import numpy as np
import pytest
from tests.sizing.cases import asked, with_design

from sxsim.errors import InputError
from sxsim.report.mccabe_thiele import mccabe_thiele
from sxsim.report.tradeoff import tradeoff
from sxsim.sizing import design


@pytest.fixture(scope="module")
def plan():
    return design(asked("dy_tb_p507", 0.98, 0.95))


def test_mccabe_thiele_shows_stages_feed_stage_and_pinch(plan):
    drawn = {line.get_label(): line for line in mccabe_thiele(plan).lines}
    n, m = plan.stages["extraction"], plan.stages["scrubbing"]
    assert len(drawn["operating points, extraction"].get_xdata()) == n - 1
    assert len(drawn["operating points, scrubbing"].get_xdata()) == m
    assert f"feed stage ({n})" in drawn
    x, y = (float(data[0]) for data in drawn["pinch at minimum S"].get_data())
    assert (x, y) == pytest.approx((0.85, 2.82 * 0.85 / (1.0 + 1.82 * 0.85)))
    steps = drawn["stages"]
    on_curve = np.asarray(steps.get_xdata())[::2], np.asarray(steps.get_ydata())[::2]
    np.testing.assert_allclose(on_curve[1], 2.82 * on_curve[0] / (1.0 + 1.82 * on_curve[0]), rtol=1e-6)


def test_the_trade_off_holds_every_point_of_the_curve(plan):
    ax = tradeoff(plan)
    assert list(ax.lines[0].get_xdata()) == [point.total for point in plan.curve]
    assert f"{plan.stages['extraction'] + plan.stages['scrubbing']} stages" in ax.get_title()


def test_without_a_curve_there_is_no_trade_off():
    fixed = ["section.extraction.stages", "section.scrubbing.stages"]
    changes = {"section.extraction.stages": 10, "section.scrubbing.stages": 10}
    made = design(with_design(asked("dy_tb_p507", 0.98, 0.95, **changes), fixed=fixed))
    assert (made.stages["extraction"], made.stages["scrubbing"]) == (10, 10)
    with pytest.raises(InputError, match="all stages are fixed"):
        tradeoff(made)
