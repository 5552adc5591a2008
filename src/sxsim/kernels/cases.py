"""One case out of packed arrays that have the case in front."""

from __future__ import annotations

from sxsim.kernels._jit import kernel
from sxsim.kernels.packed import Flows, Goals, Law, Layout, Point

__all__ = ["flows_of", "goals_of", "law_of", "layout_of", "point_of"]


@kernel()
def law_of(laws, q):
    """Law of case q."""
    return Law(laws.level[q], laws.row[q], laws.medium[q])


@kernel()
def layout_of(layouts, q):
    """Layout of case q."""
    return Layout(
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


@kernel()
def goals_of(goals, q):
    """Goals of case q."""
    return Goals(goals.which[q], goals.value[q], goals.weight[q])


@kernel()
def flows_of(flows, q):
    """Flows of case q."""
    return Flows(flows.volume[q], flows.feed[q], flows.link[q], flows.link_volume[q], flows.base[q])


@kernel()
def point_of(points, q):
    """Point of case q."""
    return Point(points.c[q], points.s[q], points.m[q])
