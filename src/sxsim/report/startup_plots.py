"""Start-ups as figures: purity against time, the profile over stages and time, inventory, and the profile in motion."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sxsim.elements import RARE_EARTHS
from sxsim.foundation.atomic import atomic_path
from sxsim.report.canvas import colours, new_axes, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sxsim.startup import StartUp

__all__ = [
    "animate_profile",
    "comparison_figure",
    "inventory_against_time",
    "mp4_can_be_written",
    "profile_map",
    "purity_against_time",
    "startup_figure",
]

HOURS_A_DAY = 24.0


def purity_against_time(run: StartUp, ax: Axes | None = None) -> Axes:
    """Draw the impurity of every product against time on a logarithmic axis, with what is asked."""
    ax = ax or new_axes()
    days = run.time_h / HOURS_A_DAY
    tint = colours([each.stream for each in run.products])
    for each in run.products:
        colour = tint[each.stream]
        ax.plot(
            days, np.maximum(1.0 - each.purity, 1e-12), color=colour, label=f"{each.stream}: all but {each.element}"
        )
        ax.axhline(1.0 - each.asked, color=colour, linestyle=":", linewidth=1.0)
        if each.reached_h is not None:
            ax.plot([each.reached_h / HOURS_A_DAY], [1.0 - each.asked], "o", color=colour, markersize=4)
    ax.set_yscale("log")
    ax.set_xlabel("time [d]")
    ax.set_ylabel("impurity, dotted: asked [-]")
    ax.grid(alpha=0.25)
    if run.products:
        ax.legend(frameon=False, fontsize=8)
    return ax


def profile_map(run: StartUp, element: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw the mole fraction of an element in the water as a map over time and stages.

    Parameters
    ----------
    run : StartUp
        What was run.
    element : str, optional
        A rare earth of the cascade; the last of the definition when left out.
    ax : Axes, optional
        Where to draw.
    """
    ax = ax or new_axes()
    names, fraction = _fractions(run)
    chosen = element or names[-1]
    shown = fraction[:, :, names.index(chosen)]
    edges = np.append(run.time_h, run.time_h[-1] * (1.0 + 1e-9) + 1e-9) / HOURS_A_DAY
    mesh = ax.pcolormesh(edges, np.arange(0.5, shown.shape[1] + 1.0), shown.T, vmin=0.0, vmax=1.0, cmap="cividis")
    ax.figure.colorbar(mesh, ax=ax, label=f"{chosen} in the rare earths of the water [-]")
    ax.set_xlabel("time [d]")
    ax.set_ylabel("stage, along the organic [-]")
    return ax


def inventory_against_time(run: StartUp, ax: Axes | None = None) -> Axes:
    """Draw what the stages hold of each rare earth against time."""
    ax = ax or new_axes()
    components = run.problem.components
    rare = [name for name in components if name in RARE_EARTHS]
    for name, colour in colours(rare).items():
        held = run.log.contents[:, components.index(name)]
        ax.plot(run.time_h / HOURS_A_DAY, held, color=colour, label=name)
    ax.set_xlabel("time [d]")
    ax.set_ylabel("held in all stages [kmol]")
    ax.set_ylim(bottom=0.0)
    ax.grid(alpha=0.25)
    ax.legend(frameon=False, fontsize=8)
    return ax


def startup_figure(run: StartUp) -> Figure:
    """Return a figure of three panels: impurities, the map of the profile, and the inventory."""
    figure = new_figure(9.0, 10.0)
    above, middle, below = figure.subplots(3, 1)
    purity_against_time(run, above)
    profile_map(run, None, middle)
    inventory_against_time(run, below)
    figure.suptitle(f"{run.steady.cascade.title}\npolicy {run.policy}", fontsize=11, parse_math=False)
    return figure


