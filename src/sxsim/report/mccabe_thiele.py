"""The McCabe-Thiele diagram of a cut: compositions stage by stage, the feed stage and the pinch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from sxsim.report.canvas import new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sxsim.cascade.result import Result
    from sxsim.sizing.cut import Cut

__all__ = ["Separation", "mccabe_thiele"]


class Separation(Protocol):
    """A solved cascade and its cut; every `Plan` is one."""

    @property
    def cut(self) -> Cut:
        """The pair that decides."""

    @property
    def result(self) -> Result:
        """The solved cascade."""

    @property
    def S_over_S_min(self) -> float:
        """Reflux over its minimum [-]."""


def mccabe_thiele(plan: Separation, ax: Axes | None = None) -> Axes:
    """Draw the organic against the aqueous composition of every stage of extraction and scrubbing.

    Parameters
    ----------
    plan : Separation
        A design, or a solved cascade with its cut.
    ax : Axes, optional
        Where to draw; a figure of its own when left out.

    Returns
    -------
    Axes
        What was drawn on.

    Notes
    -----
    x and y are the shares of the elements on A's side of the cut among the rare earths of the aqueous and the organic
    [mol/mol]; the curve is y = beta x/(1 + (beta - 1) x). Operating points join the organic that leaves a stage with
    the aqueous that enters it. The pinch is where, at the minimum S, both operating lines meet the curve: at the
    composition of the feed.
    """
    ax = ax or new_axes(6.4, 6.0)
    cut, result = plan.cut, plan.result
    kinds = {part.name: part.kind for part in result.cascade.section}
    rows = [j for j, name in enumerate(result.stage.section) if kinds[name] in ("extraction", "scrubbing")]
    feed_stage = max(j for j in rows if kinds[result.stage.section[j]] == "extraction")
    rare = [k for k, name in enumerate(result.components) if name in cut.fractions]
    side = [k for k, name in enumerate(result.components) if name in cut.organic_side]
    aqueous, organic = result.stage.aqueous_mol_L, result.stage.organic_mol_L
    x = aqueous[rows][:, side].sum(axis=1) / aqueous[rows][:, rare].sum(axis=1)
    y = organic[rows][:, side].sum(axis=1) / organic[rows][:, rare].sum(axis=1)
    curve = np.linspace(0.0, 1.0, 201)
    beta = cut.beta
    ax.plot(curve, curve, color="0.6", linewidth=0.8)
    ax.plot(curve, beta * curve / (1.0 + (beta - 1.0) * curve), color="0.2", linewidth=1.2, label=f"beta = {beta:g}")
    steps_x, steps_y = [float(x[0])], [float(y[0])]
    for at in range(1, len(x)):  # a stage's aqueous leaves towards the organic's start: up at x, across at y
        steps_x += [float(x[at]), float(x[at])]
        steps_y += [float(y[at - 1]), float(y[at])]
    ax.plot(steps_x, steps_y, color="#0072b2", linewidth=0.8, label="stages")
    split = rows.index(feed_stage)
    ax.plot(x[1 : split + 1], y[:split], ".", color="#009e73", markersize=4, label="operating points, extraction")
    ax.plot(x[split + 1 :], y[split:-1], ".", color="#cc79a7", markersize=4, label="operating points, scrubbing")
    f_A = float(cut.wanted.feed_A)
    pinch = beta * f_A / (1.0 + (beta - 1.0) * f_A)
    ax.plot([f_A], [pinch], "D", color="#e69f00", markersize=6, label="pinch at minimum S")
    ax.plot([x[split]], [y[split]], "o", color="#d55e00", markersize=6, label=f"feed stage ({split + 1})")
    ax.axvline(f_A, color="#e69f00", linewidth=0.7, linestyle=":")
    who = " + ".join(cut.organic_side)
    ax.set_xlabel(f"{who} among the rare earths of the aqueous [mol/mol]")
    ax.set_ylabel(f"{who} among the rare earths of the organic [mol/mol]")
    ax.set_xlim(0.0, 1.0)
    ax.set_ylim(0.0, 1.0)
    ax.set_title(f"{cut.name}: {len(rows)} stages, S/S_min = {plan.S_over_S_min:.3f}", fontsize=10)
    ax.legend(loc="lower right", frameon=False, fontsize=8)
    return ax
