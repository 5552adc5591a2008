"""What a solved cascade takes in and gives out, as flows of ions that everything else is counted from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sxsim.cascade.streams import ORGANIC_IN
from sxsim.elements import ELEMENTS, RARE_EARTHS
from sxsim.errors import Finding, InputError
from sxsim.foundation.freezing import Record
from sxsim.processes import CHARGES, Liquor

if TYPE_CHECKING:
    from sxsim.cascade import Result
    from sxsim.cascade.streams import Stream

__all__ = ["CascadeFlows", "OrganicOut", "flows_of", "with_base", "with_returns"]

DROPS = "_aqueous"
"""What the aqueous drops in an organic product are called by, behind its name."""

LEAST_ALKALI_MOL_L = 1e-6
"""Hydroxide from which a bought stream is lye rather than water."""

LEAST_OF_FEED = 0.01
"""Share of the rare earths from which an aqueous stream is a feed; the acid of any other is bought."""

SAPONIFIER_BASE = {"NH4": "NH3", "Na": "NaOH"}
"""What gives each counter-ion."""


@dataclass(frozen=True, slots=True, eq=False)
class OrganicOut(Record):
    """Organic that leaves the cascade for good.

    Attributes
    ----------
    name : str
        The product, or the aqueous stream that carries it off.
    flow_m3_h : float
        Organic [m3/h].
    amount_kmol_h : mapping of str to float
        Metals and counter-ion it holds [kmol/h].
    entrained : bool
        Whether an aqueous stream carries it off; otherwise it is an organic product.
    returns : bool
        Whether it is taken to come back: the organic that passes an open cascade, or what another cascade takes over.
    """

    name: str
    flow_m3_h: float
    amount_kmol_h: Mapping[str, float]
    entrained: bool
    returns: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class CascadeFlows(Record):
    """Everything that crosses the border of a cascade [kmol/h, m3/h].

    Attributes
    ----------
    feeds : tuple of Liquor
        Aqueous streams that bring at least 1 % of the rare earths; their acid comes with them.
    acids : tuple of (str, Liquor)
        The acid and the liquor of every bought stream: scrub, strip acid, wash water; lye names no acid.
    organic_feed_kmol_h : mapping of str to float
        Metals that fresh organic and organic feeds bring in [kmol/h].
    products : tuple of Liquor
        Aqueous outlets, the phase alone.
    stripped, carried : frozenset of str
        Those among them whose rare earths were stripped from the organic, and those that an organic product carries.
    organic_out : tuple of OrganicOut
        Organic products, and organic that aqueous products carry off.
    counter_ion : str
        Ion of the saponifier in the ledger; empty without one.
    base : str
        What is bought for it; empty without one.
    base_kmol_h : float
        Base, counted as equivalents of hydroxide [kmol/h].
    extractant, diluent : str
        Names.
    extractant_mol_L : float
        Monomer [mol/L].
    organic_m3_h : float
        Organic flow into stage 1 [m3/h].
    organic_returns : bool
        Whether the organic returns to stage 1.
    organic_made_up_m3_h : float
        Organic that enters stage 1 beyond what returns within the cascade [m3/h].
    organic_feed_m3_h, organic_given_m3_h : float
        Organic of feeds beside it, and what of it comes with rare earths, as a feed, and need not be bought [m3/h].
    """

    feeds: tuple[Liquor, ...]
    acids: tuple[tuple[str, Liquor], ...]
    organic_feed_kmol_h: Mapping[str, float]
    products: tuple[Liquor, ...]
    stripped: frozenset[str]
    carried: frozenset[str]
    organic_out: tuple[OrganicOut, ...]
    counter_ion: str
    base: str
    base_kmol_h: float
    extractant: str
    diluent: str
    extractant_mol_L: float
    organic_m3_h: float
    organic_returns: bool
    organic_made_up_m3_h: float = 0.0
    organic_feed_m3_h: float = 0.0
    organic_given_m3_h: float = 0.0

    @property
    def aqueous_in(self) -> tuple[Liquor, ...]:
        """Every aqueous stream that enters."""
        return (*self.feeds, *(liquor for _, liquor in self.acids))

    @property
    def alkaline(self) -> tuple[tuple[str, float, Liquor], ...]:
        """Bought streams with free hydroxide: the base, its hydroxide [kmol/h], the liquor."""
        return tuple(
            (
                next(base for ion, base in SAPONIFIER_BASE.items() if liquor.amount_kmol_h.get(ion, 0.0) > 0.0),
                -hydroxide,
                liquor,
            )
            for _, liquor in self.acids
            if (hydroxide := liquor.amount_kmol_h.get("H", 0.0)) < -LEAST_ALKALI_MOL_L * liquor.flow_m3_h
        )

    @property
    def organic_lost(self) -> tuple[OrganicOut, ...]:
        """Organic that leaves and does not come back."""
        return tuple(out for out in self.organic_out if not out.returns)

    @property
    def organic_brought_m3_h(self) -> float:
        """Organic that enters from outside, beyond what is taken to come back [m3/h]."""
        back = math.fsum(out.flow_m3_h for out in self.organic_out if out.returns)
        return self.organic_made_up_m3_h + self.organic_feed_m3_h - back

    @property
    def rare_earths_fed_kmol_h(self) -> dict[str, float]:
        """Rare earths that enter [kmol/h]."""
        fed: dict[str, float] = {}
        for held in (*(liquor.amount_kmol_h for liquor in self.aqueous_in), self.organic_feed_kmol_h):
            for name, amount in held.items():
                if name in ELEMENTS and ELEMENTS[name].is_rare_earth:
                    fed[name] = fed.get(name, 0.0) + amount
        return fed

    @property
    def oxide_fed_kg_h(self) -> float:
        """Rare earths that enter, weighed as oxides [kg/h]."""
        fed = self.rare_earths_fed_kmol_h
        return math.fsum(amount * ELEMENTS[name].equivalent_mass_g_mol("oxide") for name, amount in fed.items())


def flows_of(result: Result) -> CascadeFlows:
    """Read the flows of a solved cascade.

    Parameters
    ----------
    result : Result
        Solved cascade.

    Returns
    -------
    CascadeFlows
        Streams that cross the border, the base among them.

    Raises
    ------
    InputError
        No rare earths are fed.

    Notes
    -----
    In a closed loop the base is what the organic that enters stage 1 holds of the counter-ion beyond what the stripped
    organic brings back. Organic that is drawn off or carried off leaves for good; what passes an open cascade is taken
    to be stripped elsewhere and to come back.
    """
    cascade, streams = result.cascade, result.stream.values()
    crossing = [stream for stream in streams if stream.kind in ("inlet", "product")]
    inlets = [stream for stream in crossing if stream.kind == "inlet"]
    outlets = [stream for stream in crossing if stream.kind == "product"]
    ion = cascade.organic.saponifier or ""
    ion = ion if ion in result.components else ""
    feeds, acids = [], []
    brought = {stream.name: math.fsum(map(stream.amount_kmol_h, RARE_EARTHS)) for stream in inlets}
    worth = LEAST_OF_FEED * math.fsum(brought.values())
    for stream in inlets:
        if stream.phase != "aqueous":
            continue
        liquor = _liquor(stream)
        if brought[stream.name] > 0.0 and brought[stream.name] >= worth:
            feeds.append(liquor)
        else:
            acids.append((_acid_of(result, stream.name), liquor))
    side = [stream for stream in inlets if stream.phase == "organic" and stream.name != ORGANIC_IN]
    organic_feed: dict[str, float] = {}
    for stream in inlets:
        if stream.phase == "organic":
            for name in cascade.elements:
                organic_feed[name] = organic_feed.get(name, 0.0) + stream.amount_kmol_h(name)
    flows = CascadeFlows(
        feeds=tuple(feeds),
        acids=tuple(acids),
        organic_feed_kmol_h=organic_feed,
        products=tuple(
            _liquor(stream) if stream.phase == "aqueous" else _carried(result, stream)
            for stream in outlets
            if stream.phase == "aqueous" or stream.entrained_m3_h > 0.0
        ),
        stripped=frozenset(
            name
            for name, product in cascade.products.items()
            if cascade.section_named(product.section).kind == "stripping"
        ),
        carried=frozenset(_carried_name(stream) for stream in outlets if stream.phase == "organic"),
        organic_out=tuple(_organic_out(result, stream) for stream in outlets if _organic_m3_h(stream) > 0.0),
        counter_ion=ion,
        base=SAPONIFIER_BASE.get(ion, ""),
        base_kmol_h=_base_kmol_h(result, ion),
        extractant=cascade.organic.extractant,
        diluent=cascade.organic.diluent,
        extractant_mol_L=cascade.organic.extractant_mol_L,
        organic_m3_h=float(result.stream[ORGANIC_IN].flow_m3_h),
        organic_returns=cascade.organic.recycled,
        organic_made_up_m3_h=float(result.stream[ORGANIC_IN].flow_m3_h) - _returned_m3_h(result),
        organic_feed_m3_h=math.fsum(stream.flow_m3_h for stream in side),
        organic_given_m3_h=math.fsum(stream.flow_m3_h for stream in side if brought[stream.name] > 0.0),
    )
    if not flows.oxide_fed_kg_h > 0.0:
        raise InputError(
            Finding(
                "elements", "no rare earths are fed, so nothing can be costed", "at least one rare earth", "feed some"
            )
        )
    return flows


def with_returns(flows: CascadeFlows, returns: Mapping[str, bool]) -> CascadeFlows:
    """Say of organic products whether they are taken to come back.

    Parameters
    ----------
    flows : CascadeFlows
        Flows.
    returns : mapping of str to bool
        By product; of the others it stays as it is.
    """
    told = tuple(replace(out, returns=returns.get(out.name, out.returns)) for out in flows.organic_out)
    return replace(flows, organic_out=told)


def with_base(flows: CascadeFlows, base: str | None) -> CascadeFlows:
    """Let another base saponify, by stoichiometry: its ion takes the place of the counter-ion everywhere.

    Parameters
    ----------
    flows : CascadeFlows
        Flows with the cascade's own saponifier.
    base : {"NH3", "NaOH", "lime", "magnesia"} or None
        What is bought instead; None leaves everything as it is.

    Returns
    -------
    CascadeFlows
        Lime and magnesia give half a mole of a divalent ion for each mole of counter-ion.

    Raises
    ------
    InputError
        The cascade is not saponified.
    """
    if base is None or base == flows.base:
        return flows
    if not flows.counter_ion:
        offence = f"{base} is asked for, but the organic of this cascade is not saponified"
        raise InputError(Finding("base", offence, "no base", "leave the base out"))
    ion, share = {"NH3": ("NH4", 1.0), "NaOH": ("Na", 1.0), "lime": ("Ca", 0.5), "magnesia": ("Mg", 0.5)}[base]
    old = flows.counter_ion

    def swapped(amounts: Mapping[str, float]) -> dict[str, float]:
        rest = {name: amount for name, amount in amounts.items() if name != old}
        if old in amounts:
            rest[ion] = rest.get(ion, 0.0) + share * amounts[old]
        return rest

    return replace(
        flows,
        products=tuple(replace(each, amount_kmol_h=swapped(each.amount_kmol_h)) for each in flows.products),
        organic_out=tuple(replace(each, amount_kmol_h=swapped(each.amount_kmol_h)) for each in flows.organic_out),
        counter_ion=ion,
        base=base,
    )


def _liquor(stream: Stream) -> Liquor:
    """The aqueous stream without what it carries off, protons counted as total acid."""
    held = {name: value for name, value in stream.concentration_mol_L.items() if name in CHARGES}
    amounts = {name: stream.flow_m3_h * value for name, value in held.items()}
    amounts["H"] = stream.flow_m3_h * (stream.acid_mol_L or 0.0)
    return Liquor(stream.name, stream.flow_m3_h, amounts)


def _carried(result: Result, stream: Stream) -> Liquor:
    """The aqueous that an organic product carries off; its anion follows from electroneutrality."""
    product = result.cascade.products[stream.name]
    stage = result.stage
    j = next(
        row
        for row, place in enumerate(zip(stage.section, stage.local_stage, strict=True))
        if place == (product.section, product.stage)
    )
    flow = stream.entrained_m3_h
    amounts = {name: flow * value for name, value in stream.entrained_mol_L.items()}
    metals = math.fsum(CHARGES[name] * amount for name, amount in amounts.items())
    anion = next(name for name in _anions(result) if name)
    if anion == "SO4":
        amounts["SO4"] = flow * float(stage.sulfate_mol_L[j])
        amounts["H"] = 2.0 * amounts["SO4"] - metals
    else:
        amounts["H"] = flow * float(stage.proton_mol_L[j])
        amounts[anion] = metals + amounts["H"]
    return Liquor(_carried_name(stream), flow, amounts)


def _carried_name(stream: Stream) -> str:
    """What the aqueous drops in an organic product are called."""
    return f"{stream.name}{DROPS}"


def _anions(result: Result) -> list[str]:
    """The anion of the medium, as aqueous streams name it."""
    return [
        name
        for stream in result.stream.values()
        if stream.phase == "aqueous"
        for name in stream.concentration_mol_L
        if CHARGES.get(name, 0) < 0
    ]


def _organic_m3_h(stream: Stream) -> float:
    """Organic in a stream, as its phase or carried off."""
    return stream.flow_m3_h if stream.phase == "organic" else stream.entrained_m3_h


def _returned_m3_h(result: Result) -> float:
    """Organic that comes back to stage 1 within the cascade [m3/h]."""
    return math.fsum(
        stream.flow_m3_h
        for stream in result.stream.values()
        if stream.kind == "recycle" and stream.name != ORGANIC_IN and stream.phase == "organic"
    )


def _organic_out(result: Result, stream: Stream) -> OrganicOut:
    """The organic of a product; what passes an open cascade comes back, a draw does not."""
    entrained = stream.phase == "aqueous"
    drawn = stream.name in {draw.name for draw in result.cascade.draw}
    held = stream.entrained_mol_L if entrained else stream.concentration_mol_L
    flow = _organic_m3_h(stream)
    amounts = {name: flow * value for name, value in held.items()}
    return OrganicOut(stream.name, flow, amounts, entrained, returns=not (entrained or drawn))


def _acid_of(result: Result, name: str) -> str:
    """The acid bought for an inlet; empty for plain water."""
    table = result.cascade.stream[name]
    return (table.acid or "HCl") if table.free_acid_mol_L > 1e-6 else ""


def _base_kmol_h(result: Result, ion: str) -> float:
    """Counter-ion that base brings in [kmol/h]."""
    if not ion:
        return 0.0
    fresh = result.stream["organic_in"].amount_kmol_h(ion)
    back = next((each for each in result.stream.values() if each.kind == "recycle" and each.name != "organic_in"), None)
    return fresh - (back.flow_m3_h * back.concentration_mol_L.get(ion, 0.0) if back is not None else 0.0)
