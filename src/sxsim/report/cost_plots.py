"""A costing as a figure: where the money goes, and what leaves as waste."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxsim.report.canvas import new_figure
from sxsim.report.layout import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sxsim.economics import Cost

__all__ = ["cost_figure"]


def cost_figure(bill: Cost) -> Figure:
    """Return a figure of two panels: cost by category, and the salt and effluent that leave.

    Parameters
    ----------
    bill : Cost
        A costing.
    """
    figure = new_figure(9.0, 3.4)
    left, right = figure.subplots(1, 2)
    _bars(left, bill.breakdown_usd_per_kg_oxide, "#0072b2", "cost [USD/kg oxide]")
    left.set_title(f"{number(bill.usd_per_kg_oxide)} USD/kg oxide, prices {bill.price_set}", fontsize=10)
    waste = {f"{ion} as salt": kg for ion, kg in bill.waste.salt_kg_per_t.items()}
    waste |= {"oxalate": bill.waste.oxalate_kg_per_t, "oxygen demand": bill.waste.COD_kg_per_t}
    waste |= {"rare earths": bill.waste.rare_earths_kg_oxide_per_t}
    _bars(right, {name: kg for name, kg in waste.items() if kg > 0.0}, "#d55e00", "leaves with water [kg/t oxide]")
    right.set_title(f"{number(bill.waste.m3_per_t)} m3 waste water/t oxide", fontsize=10)
    return figure


def _bars(ax: Axes, amounts: dict[str, float], colour: str, label: str) -> None:
    """Draw bars from the top down, each with its number."""
    names = list(amounts)[::-1]
    ax.barh(names, [amounts[name] for name in names], color=colour)
    for row, name in enumerate(names):
        ax.annotate(number(amounts[name]), (amounts[name], row), (3, 0), textcoords="offset points", va="center",
                    fontsize=8)  # fmt: skip
    ax.set_xlim(0.0, 1.2 * max(amounts.values(), default=1.0))
    ax.set_xlabel(label)
    ax.tick_params(axis="y", labelsize=8)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
