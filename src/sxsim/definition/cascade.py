"""The definition of one cascade: frozen, checkable, addressable by dotted paths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PrivateAttr, ValidationError

from sxsim.definition.checks import findings_of
from sxsim.definition.notes import notes_of, told_anew
from sxsim.definition.system import with_system
from sxsim.definition.tables import (
    Design,
    Draw,
    Economics,
    Organic,
    Section,
    Solve,
    Split,
    Startup,
    Stream,
    Target,
)
from sxsim.definition.translation import findings_of_validation, salvaged
from sxsim.definition.values import FrozenTable, Listed, Name, Table
from sxsim.definition.writing import toml_text
from sxsim.errors import Finding, InputError
from sxsim.foundation.hashing import input_hash as digest
from sxsim.foundation.paths import assign
from sxsim.foundation.plain import plain
from sxsim.foundation.reading import plain_findings
from sxsim.foundation.remembering import remembered
from sxsim.foundation.suggestions import one_of

__all__ = ["Cascade", "Product"]


@dataclass(frozen=True, slots=True)
class Product:
    """Where a product leaves the cascade.

    Attributes
    ----------
    name : str
        Name in targets, splits and results.
    section : str
        Section it leaves.
    stage : int
        Local stage, counted from 1 along the organic; 0 as long as the section's stages are left to `design`.
    phase : {"aqueous", "organic"}
        Phase it belongs to.
    kind : {"outlet", "organic", "draw"}
        A section's aqueous outlet, the organic that leaves the last stage, or a draw.
    """

    name: str
    section: str
    stage: int
    phase: Literal["aqueous", "organic"]
    kind: Literal["outlet", "organic", "draw"]


class Cascade(Table):
    """Sections in organic order, each with one aqueous in and one aqueous out.

    An aqueous out that names a section joins that section's last stage, otherwise it is a product. Attributes are
    named as the tables and keys of the file; see `sxsim.definition.tables` for each of them.

    Attributes
    ----------
    schema_version : int
        Key `schema` of the file.
    title, description : str
        What the cascade is.
    elements : tuple of str
        Symbols, in the order of every array of the solver.
    organic : Organic
        The organic phase.
    section : tuple of Section
        Sections in organic order.
    stream : mapping of str to Stream
        What enters.
    target : tuple of Target
        What the products have to reach.
    solve : Solve or None
        Free quantities; None simulates the flows as typed.
    split, draw : tuple
        Returned parts of products, and side products.
    startup, design, economics : table or None
        Settings of those tasks.
    """

    schema_version: Annotated[Literal[1], Field(alias="schema")]
    title: str
    description: str = ""
    elements: Annotated[tuple[str, ...], Listed, Field(min_length=1)]
    organic: Organic
    section: Annotated[tuple[Section, ...], Listed, Field(min_length=1)]
    stream: Annotated[Mapping[Name, Stream], AfterValidator(FrozenTable)]
    target: Annotated[tuple[Target, ...], Listed] = ()
    solve: Solve | None = None
    split: Annotated[tuple[Split, ...], Listed] = ()
    draw: Annotated[tuple[Draw, ...], Listed] = ()
    startup: Startup | None = None
    design: Design | None = None
    economics: Economics | None = None

    _assigned: tuple[str, ...] = PrivateAttr(default=())
    _notes: tuple[str, ...] = PrivateAttr(default=())

    def __eq__(self, other: object) -> bool:
        """Equal is what is defined alike; which free paths were assigned on the way here does not count."""
        return self.__dict__ == other.__dict__ if isinstance(other, Cascade) else NotImplemented

    @classmethod
    def from_data(cls, data: Mapping[str, Any], source: str = "") -> Cascade:
        """Build and check a cascade from plain data, as TOML gives it.

        Parameters
        ----------
        data : mapping
            Tables, lists and values.
        source : str
            File that error messages name.

        Returns
        -------
        Cascade
            Without findings.

        Raises
        ------
        InputError
            With every finding at once.
        """
        if beyond := plain_findings(data):
            raise InputError(beyond, source)
        data = plain(data)
        try:
            cascade = cls.model_validate(dict(data))
        except ValidationError as error:
            findings = findings_of_validation(error, data, cls)
            rest = salvaged(error, data, cls)
            try:
                others = findings_of(cls.model_validate(rest), partial=True) if rest is not None else []
            except ValidationError:
                others = []
            places = {finding.place for finding in findings}
            places |= {place.rpartition(".")[0] for place in places if place.startswith("target.")}
            findings += [finding for finding in others if finding.place not in places]
            raise InputError(findings, source) from None
        if findings := cascade.check():
            raise InputError(findings, source)
        return cascade

    def check(self) -> list[Finding]:
        """Return everything that is wrong with the cascade; an empty list when it is clean.

        Examples
        --------
        >>> from sxsim.definition import load
        >>> load("nd_pr_p507").check()
        []
        """
        return findings_of(self)

    def replace(self, changes: Mapping[str, Any]) -> Cascade:
        """Return a changed copy.

        Parameters
        ----------
        changes : mapping of str to value
            Dotted paths and their new values, e.g. ``{"section.scrubbing.stages": 36}``. Assigning a free path fixes
            it (see `fixed`, `notes`): the targets stay and are met with the quantities that are still free. When none
            is left the flows are simulated as typed, and the targets are watched. The pH, acid or base of a stream
            takes the place of what told its acidity before.

        Returns
        -------
        Cascade
            Checked copy; this one stays as it is.

        Raises
        ------
        InputError
            A path that leads nowhere, a value that is not allowed, or more exact targets than free quantities.

        Examples
        --------
        >>> from sxsim.definition import load
        >>> cascade = load("nd_pr_p507")
        >>> cascade.replace({"section.scrubbing.stages": 36}).section_named("scrubbing").stages
        36
        >>> cascade.replace({"organic.flow_m3_h": 18.5}).fixed
        ('organic.flow_m3_h',)
        """
        changes = told_anew(self, plain(changes))
        changed = self._replaced(changes)
        changed._notes = (*self._notes, *notes_of(self, changed, changes))
        assigned = tuple(path for path in (*self.free, *_listed_free(changes)) if changes.get(path) is not None)
        if assigned:
            changed._assigned = tuple(dict.fromkeys((*self._assigned, *assigned)))
        return changed

    def simulated(self, values: Mapping[str, Any]) -> Cascade:
        """Return a copy that runs at values of its free quantities, without a search and without fixing anything.

        Parameters
        ----------
        values : mapping of str to float
            Free paths and their values, as a search found them; those left out are run as typed.

        Returns
        -------
        Cascade
            Checked copy in which no quantity is free; `fixed` is as before.

        Raises
        ------
        InputError
            A path that leads nowhere, or a value that is not allowed.

        Examples
        --------
        >>> from sxsim.definition import load
        >>> typed = load("nd_pr_p507").simulated({"organic.flow_m3_h": 18.5})
        >>> typed.solve, typed.fixed
        (None, ())
        """
        return self.model_copy(update={"solve": None})._replaced(plain(values))

    def _replaced(self, changes: Mapping[str, Any]) -> Cascade:
        """A changed and checked copy; what is assigned is no longer free."""
        changed = self._with_tables(changes)
        if changed is not None:
            if findings := changed.check():
                raise InputError(findings)
            return changed
        data: dict[str, Any] = _typed(self)
        for path, value in changes.items():
            data = assign(data, path, value)
        solve = data.get("solve")
        if isinstance(solve, dict) and isinstance(solve.get("free"), list | tuple):
            left = [path for path in solve["free"] if path not in changes]
            data = {key: value for key, value in data.items() if key != "solve"}
            if left:
                gone = {key for key in ("least", "most") if str(solve.get(key)) in changes}
                data["solve"] = {**{key: value for key, value in solve.items() if key not in gone}, "free": left}
        changed = type(self).from_data(data)
        changed._assigned = self._assigned
        return changed

    def _with_tables(self, changes: Mapping[str, Any]) -> Cascade | None:
        """A copy in which only the tables are read anew that change; None where that does not do.

        Free quantities may lose their freedom, and what is wrong is said of the definition as a whole.
        """
        by_key: dict[str, list[tuple[str, Any, type]]] = {}
        for path, value in changes.items():
            if path in self.free or not (value is None or isinstance(value, int | float | str)):
                return None
            by_key.setdefault(path.partition(".")[0], []).append((path, value, type(value)))
        try:
            tables = {key: _table_with(self, key, tuple(parts)) for key, parts in by_key.items()}
        except (InputError, ValidationError):
            return None
        return None if None in tables.values() else self.model_copy(update=tables)

    def to_data(self) -> dict[str, Any]:
        """Return plain tables, lists and values: only what was typed, in the order of the schema."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude_none=True)

    def to_toml(self) -> str:
        """Return the text of a cascade file that loads into an equal cascade."""
        return toml_text(self.to_data())

    @property
    def input_hash(self) -> str:
        """Digest of everything that is defined, defaults included; the spelling of the file does not matter.

        A system file of the user's own counts with what it holds, not with where it lies.
        """
        return digest(with_system(self.model_dump(mode="json", by_alias=True)))

    @property
    def free(self) -> tuple[str, ...]:
        """Paths of the quantities that a search may move; none when the flows are simulated as typed."""
        return self.solve.free if self.solve is not None else ()

    @property
    def fixed(self) -> tuple[str, ...]:
        """Paths that were free in the file and were fixed by assigning them a value (`replace`)."""
        return tuple(path for path in self._assigned if path not in (*self.free, *self.undecided))

    @property
    def notes(self) -> tuple[str, ...]:
        """What `replace` did besides setting values: quantities it fixed, froze or freed, and keys that gave way."""
        return self._notes

    @property
    def stage_offsets(self) -> tuple[int, ...]:
        """Stages before each section, in organic order: the 0-based global index of its first stage.

        Raises
        ------
        InputError
            A section's stages are left to `design`.
        """
        offsets, total = [], 0
        for section in self.section:
            offsets.append(total)
            total += _decided(section)
        return tuple(offsets)

    @property
    def total_stages(self) -> int:
        """Number of stages of all sections.

        Raises
        ------
        InputError
            A section's stages are left to `design`.
        """
        return sum(_decided(section) for section in self.section)

    def section_named(self, name: str) -> Section:
        """Return a section by its name.

        Raises
        ------
        InputError
            No section has that name.
        """
        for section in self.section:
            if section.name == name:
                return section
        names = [section.name for section in self.section]
        raise InputError(Finding("section", f"no section named {name!r}", ", ".join(names), one_of(name, names)))

    @property
    def products(self) -> Mapping[str, Product]:
        """Every product by name: aqueous outlets, the organic that leaves, draws; in that order."""
        return _products(self)

    @property
    def undecided(self) -> tuple[str, ...]:
        """Dotted paths of the stages and flows that are left to `design`."""
        paths = [f"section.{section.name}.stages" for section in self.section if section.stages == "design"]
        if self.organic.flow_m3_h == "design":
            paths.append("organic.flow_m3_h")
        paths += [f"stream.{name}.flow_m3_h" for name, stream in self.stream.items() if stream.flow_m3_h == "design"]
        paths += [f"draw.{draw.name}.flow_m3_h" for draw in self.draw if draw.flow_m3_h == "design"]
        return tuple(paths)


