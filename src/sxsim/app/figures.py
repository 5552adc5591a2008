"""The figures of the teaching page, made by plotly from what was worked out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sxsim.app.choices import Choice, Told, aqueous_profile
from sxsim.app.pairs import PAIRS

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from sxsim.app.orders import Order
    from sxsim.app.rigorous import Worked
    from sxsim.startup.shaken import ShakenStartUp

__all__ = ["cost_figure", "forming_figure", "mccabe_thiele_figure", "orders_figure", "profile_figure", "purity_figure"]

Floats = NDArray[np.float64]
BLUE, RED, GREEN, GREY = "#0072b2", "#d55e00", "#009e73", "#7f7f7f"


def mccabe_thiele_figure(choice: Choice, told: Told) -> Figure:
    """Draw the stages between equilibrium curve and operating lines.

    Parameters
    ----------
    choice, told : Choice, Told
        Controls, and what the theory says of them.
    """
    from plotly.graph_objects import Scatter

    beta, A = choice.beta, PAIRS[choice.pair].A
    x = aqueous_profile(choice, told)
    y = _organic(beta, x)
    curve = np.linspace(0.0, 1.0, 101)
    figure = _empty(f"{A} in the water [mol/mol]", f"{A} in the organic [mol/mol]")
    figure.add_trace(Scatter(x=curve, y=curve, mode="lines", line={"color": GREY, "width": 1}, name="no separation"))
    even = _organic(beta, curve)
    figure.add_trace(Scatter(x=curve, y=even, mode="lines", line={"color": "#222"}, name=f"equilibrium, beta {beta:g}"))
    steps_x = np.repeat(x, 2)[1:]
    steps_y = np.repeat(y, 2)[:-1]
    figure.add_trace(Scatter(x=steps_x, y=steps_y, mode="lines", line={"color": BLUE, "width": 1}, name="stages"))
    at = told.n - 1
    marker = {"color": RED, "size": 9}
    figure.add_trace(Scatter(x=x[at : at + 1], y=y[at : at + 1], mode="markers", marker=marker, name="feed stage"))
    figure.update_xaxes(range=[0, 1])
    figure.update_yaxes(range=[0, 1])
    return figure


def profile_figure(choice: Choice, told: Told, worked: Worked | None) -> Figure:
    """Draw the share of A along the stages: theory, and rigorous with its pH.

    Parameters
    ----------
    choice, told : Choice, Told
        Controls, and what the theory says of them.
    worked : Worked or None
        The rigorous solution, when there is one.
    """
    from plotly.graph_objects import Scatter

    A = PAIRS[choice.pair].A
    figure = _empty("stage, along the organic [-]", f"{A} in the organic [mol/mol]" + (", pH [-]" if worked else ""))
    stage = np.arange(1, told.n + told.m + 1)
    y = _organic(choice.beta, aqueous_profile(choice, told))
    line = {"color": BLUE, "dash": "dash"}
    figure.add_trace(Scatter(x=stage, y=y, mode="lines", line=line, name=f"{A}, constant load"))
    if worked is not None and worked.result is not None:
        held = worked.result.stage
        share = held.organic_mol_L[:, 1] / held.organic_mol_L[:, :2].sum(axis=1)
        place = np.arange(1, len(share) + 1)
        figure.add_trace(Scatter(x=place, y=share, mode="lines", line={"color": RED}, name=f"{A}, rigorous"))
        look = {"color": GREY, "dash": "dot"}
        figure.add_trace(Scatter(x=place, y=held.pH, mode="lines", line=look, name="pH, rigorous"))
    figure.add_vline(x=told.n + 0.5, line={"color": "#999", "width": 1})
    return figure


def cost_figure(worked: Worked) -> Figure:
    """Draw the cost by category.

    Parameters
    ----------
    worked : Worked
        The rigorous solution with its bill.
    """
    from plotly.graph_objects import Bar

    parts = worked.bill.breakdown_usd_per_kg_oxide if worked.bill is not None else {}
    figure = _empty("USD per kg oxide", "")
    names = list(parts)[::-1]
    said = [f"{parts[name]:.2f}" for name in names]
    figure.add_trace(
        Bar(x=[parts[name] for name in names], y=names, orientation="h", marker={"color": BLUE}, text=said)
    )
    figure.update_layout(showlegend=False, height=260)
    return figure


def forming_figure(choice: Choice, told: Told, run: ShakenStartUp) -> Figure:
    """Draw the profile as it forms, with a button that plays it.

    Parameters
    ----------
    choice, told : Choice, Told
        Controls, and what the theory says of them.
    run : ShakenStartUp
        With its profiles.
    """
    from plotly.graph_objects import Frame, Scatter

    A = PAIRS[choice.pair].A
    stage = np.arange(1, told.n + told.m + 1)
    figure = _empty("stage, along the organic [-]", f"{A} in the water [mol/mol]")

    def drawn(row: int) -> Any:
        return Scatter(x=stage, y=run.profile[row], mode="lines", line={"color": BLUE}, name="now")

    steady = aqueous_profile(choice, told)
    shown = np.unique(np.linspace(0, len(run.profile) - 1, 80).astype(int))
    figure.add_trace(drawn(0))
    figure.add_trace(
        Scatter(x=stage, y=steady, mode="lines", line={"color": GREY, "dash": "dash"}, name="steady state")
    )
    figure.frames = [Frame(data=[drawn(row)], name=f"{run.profile_time[row]:g}", traces=[0]) for row in shown]
    play = {"frame": {"duration": 120, "redraw": False}, "transition": {"duration": 0}, "fromcurrent": True}
    stop = {"frame": {"duration": 0}, "mode": "immediate"}
    buttons = [
        {"label": "Play", "method": "animate", "args": [None, play]},
        {"label": "Stop", "method": "animate", "args": [[None], stop]},
    ]
    steps = [
        {"label": frame.name, "method": "animate", "args": [[frame.name], {**stop, "mode": "immediate"}]}
        for frame in figure.frames
    ]
    figure.update_layout(
        updatemenus=[{"type": "buttons", "direction": "left", "buttons": buttons, "x": 0.0, "y": 1.02,
                      "xanchor": "left", "yanchor": "bottom"}],
        sliders=[{"steps": steps, "currentvalue": {"prefix": "residence times: "}, "pad": {"t": 46}}],
        height=480,
        legend={"orientation": "h", "x": 1.0, "xanchor": "right", "y": 1.02, "yanchor": "bottom"},
    )  # fmt: skip
    figure.update_yaxes(range=[-0.02, 1.02])
    return figure


def purity_figure(told: Told, runs: dict[str, ShakenStartUp]) -> Figure:
    """Draw the worse impurity of every policy against time.

    Parameters
    ----------
    told : Told
        What the theory says, for the purity asked.
    runs : dict of str to ShakenStartUp
        By policy.
    """
    from plotly.graph_objects import Scatter

    figure = _empty("stage residence times [-]", "impurity of the worse product [-]")
    for (name, run), colour in zip(runs.items(), (GREY, RED, GREEN, BLUE), strict=True):
        rows = np.unique(np.geomspace(1, len(run.purity), 160).astype(int)) - 1
        worse = np.maximum(1.0 - run.purity[rows].min(axis=1), 1e-9)
        step = (run.profile_time[-1] - run.opened) / len(run.purity)
        time = run.opened + (rows + 1.0) * step
        figure.add_trace(Scatter(x=time, y=worse, mode="lines", line={"color": colour}, name=name))
    figure.add_hline(y=1.0 - float(told.wanted.purity_A), line={"color": "#444", "dash": "dot"})
    for axis in (figure.update_xaxes, figure.update_yaxes):
        axis(type="log", dtick=1, exponentformat="power")
    return figure


def orders_figure(orders: list[Order]) -> Figure:
    """Draw the passes of the feed for each order of cuts.

    Parameters
    ----------
    orders : list of Order
        Best first.
    """
    from plotly.graph_objects import Bar

    figure = _empty("passes of the feed [mol/mol fed]", "")
    shown = orders[::-1]
    figure.add_trace(
        Bar(
            x=[each.passes for each in shown],
            y=[each.name for each in shown],
            orientation="h",
            marker={"color": BLUE},
            text=[f"{each.passes:.1f}" for each in shown],
        )
    )
    figure.update_layout(showlegend=False, height=120 + 34 * len(orders))
    return figure


def _organic(beta: float, x: Floats) -> Floats:
    """Organic in equilibrium with the water [-]."""
    return np.asarray(beta * x / (1.0 + (beta - 1.0) * x))


def _empty(across: str, up: str) -> Figure:
    """A figure with its axes named and little around it; the look comes from the page."""
    from plotly.graph_objects import Figure

    return Figure(
        layout={
            "template": "none",  # copying a whole template for every figure takes longer than all the rest
            "margin": {"l": 10, "r": 10, "t": 30, "b": 10},
            "height": 380,
            "legend": {"orientation": "h", "y": -0.22, "yanchor": "top", "x": 0.0},
            "xaxis": {"title": across, "automargin": True},
            "yaxis": {"title": up, "automargin": True},
        }
    )
