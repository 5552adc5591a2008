"""Composition and pH along the stages of a solved cascade."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from sxsim.elements import RARE_EARTHS
from sxsim.errors import Finding, InputError
from sxsim.report.canvas import colours, new_axes, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sxsim.cascade.result import Result

__all__ = ["profile_figure", "stage_profile"]

Phase = Literal["organic", "aqueous"]

_FLOOR = 1e-6
"""Lowest mole fraction that a logarithmic profile shows [-]."""


def stage_profile(result: Result, phase: Phase = "organic", ax: Axes | None = None, *, log: bool = False) -> Axes:
    """Draw the mole fractions among the rare earths along the stages, with the pH on the right.

    Parameters
    ----------
    result : Result
        A solved cascade.
    phase : {"organic", "aqueous"}
        Which phase leaves the stages; the pH is always that of the water.
    ax : Axes, optional
        Where to draw; a figure of its own when left out.
    log : bool
        Logarithmic mole fractions, which show the impurities where one element is almost pure; without the pH.

    Returns
    -------
    Axes
        What was drawn on; the pH has axes of its own beside it.

    Raises
    ------
    InputError
        The phase is neither.

    Notes
    -----
    Mole fraction of element i at a stage: concentration of i over the sum over all rare earths, each in mol/L.
    """
    from matplotlib.ticker import MaxNLocator

    if phase not in get_args(Phase):
        raise InputError(
            Finding("phase", f"there is no phase {phase!r}", ", ".join(get_args(Phase)), cure="take one of the two")
        )
    ax = ax or new_axes(8.0, 4.5)
    stage = np.arange(1, len(result.stage.section) + 1)
    elements, fractions = _fractions(result, phase)
    tint = colours(elements)
    marker = "o" if len(stage) < 3 else "."
    for symbol, fraction in zip(elements, fractions, strict=True):
        shown = np.where(fraction >= _FLOOR, fraction, np.nan) if log else fraction
        ax.plot(stage, shown, marker=marker, markersize=3, linewidth=1.4, color=tint[symbol], label=symbol)
    if log:
        ax.set_yscale("log")
        ax.set_ylim(max(_FLOOR, 0.5 * float(np.min(fractions[fractions > 0.0], initial=1.0))), 1.5)
    else:
        ax.set_ylim(-0.03, 1.03)
    ax.set_ylabel(f"mole fraction in the {phase} phase [-]")
    ax.set_xlabel("stage, counted along the organic [-]")
    ax.set_xlim(0.5, len(stage) + 0.5)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    ax.grid(alpha=0.25)
    _mark_sections(ax, result.stage.section)
    if not log:
        _draw_pH(ax, stage, result.stage.pH)
    ax.legend(loc="best", frameon=False, fontsize=8, ncols=1 if len(elements) < 8 else 2)
    return ax


def profile_figure(result: Result, phase: Phase = "organic") -> Figure:
    """Return a figure of two panels: mole fractions with the pH, and below them the impurities on a logarithmic axis.

    Parameters
    ----------
    result : Result
        A solved cascade.
    phase : {"organic", "aqueous"}
        Which phase is shown.
    """
    figure = new_figure(9.0, 7.0)
    above, below = figure.subplots(2, 1, sharex=True)
    stage_profile(result, phase, above)
    stage_profile(result, phase, below, log=True)
    above.set_xlabel("")
    for twice in (below.get_legend(), *below.texts):
        if twice is not None:
            twice.remove()
    figure.suptitle(result.cascade.title, fontsize=11, parse_math=False)
    return figure


def _fractions(result: Result, phase: Phase) -> tuple[list[str], NDArray[np.float64]]:
    """Rare earths, and their shares of the rare earths at each stage; NaN where there are none."""
    held = result.stage.organic_mol_L if phase == "organic" else result.stage.aqueous_mol_L
    elements = [symbol for symbol in RARE_EARTHS if symbol in result.components]
    moles = held.T[[result.components.index(symbol) for symbol in elements]]
    total = moles.sum(axis=0)
    return elements, np.divide(moles, total, out=np.full_like(moles, np.nan), where=total > 0.0)


def _mark_sections(ax: Axes, sections: Sequence[str]) -> None:
    """Draw a line between sections and write the name of each above it."""
    start = 0
    for index in range(1, len(sections) + 1):
        if index == len(sections) or sections[index] != sections[start]:
            middle = 0.5 * (start + 1 + index)
            narrow = index - start < 0.09 * len(sections)
            words = f"{sections[start]} ({index - start})"
            ax.annotate(
                words,
                (middle, 1.01),
                xycoords=("data", "axes fraction"),
                ha="left" if narrow else "center",
                va="bottom",
                fontsize=8,
                rotation=20 if narrow else 0,
                annotation_clip=False,
            )
            if index < len(sections):
                ax.axvline(index + 0.5, color="0.4", linewidth=0.8, linestyle="--")
            start = index


def _draw_pH(ax: Axes, stage: NDArray[np.int_], pH: NDArray[np.float64]) -> None:
    """Draw the pH against an axis on the right."""
    right = ax.twinx()
    right.plot(stage, pH, color="0.35", linewidth=1.2, linestyle=":", label="pH")
    right.set_ylabel("pH of the water, dotted [-]", color="0.35")
    right.tick_params(axis="y", colors="0.35")