def _listed_free(changes: Mapping[str, Any]) -> tuple[str, ...]:
    """Paths that are set free by the same changes."""
    listed = changes.get("solve.free", ())
    return tuple(listed) if isinstance(listed, list | tuple) else ()


@remembered
def _typed(cascade: Cascade) -> dict[str, Any]:
    """Plain data of a cascade, to be copied and not to be changed."""
    return cascade.to_data()


@remembered
def _table_with(cascade: Cascade, key: str, changes: tuple[tuple[str, Any, type], ...]) -> Any:
    """A table, or list of tables, with other values (path, value, type of the value); None where it is neither.

    A sweep takes the same values again and again.
    """
    typed = data = _typed(cascade)
    for path, value, _ in changes:
        data = assign(data, path, value)
    return _read_anew(getattr(cascade, key, None), typed.get(key), data[key])


def _read_anew(table: Any, was: Any, data: Any) -> Any:
    """Tables from their plain data: as they were where the data are."""
    if data is was:
        return table
    if isinstance(table, Table):
        return type(table).model_validate(data)
    if isinstance(table, FrozenTable) and isinstance(data, Mapping) and table.keys() == data.keys():
        named = {name: _read_anew(table[name], was[name], data[name]) for name in data}
        return None if None in named.values() else FrozenTable(named)
    if isinstance(table, tuple) and isinstance(data, list | tuple) and len(table) == len(data):
        listed = tuple(map(_read_anew, table, was, data))
        return None if None in listed else listed
    return None


@remembered
def _products(cascade: Cascade) -> Mapping[str, Product]:
    """Every product by name."""
    names = {section.name for section in cascade.section}
    found: list[Product] = [
        Product(section.aqueous_out, section.name, 1, "aqueous", "outlet")
        for section in cascade.section
        if section.aqueous_out not in names
    ]
    last = cascade.section[-1]
    stripped = any(section.kind == "stripping" for section in cascade.section)
    found.append(
        Product(
            "stripped_organic" if stripped else "loaded_organic",
            last.name,
            last.stages if isinstance(last.stages, int) else 0,
            "organic",
            "organic",
        )
    )
    found += [Product(draw.name, draw.section, draw.stage, draw.phase, "draw") for draw in cascade.draw]
    return FrozenTable({product.name: product for product in found})


def _decided(section: Section) -> int:
    """Return a section's number of stages, or say that it is not decided yet."""
    if isinstance(section.stages, int):
        return section.stages
    raise InputError(
        Finding(
            f"section.{section.name}.stages",
            'the number of stages is left to design ("design")',
            "a whole number of at least 1",
            "run `design` on this cascade, or type a number",
        )
    )
