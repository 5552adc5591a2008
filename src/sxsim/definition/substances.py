"""Elements, acids, bases and assays: does what flows fit the extraction system."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxsim.definition.extractants import canonical_extractant
from sxsim.definition.media import joined_to_extraction
from sxsim.definition.system import SystemFile
from sxsim.definition.tables import ACID_VALENCE
from sxsim.elements import ELEMENTS
from sxsim.errors import Finding
from sxsim.foundation.suggestions import nearest, one_of

if TYPE_CHECKING:
    from sxsim.definition.cascade import Cascade
    from sxsim.definition.tables import Stream

__all__ = ["element_findings", "meant_elements", "organic_findings", "stream_findings"]

SAPONIFIED_BELOW = {"dimer": 0.5, "monomer": 1.0}
"""Saponified share that leaves no free extractant: each counter-ion holds one dimer, or one monomer."""


def element_findings(cascade: Cascade, system: SystemFile | None) -> list[Finding]:
    """Return elements that are unknown, doubled, never fed, or used without being listed.

    Parameters
    ----------
    cascade : Cascade
        Definition whose single values are valid.
    system : SystemFile or None
        Extraction system; None skips what needs it.

    Returns
    -------
    list of Finding
        Empty when the elements fit.
    """
    findings: list[Finding] = []
    meant = meant_elements(cascade)
    assays = {f"stream.{name}.{key}": assay for name, key, assay in _assays(cascade)}
    assays["organic.assay_mol_L"] = dict(cascade.organic.assay_mol_L)
    for symbol in dict.fromkeys(cascade.elements):
        if symbol not in ELEMENTS:
            findings.append(_unknown("elements", symbol, list(ELEMENTS)))
        elif system is not None and symbol not in system.elements:
            offence = f"system {system.name!r} does not know {symbol}"
            findings.append(
                Finding("elements", offence, ", ".join(system.elements), f"drop {symbol}, or change system")
            )
        elif cascade.elements.count(symbol) > 1:
            findings.append(Finding("elements", f"{symbol} is listed twice", "each element once", "drop one"))
        elif not any(symbol in assay for assay in assays.values()):
            findings.append(
                Finding(
                    "elements",
                    f"{symbol} is in no stream",
                    "elements that a stream brings",
                    f"give {symbol} in an assay, or drop it",
                )
            )
    for place, assay in assays.items():
        findings += [
            _unknown(f"{place}.{symbol}", symbol, list(cascade.elements))
            if symbol not in ELEMENTS
            else Finding(
                f"{place}.{symbol}",
                f"{symbol} is not among the elements",
                ", ".join(cascade.elements),
                f"add {symbol!r} to elements",
            )
            for symbol in assay
            if symbol not in (*cascade.elements, *meant)
        ]
    return findings


def meant_elements(cascade: Cascade) -> set[str]:
    """Return what the unknown symbols among a cascade's elements were probably meant to be.

    Parameters
    ----------
    cascade : Cascade
        Definition whose single values are valid.

    Returns
    -------
    set of str
        Symbols; whoever uses them needs no complaint of its own.
    """
    unknown = [symbol for symbol in cascade.elements if symbol not in ELEMENTS]
    if not unknown:
        return set()
    names = {element.name: element.symbol for element in ELEMENTS.values()}
    near = {found for symbol in unknown for found in nearest(symbol, ELEMENTS)}
    return near | {names[symbol.casefold()] for symbol in unknown if symbol.casefold() in names}


def organic_findings(cascade: Cascade, system: SystemFile | None) -> list[Finding]:
    """Return what is wrong with the extractant and its saponification.

    Parameters
    ----------
    cascade : Cascade
        Definition whose single values are valid.
    system : SystemFile or None
        Extraction system; None takes the widest limits.

    Returns
    -------
    list of Finding
        Empty when the organic fits the system.
    """
    organic, findings = cascade.organic, []
    if system is not None:
        known = {canonical_extractant(name) or name for name in system.extractants}
        if organic.extractant not in known:
            offence = f"system {system.name!r} is not for {organic.extractant}"
            findings.append(
                Finding("organic.extractant", offence, ", ".join(sorted(known)), "change system or extractant")
            )
    if organic.flow_m3_h == 0.0 and "organic.flow_m3_h" not in cascade.free:
        findings.append(Finding("organic.flow_m3_h", "no organic flows", "above 0 m3/h", "raise it"))
    if organic.recycled and any(organic.assay_mol_L.values()):
        offence = "a recycled organic brings along what stripping left in it"
        findings.append(
            Finding(
                "organic.assay_mol_L",
                offence,
                "an assay of an organic that does not return",
                "drop the assay, or write recycled = false",
            )
        )
    given = [key for key in ("saponified_fraction", "base_kmol_h") if _sought_or_given(cascade, key)]
    if len(given) == 2:
        offence = "saponified_fraction and base_kmol_h are both given"
        findings.append(Finding("organic.base_kmol_h", offence, "one of the two", "drop one"))
    if not given:
        return findings
    place = f"organic.{given[0]}"
    if system is not None and not system.saponifiable:
        offence = f"extractants of system {system.name!r} cannot be saponified"
        findings.append(Finding(place, offence, "none for an extractant that is not saponified", f"drop {given[0]}"))
        return findings
    if organic.saponifier is None:
        findings.append(Finding("organic.saponifier", "missing: the organic is saponified", "NH4, Na", "say the base"))
    elif system is not None and organic.saponifier not in [each.ion for each in system.counter_ion]:
        ions = ", ".join(each.ion for each in system.counter_ion)
        offence = f"system {system.name!r} has no data for {organic.saponifier}"
        findings.append(Finding("organic.saponifier", offence, ions, cure="take one of those"))
    return findings + _saponification(cascade, system, place)


def _sought_or_given(cascade: Cascade, key: str) -> bool:
    """Whether base enters by one of its two keys; what is free may be any, whatever is typed."""
    typed = getattr(cascade.organic, key)
    return typed is not None and (typed > 0.0 or f"organic.{key}" in cascade.free)


def _saponification(cascade: Cascade, system: SystemFile | None, place: str) -> list[Finding]:
    """Return a saponified share that leaves no free extractant."""
    organic = cascade.organic
    stoichiometry = "dimer" if system is None else system.stoichiometry
    limit = SAPONIFIED_BELOW.get(stoichiometry, 1.0)
    if place in cascade.free:
        return []
    if organic.saponified_fraction is not None:
        share, said = organic.saponified_fraction, f"{organic.saponified_fraction:g}"
    else:
        flow, base = organic.flow_m3_h, organic.base_kmol_h or 0.0
        if not isinstance(flow, float) or flow == 0.0 or "organic.flow_m3_h" in cascade.free:
            return []
        share = base / (flow * organic.extractant_mol_L)
        said = f"{base:g} kmol/h saponifies {share:.3g} of the extractant, which"
    if share < limit:
        return []
    reason = "each saponified molecule holds a dimer" if stoichiometry == "dimer" else "no extractant would be left"
    percent = organic.saponified_fraction is not None and share > 1.0
    cure = f"fractions are 0-1: for {share:g} % write {share / 100:g}" if percent else f"lower it: {reason}"
    return [Finding(place, f"{said} is too much", f"0 to below {limit:g} ({stoichiometry} stoichiometry)", cure)]


def stream_findings(cascade: Cascade, system: SystemFile | None) -> list[Finding]:
    """Return what is wrong with the acids and assays of the streams.

    Parameters
    ----------
    cascade : Cascade
        Definition whose single values are valid.
    system : SystemFile or None
        Extraction system; None skips what needs it.

    Returns
    -------
    list of Finding
        Empty when every stream is complete and fits the medium.
    """
    findings: list[Finding] = []
    for name, stream in cascade.stream.items():
        place = f"stream.{name}"
        findings += _assay(place, stream)
        findings += _acid(place, stream, system)
        findings += _medium(cascade, name, stream, system)
        findings += _told_twice(place, stream, f"{place}.acid_mol_L" in cascade.free)
        metals = any(stream.assay_g_L.values()) or any(stream.assay_mol_L.values())
        told = (stream.pH, stream.acid_mol_L, stream.base_mol_L)
        if metals and stream.phase == "aqueous" and told == (None, None, None):
            offence = "a liquor with metals needs its free acid"
            findings.append(Finding(f"{place}.pH", offence, "pH, or acid and acid_mol_L", "say one of them"))
    exchanging = system is not None and system.stoichiometry != "solvating"
    for section in cascade.section:
        entering = cascade.stream.get(section.aqueous_in)
        if section.kind not in ("scrubbing", "stripping") or entering is None or not exchanging:
            continue
        refluxed = any(split.to == section.aqueous_in for split in cascade.split)
        brings = any(entering.assay_g_L.values()) or any(entering.assay_mol_L.values()) or refluxed
        said = entering.acid is not None and entering.acid_mol_L is None  # found above
        said = said or f"stream.{section.aqueous_in}.acid_mol_L" in cascade.free
        if entering.free_acid_mol_L < 1e-6 and not said and not (section.kind == "scrubbing" and brings):
            offence = f"no acid for {section.kind}"
            findings.append(
                Finding(f"stream.{section.aqueous_in}.acid", offence, "acid and acid_mol_L", "say which and how strong")
            )
    return findings


def _assay(place: str, stream: Stream) -> list[Finding]:
    """Return an assay without its basis, or a second one."""
    findings = []
    if stream.assay_g_L and stream.basis is None:
        offence = "assay_g_L without a basis"
        cure = 'add basis = "oxide" when the grams are of oxide (Nd2O3, Pr6O11), "element" when of metal'
        findings.append(Finding(f"{place}.basis", offence, "oxide, element", cure))
    if stream.basis is not None and not stream.assay_g_L:
        findings.append(
            Finding(f"{place}.basis", "a basis without assay_g_L", "beside assay_g_L", "drop it: mol/L needs none")
        )
    if stream.assay_g_L and stream.assay_mol_L:
        findings.append(Finding(f"{place}.assay_mol_L", "beside assay_g_L", "one of the two", "drop one"))
    return findings


def _acid(place: str, stream: Stream, system: SystemFile | None) -> list[Finding]:
    """Return an acid or a base that is incomplete, or in the wrong phase."""
    if stream.phase == "organic":
        if all(getattr(stream, key) is None for key in ("pH", "acid", "acid_mol_L", "base", "base_mol_L")):
            return []
        return [
            Finding(
                f"{place}.phase",
                "an organic feed has no pH or acid or base",
                "flow, assay, section and stage",
                "drop them, or phase",
            )
        ]
    findings = []
    if stream.acid_mol_L is not None and stream.acid is None:
        allowed = ", ".join(system.acids) if system is not None else "HCl, HNO3, H2SO4"
        findings.append(Finding(f"{place}.acid", "missing beside acid_mol_L", allowed, "say which acid"))
    if stream.acid is not None and stream.acid_mol_L is None:
        findings.append(Finding(f"{place}.acid_mol_L", "missing beside acid", "at least 0 mol/L", "say how strong"))
    if stream.base_mol_L is not None and stream.base is None:
        findings.append(Finding(f"{place}.base", "missing beside base_mol_L", "NaOH, NH3", "say which base"))
    if stream.base is not None and stream.base_mol_L is None:
        findings.append(Finding(f"{place}.base_mol_L", "missing beside base", "at least 0 mol/L", "say how strong"))
    return findings


def _medium(cascade: Cascade, name: str, stream: Stream, system: SystemFile | None) -> list[Finding]:
    """Return an acid of another medium where the law or the way of the liquors does not allow one."""
    if system is None or stream.acid is None or stream.acid in system.acids or stream.phase == "organic":
        return []
    place, allowed = f"stream.{name}", ", ".join(system.acids)
    offence = f"{stream.acid} does not fit the {system.medium} medium of system {system.name!r}"
    if not system.anion_free:
        return [Finding(f"{place}.acid", offence, allowed, "change the acid or the system")]
    mixed = joined_to_extraction(cascade)
    into = [section.name for section in cascade.section if name == section.aqueous_in or stream.section == section.name]
    if mixed.intersection(into):
        cure = f"change the acid or the system, or let the liquor of {into[0]} leave on its own (aqueous_out)"
        return [Finding(f"{place}.acid", offence, allowed, cure)]
    if f"{place}.acid_mol_L" in cascade.free:
        offence = f"a free strength of {stream.acid} in the {system.medium} medium of system {system.name!r}"
        cure = f"free {place}.flow_m3_h instead"
        return [Finding(f"{place}.acid_mol_L", offence, f"free for {allowed}", cure)]
    return []


def _told_twice(place: str, stream: Stream, sought: bool) -> list[Finding]:
    """Return an acidity that is told in two ways: neither can be meant to be added to the other unless that is said."""
    acid, base, pH = stream.acid_mol_L, stream.base_mol_L, stream.pH
    if acid and base:
        offence = f"{acid:g} mol/L of free acid and {base:g} of free base cannot both be in one liquor"
        return [Finding(f"{place}.base_mol_L", offence, "one of the two", "drop one")]
    if pH is not None and base:
        offence = f"pH {pH:g} and base_mol_L {base:g} both tell how alkaline the stream is"
        return [Finding(f"{place}.pH", offence, "one of the two", "drop one: base_mol_L counts all of the base")]
    if stream.acid_beside_pH and (pH is None or acid is None):
        missing = "pH" if pH is None else "acid_mol_L"
        return [Finding(f"{place}.acid_beside_pH", f"without {missing}", "beside pH and acid_mol_L", "drop it")]
    if pH is None or stream.acid_beside_pH or stream.phase == "organic" or not (acid or sought):
        return []
    acid = acid or 0.0
    strength = acid * ACID_VALENCE.get(stream.acid or "", 1)
    offence = f"pH {pH:g} and acid_mol_L {acid:g} tell the free acid twice: {10.0**-pH:.3g} and {strength:.3g} mol/L"
    cure = "drop one of them, or write acid_beside_pH = true where the acid is added to a liquor of that pH"
    return [Finding(f"{place}.pH", offence, "pH, or acid and acid_mol_L", cure)]


def _assays(cascade: Cascade) -> list[tuple[str, str, dict[str, float]]]:
    """Return every assay of a stream with the stream and the key that hold it."""
    return [
        (name, key, dict(getattr(stream, key)))
        for name, stream in cascade.stream.items()
        for key in ("assay_g_L", "assay_mol_L")
        if getattr(stream, key)
    ]


def _unknown(place: str, symbol: str, choices: list[str]) -> Finding:
    """Return the finding of a symbol that no element has."""
    by_name = {element.name: element.symbol for element in ELEMENTS.values()}
    named = by_name.get(symbol.casefold())
    cure = f"did you mean {named}?" if named else one_of(symbol, choices)
    return Finding(place, f"unknown element {symbol!r}", ", ".join(choices), cure)
