"""The technology lock as five pictures."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sxsim.report.canvas import new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sxsim.studies.lock import Lock
    from sxsim.studies.lock.curves import Curve

__all__ = ["lock_figures"]

BLUE, ORANGE, GREEN, PINK, GREY = "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#555555"
MARKERS = {"naive": ("o", ORANGE), "textbook": ("s", BLUE), "expert": ("^", GREEN)}
PRICES = {"china-2024": ORANGE, "europe-2025": GREEN, "us-2024": BLUE}
DAY_H = 24.0


def lock_figures(lock: Lock) -> dict[str, Figure]:
    """All pictures of a study by name.

    Parameters
    ----------
    lock : Lock
        The study.

    Returns
    -------
    dict of str to Figure
        ``purity``, ``beta_error``, ``reflux``, ``time``, ``scale``.
    """
    return {
        "purity": _purity(lock),
        "beta_error": _beta_error(lock),
        "reflux": _reflux(lock),
        "time": _time(lock),
        "scale": _scale(lock),
    }


def _purity(lock: Lock) -> Figure:
    """Stages, and cost, over the purity of both products."""
    curve = lock.curves["purity"]
    figure = new_figure(11.0, 4.6)
    stages, usd = figure.subplots(1, 2)
    for key, label, colour, style in (
        ("exact_stages_at_that_S", "naive: needed at the organic he bought", ORANGE, "-"),
        ("simple_stages_believed", "naive: built, by the simple formula", ORANGE, "--"),
        ("exact_stages_xu", "Xu's optimum: needed", BLUE, "-"),
        ("simple_stages_xu", "Xu's optimum: simple formula", BLUE, "--"),
        ("exact_stages_cost_optimum", "least cost: needed", GREEN, "-"),
        ("total_reflux_stages", "total reflux, nothing made", GREY, ":"),
    ):
        _line(stages, curve, key, label, colour, style)
    _line(usd, curve, "cost_optimum_usd_per_kg", "least cost", GREEN, "-")
    _line(usd, curve, "cost_xu_usd_per_kg", "Xu's optimum", BLUE, "-")
    for ax, what in (
        (stages, "extraction and scrubbing stages [-]"),
        (usd, "cost that stages and flows decide [usd/kg oxide]"),
    ):
        _purity_axis(ax, curve)
        ax.set_ylabel(what)
        ax.set_ylim(bottom=0.0)
        ax.legend(frameon=False, fontsize=8)
    return _titled(figure, lock, "stages and cost against purity (closed forms)")


def _beta_error(lock: Lock) -> Figure:
    """Stages missing over the error of the separation factor."""
    curve = lock.curves["beta_error"]
    figure = new_figure(11.0, 4.6)
    pairs = list(dict.fromkeys(name.split(",")[0] for name in curve.series))
    axes = np.atleast_1d(figure.subplots(1, len(pairs), sharey=True))
    own = "/".join(lock.pair)
    for ax, pair in zip(axes, pairs, strict=True):
        for held, colour in (("S held", ORANGE), ("S/S_min held", BLUE), ("total reflux", GREY)):
            _line(ax, curve, f"{pair}, {held}", held, colour, "-", factor=100.0)
        ax.axhline(0.0, color="0.3", linewidth=0.8)
        ax.axvline(0.0, color="0.3", linewidth=0.8)
        ax.set_ylim(-40.0, 80.0)
        ax.set_xlabel("true separation factor beside the one designed for [%]")
        ax.set_title(f"{pair}{' (this cut)' if pair == own else ', the same purities and feed'}", fontsize=9)
        ax.grid(alpha=0.25)
    axes[0].set_ylabel("stages missing (negative: too many) [-]")
    axes[-1].legend(frameon=False, fontsize=8)
    return _titled(figure, lock, "stages missing against the error of the separation factor (closed forms)")


def _reflux(lock: Lock) -> Figure:
    """Base and stages over S/S_min, with the operators."""
    curve = lock.curves["reflux"]
    figure = new_figure(8.0, 4.8)
    base = figure.subplots()
    stages = base.twinx()
    _line(base, curve, "base_mol_per_mol", "3 S (left)", BLUE, "-")
    _line(stages, curve, "stages", "stages, exact count (right)", GREY, "--")
    for each in lock.operators:
        marker, colour = MARKERS[each.name]
        at = min(each.S_over_S_min, 3.0)
        stages.plot([at], [sum(each.final)], marker, color=colour, markersize=8, label=f"{each.name}: stages, rigorous")
        base.plot(
            [at], [3.0 * each.S], marker, color=colour, markersize=8, markerfacecolor="white", label=f"{each.name}: 3 S"
        )
    base.axvline(1.0, color="0.3", linestyle=":", linewidth=1.2)
    base.set_xlim(0.95, 2.6)
    base.set_ylim(0.0, 3.0 * 2.6 * lock.S_min)
    stages.set_ylim(0.0, 1.15 * max(each for each in curve.series["stages"] if math.isfinite(each)))
    base.set_xlabel("S/S_min [-]")
    base.set_ylabel("3 S, the yardstick of base and acid [mol per mol fed]")
    stages.set_ylabel("extraction and scrubbing stages [-]")
    base.grid(alpha=0.25)
    lines = [line for ax in (base, stages) for line in ax.get_lines() if not str(line.get_label()).startswith("_")]
    names = [str(line.get_label()) for line in lines]
    base.legend(lines, names, frameon=False, fontsize=8, loc="upper center", ncols=2)
    return _titled(figure, lock, "reagent against reflux")


def _time(lock: Lock) -> Figure:
    """Days to specification over purity, with the operators' start-ups."""
    curve = lock.curves["time"]
    figure = new_figure(8.0, 4.8)
    ax = figure.subplots()
    for key, label, colour, style in (
        ("slow_mode_d", "slow mode M/(I ln Sep)", GREY, ":"),
        ("open_d", "opened and left alone", ORANGE, "-"),
        ("feedback_d", "product split by feedback", BLUE, "-"),
        ("matched-reflux_d", "matched fill and total reflux", GREEN, "-"),
    ):
        _line(ax, curve, key, f"theory: {label}", colour, style)
    factor = lock.assumed["impurity_factor"]
    asked = min(target.purity_min or 1.0 for target in lock.cascade.target)
    accepted = 1.0 - factor * (1.0 - asked)
    for each in lock.operators:
        marker, colour = MARKERS[each.name]
        hours = each.opening.charged_h
        label = f"{each.name}, rigorous: {each.opening.way}" + (" (not reached)" if each.loss.at_least else "")
        ax.plot([_nines(accepted)], [hours / DAY_H], marker, color=colour, markersize=8, label=label)
    ax.set_yscale("log")
    _purity_axis(ax, curve, extra=accepted)
    ax.set_xlabel("purity accepted of both products; points: of the lower target")
    ax.set_ylabel("time from the fill to specification [d]")
    ax.legend(frameon=False, fontsize=8)
    return _titled(figure, lock, "time against the purity accepted")


