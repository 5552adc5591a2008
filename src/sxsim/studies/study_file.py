"""Study files: a cascade, what is done with it, what varies and what is recorded, as TOML."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from sxsim.definition import Cascade, load
from sxsim.definition.translation import findings_of_validation
from sxsim.definition.values import Listed, Table
from sxsim.errors import Finding, InputError
from sxsim.foundation.reading import Shelf, is_file
from sxsim.plant import Train, load_train
from sxsim.studies.axes import Axis, Range, Scale
from sxsim.studies.points import Method, Sampling
from sxsim.studies.study import Study, make_study

__all__ = ["STUDIES", "StudyFile", "bundled_studies", "is_study", "load_study"]

STUDIES = Shelf("study", ("cascades", "studies"))
"""Study files, and those that ship with the program."""


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
            raise InputError(
                Finding(
                    f"axis.{self.path}", offence, "one of the two", cure="write values = [...], or low, high and count"
                )
            )
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
    return STUDIES.names()


def is_study(path: str | os.PathLike[str]) -> bool:
    """Whether a name or file means a study, and not a cascade."""
    try:
        return "axis" in STUDIES.tables(path)
    except InputError:
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
    data = STUDIES.tables(path)
    try:
        file = StudyFile.model_validate(data)
    except ValidationError as error:
        raise InputError(findings_of_validation(error, data, StudyFile), source) from None
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
        return (load_train if action == "train" else load)(near if is_file(near) else name)
    except InputError as error:
        raise InputError(error.findings, f"{source}: cascade {name}") from None
