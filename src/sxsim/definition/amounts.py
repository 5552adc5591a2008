"""Amounts that no liquor and no organic can hold, with the slip that most likely made them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from sxsim.definition.system import SystemFile
from sxsim.definition.values import RARE_EARTHS_MOST_mol_L
from sxsim.elements import ELEMENTS
from sxsim.errors import Finding

if TYPE_CHECKING:
    from sxsim.definition.cascade import Cascade
    from sxsim.definition.tables import Stream

__all__ = ["amount_findings", "claimed_extractant_mol_L"]

MARGIN = 1.05
"""Factor on the neat substance and on saturation beyond which a value is a slip, whatever the temperature."""

NEAT: Mapping[str, tuple[float, float]] = {
    "P507": (306.4, 950.0),
    "P204": (322.4, 976.0),
    "Cyanex 272": (290.4, 920.0),
    "Cyanex 572": (310.0, 933.0),
    "naphthenic acid": (200.0, 960.0),
    "Versatic": (172.3, 910.0),
    "TBP": (266.3, 973.0),
    "Aliquat 336": (404.2, 880.0),
}
"""Molar mass [g/mol] and density [g/L] of the neat extractants, as the shipped data and their makers state them."""

STRONGEST: Mapping[str, tuple[float, float]] = {
    "HCl": (36.46, 13.5),
    "HNO3": (63.01, 24.0),
    "H2SO4": (98.08, 18.7),
    "NaOH": (40.0, 20.0),
    "NH3": (17.03, 18.5),
}
"""Molar mass [g/mol], and molarity [mol/L] of the saturated solution or pure acid at 0 to 25 C."""

SATURATED: Mapping[str, float] = {"chloride": 4.6, "nitrate": RARE_EARTHS_MOST_mol_L, "sulfate": 2.0}
"""Most rare earths in a saturated liquor [mol/L], with room: chlorides reach 3.9, nitrates 5, sulfates 1.3 at 25 C."""

METALS_MOST = 8.0
"""Metals of any kind that a liquor holds at most [mol/L]; iron(III) chloride reaches 5.7."""

LIQUID_C = (-20.0, 130.0)
"""Temperatures at which both phases are liquid [C]."""

KELVIN = 273.15


def amount_findings(cascade: Cascade, system: SystemFile | None) -> list[Finding]:
    """Return the concentrations and temperatures that no liquid has.

    Parameters
    ----------
    cascade : Cascade
        Definition whose single values are valid.
    system : SystemFile or None
        Extraction system; None takes the widest limits.

    Returns
    -------
    list of Finding
        One a place: strengths beyond the neat extractant, saturated liquors and the strongest acids, temperatures at
        which a phase boils or freezes, organics that hold more than their extractant binds.
    """
    findings = [*_temperature(cascade), *_extractant(cascade), *_strengths(cascade)]
    for name, stream in cascade.stream.items():
        if stream.phase == "aqueous":
            findings += _acid(name, stream, cascade.free)
            findings += _assay(name, stream, system)
    if not findings and system is not None:
        findings += _overloaded(cascade, system)
    return findings


def _temperature(cascade: Cascade) -> Iterator[Finding]:
    """A temperature at which nothing is liquid."""
    value, (low, high) = cascade.organic.temperature_C, LIQUID_C
    if low <= value <= high:
        return
    kelvin = KELVIN + low <= value <= KELVIN + high
    cure = f"kelvin? {value:g} K is {value - KELVIN:g} C" if kelvin else "say the temperature in C"
    yield Finding("organic.temperature_C", f"{value:g} C: no phase is liquid", f"{low:g} to {high:g} C", cure)


def _extractant(cascade: Cascade) -> Iterator[Finding]:
    """More extractant than the neat substance holds."""
    organic = cascade.organic
    mass, density = NEAT.get(organic.extractant, (150.0, 1000.0))
    neat, value = density / mass, organic.extractant_mol_L
    if value <= MARGIN * neat:
        return
    slips = [f"{value:g} g/L is {value / mass:.4g} mol/L"]
    if value <= 100.0:
        slips.insert(0, f"{value:g} % by volume is {0.01 * value * neat:.4g} mol/L")
    offence = f"{value:g} mol/L: neat {organic.extractant} has {neat:.3g}"
    yield Finding("organic.extractant_mol_L", offence, f"above 0, at most {neat:.3g}", _or(slips))


def _acid(name: str, stream: Stream, free: tuple[str, ...]) -> Iterator[Finding]:
    """An acid or a base stronger than there is."""
    for key, what in (("acid_mol_L", stream.acid), ("base_mol_L", stream.base)):
        value = getattr(stream, key)
        if value is None or what is None or value <= STRONGEST[what][1] or f"stream.{name}.{key}" in free:
            continue
        mass, strongest = STRONGEST[what]
        slips = [f"{value:g} g/L is {value / mass:.4g} mol/L"]
        offence = f"{value:g} mol/L: the strongest {what} has {strongest:g}"
        yield Finding(f"stream.{name}.{key}", offence, f"0 to {strongest:g}", _or(slips))


def _strengths(cascade: Cascade) -> Iterator[Finding]:
    """Strengths that a design may choose from and that no acid has."""
    for name, values in cascade.design.acid_mol_L.items() if cascade.design is not None else ():
        stream = cascade.stream.get(name)
        most = STRONGEST.get(stream.acid or "") if stream is not None else None
        if stream is None or most is None or max(values) <= most[1]:
            continue
        offence = f"{max(values):g} mol/L: the strongest {stream.acid} has {most[1]:g}"
        cure = _or([f"{max(values):g} g/L is {max(values) / most[0]:.4g} mol/L"])
        yield Finding(f"design.acid_mol_L.{name}", offence, f"0 to {most[1]:g}", cure)


def _assay(name: str, stream: Stream, system: SystemFile | None) -> Iterator[Finding]:
    """More metal than a saturated liquor holds; the element that weighs most is named."""
    held = _held(stream)
    if not held:
        return
    key = "assay_g_L" if stream.assay_g_L else "assay_mol_L"
    limit = max(SATURATED.values()) if system is None else SATURATED[system.medium]
    rare = math.fsum(value for symbol, value in held.items() if ELEMENTS[symbol].is_rare_earth)
    every = math.fsum(held.values())
    if rare <= limit and every <= METALS_MOST:
        return
    most, said = (limit, "rare earths") if rare > limit else (METALS_MOST, "metals")
    symbol = max(held, key=lambda each: held[each])
    typed = getattr(stream, key)[symbol]
    if key == "assay_mol_L":
        grams = typed / ELEMENTS[symbol].equivalent_mass_g_mol("element")
        cure = f"g/L? {typed:g} g/L of {symbol} is {grams:.4g} mol/L; assay_g_L with a basis takes grams"
    else:
        cure = f"mg/L? {typed:g} mg/L is {typed / 1000.0:g} g/L"
    total = rare if rare > limit else every
    offence = f"{total:.4g} mol/L of {said} in all: no liquor holds as much"
    yield Finding(f"stream.{name}.{key}.{symbol}", offence, f"at most {most:g} mol/L of {said}", cure)


def claimed_extractant_mol_L(assay_mol_L: Mapping[str, float], system: SystemFile) -> float:
    """Extractant that the metals of an organic claim, counted as the law counts it (dimers or molecules) [mol/L].

    Parameters
    ----------
    assay_mol_L : mapping of str to float
        Metals in the organic [mol/L].
    system : SystemFile
        Its extraction system.
    """
    claimed = 0.0
    for symbol, value in assay_mol_L.items():
        own = system.law_of(symbol).extractant_per_metal
        claimed += value * (system.law.extractant_per_metal if own is None else own)
    return claimed


def _overloaded(cascade: Cascade, system: SystemFile) -> Iterator[Finding]:
    """Organics that enter with more metal than their extractant binds."""
    organic = cascade.organic
    divisor = 2.0 if system.stoichiometry == "dimer" else 1.0
    capacity = organic.extractant_mol_L / divisor
    places: dict[str, tuple[Mapping[str, float], float]] = {}
    if not organic.recycled:
        soap = 0.0
        if organic.saponified_fraction is not None and "organic.saponified_fraction" not in cascade.free:
            soap = organic.saponified_fraction * organic.extractant_mol_L
        elif organic.base_kmol_h and isinstance(organic.flow_m3_h, float) and not cascade.free:
            soap = organic.base_kmol_h / organic.flow_m3_h
        places["organic.assay_mol_L"] = organic.assay_mol_L, soap
    for name, stream in cascade.stream.items():
        if stream.phase == "organic":
            key = "assay_g_L" if stream.assay_g_L else "assay_mol_L"
            places[f"stream.{name}.{key}"] = _held(stream), 0.0
    for place, (held, soap) in places.items():
        if not any(held.values()):
            continue
        claimed = claimed_extractant_mol_L(held, system)
        if claimed + soap < capacity:
            continue
        base = " and the base" if soap > 0.0 else ""
        offence = (
            f"enters overloaded: the metals{base} claim {(claimed + soap) / capacity:.3g} times the extractant "
            f"({claimed + soap:.4g} of {capacity:.4g} mol/L of {'dimer' if divisor > 1.0 else 'extractant'})"
        )
        share = (capacity - soap) / claimed if claimed > 0.0 else 0.0
        cure = f"lower the assay to below {share:.4g} times what it is, or raise organic.extractant_mol_L"
        grams = {
            symbol: value / ELEMENTS[symbol].molar_mass_g_mol for symbol, value in held.items() if symbol in ELEMENTS
        }
        if place.endswith("assay_mol_L") and claimed_extractant_mol_L(grams, system) + soap < capacity and share < 0.1:
            cure = "g/L? as grams the extractant binds them: write mol/L, " + ", ".join(
                f"{symbol} = {value:.4g}" for symbol, value in grams.items()
            )
        yield Finding(place, offence, "less than all of the extractant", cure)


def _held(stream: Stream) -> dict[str, float]:
    """Element to concentration [mol/L]; nothing where a symbol is unknown, which is told elsewhere."""
    known = all(symbol in ELEMENTS for symbol in (*stream.assay_g_L, *stream.assay_mol_L))
    return stream.concentration_mol_L if known else {}


def _or(slips: list[str]) -> str:
    """The slips that may have been made, as a question and its answers."""
    return "another unit? " + ", ".join(slips)
