"""Figures and colours that all plots share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["colours", "new_axes", "new_figure"]

_OKABE_ITO = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")


def new_figure(width_in: float, height_in: float) -> Figure:
    """Make a figure that draws into memory.

    Parameters
    ----------
    width_in, height_in : float
        Size [inch].
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width_in, height_in), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def new_axes(width_in: float = 8.0, height_in: float = 4.5) -> Axes:
    """Make a figure with one pair of axes and return these [inch]."""
    return new_figure(width_in, height_in).subplots()


def colours(names: Sequence[str]) -> dict[str, tuple[float, float, float, float]]:
    """Give each name a colour: the palette of Okabe and Ito for a few, steps of a perceptually even map for many.

    Examples
    --------
    >>> list(colours(["Pr", "Nd"]))
    ['Pr', 'Nd']
    """
    from matplotlib import colormaps
    from matplotlib.colors import to_rgba

    if len(names) <= len(_OKABE_ITO):
        return {name: to_rgba(colour) for name, colour in zip(names, _OKABE_ITO, strict=False)}
    even = colormaps["turbo"]
    return {name: even(0.05 + 0.9 * index / (len(names) - 1)) for index, name in enumerate(names)}
