"""From axes to cases: grids, rows, Latin hypercubes and Sobol sequences."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from sxsim.errors import Finding, InputError
from sxsim.foundation.suggestions import one_of
from sxsim.studies.axes import MOST_CASES, Axis, Range, Value

__all__ = ["METHODS", "Method", "Sampling", "cases_of"]

Method = Literal["grid", "rows", "latin-hypercube", "sobol"]
METHODS: tuple[str, ...] = get_args(Method)


@dataclass(frozen=True, slots=True)
class Sampling:
    """How cases are taken from the axes.

    Attributes
    ----------
    method : {"grid", "rows", "latin-hypercube", "sobol"}
        Every combination; the first values of all axes, then the second, ...; or a sample that fills the space.
    samples : int or None
        Number of cases of a sample; a power of 2 for Sobol.
    seed : int
        Start of the random numbers.
    """

    method: Method = "grid"
    samples: int | None = None
    seed: int = 0

    def findings(self) -> list[Finding]:
        """What is wrong with it."""
        if self.method not in METHODS:
            cure = one_of(self.method, METHODS)
            return [Finding("sampling.method", f"there is no method {self.method!r}", ", ".join(METHODS), cure)]
        if self.method in ("grid", "rows"):
            if self.samples is None:
                return []
            cure = "leave it out, or choose latin-hypercube or sobol"
            return [
                Finding("sampling.samples", f"means nothing to a {self.method}", "with latin-hypercube or sobol", cure)
            ]
        if self.seed < 0:
            return [Finding("sampling.seed", f"is {self.seed}", "at least 0", "drop the sign")]
        if self.samples is None or not 1 <= self.samples <= MOST_CASES:
            cure = "say how many cases to draw"
            return [Finding("sampling.samples", f"is {self.samples}", f"1 to {MOST_CASES:,}", cure)]
        if self.method == "sobol" and self.samples & (self.samples - 1):
            below = 1 << (self.samples.bit_length() - 1)
            offence = f"{self.samples} points of a Sobol sequence are out of balance"
            return [Finding("sampling.samples", offence, "a power of 2", f"take {below} or {2 * below}")]
        return []


def cases_of(axes: Sequence[Axis], sampling: Sampling, whole: Mapping[str, bool]) -> dict[str, list[Value]]:
    """List the cases of a study.

    Parameters
    ----------
    axes : sequence of Axis
        What varies.
    sampling : Sampling
        How.
    whole : mapping of str to bool
        Whether a path takes whole numbers.

    Returns
    -------
    dict of str to list
        Path to its value in each case; on a grid the last axis runs fastest.

    Raises
    ------
    InputError
        The axes or the sampling are wrong; all findings together.

    Examples
    --------
    >>> cases_of([Axis("a", (1, 2)), Axis("b", (5.0, 6.0))], Sampling(), {})
    {'a': [1, 1, 2, 2], 'b': [5.0, 6.0, 5.0, 6.0]}
    """
    findings = sampling.findings()
    for axis in axes:
        findings += axis.findings()
    paths = [axis.path for axis in axes]
    findings += [
        Finding(path, "is an axis twice", cure="drop one of the two", allowed="every path once")
        for path in sorted({p for p in paths if paths.count(p) > 1})
    ]
    if not axes:
        findings.append(Finding("axes", "there are none", "at least one", "name a path and its values"))
    if findings:
        raise InputError(findings)
    if sampling.method in ("latin-hypercube", "sobol"):
        return _sampled(axes, sampling, whole)
    cases = math.prod(axis.length for axis in axes)
    if sampling.method == "grid" and cases > MOST_CASES:
        offence, cure = f"make {cases} cases", "take fewer values, or sample them with latin-hypercube or sobol"
        raise InputError(Finding("axes", offence, f"at most {MOST_CASES}", cure))
    columns: list[tuple[Value, ...]] = []
    refused: list[Finding] = []
    for axis in axes:
        try:
            columns.append(axis.on_grid(whole.get(axis.path, False)))
        except InputError as error:
            refused += error.findings
    if refused:
        raise InputError(refused)
    lengths = [len(column) for column in columns]
    if sampling.method == "rows":
        if len(set(lengths)) > 1:
            told = ", ".join(f"{path} {length}" for path, length in zip(paths, lengths, strict=True))
            raise InputError(
                Finding(
                    "axes",
                    f"rows need as many values on every axis: {told}",
                    cure="add or drop values, or take a grid",
                    allowed="as many values on every axis",
                )
            )
        return {path: list(column) for path, column in zip(paths, columns, strict=True)}
    rows = list(itertools.product(*columns))
    return {path: [row[i] for row in rows] for i, path in enumerate(paths)}


def _sampled(axes: Sequence[Axis], sampling: Sampling, whole: Mapping[str, bool]) -> dict[str, list[Value]]:
    """Cases that fill the space of the axes."""
    from scipy.stats import qmc

    kind = qmc.Sobol if sampling.method == "sobol" else qmc.LatinHypercube
    assert sampling.samples is not None
    # `seed` is the name that every scipy since 1.14 understands
    shares = kind(len(axes), seed=np.random.default_rng(sampling.seed)).random(sampling.samples)
    drawn: dict[str, list[Value]] = {}
    for i, axis in enumerate(axes):
        if isinstance(axis.values, Range) and axis.values.count is not None:
            offence = f"has {axis.values.count} steps in a sample"
            raise InputError(Finding(axis.path, offence, "LOW:HIGH", "leave the count out"))
        drawn[axis.path] = [axis.at(float(share), whole.get(axis.path, False)) for share in shares[:, i]]
    return drawn
