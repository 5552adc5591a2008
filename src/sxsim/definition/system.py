"""One extraction system as a file: levels, separation factors, exponents, ranges and where each number comes from.

A system is a tree of elements: a level, ``log10 K`` of a reference element, and separation factors that lead from it
to every other element, so that a separation factor never comes from the noise of two single-element constants.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sxsim.definition.lending import lent
from sxsim.definition.translation import findings_of_validation
from sxsim.definition.values import refuse
from sxsim.errors import Finding, InputError
from sxsim.foundation.files import shipped
from sxsim.foundation.reading import is_file, read_text, toml_tables
from sxsim.foundation.remembering import remembered
from sxsim.foundation.suggestions import did_you_mean

__all__ = [
    "AcidUptake",
    "CounterIon",
    "Diluent",
    "ElementLaw",
    "Law",
    "Level",
    "Number",
    "SeparationFactor",
    "Span",
    "Status",
    "SystemFile",
    "Validity",
    "load_system_file",
    "system_names",
    "with_neighbour",
    "with_system",
]

Status = Literal["measured", "reported", "derived", "unverified"]
Medium = Literal["chloride", "nitrate", "sulfate"]
Stoichiometry = Literal["dimer", "monomer", "solvating"]
Span = Annotated[tuple[float, float], Field(description="lowest and highest value the data cover")]


class _Table(BaseModel):
    """A frozen table that refuses unknown keys, NaN and infinity."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)


class Number(_Table):
    """A number with its range, status and source.

    Attributes
    ----------
    value, low, high : float
        Central value and range; a missing bound means the value itself.
    status : {"measured", "reported", "derived", "unverified"}
        How far the number can be trusted.
    source : tuple of str
        Keys of ``data/distribution_coeffs/sources.toml``.
    note : str
        What a reader must know beside the number.
    """

    value: float
    low: float
    high: float
    status: Status
    source: tuple[str, ...] = Field(min_length=1, strict=False)
    note: str = ""

    @model_validator(mode="before")
    @classmethod
    def _fill_range(cls, table: object) -> object:
        if isinstance(table, dict) and "value" in table:
            return {"low": table["value"], "high": table["value"], **table}
        return table

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low <= self.value <= self.high:
            offence = f"low <= value <= high is required, got {self.low}, {self.value}, {self.high}"
            refuse(offence, "a value within its own range", "correct one of the three")
        return self


class Level(_Table):
    """log10 K of the element a tree of separation factors hangs from."""

    element: str
    log10_K: Number


class SeparationFactor(Number):
    """Separation factor D(first)/D(second) of a pair written heavier first, e.g. ``Nd/Pr``."""

    pair: str = Field(pattern=r"^[A-Z][a-z]?/[A-Z][a-z]?$")
    value: float = Field(gt=0)
    low: float = Field(gt=0)

    @property
    def elements(self) -> tuple[str, str]:
        """The two elements, heavier first."""
        first, second = self.pair.split("/")
        return first, second


class Law(_Table):
    """Exponents shared by the elements: ln D = ln K + a ln F - (b + d F) ln h + c ln[anion] - ln alpha.

    Attributes
    ----------
    a, b, c : Number
        Exponents of the free extractant, the proton and the anion [-].
    d : Number
        Coefficient of F pH in log10 D [L/mol].
    log10_beta1, log10_beta2 : Number or None
        Cumulative complexing by the anion of the medium in water [log10 L/mol, log10 L2/mol2].
    extractant_per_metal : float
        Dimers (monomers in a monomer or solvating system) bound by one metal [mol/mol].
    protons_released : float
        Protons given to the water by one metal extracted [mol/mol].
    """

    a: Number
    b: Number
    c: Number | None = None
    d: Number | None = None
    log10_beta1: Number | None = None
    log10_beta2: Number | None = None
    extractant_per_metal: float = Field(ge=0)
    protons_released: float = Field(ge=0)


