"""The trade-off of a design: stages against organic and cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxsim.errors import Finding, InputError
from sxsim.report.canvas import new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sxsim.sizing.plan import Plan

__all__ = ["tradeoff"]


def tradeoff(plan: Plan, ax: Axes | None = None) -> Axes:
    """Draw organic flow and yearly cost over the total of stages, S/S_min beside its points.

    Parameters
    ----------
    plan : Plan
        A design.
    ax : Axes, optional
        Where to draw; a figure of its own when left out.

    Returns
    -------
    Axes
        The axes of the organic flow; the cost has axes of its own on the right.

    Raises
    ------
    InputError
        The plan has no curve, because no stages were decided.
    """
    if not plan.curve:
        raise InputError(
            Finding(
                "plan.curve",
                "is empty: all stages are fixed",
                "a plan with stages to decide",
                "take stages out of design.fixed",
            )
        )
    ax = ax or new_axes(7.5, 4.8)
    total = [point.total for point in plan.curve]
    ax.plot(total, [point.organic_m3_h for point in plan.curve], "o-", color="#0072b2", markersize=4)
    for point in plan.curve:
        place = (point.total, point.organic_m3_h)
        ax.annotate(f"{point.S_over_S_min:.2f}", place, (3, 5), textcoords="offset points", fontsize=7, color="#0072b2")
    ax.set_xlabel("stages of extraction and scrubbing [-]")
    ax.set_ylabel("organic [m3/h] (S/S_min beside the points)", color="#0072b2")
    ax.grid(alpha=0.25)
    right = ax.twinx()
    right.plot(total, [point.annual_usd / 1e6 for point in plan.curve], "s--", color="#d55e00", markersize=4)
    right.set_ylabel("cost of what the design decides [million USD/y]", color="#d55e00")
    chosen = sum(plan.stages[part.name] for part in plan.cascade.section if part.kind in ("extraction", "scrubbing"))
    ax.axvline(chosen, color="0.4", linestyle=":", linewidth=1.0)
    ax.set_title(f"{plan.cascade.title}: the design has {chosen} stages", fontsize=10, parse_math=False)
    return ax
