"""Everything that has to fit together in a linked extraction, beyond the type and range of each value."""

from __future__ import annotations

from collections import Counter

import numpy as np

from sxsim.definition import Cascade
from sxsim.definition.amounts import amount_findings
from sxsim.definition.substances import element_findings, organic_findings, stream_findings
from sxsim.definition.system import SystemFile, load_system_file
from sxsim.definition.target_tables import FIGURES
from sxsim.errors import Finding, InputError
from sxsim.foundation.suggestions import one_of
from sxsim.plant.linked.definition import Linked
from sxsim.plant.linked.graph import compile_linked, flows_through, stand_in

__all__ = ["findings_of", "freeable"]


def findings_of(linked: Linked) -> list[Finding]:
    """Return everything that is wrong with a linked extraction.

    Parameters
    ----------
    linked : Linked
        Definition whose single values are valid.

    Returns
    -------
    list of Finding
        Names and lines first, then substances, targets and free quantities, then flows that cannot be; one a place.
    """
    findings = [*_names(linked), *_branches(linked), *_streams(linked), *_outlets(linked)]
    findings += _substances(linked)
    findings += [*_targets(linked), *_free(linked)]
    if not findings:
        findings = _flows(linked)
    return list({finding.place: finding for finding in reversed(findings)}.values())[::-1]


def freeable(linked: Linked) -> list[str]:
    """Paths that `[solve]` may leave free."""
    paths = ["organic.flow_m3_h", *(f"stream.{name}.flow_m3_h" for name in linked.stream)]
    return [*paths, *(f"branch.{each.name}.fraction" for each in linked.branch)]


def _names(linked: Linked) -> list[Finding]:
    """Names that stand for two things."""
    found = []
    for table, names in (
        ("section", [part.name for part in linked.section]),
        ("branch", [each.name for each in linked.branch]),
    ):
        found += [
            Finding(f"{table}.{name}", f"{count} of them are named {name!r}", "one name each", "rename one")
            for name, count in Counter(names).items()
            if count > 1
        ]
    sections = {part.name for part in linked.section}
    leaving = Counter(line.to for line in linked.lines if line.to not in sections)
    for name, count in leaving.items():
        if count > 1:
            cure = "give each line its own product, or lead it into a section"
            found.append(Finding(name, f"{count} lines leave as product {name!r}", "one line for each product", cure))
        if name in linked.stream:
            found.append(
                Finding(
                    name,
                    "is the name of a stream that enters and of a product",
                    "one name for each",
                    "rename the product",
                )
            )
    return found


def _branches(linked: Linked) -> list[Finding]:
    """Branches from nowhere, into themselves, or that take more than there is."""
    found = []
    sections = [part.name for part in linked.section]
    taken: Counter[tuple[str, str]] = Counter()
    for each in linked.branch:
        if each.from_ not in sections:
            cure = one_of(each.from_, sections)
            offence = f"there is no section named {each.from_!r}"
            found.append(Finding(f"branch.{each.name}.from", offence, ", ".join(sections), cure))
        taken[each.from_, each.phase] += each.fraction  # type: ignore[assignment]
    found += [
        Finding("branch", f"the branches of the {phase} of {name} take {share:g} of it", "below 1 in all", "lower one")
        for (name, phase), share in taken.items()
        if share >= 1.0
    ]
    found += [
        Finding(
            f"section.{line.source}",
            f"its {line.phase} leads back into itself",
            "another section, or a product",
            cure="lead it on",
        )
        for line in linked.lines
        if line.source == line.to
    ]
    return found


def _streams(linked: Linked) -> list[Finding]:
    """Streams without a place, or with one that is not there."""
    found = []
    stages = {part.name: part.stages for part in linked.section}
    for name, stream in linked.stream.items():
        place = f"stream.{name}"
        if stream.section is None:
            found.append(Finding(f"{place}.section", "missing", ", ".join(stages), "say where it enters"))
        elif stream.section not in stages:
            cure = one_of(stream.section, stages)
            found.append(Finding(f"{place}.section", f"no section named {stream.section!r}", ", ".join(stages), cure))
        elif stream.stage is not None and stream.stage > stages[stream.section]:
            most = stages[stream.section]
            found.append(
                Finding(
                    f"{place}.stage",
                    f"stage {stream.stage} of {stream.section!r}",
                    f"1 to {most}",
                    cure="stages count from 1 along the organic",
                )
            )
        if stream.flow_m3_h == "design":
            found.append(Finding(f"{place}.flow_m3_h", "is left to design", "a number", "type a flow to start from"))
    if linked.organic.flow_m3_h == "design":
        found.append(Finding("organic.flow_m3_h", "is left to design", "a number", "type a flow to start from"))
    if not any(stream.phase == "aqueous" for stream in linked.stream.values()):
        found.append(
            Finding("stream", "no aqueous stream enters", "at least one", "add the feed, the scrub and the strip acid")
        )
    return found