class ElementLaw(_Table):
    """What differs for one element: exponents, complexing, charge, narrower validity."""

    element: str
    charge: int = Field(default=3, ge=1)
    a: Number | None = None
    b: Number | None = None
    d: Number | None = None
    log10_beta1: Number | None = None
    log10_beta2: Number | None = None
    extractant_per_metal: float | None = Field(default=None, ge=0)
    protons_released: float | None = Field(default=None, ge=0)
    loading_mol_per_mol_max: float | None = Field(default=None, gt=0)
    acid_mol_L_max: float | None = Field(default=None, gt=0)


class CounterIon(_Table):
    """Exchange of the saponifier's cation: M+ + (HA)2 = MA.HA + H+ (one dimer per cation)."""

    ion: Literal["NH4", "Na"]
    log10_K: Number


class Diluent(_Table):
    """A diluent that the constants hold in, or one of which the data say how far it moves them.

    Attributes
    ----------
    name : str
        As the sources name it.
    log10_D_shift : Number or None
        Change of log10 D of every element in this diluent, told in a warning and never applied; None where the
        constants are those of this diluent.
    """

    name: str = Field(min_length=1)
    log10_D_shift: Number | None = None


class AcidUptake(_Table):
    """Acid carried by a solvating extractant: H+ + A- + s E = HA.E(s), y = K [H+][A-] F^a [mol/L]."""

    log10_K: Number
    a: float = Field(gt=0)
    extractant_per_acid: float = Field(gt=0)


class Validity(_Table):
    """The box the data cover; outside it a result is an extrapolation and says so.

    ``loading_mol_per_mol`` is rare earth in the organic per extractant that is not saponified (monomer) [mol/mol].
    """

    extractant_mol_L: Span
    pH: Span
    acid_mol_L: Span
    aqueous_mol_L: Span
    loading_mol_per_mol: Span
    temperature_C: Span
    note: str = ""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        for key in type(self).model_fields:
            span = getattr(self, key)
            if isinstance(span, tuple) and span[0] > span[1]:
                offence = f"{key}: the lower bound {span[0]} exceeds the upper bound {span[1]}"
                refuse(offence, "[lower, upper]", f"write {key} = [{span[1]}, {span[0]}]")
        return self


