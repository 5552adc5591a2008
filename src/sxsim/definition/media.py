"""Which sections work in the medium of the extraction system, and which may have one of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxsim.definition.tables import ACID_MEDIUM

if TYPE_CHECKING:
    from sxsim.definition.cascade import Cascade
    from sxsim.definition.system import SystemFile

__all__ = ["foreign_media", "joined_to_extraction"]


def joined_to_extraction(cascade: Cascade) -> set[str]:
    """Return the sections whose liquor mixes with that of extraction, where the metals are loaded.

    Parameters
    ----------
    cascade : Cascade
        Definition whose single values are valid.

    Returns
    -------
    set of str
        Sections of kind extraction, scrubbing and soap, and all that pass liquor to them or take it from them, by an
        `aqueous_out` or a split.
    """
    names = {section.name for section in cascade.section}
    leaves = {section.aqueous_out: section.name for section in cascade.section if section.aqueous_out not in names}
    enters = {section.aqueous_in: section.name for section in cascade.section}
    pairs = [(section.name, section.aqueous_out) for section in cascade.section if section.aqueous_out in names]
    pairs += [
        (leaves[split.from_], enters[split.to])
        for split in cascade.split
        if split.from_ in leaves and split.to in enters and split.fraction > 0.0
    ]
    group = {section.name for section in cascade.section if section.kind in ("extraction", "scrubbing", "soap")}
    grown = True
    while grown:
        more = {name for pair in pairs if group & set(pair) for name in pair} - group
        group |= more
        grown = bool(more)
    return group


def foreign_media(cascade: Cascade, system: SystemFile) -> dict[str, str]:
    """Return the sections that work in another medium than the system's.

    Parameters
    ----------
    cascade : Cascade
        Clean definition.
    system : SystemFile
        Its extraction system.

    Returns
    -------
    dict of str to str
        Section to medium.
    """
    found = {}
    for section in cascade.section:
        for name, stream in cascade.stream.items():
            here = name == section.aqueous_in or stream.section == section.name
            if here and stream.acid is not None and ACID_MEDIUM[stream.acid] != system.medium:
                found[section.name] = ACID_MEDIUM[stream.acid]
    return found
