"""Everything that has to fit together in a train, beyond the type and range of each value."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sxsim.elements import ELEMENTS
from sxsim.errors import Finding
from sxsim.foundation.suggestions import nearest, one_of
from sxsim.plant.cascades import ORGANIC, streams_of
from sxsim.plant.layout import PRODUCT, WASTE, Layout, layout_of
from sxsim.plant.travel import arriving_elements, exit_findings, phases

if TYPE_CHECKING:
    from sxsim.plant.definition import Train

__all__ = ["findings_of"]


def findings_of(train: Train) -> list[Finding]:
    """Return everything that is wrong with a train.

    Parameters
    ----------
    train : Train
        Definition whose single values are valid.

    Returns
    -------
    list of Finding
        Names first, then streams, loops, and what each element does.
    """
    layout = layout_of(train)
    findings = list(layout.findings)
    findings += _names(train)
    findings += _feeds(train)
    findings += _steps(train)
    findings += _inlets(train, layout)
    findings += _streams(layout)
    if not findings:
        findings += _loops(layout)
    if not findings:
        findings += _phases(train, layout)
    if not findings:
        findings += exit_findings(train, layout) or _products(train, layout)
    by_place: dict[str, Finding] = {}
    for finding in findings:
        by_place.setdefault(f"{finding.place}: {finding.offence}", finding)
    return list(by_place.values())


def _names(train: Train) -> list[Finding]:
    """Units and products that share a name."""
    units = [*(each.name for each in train.feed), *(each.name for each in train.cascade)]
    units += [each.name for each in train.step]
    products = [each.name for each in train.product]
    return [
        Finding(kind, f"{count} of them are called {name!r}", "a name of its own for each", "rename one")
        for kind, names in (("feed, cascade, step", units), ("product", products))
        for name, count in Counter(names).items()
        if count > 1
    ] + [
        Finding("feed, cascade, step", f"{name!r} is what {name} is called", "another name", "rename it")
        for name in units
        if name in (PRODUCT, WASTE)
    ]


def _feeds(train: Train) -> list[Finding]:
    """Feeds without a composition, or with names that nobody knows."""
    from sxsim.economics.feeds import feed_names
    from sxsim.plant.feeding import quote_names
    from sxsim.processes import route_names

    findings = []
    for feed in train.feed:
        place = f"feed.{feed.name}"
        if (feed.feed is None) == (not feed.oxide_share):
            offence = "neither feed nor oxide_share" if feed.feed is None else "feed and oxide_share are both given"
            findings.append(Finding(place, offence, "one of the two", "name a shipped feed, or type the shares"))
        for symbol in feed.oxide_share:
            if symbol not in ELEMENTS or not ELEMENTS[symbol].is_rare_earth:
                known = [name for name, each in ELEMENTS.items() if each.is_rare_earth]
                cure = one_of(symbol, known)
                findings.append(
                    Finding(f"{place}.oxide_share.{symbol}", f"unknown rare earth {symbol!r}", ", ".join(known), cure)
                )
        if feed.oxide_share and not sum(feed.oxide_share.values()) > 0.0:
            findings.append(Finding(f"{place}.oxide_share", "nothing is fed", "a share above 0", "type one"))
        for key, names in (("feed", feed_names()), ("route", route_names()), ("quote", quote_names())):
            name = getattr(feed, key)
            if name is not None and name not in names:
                cure = one_of(name, names)
                findings.append(Finding(f"{place}.{key}", f"there is no {key} {name!r}", ", ".join(names), cure))
        if feed.quote is not None and feed.usd_per_kg_oxide is not None:
            offence = "quote and usd_per_kg_oxide are both given"
            findings.append(Finding(f"{place}.quote", offence, "one of the two", "drop one"))
    return findings


def _steps(train: Train) -> list[Finding]:
    """Steps that say too little or too much."""
    findings = []
    for step in train.step:
        place = f"step.{step.name}"
        if step.kind == "split":
            if step.fraction is None:
                findings.append(Finding(f"{place}.fraction", "missing: a split divides", "0 to 1", "say the share"))
            if len(step.inlet) > 1:
                findings.append(Finding(f"{place}.inlet", "a split takes one stream", "one", "adjust them together"))
        elif step.fraction is not None:
            findings.append(
                Finding(f"{place}.fraction", f"{step.kind} divides nothing", 'with kind = "split" only', "drop it")
            )
    return findings


def _inlets(train: Train, layout: Layout) -> list[Finding]:
    """Inlets that a cascade does not have, and cascades that nothing feeds."""
    findings = []
    for cascade in train.cascade:
        data = layout.tables[cascade.name]
        if not data:
            continue
        names = streams_of(data)
        entries = {part.get("aqueous_in") for part in data.get("section", [])}
        place = f"cascade.{cascade.name}.inlet"
        for inlet in cascade.inlet:
            fits = inlet == ORGANIC or inlet in entries or "section" in data["stream"].get(inlet, {})
            if inlet not in names or not fits:
                allowed = [name for name in names if name != inlet]
                cure = one_of(inlet, allowed)
                findings.append(
                    Finding(f"{place}.{inlet}", f"the cascade takes in no {inlet!r}", ", ".join(allowed), cure)
                )
        free = (data.get("solve") or {}).get("free", ())
        for inlet in cascade.inlet:
            path = "organic.flow_m3_h" if inlet == ORGANIC else f"stream.{inlet}.flow_m3_h"
            if path in free:
                offence = f"{path} is free, but that stream comes from the train"
                findings.append(
                    Finding(
                        f"cascade.{cascade.name}.solve.free",
                        offence,
                        "a quantity of the cascade itself",
                        "free another quantity",
                    )
                )
        if not cascade.inlet:
            findings.append(Finding(place, "nothing comes from the train", "an inlet", 'inlet = { feed = "..." }'))
    return findings


def _streams(layout: Layout) -> list[Finding]:
    """Streams nobody makes, nobody takes, or two take."""
    findings = []
    unread = {name for name, data in layout.tables.items() if not data}
    meant: set[str] = set()
    for stream, takers in layout.taken_by.items():
        if stream not in layout.made_by and stream.split(".")[0] not in unread:
            names = list(layout.made_by)
            cure = one_of(stream, names)
            meant.update(nearest(stream, names))
            findings += [
                Finding(place, f"there is no stream {stream!r}", ", ".join(names), cure) for _, place in takers[:1]
            ]
        if len(takers) > 1:
            where = " and ".join(place for _, place in takers)
            cure = f'divide it first: a step of kind "split" makes two streams of {stream!r}'
            findings.append(Finding(takers[1][1], f"{stream!r} goes to {where}", "one destination a stream", cure))
    if unread:
        return findings
    for stream, maker in layout.made_by.items():
        if stream not in layout.taken_by and stream not in meant:
            cure = f'let a cascade or step take it, sell it with [[product]], or add "{stream}" to waste'
            findings.append(Finding(maker, f"{stream!r} goes nowhere", "one destination a stream", cure))
    return findings


def _loops(layout: Layout) -> list[Finding]:
    """Rings of units that nothing leaves, and units that no feed reaches."""
    import networkx

    graph = layout.graph()
    leaving = {
        layout.made_by[stream]
        for stream, takers in layout.taken_by.items()
        for taker, _ in takers
        if taker in (PRODUCT, WASTE)
    }
    findings = []
    for part in networkx.strongly_connected_components(graph):
        ring = [name for name in layout.units if name in part]
        out = any(name in leaving for name in part)
        out = out or any(after not in part for name in part for after in graph.successors(name))
        if not out:
            cure = "sell or throw away a stream of it, or bleed one with a step of kind split"
            findings.append(
                Finding(", ".join(ring), "a loop without an outlet: what enters never leaves", "an outlet", cure)
            )
    feeds = [name for name, unit in layout.units.items() if unit.kind == "feed"]
    fed = set(feeds).union(*(networkx.descendants(graph, name) for name in feeds))
    if dry := [name for name in layout.units if name not in fed]:
        findings.append(Finding(", ".join(dry), "no feed reaches it", "a way from a feed", "name what enters it"))
    return findings


def _phases(train: Train, layout: Layout) -> list[Finding]:
    """Organics led where liquors belong, and the other way round."""
    phase = phases(train, layout)
    findings = []
    for cascade in train.cascade:
        data = layout.tables[cascade.name]
        for inlet, stream in cascade.inlet.items():
            wanted = "organic" if inlet == ORGANIC else data["stream"][inlet].get("phase", "aqueous")
            if phase[stream] != wanted:
                place = f"cascade.{cascade.name}.inlet.{inlet}"
                findings.append(
                    Finding(
                        place, f"{stream!r} is {phase[stream]}", f"an {wanted} stream", cure="lead another stream there"
                    )
                )
            elif wanted == "organic":
                findings += _extractants(train, layout, cascade.name, inlet, stream)
    for step in train.step:
        findings += [
            Finding(f"step.{step.name}.inlet", f"{stream!r} is organic", "liquors", "strip it first")
            for stream in step.inlet
            if phase[stream] == "organic" and step.kind != "split"
        ]
    return findings


def _extractants(train: Train, layout: Layout, name: str, inlet: str, stream: str) -> list[Finding]:
    """An organic that is not the one of the cascade it enters."""
    maker = layout.made_by[stream]
    if maker not in layout.tables:
        return []
    here, there = layout.tables[name]["organic"], layout.tables[maker]["organic"]
    told = [key for key in ("system", "extractant_mol_L") if here.get(key) != there.get(key)]
    return [
        Finding(
            f"cascade.{name}.inlet.{inlet}",
            f"{stream!r} brings {there.get(key)!r}, {name} works with {here.get(key)!r}",
            f"the same {key} in both",
            cure="change one of the two cascades",
        )
        for key in told[:1]
    ]


def _products(train: Train, layout: Layout) -> list[Finding]:
    """Products of elements that never get there; of a group some may not be fed at all."""
    arriving = arriving_elements(train, layout)
    fed = set().union(*(arriving[feed.name] for feed in train.feed))
    findings = []
    for product in train.product:
        held = arriving[product.stream]
        place = f"product.{product.name}.elements"
        for symbol in product.elements:
            missing_of_group = symbol in ELEMENTS and symbol not in fed and bool(held & set(product.elements))
            if symbol not in held and not missing_of_group:
                cure = one_of(symbol, held)
                findings.append(
                    Finding(place, f"{symbol} does not come into {product.stream!r}", ", ".join(sorted(held)), cure)
                )
    return findings
