"""The definition of a linked extraction: sections joined by organic and aqueous lines; frozen and checked."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError

from sxsim.definition.system import with_neighbour, with_system
from sxsim.definition.tables import Organic, Solve, Stream, Target
from sxsim.definition.translation import findings_of_validation
from sxsim.definition.values import FrozenTable, Listed, Name, Table
from sxsim.definition.writing import toml_text
from sxsim.errors import InputError
from sxsim.foundation.hashing import input_hash as digest
from sxsim.foundation.paths import assign
from sxsim.foundation.plain import plain
from sxsim.foundation.reading import Shelf, plain_findings
from sxsim.plant.linked.tables import Branch, LinkedSection

__all__ = ["LINKED", "Line", "Linked", "bundled_linked", "load_linked"]

LINKED = Shelf("linked extraction", ("cascades", "linked"))
"""Files of linked extractions, and those that ship with the program."""


@dataclass(frozen=True, slots=True)
class Line:
    """What flows from a section to a section or out as a product.

    Attributes
    ----------
    source, to : str
        Section it leaves; section or product it enters.
    phase : {"organic", "aqueous"}
        Phase.
    share : float
        Of all that leaves the section in this phase [-].
    """

    source: str
    to: str
    phase: Literal["organic", "aqueous"]
    share: float


class Linked(Table):
    """Sections on one organic, joined at will: a loaded organic or an aqueous may pass on to any section unstripped.

    Attributes
    ----------
    schema_version : int
        Key `schema` of the file.
    title, description : str
        What it is.
    elements : tuple of str
        Symbols, in the order of every array.
    organic : Organic
        The organic phase; it enters the first section of the file.
    section : tuple of LinkedSection
        Sections.
    branch : tuple of Branch
        Shares of what leaves a section that go elsewhere.
    stream : mapping of str to Stream
        What enters: each names its section and, unless it enters at the end where its phase comes in, its stage.
    target : tuple of Target
        What products have to reach.
    solve : Solve or None
        Free quantities: `organic.flow_m3_h`, `stream.NAME.flow_m3_h`, `branch.NAME.fraction`.
    """

    schema_version: Annotated[Literal[1], Field(alias="schema")]
    title: str
    description: str = ""
    elements: Annotated[tuple[str, ...], Listed, Field(min_length=1)]
    organic: Organic
    section: Annotated[tuple[LinkedSection, ...], Listed, Field(min_length=1)]
    branch: Annotated[tuple[Branch, ...], Listed] = ()
    stream: Annotated[Mapping[Name, Stream], AfterValidator(FrozenTable)]
    target: Annotated[tuple[Target, ...], Listed] = ()
    solve: Solve | None = None

    @classmethod
    def from_data(cls, data: Mapping[str, Any], source: str = "") -> Linked:
        """Build and check from plain data, as TOML gives it.

        Parameters
        ----------
        data : mapping
            Tables, lists and values.
        source : str
            File that error messages name.

        Raises
        ------
        InputError
            With every finding at once.
        """
        from sxsim.plant.linked.checks import findings_of

        if findings := plain_findings(data):
            raise InputError(findings, source)
        data = plain(data)
        try:
            linked = cls.model_validate(dict(data))
        except ValidationError as error:
            raise InputError(findings_of_validation(error, data, cls), source) from None
        if findings := findings_of(linked):
            raise InputError(findings, source)
        return linked

    def replace(self, changes: Mapping[str, Any]) -> Linked:
        """Return a changed copy; assigning a free path fixes it.

        Parameters
        ----------
        changes : mapping of str to value
            Dotted paths and their new values, e.g. ``{"section.M1.stages": 20, "branch.B.fraction": 0.3}``.

        Raises
        ------
        InputError
            A path that leads nowhere, or a value that is not allowed.
        """
        data = self.to_data()
        for path, value in changes.items():
            data = assign(data, path, value)
        if self.solve is not None:
            left = [path for path in self.solve.free if path not in changes]
            data.pop("solve")
            if left:
                data["solve"] = {"free": left}
        return type(self).from_data(data)

    def to_data(self) -> dict[str, Any]:
        """Return plain tables, lists and values: only what was typed."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude_none=True)

    def to_toml(self) -> str:
        """Return the text of a file that loads into an equal definition."""
        return toml_text(self.to_data())

    @property
    def input_hash(self) -> str:
        """Digest of everything that is defined, defaults and what a system file of the user holds included."""
        return digest(with_system(self.model_dump(mode="json", by_alias=True)))

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every line that leaves a section: for each phase the branches, then the rest."""
        found = []
        for part in self.section:
            for phase in _PHASES:
                taken = [each for each in self.branch if each.from_ == part.name and each.phase == phase]
                found += [Line(part.name, each.to, phase, each.fraction) for each in taken]
                rest = part.organic_to if phase == "organic" else part.aqueous_to
                found.append(Line(part.name, rest, phase, 1.0 - sum(each.fraction for each in taken)))
        return tuple(found)

    @property
    def products(self) -> dict[str, Line]:
        """Lines that leave for good, by product; a recycled organic counts."""
        names = {part.name for part in self.section}
        return {line.to: line for line in self.lines if line.to not in names}


_PHASES: tuple[Literal["organic"], Literal["aqueous"]] = ("organic", "aqueous")


def bundled_linked() -> list[str]:
    """Return the names of the linked extractions that ship with the program, sorted."""
    return LINKED.names()


def load_linked(path: str | os.PathLike[str]) -> Linked:
    """Read and check a file of a linked extraction.

    Parameters
    ----------
    path : path-like
        A file, or the name of a bundled one such as ``nd_pr_ce``.

    Raises
    ------
    InputError
        The file is missing, not TOML, or wrong; all findings together.

    Examples
    --------
    >>> load_linked("nd_pr_ce").elements
    ('Ce', 'Pr', 'Nd')
    """
    return Linked.from_data(with_neighbour(LINKED.tables(path), Path(path).parent), os.fspath(path))
