"""What a system says beside what was measured: log D against pH or the anion, and the residuals of a fit."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sxsim.chemistry.parameters import LN10, Parameters, check_elements, ladder, parameters
from sxsim.chemistry.points import Point, load_points
from sxsim.elements import ELEMENTS
from sxsim.report.canvas import colours, new_axes

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sxsim.chemistry.fitting import FitResult
    from sxsim.definition.system import SystemFile

__all__ = ["log_D_against_anion", "log_D_against_pH", "log_D_figure", "residual_figure"]

_MARKERS = "osD^v<>PXph*"
_ANION_MOL_L = (0.3, 10.0)


def log_D_against_pH(
    system: SystemFile,
    elements: Sequence[str] | None = None,
    *,
    extractant_mol_L: float = 1.0,
    anion_mol_L: float = 1.0,
    ax: Axes | None = None,
) -> Axes:
    """Draw log10 D of a system against pH, with the measured points behind it.

    Parameters
    ----------
    system : SystemFile
        The extraction system.
    elements : sequence of str, optional
        Symbols; all that have points (all of the system when none has) if left out.
    extractant_mol_L : float
        Formal extractant, monomer [mol/L].
    anion_mol_L : float
        Free anion of the medium [mol/L]; it matters where the law has an exponent for it, or complexing.
    ax : Axes, optional
        Where to draw; a figure of its own when left out.

    Returns
    -------
    Axes
        What was drawn on.

    Raises
    ------
    InputError
        The system does not know an element.

    Notes
    -----
    log10 D = log10 K + a log10 F + (b + d F) pH + c log10 [anion] - log10 alpha, at trace loading, so that F is all of
    the extractant. A measured point was taken at its own extractant and loading: it is moved to the F of the lines by
    a log10(F / F of the point), with F of the point = extractant / divisor - s x organic concentration.
    """
    ax = ax or new_axes(8.0, 5.5)
    points = [point for point in load_points(system.extractants, system.medium) if math.isfinite(point.pH_eq)]
    measured = {point.element for point in points if point.element in system.elements}
    chosen = list(elements) if elements else [symbol for symbol in system.elements if symbol in measured]
    order, law = _chosen(system, chosen or system.elements)
    free = extractant_mol_L / law.divisor
    shown = [
        (point, _moved(point, law, order.index(point.element), free)) for point in points if point.element in order
    ]
    shown = [(point, value) for point, value in shown if math.isfinite(value)]
    low = min([system.validity.pH[0], *(point.pH_eq for point, _ in shown)])
    high = max([system.validity.pH[1], *(point.pH_eq for point, _ in shown)])
    pH = np.linspace(low, high, 101)
    tint = colours(order)
    sources = sorted({point.source for point, _ in shown})
    for point, value in shown:
        marker = _MARKERS[sources.index(point.source) % len(_MARKERS)]
        ax.plot(point.pH_eq, value, marker, color=tint[point.element], markersize=4, alpha=0.5, markeredgewidth=0)
    for index, symbol in enumerate(order):
        ax.plot(pH, _log10_D(law, index, pH, free, anion_mol_L), color=tint[symbol], label=symbol)
    ax.axvspan(*system.validity.pH, color="0.95", zorder=0)
    ax.set_xlabel("pH of the water at equilibrium [-]")
    ax.set_ylabel("log10 D [-]")
    unit = "dimer" if law.divisor == 2.0 else "extractant"
    condition = f"lines: trace loading, free {unit} {free:g} mol/L"
    if law.c.any() or law.beta1.any():
        condition += f", {law.medium} {anion_mol_L:g} mol/L"
    if shown:
        condition += "; points: measured, moved to it"
    ax.set_title(f"{system.title}\n{condition}", fontsize=10, loc="left")
    handles, names = _legend(ax, sources)
    ax.legend(handles, names, fontsize=7, loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
    ax.grid(alpha=0.3)
    return ax


def log_D_against_anion(
    system: SystemFile,
    elements: Sequence[str] | None = None,
    *,
    extractant_mol_L: float = 1.0,
    ax: Axes | None = None,
) -> Axes:
    """Draw log10 D of a system against the anion that salts out; for extractants that feel no protons.

    Parameters
    ----------
    system : SystemFile
        The extraction system.
    elements : sequence of str, optional
        Symbols; all rare earths of the system if left out.
    extractant_mol_L : float
        Free extractant, monomer [mol/L].
    ax : Axes, optional
        Where to draw; a figure of its own when left out.

    Returns
    -------
    Axes
        What was drawn on; no measured point, as none of the shipped ones states its anion at equilibrium.

    Raises
    ------
    InputError
        The system does not know an element.
    """
    ax = ax or new_axes(8.0, 5.5)
    order, law = _chosen(system, elements)
    free = extractant_mol_L / law.divisor
    anion = np.geomspace(*_ANION_MOL_L, 101)
    tint = colours(order)
    for index, symbol in enumerate(order):
        values = [float(_log10_D(law, index, np.zeros(1), free, each)[0]) for each in anion]
        ax.plot(anion, values, color=tint[symbol], label=symbol)
    ax.set_xscale("log")
    ax.set_xticks([0.5, 1.0, 2.0, 5.0, 10.0], ["0.5", "1", "2", "5", "10"])
    ax.set_xlabel(f"free {law.medium} in the water [mol/L]")
    ax.set_ylabel("log10 D [-]")
    condition = f"lines: trace loading, free extractant {free:g} mol/L; pH has no part in this law"
    ax.set_title(f"{system.title}\n{condition}", fontsize=10, loc="left")
    handles, names = _legend(ax, [])
    ax.legend(handles, names, fontsize=7, loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
    ax.grid(alpha=0.3)
    return ax


def log_D_figure(system: SystemFile, elements: Sequence[str] | None = None) -> Figure:
    """Return a figure of `log_D_against_pH`, or of `log_D_against_anion` where the law has no pH in it."""
    from matplotlib.figure import Figure

    _, law = _chosen(system, elements)
    draw = log_D_against_pH if law.b.any() or law.d.any() else log_D_against_anion
    figure = draw(system, elements).figure
    assert isinstance(figure, Figure)
    return figure


def residual_figure(result: FitResult) -> Figure:
    """Return a figure of what a fit leaves over: predicted minus measured log10 D against measured log10 D.

    Parameters
    ----------
    result : FitResult
        One marker for each point used, coloured by element and shaped by source; grey lines lie at twice the rms.
    """
    from matplotlib.figure import Figure

    ax = new_axes()
    elements = list(dict.fromkeys(entry.point.element for entry in result.predictions))
    sources = sorted({entry.point.source for entry in result.predictions})
    colour = colours(elements)
    for symbol in elements:
        ax.plot([], [], linestyle="", marker="s", color=colour[symbol], label=symbol)
        for source, marker in zip(sources, itertools.cycle(_MARKERS)):
            mine = [e for e in result.predictions if (e.point.element, e.point.source) == (symbol, source)]
            measured = [entry.log10_D - entry.error for entry in mine]
            errors = [entry.error for entry in mine]
            ax.plot(measured, errors, linestyle="", marker=marker, color=colour[symbol], markersize=4)
    ax.axhline(0.0, color="0.3", linewidth=0.8)
    for bound in (-2.0 * result.rms, 2.0 * result.rms):
        ax.axhline(bound, color="0.7", linewidth=0.8, linestyle="--")
    ax.set(xlabel="measured log10 D [-]", ylabel="predicted minus measured log10 D [-]", title=result.system.title)
    handles, names = _legend(ax, sources)
    ax.legend(handles, names, fontsize=7, loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
    ax.grid(alpha=0.3)
    figure = ax.figure
    assert isinstance(figure, Figure)
    return figure


def _chosen(system: SystemFile, elements: Sequence[str] | None) -> tuple[list[str], Parameters]:
    """Symbols in the order of extraction, the system's rare earths when none is named, and their constants."""
    known = [symbol for symbol in system.elements if symbol in ELEMENTS and ELEMENTS[symbol].is_rare_earth]
    chosen = list(elements or known or system.elements)
    check_elements(system, chosen)
    order = list(ladder(system, chosen))
    return order, parameters(system, order)


