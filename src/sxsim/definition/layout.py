"""Sections, streams, splits and draws: do all names lead somewhere, and once only."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sxsim.errors import Finding
from sxsim.foundation.suggestions import did_you_mean, nearest, one_of

if TYPE_CHECKING:
    from sxsim.definition.cascade import Cascade
    from sxsim.definition.tables import Section

__all__ = ["layout_findings"]


def layout_findings(cascade: Cascade) -> list[Finding]:
    """Return what is wrong with the way sections, streams, splits and draws are joined.

    Parameters
    ----------
    cascade : Cascade
        Definition whose single values are valid.

    Returns
    -------
    list of Finding
        Empty when every name leads somewhere.
    """
    return [*_names(cascade), *_order(cascade), *_outlets(cascade), *_inlets(cascade), *_splits(cascade)]


def _names(cascade: Cascade) -> list[Finding]:
    """Names that stand for two things."""
    findings = [
        Finding(f"section.{name}", f"{count} sections are named {name!r}", "one name each", "rename one of them")
        for name, count in _repeated([section.name for section in cascade.section])
    ]
    names = {section.name for section in cascade.section}
    stripped = any(section.kind == "stripping" for section in cascade.section)
    products = [section.aqueous_out for section in cascade.section if section.aqueous_out not in names]
    products.append("stripped_organic" if stripped else "loaded_organic")
    products += [draw.name for draw in cascade.draw]
    repeated = dict(_repeated(products))
    for name in dict.fromkeys(products):
        if name in repeated:
            cure = "rename one of them, or let one section's aqueous_out name the other section"
            findings.append(Finding(name, f"{repeated[name]} products are named {name!r}", "one name each", cure))
        if name in cascade.stream:
            offence = "is the name of a stream that enters and of a product"
            findings.append(Finding(name, offence, "one name each", "rename the product (aqueous_out, or the draw)"))
    return findings


def _repeated(names: list[str]) -> list[tuple[str, int]]:
    """Names that stand more than once, with how often."""
    once = dict.fromkeys(names)
    return [(name, names.count(name)) for name in once if names.count(name) > 1] if len(once) < len(names) else []


def _order(cascade: Cascade) -> list[Finding]:
    """Sections in an order in which the organic cannot pass them, and a loop that does not close."""
    findings = []
    for position, section in enumerate(cascade.section):
        if section.kind == "soap" and position > 0:
            offence = f"a soap section stands at position {position + 1}"
            cure = "move it to the top: it takes the fresh saponified organic"
            findings.append(Finding(f"section.{section.name}.kind", offence, "the first in organic order", cure))
    if cascade.organic.recycled and not any(section.kind == "stripping" for section in cascade.section):
        offence = "the organic returns to stage 1 without a stripping section"
        findings.append(
            Finding(
                "organic.recycled",
                offence,
                "a section of kind stripping",
                "add a stripping section, or write recycled = false",
            )
        )
    return findings + _swelling(cascade)


def _swelling(cascade: Cascade) -> list[Finding]:
    """Organic feeds of a closed loop that no draw takes out again: the loop would swell without end."""
    feeds = {
        name: stream.flow_m3_h for name, stream in cascade.stream.items() if stream.phase == "organic" and stream.placed
    }
    draws = {draw.name: draw.flow_m3_h for draw in cascade.draw if draw.phase == "organic"}
    paths = {f"stream.{name}.flow_m3_h" for name in feeds} | {f"draw.{name}.flow_m3_h" for name in draws}
    if not cascade.organic.recycled or "design" in (*feeds.values(), *draws.values()) or paths & set(cascade.free):
        return []
    into, out = math.fsum(map(float, feeds.values())), math.fsum(map(float, draws.values()))
    if into <= out * (1.0 + 1e-9):
        return []
    place = f"stream.{next(name for name, flow in feeds.items() if float(flow) > 0.0)}.flow_m3_h"
    offence = f"{into:g} m3/h of organic enter the closed loop, and draws take {out:g} m3/h out of it"
    cure = (
        "take as much out with a [[draw]] of the organic, or write organic.recycled = false"
        if not draws
        else f"raise {' or '.join(f'draw.{name}.flow_m3_h' for name in draws)} to {into:g} m3/h in all"
    )
    return [Finding(place, offence, f"at most {out:g} m3/h", cure)]


def _outlets(cascade: Cascade) -> list[Finding]:
    """Aqueous outlets that lead back, nowhere, or to a name that looks like a misspelt section."""
    findings = []
    names = [section.name for section in cascade.section]
    wanted = {target.stream for target in cascade.target} | {split.from_ for split in cascade.split}
    for position, section in enumerate(cascade.section):
        place, out = f"section.{section.name}.aqueous_out", section.aqueous_out
        if out in names:
            if names.index(out) >= position:
                offence = f"{out!r} does not stand before {section.name!r} in organic order"
                allowed = ", ".join([*names[:position], "the name of a product"])
                findings.append(Finding(place, offence, allowed, "the aqueous runs against the organic"))
        elif out not in wanted:
            finding = _nameless(section, out, names)
            if finding is not None:
                findings.append(finding)
    return findings


def _nameless(section: Section, out: str, names: list[str]) -> Finding | None:
    """Say what an outlet that nothing else mentions was probably meant to name."""
    place = f"section.{section.name}.aqueous_out"
    others = [name for name in names if name != section.name]
    near = [name for name in nearest(out, others, limit=1) if _close(out, name)]
    if near:
        return Finding(place, f"{out!r} names nothing", "a section, or a product", f"did you mean {near[0]}?")
    if section.kind == "scrubbing":
        return Finding(
            place,
            f"{out!r} names nothing: no section, and no product of a target or split",
            ", ".join(others),
            'name the section the scrub joins; a liquor that leaves on its own belongs to kind = "washing"',
        )
    return None


def _close(word: str, name: str) -> bool:
    """Whether two names differ by no more than a slip of the pen."""
    from difflib import SequenceMatcher

    return SequenceMatcher(None, word.casefold(), name.casefold()).ratio() > 0.8


def _inlets(cascade: Cascade) -> list[Finding]:
    """Streams that are missing, unused, used twice or put where there is no stage."""
    findings: list[Finding] = []
    entering = [section.aqueous_in for section in cascade.section]
    used = {name: entering.count(name) for name in (*entering, *cascade.stream)}
    suspects: set[str] = set()
    for section in cascade.section:
        name = section.aqueous_in
        place = f"section.{section.name}.aqueous_in"
        if name not in cascade.stream:
            unused = [stream for stream in cascade.stream if not used[stream]]
            suspects.update(nearest(name, unused, limit=1))
            allowed = ", ".join(cascade.stream) or f"a table [stream.{name}]"
            cure = did_you_mean(name, cascade.stream) or f"add a table [stream.{name}]"
            findings.append(Finding(place, f"there is no stream named {name!r}", allowed, cure))
        elif used[name] > 1:
            offence = f"stream {name!r} enters {used[name]} sections"
            findings.append(Finding(place, offence, "one section for each stream", "give each section its own stream"))
        elif cascade.stream[name].flow_m3_h == 0.0 and not _filled(cascade, section):
            offence = f"stream {name!r} has no flow, no split adds to it and no section joins here"
            findings.append(Finding(place, offence, "above 0 m3/h", f"raise stream.{name}.flow_m3_h"))
    for name, stream in cascade.stream.items():
        if stream.placed or stream.stage is not None:
            if used[name]:
                offence = "is the aqueous_in of a section and has a place of its own"
                findings.append(Finding(f"stream.{name}", offence, "one of the two", "drop section and stage here"))
            findings += _place(cascade, f"stream.{name}", stream.section, stream.stage)
        elif stream.phase == "organic":
            offence = "an organic feed without a place"
            findings.append(Finding(f"stream.{name}", offence, "a section and a stage of it", "say section and stage"))
        elif not used[name] and name not in suspects:
            offence = "enters nowhere: it is no section's aqueous_in and has no section and stage of its own"
            findings.append(
                Finding(f"stream.{name}", offence, "one place", "name it in an aqueous_in, place it, or drop it")
            )
    for draw in cascade.draw:
        findings += _place(cascade, f"draw.{draw.name}", draw.section, draw.stage)
    return findings


def _filled(cascade: Cascade, section: Section) -> bool:
    """Whether liquor reaches the last stage of a section although its own stream is not typed to flow."""
    sought = f"stream.{section.aqueous_in}.flow_m3_h" in cascade.free
    joined = any(other.aqueous_out == section.name for other in cascade.section)
    return sought or joined or any(split.to == section.aqueous_in and split.fraction > 0.0 for split in cascade.split)


def _place(cascade: Cascade, place: str, section: str | None, stage: int | None) -> list[Finding]:
    """Return what is wrong with a place: section and local stage."""
    names = [each.name for each in cascade.section]
    if section is None:
        return [Finding(f"{place}.section", "missing beside stage", ", ".join(names), "say section and stage")]
    if section not in names:
        cure = one_of(section, names)
        return [Finding(f"{place}.section", f"no section named {section!r}", ", ".join(names), cure)]
    if stage is None:
        return [Finding(f"{place}.stage", "missing beside section", "a whole number from 1", "say section and stage")]
    stages = cascade.section[names.index(section)].stages
    if isinstance(stages, int) and stage > stages:
        offence = f"stage {stage} of {section!r}, which has {stages}"
        return [Finding(f"{place}.stage", offence, f"1 to {stages}", "stages count from 1 along the organic")]
    return []


def _splits(cascade: Cascade) -> list[Finding]:
    """Splits that start or end nowhere, or give away more than there is."""
    findings: list[Finding] = []
    products = {name: product for name, product in cascade.products.items() if product.phase == "aqueous"}
    entering = {section.aqueous_in for section in cascade.section}
    shares: dict[str, float] = {}
    for split in cascade.split:
        place = f"split.{split.from_}"
        if split.from_ not in products:
            offence = f"there is no aqueous product named {split.from_!r}"
            cure = one_of(split.from_, products)
            findings.append(Finding(f"{place}.from", offence, ", ".join(products), cure))
        if split.to not in entering:
            offence = f"{split.to!r} is no section's aqueous_in"
            findings.append(Finding(f"{place}.to", offence, ", ".join(sorted(entering)), one_of(split.to, entering)))
        shares[split.from_] = shares.get(split.from_, 0.0) + split.fraction
    findings += [
        Finding(
            f"split.{name}.fraction",
            f"the splits of {name!r} add up to {share:g}",
            "at most 1 in all",
            cure="lower one of them",
        )
        for name, share in shares.items()
        if share > 1.0 + 1e-12
    ]
    return findings
