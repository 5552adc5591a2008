"""What a reader must know of a cascade before it is solved: where its file leaves what the constants are good for."""

from __future__ import annotations

import math

from sxsim.chemistry.evidence import validity_findings
from sxsim.chemistry.hydroxide import hydroxide_onset_pH
from sxsim.definition import Cascade
from sxsim.definition.diluents import family, same_diluent
from sxsim.definition.media import foreign_media
from sxsim.definition.present import elements_present
from sxsim.definition.system import SystemFile, load_system_file
from sxsim.definition.tables import NEUTRAL_pH, Stream
from sxsim.foundation.remembering import remembered

__all__ = ["foreseen", "warnings_of"]


def warnings_of(cascade: Cascade) -> tuple[str, ...]:
    """Everything about a cascade that a warning can say without a solve.

    Parameters
    ----------
    cascade : Cascade
        Clean definition.

    Returns
    -------
    tuple of str
        One sentence each; `foreseen`, and the extractant and temperature outside the data.
    """
    system = load_system_file(cascade.organic.system)
    outside = validity_findings(
        system, extractant_mol_L=cascade.organic.extractant_mol_L, temperature_C=cascade.organic.temperature_C
    )
    return (
        *foreseen(cascade, system),
        *(f"{found.place}: {found.offence} (data: {found.allowed})" for found in outside),
    )


@remembered
def foreseen(cascade: Cascade, system: SystemFile) -> tuple[str, ...]:
    """What the definition alone says of a result that will rest on it.

    Parameters
    ----------
    cascade : Cascade
        Clean definition.
    system : SystemFile
        Its extraction system.

    Returns
    -------
    tuple of str
        Liquors that enter above their hydroxide onset, another diluent than that of the data, a temperature that no
        constant follows, constants without a pH in them, sections in another medium than that of the data.
    """
    found: list[str] = []
    for name, stream in cascade.stream.items():
        found += _hydroxide(name, stream)
    found += _diluent(cascade.organic.diluent, system)
    low, high = system.validity.temperature_C
    if not low <= cascade.organic.temperature_C <= high:
        found.append(
            f"temperature of {cascade.organic.temperature_C:g} C: the constants of {system.name} are those of {low:g} "
            f"to {high:g} C and do not change with it"
        )
    found += _without_pH(cascade, system)
    for section, medium in foreign_media(cascade, system).items():
        found.append(
            f"section {section} works in {medium}: the constants of {system.name} were found in {system.medium}, and "
            f"complexing by {medium} is not counted"
        )
    return tuple(found)


def _hydroxide(name: str, stream: Stream) -> list[str]:
    """A liquor that would throw its metals down before it enters."""
    if stream.phase != "aqueous" or stream.flow_m3_h == 0.0:
        return []
    pH = stream.pH
    if stream.base_mol_L:
        pH = 2.0 * NEUTRAL_pH + math.log10(stream.base_mol_L)
    onsets = {
        symbol: onset
        for symbol, value in stream.concentration_mol_L.items()
        if value > 0.0 and (onset := hydroxide_onset_pH(symbol, value)) is not None
    }
    if pH is None or not onsets:
        return []
    symbol = min(onsets, key=lambda each: onsets[each])
    if pH <= onsets[symbol]:
        return []
    others = [each for each, onset in onsets.items() if onset < pH and each != symbol]
    more = f", and {', '.join(others)} too" if others else ""
    return [
        f"stream {name}: pH {pH:.2f} is above {onsets[symbol]:.2f}, where {symbol}(OH)3 begins to precipitate{more}: "
        "no such clear liquor; lower its pH"
    ]


def _diluent(diluent: str, system: SystemFile) -> list[str]:
    """A diluent that the constants were not found in, with what the data say of it."""
    known = [each for each in system.diluent if each.log10_D_shift is None]
    if any(same_diluent(diluent, each.name) for each in known) or (not known and same_diluent(diluent, "kerosene")):
        return []
    of = f"those of {' or '.join(each.name for each in known)}" if known else "of a diluent that it does not name"
    text = f"diluent {diluent}: the constants of {system.name} are {of}, and do not change with the diluent"
    for each in system.diluent:
        shift = each.log10_D_shift
        if shift is not None and family(diluent) == family(each.name):
            way = "lower" if shift.value < 0.0 else "higher"
            text += f" (data: in {each.name} log10 D lies {abs(shift.value):.3g} {way}, {shift.status})"
    return [text]


def _without_pH(cascade: Cascade, system: SystemFile) -> list[str]:
    """Elements that a cation exchanger gives protons for, and whose constant has no pH in it."""
    law, blind = system.law, []
    present = elements_present(cascade)
    for symbol in cascade.elements:
        own = system.law_of(symbol)
        released = law.protons_released if own.protons_released is None else own.protons_released
        b, d = own.b or law.b, own.d or law.d
        if symbol in present and released > 0.0 and b.value == 0.0 and (d is None or d.value == 0.0):
            blind.append(symbol)
    if not blind:
        return []
    said = "constant of {} has" if len(blind) == 1 else "constants of {} have"
    they = "it" if len(blind) == 1 else "them"
    return [
        f"{', '.join(blind)}: the {said.format(system.name)} no pH in {they}, so acid neither holds {they} back "
        f"nor strips {they}; where acid decides, take another system or constants of your own"
    ]