def _legend(ax: Axes, sources: Sequence[str]) -> tuple[list[Artist], list[str]]:
    """Handles and labels: the elements from the most extracted down, then a marker for each source."""
    from matplotlib.lines import Line2D

    lines, labels = ax.get_legend_handles_labels()
    handles: list[Artist] = list(lines[::-1])
    names = labels[::-1]
    for index, source in enumerate(sources):
        marker = _MARKERS[index % len(_MARKERS)]
        handles.append(Line2D([], [], linestyle="", marker=marker, color="0.4", markersize=4))
        names.append(source)
    return handles, names


def _log10_D(law: Parameters, index: int, pH: NDArray[np.float64], free: float, anion: float) -> NDArray[np.float64]:
    """Distribution law of one component at trace loading [-]."""
    complexed = math.log10(1.0 + law.beta1[index] * anion + law.beta2[index] * anion**2)
    level = (law.ln_K[index] + law.a[index] * math.log(free) + law.c[index] * math.log(anion)) / LN10
    return np.asarray(level - complexed + (law.b[index] + law.d[index] * free) * pH)


def _moved(point: Point, law: Parameters, index: int, free: float) -> float:
    """Measured log10 D of a point, moved to another free extractant [-]; NaN where nothing was free."""
    loaded = law.s[index] * point.organic_mol_L if point.organic_mol_L > 0.0 else 0.0
    own = point.extractant_mol_L / law.divisor - loaded
    return point.log10_D + law.a[index] * math.log10(free / own) if own > 0.0 else math.nan
