"""The papers behind the numbers of a cascade."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sxsim.chemistry import evidence
from sxsim.definition import Cascade
from sxsim.definition.system import SystemFile, load_system_file
from sxsim.errors import Finding, InputError
from sxsim.foundation.remembering import remembered

if TYPE_CHECKING:
    from sxsim.cascade.result import Result

__all__ = ["Reference", "references", "saponifier", "sources"]


@dataclass(frozen=True, slots=True)
class Reference:
    """A source and what was taken from it.

    Attributes
    ----------
    key : str
        Key of the list of sources that ships with the data.
    citation : str
        Authors, year, title, journal, DOI in one line.
    doi : str
        DOI; empty when there is none.
    quality : str
        How it was read: primary, review, secondary page, or unverified.
    numbers : tuple of str
        What rests on it, each with its status (measured, reported, derived or unverified).
    """

    key: str
    citation: str
    doi: str
    quality: str
    numbers: tuple[str, ...]

    @property
    def unverified(self) -> bool:
        """Whether some number taken from it could not be checked."""
        return any("(unverified" in number for number in self.numbers)


def sources(cascade_or_result: Cascade | Result) -> list[Reference]:
    """List the papers behind the numbers used.

    Parameters
    ----------
    cascade_or_result : Cascade or Result
        A definition, or the answer of a solve.

    Returns
    -------
    list of Reference
        Sorted by key.

    Raises
    ------
    InputError
        The cascade's extraction system cannot be read, or does not know an element.

    Examples
    --------
    >>> from sxsim.definition import load
    >>> [reference.key for reference in sources(load("single_contact"))]
    ['li1987', 'quah2021', 'tanaka2021']
    """
    if not isinstance(cascade_or_result, Cascade):
        return list(cascade_or_result.sources)
    system = load_system_file(cascade_or_result.organic.system)
    return list(references(system, cascade_or_result.elements, saponifier(cascade_or_result)))


@remembered
def references(system: SystemFile, elements: tuple[str, ...], counter_ion: str | None) -> tuple[Reference, ...]:
    """The papers behind the constants of some elements, and of the saponifier's cation where there is one."""
    uses = evidence.sources(system, elements, counter_ion)
    return tuple(
        Reference(use.source.key, use.source.citation, use.source.doi, use.source.quality, use.numbers) for use in uses
    )


def saponifier(cascade: Cascade) -> str | None:
    """Counter-ion of the base that enters with the organic; None when no base is fed.

    Raises
    ------
    InputError
        Base is fed, or free to be found, and the saponifier is not named.
    """
    organic = cascade.organic
    free = cascade.solve.free if cascade.solve is not None else ()
    sought = {"organic.saponified_fraction", "organic.base_kmol_h"}.intersection(free)
    if not organic.saponified_fraction and not organic.base_kmol_h and not sought:
        return None
    if organic.saponifier is None:
        raise InputError(Finding("organic.saponifier", "missing: the organic is saponified", "NH4, Na", "say the base"))
    return organic.saponifier
