"""Sankey diagrams of material flow cost accounting: mass beside money."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxsim.economics.mfca import Mfca

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["Links", "mass_links", "money_links", "sankey"]

Links = list[tuple[str, str, float]]
"""From, to, amount."""


def money_links(accounts: Mfca) -> Links:
    """Flows of money [USD/y]: classes into centres, centres on to centres, product and loss.

    Parameters
    ----------
    accounts : Mfca
        Centres with their costs.

    Returns
    -------
    list of (str, str, float)
        Nothing is lost on the way: what flows into a centre flows out of it.
    """
    links: Links = []
    for position, centre in enumerate(accounts.centres):
        name = centre.mass.centre
        for kind in ("material", "energy", "system", "waste"):
            links.append((kind, name, getattr(centre, kind)))
        links.append((name, "loss", centre.loss))
        following = accounts.centres[position + 1] if position + 1 < len(accounts.centres) else None
        handed_on = following.carried if following is not None else 0.0
        if following is not None:
            links.append((name, following.mass.centre, handed_on))
        links.append((name, "product", centre.product - handed_on))
    return [link for link in links if link[2] > 0.0]


def mass_links(accounts: Mfca) -> Links:
    """Flows of mass without water [kg/h]: materials into centres, centres on to centres, products and losses.

    Parameters
    ----------
    accounts : Mfca
        Centres with their masses.
    """
    links: Links = []
    weighed = [centre for centre in accounts.centres if centre.mass.entering_kg_h]
    for position, centre in enumerate(weighed):
        name, mass = centre.mass.centre, centre.mass
        before = weighed[position - 1].mass.product_kg_h if position else {}
        after = weighed[position + 1].mass if position + 1 < len(weighed) else None
        links += [(what, name, kg) for what, kg in mass.entering_kg_h.items() if what not in before]
        for what, kg in mass.product_kg_h.items():
            goes_on = after is not None and what in after.entering_kg_h
            links.append((name, after.centre if goes_on and after is not None else what, kg))
        links += [(name, what, kg) for what, kg in mass.loss_kg_h.items()]
    return [link for link in links if link[2] > 0.0]


def sankey(accounts: Mfca) -> Figure:
    """Draw mass beside money.

    Parameters
    ----------
    accounts : Mfca
        Of a costing.

    Returns
    -------
    plotly Figure
        Two Sankey diagrams in one row.
    """
    from plotly.graph_objects import Figure, Sankey

    figure = Figure()
    halves = ((mass_links(accounts), (0.0, 0.47), "kg/h"), (money_links(accounts), (0.53, 1.0), "USD/y"))
    for links, span, unit in halves:
        names = list(dict.fromkeys(name for link in links for name in link[:2]))
        figure.add_trace(
            Sankey(
                domain={"x": list(span)},
                valuesuffix=f" {unit}",
                node={"label": names, "pad": 12},
                link={
                    "source": [names.index(link[0]) for link in links],
                    "target": [names.index(link[1]) for link in links],
                    "value": [link[2] for link in links],
                },
            )
        )
    figure.update_layout(title_text="Mass without water [kg/h] beside money [USD/y]")
    return figure
