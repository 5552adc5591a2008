"""The feeds of a train: composition, liquor, front end and price."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sxsim.economics.feeds import feed as shipped_feed
from sxsim.economics.quotes import Quote, quotes
from sxsim.elements import ELEMENTS
from sxsim.foundation.cited import ParameterSet
from sxsim.foundation.freezing import Record
from sxsim.plant.flow import Flow
from sxsim.processes import CHARGES, FrontEnd, dissolve, front_end

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sxsim.plant.tables import TrainFeed

__all__ = ["Fed", "concentrate_quotes", "fed", "quote_names", "shares"]


@dataclass(frozen=True, slots=True, eq=False)
class Fed(Record):
    """A feed as it enters.

    Attributes
    ----------
    liquor : Flow
        What flows to the first unit.
    concentrate_kmol_h : mapping of str to float
        Metals bought, before any is left undissolved [kmol/h].
    acid_kmol_h : float
        Hydrochloric acid that dissolves it [kmol/h].
    residue_kmol_h : mapping of str to float
        Rare earths left undissolved [kmol/h].
    front_end : FrontEnd or None
        What the ground and the cracking take and leave.
    status, citation : str
        How far the composition can be trusted, and where it was read.
    """

    liquor: Flow
    concentrate_kmol_h: Mapping[str, float]
    acid_kmol_h: float
    residue_kmol_h: Mapping[str, float]
    front_end: FrontEnd | None
    status: str
    citation: str


def shares(feed: TrainFeed) -> dict[str, float]:
    """Share of each element's oxide by mass, summing to 1 [kg/kg]; empty where the feed is not known."""
    from sxsim.economics.feeds import feed_names

    if feed.feed is not None:
        return dict(shipped_feed(feed.feed).oxide_fraction) if feed.feed in feed_names() else {}
    total = math.fsum(feed.oxide_share.values())
    return {name: share / total for name, share in feed.oxide_share.items()} if total > 0.0 else {}


def fed(feed: TrainFeed, process: ParameterSet) -> Fed:
    """Turn a feed into its liquor.

    Parameters
    ----------
    feed : TrainFeed
        Definition.
    process : ParameterSet
        Yield and excess of the dissolution.

    Returns
    -------
    Fed
        Closed for every ion.
    """
    oxides = {name: share * feed.oxide_kg_h for name, share in shares(feed).items() if share > 0.0}
    moles = {name: kg / ELEMENTS[name].equivalent_mass_g_mol("oxide") for name, kg in oxides.items()}
    acid, residue = 0.0, {}
    if feed.dissolve:
        made = dissolve(oxides, feed.rare_earths_mol_L, process)
        liquor = Flow(feed.name, "aqueous", made.liquor.flow_m3_h, dict(made.liquor.amount_kmol_h))
        acid, residue = made.acid_kmol_h, dict(made.residue_kmol_h)
    else:
        total = math.fsum(moles.values())
        volume = total / feed.rare_earths_mol_L
        free = feed.free_acid_mol_L * volume
        liquor = Flow(feed.name, "aqueous", volume, {**moles, "H": free, "Cl": 3.0 * total + free})
    total = math.fsum(moles.values())
    named = feed.impurity_mol_per_mol.items()
    impurities: dict[str, float] = {name: share * total for name, share in named if share > 0.0}
    if impurities:
        taken = math.fsum(CHARGES[name] * amount for name, amount in impurities.items())
        held = {**liquor.amount_kmol_h, **impurities}
        held["Cl"] += taken
        liquor = Flow(feed.name, "aqueous", liquor.flow_m3_h, held)
        moles |= impurities
        acid += taken if feed.dissolve else 0.0
    known = shipped_feed(feed.feed) if feed.feed is not None else None
    return Fed(
        liquor=liquor,
        concentrate_kmol_h=moles,
        acid_kmol_h=acid,
        residue_kmol_h=residue,
        front_end=front_end(oxides, feed.route) if feed.route is not None else None,
        status=known.status if known is not None else "given",
        citation=known.citation if known is not None else "user",
    )


def concentrate_quotes() -> dict[str, Quote]:
    """Shipped prices of concentrates by their row: those told per rare earths contained."""
    return {name: each for name, each in quotes().items() if each.kind == "feed" and "REO contained" in each.grade}


def quote_names() -> list[str]:
    """Return the rows of the shipped prices of concentrates."""
    return list(concentrate_quotes())