def _scale(lock: Lock) -> Figure:
    """Cost over plant scale, price sets and waste; cost over the delay."""
    curve, delay = lock.curves["scale"], lock.curves["delay"]
    figure = new_figure(11.0, 4.8)
    left, right = figure.subplots(1, 2)
    for prices, colour in PRICES.items():
        for name, style in (("treated", "-"), ("let go", "--")):
            key = f"{prices}, waste {name} [usd/kg]"
            if key in curve.series:
                left.plot(curve.x, curve.series[key], style, color=colour, label=f"{prices}, waste {name}")
        if f"{prices} [usd/kg]" in delay.series:
            right.plot(delay.x, delay.series[f"{prices} [usd/kg]"], color=colour, label=prices)
    left.set_xscale("log")
    left.set_xlabel("product [t oxide/y]")
    low, high = lock.assumed["context_delay_low_y"], lock.assumed["context_delay_high_y"]
    right.axvspan(low, high, color="0.85", zorder=0, label=f"{low:g}-{high:g} years, by an article")
    right.set_xlabel("years between capital and product [y]")
    for ax in (left, right):
        ax.set_ylabel("cost of separating, feed left out [usd/kg oxide]")
        ax.set_ylim(bottom=0.0)
        ax.grid(alpha=0.25)
        ax.legend(frameon=False, fontsize=8)
    return _titled(figure, lock, "the expert's cut: cost against scale, prices, waste and delay")


def _nines(purity: float) -> float:
    """Purity as it is drawn: minus the logarithm of the impurity."""
    return -math.log10(max(1.0 - purity, 1e-12))


def _purity_axis(ax: Axes, curve: Curve, extra: float | None = None) -> None:
    """Ticks at round purities on an axis that is logarithmic in the impurity."""
    low = min(*curve.x, extra if extra is not None else 1.0)
    ticks = [each for each in (0.95, 0.98, 0.99, 0.999, 0.9999, 0.99999) if low <= each <= max(curve.x) + 1e-9]
    ax.set_xticks([_nines(each) for each in ticks], [f"{100.0 * each:.5g} %" for each in ticks])
    ax.set_xlabel("purity of both products")
    ax.grid(alpha=0.25)


def _line(ax: Axes, curve: Curve, key: str, label: str, colour: str, style: str, factor: float = 1.0) -> None:
    """Draw one series; what is infinite is left out."""
    y = np.array(curve.series[key])
    x = np.array([_nines(each) for each in curve.x] if curve.over == "purity" else curve.x) * factor
    ax.plot(x, np.where(np.isfinite(y), y, np.nan), style, color=colour, label=label)


def _titled(figure: Figure, lock: Lock, what: str) -> Figure:
    figure.suptitle(f"{lock.cascade.title}: {what}", fontsize=10)
    return figure