class SystemFile(_Table):
    """An extraction system: one file of ``data/distribution_coeffs/systems`` or a user's own.

    Attributes
    ----------
    name : str
        What a cascade file writes under ``organic.system``.
    elements : tuple of str
        Symbols the system knows, each reached from exactly one level through the separation factors.
    extractants : tuple of str
        Accepted names of the extractant; the first is the name used in output.
    medium : {"chloride", "nitrate", "sulfate"}
        The anion of the aqueous phase.
    acids : tuple of str
        Acids that may feed the cascade.
    saponifiable : bool
        Whether a base may turn part of the extractant into its salt.
    stoichiometry : {"dimer", "monomer", "solvating"}
        The unit F counts: dimers (half the formal molarity) or molecules.
    diluent : tuple of Diluent
        What the constants hold in, and what is known of others; nothing stands for kerosene.
    loading_extractant_per_metal : float
        Dimers (or molecules) bound per metal at full load [mol/mol].
    """

    schema_version: Literal[1] = Field(alias="schema")
    name: str = Field(min_length=1)
    title: str = Field(min_length=1)
    summary: str = ""
    elements: tuple[str, ...] = Field(min_length=1)
    extractants: tuple[str, ...] = Field(min_length=1)
    medium: Medium
    acids: tuple[str, ...] = Field(min_length=1)
    saponifiable: bool
    stoichiometry: Stoichiometry
    loading_extractant_per_metal: float = Field(gt=0)
    law: Law
    level: tuple[Level, ...]
    separation_factor: tuple[SeparationFactor, ...] = ()
    counter_ion: tuple[CounterIon, ...] = ()
    element: tuple[ElementLaw, ...] = ()
    diluent: tuple[Diluent, ...] = ()
    acid_uptake: AcidUptake | None = None
    bisulfate_Ka2_mol_L: Number | None = None
    validity: Validity

    @model_validator(mode="after")
    def _every_element_once(self) -> Self:
        known = set(self.elements)
        if len(known) != len(self.elements):
            refuse("elements: a symbol stands twice", "every symbol once", "drop one")
        for name in [level.element for level in self.level] + [law.element for law in self.element]:
            if name not in known:
                refuse(f"{name} is not among the elements", ", ".join(self.elements), "add it to elements, or drop it")
        reached = self.tree()
        missing = [symbol for symbol in self.elements if symbol not in reached]
        if missing:
            cure = (
                "add a [[separation_factor]] that joins each to an element that is reached, or a [[level]] of its own"
            )
            refuse(f"no level or separation factor reaches {', '.join(missing)}", "one tree from the levels", cure)
        if len(self.separation_factor) + len(self.level) != len(self.elements):
            refuse(
                f"{len(self.elements)} elements need one level plus one separation factor for each further element "
                f"of its group, got {len(self.level)} levels and {len(self.separation_factor)} separation factors",
                f"{len(self.elements)} of both together",
                "drop what says a factor twice, or add what is missing",
            )
        if self.medium == "sulfate" and self.bisulfate_Ka2_mol_L is None:
            cure = "add bisulfate_Ka2_mol_L, with value, status and source"
            refuse("a sulfate system needs bisulfate_Ka2_mol_L", "a number above 0", cure)
        if self.saponifiable != bool(self.counter_ion):
            offence = "counter_ion tables and saponifiable = true go together"
            refuse(offence, "both or neither", "add what is missing, or drop the other")
        return self

    @model_validator(mode="after")
    def _acid_beside_neutral_metals(self) -> Self:
        if self.acid_uptake is None:
            return self
        laws: list[Law | ElementLaw] = [self.law, *self.element]
        numbers = [number for law in laws for number in (law.b, law.d) if number is not None]
        if self.medium == "sulfate" or self.counter_ion:
            offence = "acid_uptake goes with chloride or nitrate and an extractant that is not saponified"
            refuse(offence, "chloride or nitrate, without counter_ion", "drop acid_uptake")
        if any(law.protons_released for law in laws) or any(number.value for number in numbers):
            offence = "acid_uptake needs metals that neither release protons nor feel them: b, d and z must be 0"
            refuse(offence, "0", "set b, d and protons_released to 0, or drop acid_uptake")
        return self

    @property
    def anion_free(self) -> bool:
        """Whether the law knows no anion, as that of a cation exchanger: then each section may have its own medium."""
        laws: list[Law | ElementLaw] = [self.law, *self.element]
        complexed = any(number is not None for law in laws for number in (law.log10_beta1, law.log10_beta2))
        return self.acid_uptake is None and not complexed and not (self.law.c is not None and self.law.c.value)

    def tree(self) -> dict[str, tuple[tuple[int, int], ...]]:
        """Path from a level to each element.

        Returns
        -------
        dict of str to tuple of (int, int)
            Element to steps ``(index of the separation factor, +1 to multiply or -1 to divide)``; the empty path is
            a level's own element.
        """
        return dict(_tree(self))

    def root(self, symbol: str) -> Level:
        """Level that the tree of an element hangs from."""
        return _root(self, symbol)

    def law_of(self, symbol: str) -> ElementLaw:
        """Particulars of one element; the defaults when the file gives none."""
        return _law_of(self, symbol)


@remembered
def _tree(system: SystemFile) -> Mapping[str, tuple[tuple[int, int], ...]]:
    """Path from a level to each element."""
    pairs = tuple(factor.elements for factor in system.separation_factor)
    return _paths(tuple(level.element for level in system.level), pairs)


@remembered
def _root(system: SystemFile, symbol: str) -> Level:
    """Level that the tree of an element hangs from."""
    levels = {level.element: level for level in system.level}
    while symbol not in levels:
        index, sign = _tree(system)[symbol][-1]
        first, second = system.separation_factor[index].elements
        symbol = second if sign > 0 else first
    return levels[symbol]


@remembered
def _law_of(system: SystemFile, symbol: str) -> ElementLaw:
    """Particulars of one element."""
    return next((law for law in system.element if law.element == symbol), ElementLaw(element=symbol))