def _outlets(linked: Linked) -> list[Finding]:
    """Lines that nothing leaves by: a section that no organic or aqueous reaches, an organic without a way out."""
    sections = {part.name for part in linked.section}
    found = []
    for phase in ("organic", "aqueous"):
        entered = {line.to for line in linked.lines if line.phase == phase}
        entered |= {stream.section or "" for stream in linked.stream.values() if stream.phase == phase}
        if phase == "organic":
            entered.add(linked.section[0].name)
        found += [
            Finding(
                f"section.{part.name}",
                f"no {phase} enters it",
                "a line or stream that enters",
                f"lead a line or a stream of {phase} there",
            )
            for part in linked.section
            if part.name not in entered
        ]
        if not any(line.phase == phase and line.to not in sections for line in linked.lines):
            key = f"{phase}_to"
            found.append(
                Finding(
                    "section",
                    f"no {phase} leaves: a loop without an outlet",
                    "an outlet for each phase",
                    f"name a product in {key}",
                )
            )
    leaving = [line.to for line in linked.lines if line.phase == "organic" and line.to not in sections]
    if linked.organic.recycled and len(leaving) > 1:
        offence = (
            f"{len(leaving)} organic products ({', '.join(leaving)}) while the organic returns to the first section"
        )
        found.append(Finding("organic.recycled", offence, "one organic outlet", "write recycled = false"))
    return found


def _substances(linked: Linked) -> list[Finding]:
    """Elements, organic and liquors, as the checks of a cascade see them."""
    system: SystemFile | None = None
    found: list[Finding] = []
    try:
        system = load_system_file(linked.organic.system)
    except InputError as error:
        found += error.findings
    cascade = stand_in(linked)
    return [
        *found,
        *element_findings(cascade, system),
        *organic_findings(cascade, system),
        *stream_findings(cascade, system),
        *amount_findings(cascade, system),
        *_media(cascade, system),
    ]


def _media(cascade: Cascade, system: SystemFile | None) -> list[Finding]:
    """Liquors of another medium: linked sections pass their liquors on, so that all of them have one."""
    if system is None:
        return []
    return [
        Finding(
            f"stream.{name}.acid",
            f"{stream.acid} does not fit the {system.medium} medium of system {system.name!r}",
            ", ".join(system.acids),
            "change the acid or the system",
        )
        for name, stream in cascade.stream.items()
        if stream.acid is not None and stream.acid not in system.acids
    ]


def _targets(linked: Linked) -> list[Finding]:
    """Targets on products or elements that do not exist, or without one figure."""
    found = []
    for target in linked.target:
        place = f"target.{target.stream}.{target.name}"
        if target.stream not in linked.products:
            cure = one_of(target.stream, linked.products)
            offence = f"there is no product named {target.stream!r}"
            found.append(Finding(f"{place}.stream", offence, ", ".join(linked.products), cure))
        if target.element is None:
            offence = "a target of linked extraction is about one element"
            found.append(Finding(f"{place}.elements", offence, "element", "state one target for each element"))
        elif target.element not in linked.elements:
            offence = f"{target.element} is not among the elements"
            found.append(
                Finding(
                    f"{place}.element",
                    offence,
                    ", ".join(linked.elements),
                    cure="add it to elements, or drop the target",
                )
            )
        given = [key for key in FIGURES if getattr(target, key) is not None]
        if given not in (["purity_min"], ["recovery_min"]):
            found.append(Finding(place, "does not state one figure", "purity_min or recovery_min", "state one of them"))
    return found


def _free(linked: Linked) -> list[Finding]:
    """Free quantities that cannot be, or that the targets do not match."""
    if linked.solve is None:
        return []
    paths = freeable(linked)
    found = [
        Finding("solve.free", f"{path} cannot be free", ", ".join(paths), one_of(path, paths))
        for path in linked.solve.free
        if path not in paths
    ]
    for key in ("least", "most"):
        if getattr(linked.solve, key) is not None:
            offence = "linked extraction meets its targets exactly and makes nothing least or most"
            found.append(Finding(f"solve.{key}", offence, "free only", "drop it"))
    equations = sum(target.enforced for target in linked.target)
    if len(set(linked.solve.free)) != equations:
        offence = f"{len(set(linked.solve.free))} free quantities for {equations} target equations"
        found.append(Finding("solve.free", offence, "as many of one as of the other", "free or fix a quantity"))
    return found


def _flows(linked: Linked) -> list[Finding]:
    """Flows that do not add up: a loop that feeds itself, or a section that is run dry."""
    offence, cure = "the lines run in a loop without an outlet", "lead a branch out of it"
    try:
        flowing = flows_through(compile_linked(linked))
    except np.linalg.LinAlgError:
        return [Finding("section", offence, "an outlet for each phase", cure)]
    return (
        []
        if flowing is not None
        else [Finding("section", "a section is left without flow", "flow above 0 in every section", "lower fractions")]
    )
