"""Study files: a cascade, what is done with it, what varies and what is recorded, as TOML."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from sxsim.definition import Cascade, load
from sxsim.definition.translation import findings_of_validation
from sxsim.definition.values import Listed, Table
from sxsim.errors import Finding, InputError
from sxsim.foundation.files import shipped
from sxsim.foundation.suggestions import did_you_mean
from sxsim.plant import Train, load_train
from sxsim.studies.axes import Axis, Range, Scale
from sxsim.studies.points import Method, Sampling
from sxsim.studies.study import Study, make_study

__all__ = ["StudyFile", "bundled_studies", "is_study", "load_study"]


class AxisTable(Table):
    """One axis.

    Attributes
    ----------
    path : str
        Dotted path of the cascade, or ``beta.Nd/Pr``.
    values : tuple
        The values themselves, instead of a range.
    low, high : float or None
        A range, in the unit of the path.
    count : int or None
        Values of the range on a grid.
    scale : {"linear", "log"}
        Even steps, or even ratios.
    """

    path: str
    values: Annotated[tuple[float | int | str | bool, ...], Listed] = ()
    low: float | None = None
    high: float | None = None
    count: int | None = None
    scale: Scale = "linear"

    def axis(self) -> Axis:
        """The axis that the table means.

        Raises
        ------
        InputError
            It has neither values nor both bounds, or has values and a bound.
        """
        ranged = (self.low, self.high, self.count) != (None, None, None)
        if bool(self.values) == ranged or (ranged and (self.low is None or self.high is None)):
            offence = "needs either values, or low and high"
            raise InputError(Finding(f"axis.{self.path}", offence, "one of the two"))
        if self.low is not None and self.high is not None:
            return Axis(self.path, Range(self.low, self.high, self.count, self.scale))
        return Axis(self.path, self.values)


class SamplingTable(Table):
    """How cases are taken from the axes; see `Sampling`."""

    method: Method = "grid"
    samples: int | None = None
    seed: int = 0


class StudyFile(Table):
    """A study as its file says it.

    Attributes
    ----------
    schema_version : int
        Key `schema` of the file.
    title, description : str
        What the study is about.
    cascade : str
        A bundled cascade, or a file beside the study; for the action `train` a train.
    action : {"solve", "design", "cost", "startup", "train"}
        What is done with each case.
    set : mapping
        Dotted paths that all cases change, and their values.
    axis : tuple of AxisTable
        What varies.
    sampling : SamplingTable
        How cases are taken from the axes.
    outputs : tuple of str
        Figures to record; empty for what the action usually records.
    chunk_cases : int or None
        Cases that are handed out together.
    """

    schema_version: Annotated[Literal[1], Field(alias="schema")]
    title: str
    description: str = ""
    cascade: str
    action: str = "solve"
    set: Mapping[str, Any] = Field(default_factory=dict)
    axis: Annotated[tuple[AxisTable, ...], Listed] = ()
    sampling: SamplingTable = Field(default_factory=SamplingTable)
    outputs: Annotated[tuple[str, ...], Listed] = ()
    chunk_cases: Annotated[int, Field(ge=1)] | None = None


def bundled_studies() -> list[str]:
    """Names of the studies that ship with the program, sorted."""
    folder = shipped("cascades", "studies")
    if not folder.is_dir():
        return []
    return sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))


def is_study(path: str | os.PathLike[str]) -> bool:
    """Whether a name or file means a study, and not a cascade."""
    try:
        return "axis" in tomllib.loads(_text(path))
    except (InputError, tomllib.TOMLDecodeError):
        return False


def load_study(path: str | os.PathLike[str], changes: Mapping[str, Any] | None = None) -> Study:
    """Read a study file.

    Parameters
    ----------
    path : path-like
        A file, or the name of a bundled study: ``nd_pr_flows`` or ``studies/nd_pr_flows``.
    changes : mapping, optional
        Dotted paths of the cascade that all cases change besides those of the file.

    Returns
    -------
    Study
        Ready to run.

    Raises
    ------
    InputError
        The file is missing or not TOML, or study or cascade are wrong.
    """
    source = os.fspath(path)
    try:
        data = tomllib.loads(_text(path))
        file = StudyFile.model_validate(data)
    except tomllib.TOMLDecodeError as error:
        raise InputError(Finding("file", f"is not TOML: {error}"), source) from None
    except ValidationError as error:
        raise InputError(findings_of_validation(error, data), source) from None
    cascade = _definition(file.cascade, file.action, Path(source).parent, source)
    changed = {**file.set, **(changes or {})}
    axes: list[Axis] = []
    findings: list[Finding] = []
    for table in file.axis:
        try:
            axes.append(table.axis())
        except InputError as error:
            findings += error.findings
    if findings:
        raise InputError(findings, source)
    try:
        return make_study(
            cascade.replace(changed) if changed else cascade,
            axes,
            action=file.action,
            outputs=file.outputs or None,
            sampling=Sampling(file.sampling.method, file.sampling.samples, file.sampling.seed),
            chunk_cases=file.chunk_cases,
            title=file.title,
        )
    except InputError as error:
        raise InputError(error.findings, source) from None


def _definition(name: str, action: str, beside: Path, source: str) -> Cascade | Train:
    """The cascade or train of a study: a file beside it, else by name."""
    near = beside / name
    try:
        return (load_train if action == "train" else load)(near if near.is_file() else name)
    except InputError as error:
        raise InputError(error.findings, f"{source}: cascade {name}") from None


def _text(path: str | os.PathLike[str]) -> str:
    """Text of a study on disk, or of a bundled one."""
    place = Path(path)
    try:
        if place.is_file():
            return place.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(Finding("file", f"cannot be read: {error}"), os.fspath(path)) from None
    name, names = place.name.removesuffix(".toml"), bundled_studies()
    if not place.is_absolute() and place.parent.parts in ((), ("studies",), ("cascades", "studies")) and name in names:
        return shipped("cascades", "studies", f"{name}.toml").read_text(encoding="utf-8")
    allowed = f"a path, or a bundled study: {', '.join(names)}"
    raise InputError(Finding("file", "there is no such file", allowed, did_you_mean(name, names)), os.fspath(path))