@lru_cache(maxsize=64)
def _paths(levels: tuple[str, ...], pairs: tuple[tuple[str, str], ...]) -> dict[str, tuple[tuple[int, int], ...]]:
    """Steps from a level to each element that the pairs reach."""
    paths: dict[str, tuple[tuple[int, int], ...]] = {element: () for element in levels}
    waiting = list(enumerate(pairs))
    while waiting:
        later = []
        for index, (first, second) in waiting:
            if second in paths and first not in paths:
                paths[first] = (*paths[second], (index, 1))
            elif first in paths and second not in paths:
                paths[second] = (*paths[first], (index, -1))
            else:
                later.append((index, (first, second)))
        if len(later) == len(waiting):
            break
        waiting = later
    return paths


@lru_cache(maxsize=1)
def system_names() -> tuple[str, ...]:
    """Names of the shipped systems, sorted."""
    folder = shipped("data", "distribution_coeffs", "systems")
    return tuple(sorted(entry.name[:-5] for entry in folder.iterdir() if entry.name.endswith(".toml")))


def load_system_file(name_or_path: str | Path) -> SystemFile:
    """Read an extraction system, shipped or the user's own.

    Parameters
    ----------
    name_or_path : str or Path
        Name of a shipped system, of one that was lent (see `lending`), or the path of a ``.toml`` file.

    Returns
    -------
    SystemFile
        Frozen, so the cached object may be shared.

    Raises
    ------
    InputError
        The name is unknown, the file is missing, not TOML, or its tables are wrong (all findings together).

    Examples
    --------
    >>> load_system_file("p507-chloride").medium
    'chloride'
    """
    text = str(name_or_path)
    if (known := lent(text)) is not None:
        return known
    if text.endswith(".toml"):
        if not is_file(text):
            cure = "check the path: the folder of the cascade file comes first, then the working folder"
            raise InputError(
                Finding("organic.system", f"there is no file {text}", cure=cure, allowed="a TOML file of a system"),
                text,
            )
        path = Path(text).resolve()
        return _read(str(path), text, path.stat().st_mtime_ns)
    if text not in system_names():
        cure = did_you_mean(text, system_names()) or "name a shipped system, or the path of a .toml file of your own"
        raise InputError(Finding("organic.system", f"unknown system {text!r}", ", ".join(system_names()), cure))
    return _read("", text, 0)


def with_neighbour(definition: Mapping[str, Any], folder: Path | None) -> dict[str, Any]:
    """Tables of a definition with the full path of a system file that stands in the folder; others as they are."""
    data, organic = dict(definition), definition.get("organic")
    if folder is not None and isinstance(organic, Mapping):
        name = organic.get("system")
        if isinstance(name, str) and name.endswith(".toml") and is_file(folder / name):
            data["organic"] = {**organic, "system": str((folder / name).resolve())}
    return data


def with_system(definition: Mapping[str, Any]) -> dict[str, Any]:
    """Tables of a definition with what its own system file holds in place of where that lies; others as they are."""
    data, organic = dict(definition), definition.get("organic")
    name = organic.get("system") if isinstance(organic, Mapping) else None
    if isinstance(organic, Mapping) and isinstance(name, str) and name.endswith(".toml"):
        try:
            held = load_system_file(name).model_dump(mode="json", by_alias=True)
        except InputError:
            return data  # `check` says what is wrong with it
        data["organic"] = {**organic, "system": held}
    return data


@lru_cache(maxsize=64)
def _read(path: str, source: str, stamp: int) -> SystemFile:
    """Read a file, or a shipped system when there is no path; the stamp makes an edited file be read again."""
    del stamp
    place = Path(path) if path else shipped("data", "distribution_coeffs", "systems", f"{source}.toml")
    tables = toml_tables(read_text(place, source), source, "a shipped system")
    try:
        return SystemFile.model_validate_json(json.dumps(tables, default=str))
    except ValidationError as reason:
        raise InputError(findings_of_validation(reason, tables, SystemFile), source) from reason
