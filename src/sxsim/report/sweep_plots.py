"""Sweeps as pictures: lines over one axis, maps over two, points over more."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sxsim.report.canvas import new_axes, new_figure

if TYPE_CHECKING:
    import pyarrow as pa
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sxsim.studies.study import Study

__all__ = ["sweep_figures", "sweep_lines", "sweep_map", "sweep_points"]

PANELS = 6
"""Most outputs of one figure."""

FAILED = "0.85"


def sweep_figures(study: Study, table: pa.Table) -> dict[str, Figure]:
    """Draw the outputs that vary over the axes.

    Parameters
    ----------
    study : Study
        What was asked.
    table : pyarrow.Table
        Its rows.

    Returns
    -------
    dict of str to Figure
        ``sweep``: lines over one axis, maps over a grid of two, points over each axis otherwise. Empty when no case has
        figures.
    """
    shown = [path for path in study.outputs if _varies(_column(table, path))][:PANELS]
    shown = shown or [path for path in study.outputs if np.isfinite(_column(table, path)).any()][:1]
    if not shown:
        return {}
    numeric = [path for path, values in study.cases.items() if not any(isinstance(v, str) for v in values)]
    gridded = study.sampling.method == "grid"
    if gridded and len(study.paths) == 2 and len(numeric) == 2:
        figure = _panels(len(shown), 5.4, 4.2)
        for path, ax in zip(shown, figure.axes, strict=False):
            sweep_map(study, table, path, ax)
    elif len(study.paths) == 1:
        figure = _panels(len(shown), 5.4, 3.6)
        for path, ax in zip(shown, figure.axes, strict=False):
            sweep_lines(study, table, path, ax)
    else:
        paths = study.paths[:4]
        figure = new_figure(3.4 * len(paths), 2.6 * min(len(shown), 4))
        grid = figure.subplots(min(len(shown), 4), len(paths), squeeze=False)
        for row, path in enumerate(shown[:4]):
            for column, axis in enumerate(paths):
                sweep_points(study, table, axis, path, grid[row, column])
    figure.suptitle(study.title, fontsize=11)
    return {"sweep": figure}


def sweep_lines(study: Study, table: pa.Table, output: str, ax: Axes | None = None) -> Axes:
    """Draw one output over the only axis; cases without figures are ticks at the lower edge.

    Parameters
    ----------
    study, table : Study, pyarrow.Table
        What was asked, and its rows.
    output : str
        Path of a recorded figure.
    ax : Axes, optional
        Where to draw.
    """
    ax = ax or new_axes()
    (axis,) = study.paths
    places, values = _places(study, axis), _column(table, output)
    ax.plot(places, values, "o-", markersize=3.5, linewidth=1.2, color="#0072b2")
    failed = ~np.isfinite(values)
    if failed.any():
        floor = np.zeros(int(failed.sum()))
        ax.plot(places[failed], floor, "x", color="#d55e00", transform=ax.get_xaxis_transform(), clip_on=False)
        ax.plot([], [], "x", color="#d55e00", label=f"{int(failed.sum())} cases without figures")
        ax.legend(frameon=False, fontsize=8)
    _label(study, axis, ax, "x")
    ax.set_ylabel(output, fontsize=9)
    ax.grid(alpha=0.25)
    return ax


def sweep_map(study: Study, table: pa.Table, output: str, ax: Axes | None = None) -> Axes:
    """Draw one output as a map over a grid of two axes; cases without figures stay grey.

    Parameters
    ----------
    study, table : Study, pyarrow.Table
        What was asked, and its rows.
    output : str
        Path of a recorded figure.
    ax : Axes, optional
        Where to draw.
    """
    ax = ax or new_axes()
    above, across = study.paths
    rows, columns = (list(dict.fromkeys(study.cases[path])) for path in (above, across))
    values = np.ma.masked_invalid(_column(table, output).reshape(len(rows), len(columns)))
    ax.set_facecolor(FAILED)
    edges = (_edges(columns, _logarithmic(study, across)), _edges(rows, _logarithmic(study, above)))
    order = np.argsort(np.asarray(rows, float)), np.argsort(np.asarray(columns, float))
    mesh = ax.pcolormesh(*edges, values[np.ix_(*order)], cmap="cividis", rasterized=values.size > 2500)
    bar = ax.figure.colorbar(mesh, ax=ax)
    bar.set_label(output, fontsize=8)
    _label(study, across, ax, "x")
    _label(study, above, ax, "y")
    if values.mask.any():
        ax.set_title(f"grey: {int(values.mask.sum())} cases without figures", fontsize=8, loc="left")
    return ax


def sweep_points(study: Study, table: pa.Table, axis: str, output: str, ax: Axes | None = None) -> Axes:
    """Draw one output of every case over one of several axes.

    Parameters
    ----------
    study, table : Study, pyarrow.Table
        What was asked, and its rows.
    axis, output : str
        Path of an axis, and of a recorded figure.
    ax : Axes, optional
        Where to draw.
    """
    ax = ax or new_axes()
    ax.plot(_places(study, axis), _column(table, output), ".", markersize=3, alpha=0.6, color="#0072b2")
    _label(study, axis, ax, "x")
    ax.set_ylabel(output, fontsize=7)
    ax.grid(alpha=0.25)
    return ax


def _panels(count: int, width_in: float, height_in: float) -> Figure:
    """A figure of some panels, two or three abreast [inch]."""
    across = min(count, 3 if count > 4 else 2)
    down = math.ceil(count / across)
    figure = new_figure(width_in * across, height_in * down)
    for number in range(count):
        figure.add_subplot(down, across, number + 1)
    return figure


def _column(table: pa.Table, path: str) -> NDArray[np.float64]:
    """A recorded figure of every case, NaN where there is none."""
    return np.array([math.nan if value is None else value for value in table[path].to_pylist()], dtype=np.float64)


def _varies(values: NDArray[np.float64]) -> bool:
    """Whether a figure moves by more than rounding, and is not itself an error."""
    known = values[np.isfinite(values)]
    return known.size > 1 and bool(np.ptp(known) > 1e-9 * np.abs(known).max()) and bool(np.abs(known).max() > 1e-9)


def _places(study: Study, axis: str) -> NDArray[np.float64]:
    """Where the cases stand on an axis: its numbers, or the places of its words."""
    values = study.cases[axis]
    if any(isinstance(value, str) for value in values):
        words = list(dict.fromkeys(values))
        return np.array([words.index(value) for value in values], dtype=np.float64)
    return np.array(values, dtype=np.float64)


def _edges(values: list[Any], logarithmic: bool) -> NDArray[np.float64]:
    """Edges of cells around values, halfway between them on the scale of their axis."""
    centre = np.sort(np.asarray(values, dtype=np.float64))
    if logarithmic:
        return np.exp(_edges(np.log(centre).tolist(), False))
    if centre.size == 1:
        return np.array([centre[0] - 0.5, centre[0] + 0.5])
    half = 0.5 * np.diff(centre)
    return np.concatenate(([centre[0] - half[0]], centre[:-1] + half, [centre[-1] + half[-1]]))


def _logarithmic(study: Study, axis: str) -> bool:
    """Whether an axis has even ratios."""
    return any(getattr(each.values, "scale", "") == "log" for each in study.axes if each.path == axis)


def _label(study: Study, axis: str, ax: Axes, which: str) -> None:
    """Name an axis, its words or its scale."""
    values = study.cases[axis]
    name = ax.set_xlabel if which == "x" else ax.set_ylabel
    name(axis, fontsize=8)
    if any(isinstance(value, str) for value in values):
        words = list(dict.fromkeys(values))
        ticks = ax.set_xticks if which == "x" else ax.set_yticks
        ticks(range(len(words)), [str(word) for word in words], fontsize=8)
    elif _logarithmic(study, axis):
        scale = ax.set_xscale if which == "x" else ax.set_yscale
        scale("log")
