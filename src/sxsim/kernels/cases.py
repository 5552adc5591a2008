"""One case out of packed arrays that have the case in front."""

from __future__ import annotations

from sxsim.kernels._jit import kernel
from sxsim.kernels.packed import Flows, Goals, Law, Layout, Point

__all__ = ["case_of"]


@kernel(inner=True)
def case_of(laws, layouts, goals, flows, points, q):
    """Law, layout, goals, flows and point of case q."""
    law = Law(laws.level[q], laws.row[q], laws.medium[q])
    layout = Layout(
        layouts.aq_to[q],
        layouts.entrained[q],
        layouts.feed_place[q],
        layouts.feed_amount[q],
        layouts.feed_concentration[q],
        layouts.draw_place[q],
        layouts.draw_volume[q],
        layouts.split_place[q],
        layouts.split_fraction[q],
        layouts.organic[q],
        layouts.inlet[q],
        layouts.flag[q],
    )
    goal = Goals(goals.free[q], goals.target[q], goals.value[q], goals.weight[q], goals.sense[q])
    flow = Flows(flows.volume[q], flows.feed[q], flows.link[q], flows.link_volume[q], flows.base[q])
    return law, layout, goal, flow, Point(points.c[q], points.s[q], points.m[q])
