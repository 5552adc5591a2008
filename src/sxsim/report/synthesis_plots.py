"""The tree of an order of cuts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxsim.report.canvas import new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sxsim.plant.synthesis.sequences import Sequence

__all__ = ["cut_tree"]

_LINE, _CASCADE, _PRODUCT = "0.45", "#d7e8f4", "#fdebc8"


def cut_tree(sequence: Sequence, title: str = "", ax: Axes | None = None) -> Axes:
    """Draw an order of cuts as a tree: cascades as boxes with beta and passes, products at the leaves.

    Parameters
    ----------
    sequence : Sequence
        An order of cuts.
    title : str
        Above the tree.
    ax : Axes, optional
        Where to draw; a figure of its own when left out.

    Returns
    -------
    Axes
        Products stand in the order of extraction from the left; the width of a line is what flows in it.
    """
    products = max(cut.last for cut in sequence.cuts)
    depth: dict[tuple[int, int], int] = {(0, products): 0}
    for cut in sequence.cuts:
        level = depth[cut.first, cut.last]
        depth[cut.first, cut.cut] = depth[cut.cut, cut.last] = level + 1
    deepest = max(depth.values())
    ax = ax or new_axes(max(6.5, 1.05 * products + 1.0), max(3.5, 0.72 * deepest + 1.8))
    names: dict[int, str] = {}
    place = {
        (cut.first, cut.last): (_middle(cut.first, cut.last, cut.cut), -depth[cut.first, cut.last])
        for cut in sequence.cuts
    }
    amount = {(cut.first, cut.last): cut.amount for cut in sequence.cuts}
    for cut in sequence.cuts:
        for low, high, group in ((cut.first, cut.cut, cut.upper), (cut.cut, cut.last, cut.lower)):
            if high - low == 1:
                names[low] = group[0]
                place[low, high] = (float(low), -depth[low, high])
                amount[low, high] = cut.amount * (
                    float(cut.wanted.feed_A) if low == cut.first else 1.0 - float(cut.wanted.feed_A)
                )
    for cut in sequence.cuts:
        at = place[cut.first, cut.last]
        for side in ((cut.first, cut.cut), (cut.cut, cut.last)):
            there = place[side]
            wide = 0.6 + 6.0 * amount[side]
            ax.plot(
                [at[0], there[0], there[0]],
                [at[1], at[1], there[1]],
                color=_LINE,
                linewidth=wide,
                zorder=1,
                solid_joinstyle="miter",
            )
    for cut in sequence.cuts:
        text = f"{cut.name}\n$\\beta$ {cut.beta:.3g}   S {cut.S:.3g}"
        ax.text(
            *place[cut.first, cut.last],
            text,
            ha="center",
            va="center",
            fontsize=8,
            bbox={"boxstyle": "round", "facecolor": _CASCADE, "edgecolor": _LINE},
            zorder=3,
        )
    for low, name in names.items():
        ax.text(
            *place[low, low + 1],
            name,
            ha="center",
            va="center",
            fontsize=9,
            fontweight="bold",
            bbox={"boxstyle": "round", "facecolor": _PRODUCT, "edgecolor": _LINE},
            zorder=3,
        )
    ax.set_xlim(-0.8, products - 0.2)
    ax.set_ylim(-deepest - 0.6, 0.7)
    ax.axis("off")
    stages = f", {sequence.stages:.0f} stages" if sequence.stages < float("inf") else ""
    ax.set_title(f"{title}{': ' if title else ''}{sequence.passes:.2f} passes of the whole feed{stages}", fontsize=10)
    return ax


def _middle(first: int, last: int, cut: int) -> float:
    """Where a cascade stands: at its cut, kept within the products that enter it."""
    return min(max(cut - 0.5, float(first)), last - 1.0)
