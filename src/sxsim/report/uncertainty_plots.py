"""Uncertainty studies as pictures: distributions, margin, tornado, Sobol indices."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sxsim.report.canvas import new_axes, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sxsim.studies import Uncertainty

__all__ = ["distribution", "margin_curves", "sobol_bars", "tornado_bars", "uncertainty_figures"]

BLUE, ORANGE, GREEN, PINK = "#0072b2", "#d55e00", "#009e73", "#cc79a7"
SWINGS = 14


def uncertainty_figures(found: Uncertainty) -> dict[str, Figure]:
    """All pictures of a study by name.

    Parameters
    ----------
    found : Uncertainty
        A study.

    Returns
    -------
    dict of str to Figure
        ``distributions``, ``margin``, ``tornado`` and, where there are any, ``sobol``.
    """
    figures = {"distributions": _distributions(found)}
    drawn = {"margin": margin_curves(found), "tornado": tornado_bars(found)}
    if found.indices:
        drawn["sobol"] = sobol_bars(found)
    for name, ax in drawn.items():
        figure = ax.get_figure(root=True)
        assert figure is not None
        figures[name] = figure
    return figures


def _distributions(found: Uncertainty) -> Figure:
    """Impurities as built, stages by theory, retuned organic and cost."""
    figure = new_figure(11.0, 7.0)
    (purity, stages), (organic, usd) = figure.subplots(2, 2)
    asked = {f"{t.stream}.{t.name}": t.asked for t in found.cascade.target if t.at_least}
    for (name, values), colour in zip(found.draws.purity.items(), (BLUE, ORANGE, GREEN, PINK), strict=False):
        missing = int(np.sum(np.isnan(values)))
        label = name + (f" ({missing} draws have no steady state)" if missing else "")
        _steps(np.maximum(1.0 - values, 1e-9), purity, colour, label)
        wish = asked.get(name)
        if wish is not None:
            purity.axvline(1.0 - wish, color=colour, linestyle=":", linewidth=1.2)
    purity.set_xscale("log")
    purity.set_xlabel("1 - purity with the flows as built, dotted: allowed [-]")
    purity.legend(frameon=False, fontsize=8)
    for (held, count), colour in zip(found.stages.items(), (GREEN, ORANGE, BLUE), strict=True):
        never = float(np.mean(~np.isfinite(count)))
        label = "total reflux" if held == "total reflux" else f"{held} held"
        _steps(count, stages, colour, label + (f" ({100 * never:.0f} % never)" if never else ""))
    finite = np.concatenate([count[np.isfinite(count)] for count in found.stages.values()])
    stages.set_xlim(0.9 * finite.min(), min(float(finite.max()), 2.5 * float(np.median(finite))))
    stages.set_xlabel("stages of extraction and scrubbing, by theory [-]")
    stages.legend(frameon=False, fontsize=8)
    distribution(found.draws.organic_m3_h, "organic, flows retuned [m3/h]", organic)
    distribution(
        found.draws.usd_per_kg_oxide, f"cost, {found.draws.costed_with} stages added, flows retuned [usd/kg oxide]", usd
    )
    for ax in (purity, stages):
        ax.set_ylabel("share of the draws below [-]")
        ax.grid(alpha=0.25)
    figure.suptitle(f"{found.cascade.title}: {found.samples} draws", fontsize=11)
    return figure


def distribution(values: NDArray[np.float64], label: str, ax: Axes | None = None) -> Axes:
    """Draw a histogram with its 5, 50 and 95 % quantiles.

    Parameters
    ----------
    values : array
        One a draw; what is not finite is counted in the title.
    label : str
        What they are, with their unit.
    ax : Axes, optional
        Where to draw.
    """
    ax = ax or new_axes()
    finite = values[np.isfinite(values)]
    ax.set_xlabel(label)
    ax.set_ylabel("draws [-]")
    if finite.size:
        ax.hist(finite, bins=min(40, max(8, finite.size // 8)), color=BLUE, alpha=0.75)
        for share, style in ((0.05, ":"), (0.5, "-"), (0.95, ":")):
            ax.axvline(float(np.quantile(finite, share)), color="0.2", linestyle=style, linewidth=1.2)
    lost = values.size - finite.size
    told = "lines: 5, 50 and 95 %" + (f"; {lost} draws meet the targets with no flows" if lost else "")
    ax.set_title(told, fontsize=8, loc="left")
    ax.grid(alpha=0.25)
    return ax


def margin_curves(found: Uncertainty, ax: Axes | None = None) -> Axes:
    """Draw the share of plausible separation factors that a cascade serves against the stages added.

    Parameters
    ----------
    found : Uncertainty
        A study.
    ax : Axes, optional
        Where to draw.
    """
    ax = ax or new_axes(7.5, 4.6)
    margin = found.margin
    rows = zip(margin.headrooms, margin.share, margin.needed, (ORANGE, PINK, GREEN, BLUE), strict=False)
    for room, share, needed, colour in rows:
        label = "any organic flow" if math.isinf(room) else f"organic up to +{100 * room:g} %"
        label = label if room else "organic as designed"
        told = f"{needed} stages" if needed is not None else f"more than {margin.added[-1]}"
        ax.plot(margin.added, 100.0 * share, "o-", markersize=4, color=colour, label=f"{label}: {told}")
    ax.axhline(95.0, color="0.3", linestyle=":", linewidth=1.2)
    ax.annotate("95 %", (margin.added[0], 95.0), (-4, 3), textcoords="offset points", ha="left", fontsize=8)
    ax.set_xlabel("stages added to extraction and scrubbing [-]")
    ax.set_ylabel("draws that meet the targets, flows retuned [%]")
    ax.set_ylim(0.0, 103.0)
    ax.grid(alpha=0.25)
    ax.legend(frameon=False, fontsize=8, loc="lower right")
    ax.set_title(f"{found.cascade.title}: margin against the separation factor", fontsize=10)
    return ax


def tornado_bars(found: Uncertainty, ax: Axes | None = None) -> Axes:
    """Draw the cost with each number at either end, widest swing on top.

    Parameters
    ----------
    found : Uncertainty
        A study.
    ax : Axes, optional
        Where to draw.
    """
    shown = [swing for swing in found.swings if math.isfinite(swing.width_usd_per_kg)][:SWINGS]
    ax = ax or new_axes(8.5, 1.6 + 0.32 * len(shown))
    for row, swing in enumerate(reversed(shown)):
        for begin, value, colour in (
            (swing.low_usd_per_kg, swing.low, BLUE),
            (swing.high_usd_per_kg, swing.high, ORANGE),
        ):
            other = swing.high_usd_per_kg if begin == swing.low_usd_per_kg else swing.low_usd_per_kg
            centre = min(max(_centre(found), min(begin, other)), max(begin, other))
            ax.barh(row, begin - centre, left=centre, height=0.7, color=colour, alpha=0.85)
            side = "left" if begin > centre else "right"
            shift = (3 if begin > centre else -3, 0)
            ax.annotate(
                f"{value:.4g}", (begin, row), shift, textcoords="offset points", ha=side, va="center", fontsize=7
            )
    names = [swing.name + (" *" if swing.status == "unverified" else "") for swing in reversed(shown)]
    ax.set_yticks(range(len(shown)), names, fontsize=8)
    ax.axvline(_centre(found), color="0.3", linewidth=1.0)
    ax.margins(x=0.1)
    ax.set_xlabel("cost [usd/kg oxide]; blue: low end, orange: high end; * unverified range")
    ax.grid(alpha=0.25, axis="x")
    ax.set_title(f"{found.cascade.title}: cost, one number at a time", fontsize=10)
    return ax


def sobol_bars(found: Uncertainty, ax: Axes | None = None) -> Axes:
    """Draw first and total Sobol indices with their 95 % intervals.

    Parameters
    ----------
    found : Uncertainty
        A study with indices.
    ax : Axes, optional
        Where to draw.
    """
    ax = ax or new_axes(7.5, 1.6 + 0.42 * len(found.indices))
    rows = np.arange(len(found.indices))[::-1]
    for shift, colour, label, key in ((0.19, BLUE, "by itself", "first"), (-0.19, ORANGE, "with others", "total")):
        values = [getattr(index, key) for index in found.indices]
        errors = [getattr(index, f"{key}_error") for index in found.indices]
        bars = {"height": 0.36, "color": colour, "alpha": 0.85, "label": label}
        ax.barh(rows + shift, values, xerr=errors, error_kw={"lw": 0.9, "capsize": 2}, **bars)  # type: ignore[arg-type]
    ax.set_yticks(rows, [index.name for index in found.indices], fontsize=8)
    ax.axvline(0.0, color="0.3", linewidth=0.8)
    ax.set_xlabel("share in the variance of the cost per kg, with 95 % interval [-]")
    ax.grid(alpha=0.25, axis="x")
    ax.legend(frameon=False, fontsize=8, loc="lower right")
    ax.set_title(f"{found.cascade.title}: Sobol indices", fontsize=10)
    return ax


def _centre(found: Uncertainty) -> float:
    """Cost with every number at its central value [USD/kg oxide]."""
    return found.usd_per_kg_oxide


def _steps(values: NDArray[np.float64], ax: Axes, colour: str, label: str) -> None:
    """Draw the share of draws below each value."""
    known = np.sort(values[np.isfinite(values)])
    ax.step(known, np.arange(1, known.size + 1) / values.size, where="post", color=colour, label=label)