def comparison_figure(runs: Mapping[Any, StartUp | str]) -> Figure:
    """Return a figure with a panel for each product: its impurity against time under every policy, and what is asked.

    Parameters
    ----------
    runs : mapping of str to StartUp or str
        What `compare` gave; policies that could not be carried out are left out.
    """
    done = {policy: run for policy, run in runs.items() if not isinstance(run, str)}
    products = next(iter(done.values())).products
    figure = new_figure(9.0, 1.5 + 3.3 * max(len(products), 1))
    panels = np.atleast_1d(figure.subplots(max(len(products), 1), 1, sharex=True))
    tint = colours(list(done))
    for column, (ax, product) in enumerate(zip(panels, products, strict=False)):
        for policy, run in done.items():
            each = run.products[column]
            days = run.time_h / HOURS_A_DAY
            ax.plot(days, np.maximum(1.0 - each.purity, 1e-12), color=tint[policy], linewidth=1.2, label=policy)
            if each.reached_h is not None:
                ax.plot([each.reached_h / HOURS_A_DAY], [1.0 - each.asked], "o", color=tint[policy], markersize=4)
        ax.axhline(1.0 - product.asked, color="0.3", linestyle=":", linewidth=1.0)
        ax.set_yscale("log")
        ax.set_ylabel(f"{product.stream}: all but {product.element} [-]")
        ax.grid(alpha=0.25)
    panels[0].legend(frameon=False, fontsize=8, ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    panels[-1].set_xlabel("time [d]; dots: on specification once opened, dotted: asked")
    figure.suptitle(next(iter(done.values())).steady.cascade.title, fontsize=11)
    return figure


def mp4_can_be_written() -> bool:
    """Tell whether matplotlib finds the program ffmpeg."""
    from matplotlib.animation import writers

    return writers.is_available("ffmpeg")


def animate_profile(run: StartUp, path: str | os.PathLike[str], frames: int = 60) -> None:
    """Write the mole fractions along the stages in motion, whole or not at all.

    Parameters
    ----------
    run : StartUp
        What was run.
    path : path-like
        File to write: a GIF, or by ffmpeg where it ends in .mp4.
    frames : int
        Pictures, evenly spread over the steps of the run.
    """
    from matplotlib.animation import FFMpegWriter, FuncAnimation, PillowWriter

    names, fraction = _fractions(run)
    figure = new_figure(7.0, 4.0)
    ax = figure.subplots()
    stage = np.arange(1, fraction.shape[1] + 1)
    drawn = [ax.plot(stage, fraction[0, :, i], color=colour, label=name)[0] for i, (name, colour) in _numbered(names)]
    ax.set_ylim(-0.03, 1.03)
    ax.set_xlabel("stage, along the organic [-]")
    ax.set_ylabel("mole fraction in the water [-]")
    ax.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1.0, 0.5))
    rows = np.unique(np.linspace(0, fraction.shape[0] - 1, frames).astype(int))

    def draw(row: int) -> list[object]:
        for i, line in enumerate(drawn):
            line.set_ydata(fraction[row, :, i])
        ax.set_title(f"policy {run.policy}, {run.time_h[row] / HOURS_A_DAY:.2f} days", fontsize=10)
        return list(drawn)

    draw(int(rows[0]))
    figure.draw_without_rendering()
    figure.set_layout_engine("none")  # laid out once, not for every picture
    moving = FuncAnimation(figure, draw, frames=[int(row) for row in rows])  # type: ignore[arg-type]
    writer = FFMpegWriter if os.fspath(path).lower().endswith(".mp4") else PillowWriter
    with atomic_path(path) as temporary:
        moving.save(temporary, writer=writer(fps=12))


def _numbered(names: list[str]) -> list[tuple[int, tuple[str, tuple[float, float, float, float]]]]:
    """Place, name and colour of each."""
    return list(enumerate(colours(names).items()))


def _fractions(run: StartUp) -> tuple[list[str], NDArray[np.float64]]:
    """Rare earths, and their mole fractions in the water that leaves each stage, (time, stage, element)."""
    components = run.problem.components
    names = [name for name in components if name in RARE_EARTHS]
    held = np.maximum(run.log.outlet[:, 0][..., [components.index(name) for name in names]], 0.0)
    total = held.sum(axis=-1, keepdims=True)
    return names, np.divide(held, total, out=np.zeros_like(held), where=total > 0.0)
