"""A study: one cascade, what is done with it, what varies and what is recorded."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sxsim import __version__
from sxsim.definition import Cascade
from sxsim.definition.system import load_system_file
from sxsim.errors import Finding, InputError
from sxsim.foundation import paths
from sxsim.foundation.freezing import Record
from sxsim.foundation.hashing import input_hash
from sxsim.foundation.program import program_digest
from sxsim.foundation.reading import is_file
from sxsim.plant.definition import Train
from sxsim.studies.actions import action_named
from sxsim.studies.axes import Axis, Range, Value, axis_of
from sxsim.studies.points import Sampling, cases_of
from sxsim.studies.systems import factors_findings, with_factors

__all__ = ["Chunk", "Study", "make_study"]

Definition = Cascade | Train

BETA = "beta."
"""What a path begins with that means a separation factor of the system."""

RECORDED = ("case", "status", "reason")
"""Columns beside axes and outputs."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Cases that are handed out together.

    Attributes
    ----------
    number : int
        From 0.
    first : int
        Number of its first case.
    values : tuple of tuple
        For each case the values of the axes.
    """

    number: int
    first: int
    values: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Study(Record):
    """Everything that decides the rows of a table.

    Attributes
    ----------
    cascade : Cascade or Train
        With what all cases share.
    action : str
        `solve`, `design`, `cost`, `startup`, or `train` for a train.
    axes : tuple of Axis
        What varies.
    sampling : Sampling
        How cases are taken from the axes.
    outputs : tuple of str
        Paths of the figures that are recorded.
    cases : mapping of str to list
        Value of each axis in each case.
    chunk_cases : int
        Cases that are handed out together; the rows do not depend on it.
    title : str
        For people.
    """

    cascade: Definition
    action: str
    axes: tuple[Axis, ...]
    sampling: Sampling
    outputs: tuple[str, ...]
    cases: Mapping[str, list[Value]]
    chunk_cases: int
    title: str

    def __len__(self) -> int:
        return len(next(iter(self.cases.values())))

    @property
    def paths(self) -> tuple[str, ...]:
        """Paths of the axes."""
        return tuple(self.cases)

    @property
    def heads(self) -> frozenset[str]:
        """First keys of the outputs: the parts of what the action tells that are wanted."""
        return frozenset(path.partition(".")[0] for path in self.outputs)

    @property
    def chunk_count(self) -> int:
        """Number of chunks."""
        return -(-len(self) // self.chunk_cases)

    def chunk(self, number: int) -> Chunk:
        """One chunk by its number."""
        first = number * self.chunk_cases
        columns = [column[first : first + self.chunk_cases] for column in self.cases.values()]
        return Chunk(number, first, tuple(zip(*columns, strict=True)))

    def case(self, number: int) -> tuple[Value, ...]:
        """Values of the axes in one case."""
        return tuple(column[number] for column in self.cases.values())

    def chunks(self) -> Iterator[Chunk]:
        """All chunks."""
        return (self.chunk(number) for number in range(self.chunk_count))

    def definition_of(self, values: Sequence[Value]) -> Definition:
        """The cascade or train of one case.

        Raises
        ------
        InputError
            The values do not fit it.
        """
        if isinstance(self.cascade, Train):
            return changed_train(self.cascade, dict(zip(self.paths, values, strict=True)))
        return self.cascade_of(values)

    def cascade_of(self, values: Sequence[Value]) -> Cascade:
        """The cascade of one case.

        Raises
        ------
        InputError
            The values do not fit the cascade.
        """
        assert isinstance(self.cascade, Cascade)
        changes = dict(zip(self.paths, values, strict=True))
        factors = {path.removeprefix(BETA): changes.pop(path) for path in self.paths if path.startswith(BETA)}
        cascade = self.cascade.replace(changes) if changes else self.cascade
        if not factors:
            return cascade
        cascade = with_factors(cascade, factors)  # type: ignore[arg-type]  # with_factors refuses what is no number
        if findings := cascade.check():
            raise InputError(findings)
        return cascade

    @property
    def fixed(self) -> tuple[str, ...]:
        """Free quantities of the file that no case is free to choose: assigned beforehand, or an axis."""
        if not isinstance(self.cascade, Cascade):
            return ()
        axes = (path for path in self.cascade.free if path in self.cases)
        return (*self.cascade.fixed, *axes)

    def describe(self) -> dict[str, Any]:
        """Everything that decides the rows, as plain data: what a study that carries on must share."""
        from sxsim.plant.cascades import raw_data

        told: list[Any] = [self.cascade.to_data(), {path: list(dict.fromkeys(v)) for path, v in self.cases.items()}]
        if isinstance(self.cascade, Train):
            told += [raw_data(self.cascade, each) for each in self.cascade.cascade]
        return {
            "version": __version__,
            "program": program_digest(),
            "cascade": self.cascade.input_hash,
            "files": [hashlib.sha256(Path(name).read_bytes()).hexdigest() for name in sorted(_files_named(told))],
            "action": self.action,
            "axes": {path: input_hash(list(values)) for path, values in self.cases.items()},
            "order": list(self.cases),
            "outputs": list(self.outputs),
            "cases": len(self),
        }


def _files_named(data: Any, key: str = "") -> set[str]:
    """Files of the user that plain data name: systems and price sets."""
    if isinstance(data, Mapping):
        return {name for key, value in data.items() for name in _files_named(value, key)}
    if isinstance(data, list | tuple):
        return {name for each in data for name in _files_named(each, key)}
    named = isinstance(data, str) and (data.endswith(".toml") or key.endswith("price_set"))
    return {data} if named and is_file(data) else set()


def changed_train(train: Train, changes: Mapping[str, Value]) -> Train:
    """Change values of a train; a path ``cascade.NAME.set.PATH`` leads into the cascade's own definition.

    Raises
    ------
    InputError
        A path leads nowhere, or a value is not allowed.

    Examples
    --------
    >>> from sxsim.plant import load_train
    >>> changed = changed_train(load_train("nd_pr_in_two_cuts"), {"cascade.rough.set.organic.extractant_mol_L": 1.4})
    >>> changed.cascade[0].set["organic.extractant_mol_L"]
    1.4
    """
    tables = {f"cascade.{each.name}.set": dict(each.set) for each in train.cascade}
    plain: dict[str, Any] = {}
    for path, value in changes.items():
        place, inside, inner = path.partition(".set.")
        if inside and f"{place}.set" in tables:
            plain[f"{place}.set"] = tables[f"{place}.set"]
            tables[f"{place}.set"][inner] = value
        else:
            plain[path] = value
    return train.replace(plain)


def make_study(
    cascade: Definition,
    axes: Mapping[str, Range | Sequence[Value] | np.ndarray] | Sequence[Axis],
    *,
    action: str = "solve",
    outputs: Sequence[str] | None = None,
    sampling: Sampling | None = None,
    chunk_cases: int | None = None,
    title: str = "",
) -> Study:
    """Put a study together and look whether it makes sense.

    Parameters
    ----------
    cascade : Cascade or Train
        With what all cases share.
    axes : mapping of str to values, or sequence of Axis
        What varies.
    action : {"solve", "design", "cost", "startup", "train"}
        What is done with each case.
    outputs : sequence of str, optional
        Paths of the figures to record, as in the JSON of the command; with ``cost.`` before it a figure of `cost`.
        What the action usually records when left out.
    sampling : Sampling, optional
        A grid when left out.
    chunk_cases : int, optional
        Cases that are handed out together.
    title : str
        For people; the cascade's when left out.

    Returns
    -------
    Study
        Ready to run.

    Raises
    ------
    InputError
        An axis leads nowhere, no case fits the cascade, or an output is the name of an axis; all findings together.
    """
    does = action_named(action)
    if (action == "train") != isinstance(cascade, Train):
        offence = f"{action} is nothing to do with a {'train' if isinstance(cascade, Train) else 'cascade'}"
        raise InputError(
            Finding(
                "action",
                offence,
                "train for a train, the others for a cascade",
                cure="change the action, or name the other kind of file",
            )
        )
    listed = [axis_of(path, values) for path, values in axes.items()] if isinstance(axes, Mapping) else list(axes)
    data = cascade.to_data()
    whole = {axis.path: _whole(data, axis.path) for axis in listed}
    sampling = sampling or Sampling()
    cases = cases_of(listed, sampling, whole)
    usual = (path for path in does.outputs(cascade) if path.removeprefix("found.") not in cases)  # axes are not found
    figures = tuple(outputs) if outputs is not None else tuple(usual)
    findings = _output_findings(figures, cases)
    if chunk_cases is not None and chunk_cases < 1:
        findings.append(Finding("chunk_cases", f"is {chunk_cases}", "at least 1", cure="write 100, or leave it out"))
    if findings:
        raise InputError(findings)
    chunk = chunk_cases or does.chunk_cases
    study = Study(cascade, action, tuple(listed), sampling, figures, cases, chunk, title or cascade.title)
    _probe(study)
    return study


def _whole(data: Mapping[str, Any], path: str) -> bool:
    """Whether a path takes whole numbers: what stands there is one, or it counts stages."""
    if path.rpartition(".")[2] in ("stages", "stage"):
        return True
    try:
        value = paths.get(data, path)
    except InputError:
        return False
    return isinstance(value, int) and not isinstance(value, bool)


def _output_findings(outputs: Sequence[str], cases: Mapping[str, list[Value]]) -> list[Finding]:
    """Outputs that clash with other columns."""
    taken = {*RECORDED, *cases}
    findings = [
        Finding(
            f"outputs.{name}", "is the name of another column", cure="leave it out", allowed="names that are not taken"
        )
        for name in outputs
        if name in taken
    ]
    twice = sorted({name for name in outputs if outputs.count(name) > 1})
    findings += [
        Finding(f"outputs.{name}", "is recorded twice", cure="drop one", allowed="every figure once") for name in twice
    ]
    if not outputs:
        findings.append(
            Finding("outputs", "there are none", "at least one path", cure="name a figure, or leave outputs out")
        )
    return findings


def _probe(study: Study) -> None:
    """Refuse a study of which the first, the middle and the last case are all bad input.

    Raises
    ------
    InputError
        What is wrong with the first.
    """
    names = [path.removeprefix(BETA) for path in study.paths if path.startswith(BETA)]
    if isinstance(study.cascade, Cascade):
        findings = factors_findings(load_system_file(study.cascade.organic.system), dict.fromkeys(names, 1.5))
        if findings:
            raise InputError(findings)
    first: InputError | None = None
    for number in sorted({0, len(study) // 2, len(study) - 1}):
        values = [column[number] for column in study.cases.values()]
        try:
            study.definition_of(values)
        except InputError as error:
            first = first or error
        else:
            return
    assert first is not None
    raise InputError(first.findings, "every case tried")
