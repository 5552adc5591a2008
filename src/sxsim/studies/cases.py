"""Running cases: each becomes a row, whatever happens to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sxsim.errors import ConvergenceError, Finding, InputError, UnreachableTarget
from sxsim.studies.actions import action_named
from sxsim.studies.axes import Value
from sxsim.studies.study import Chunk, Study
from sxsim.studies.together import Ahead
from sxsim.studies.told import figure_at

__all__ = ["Rows", "finish_chunk", "run_chunk"]

REASON_LENGTH = 500
"""Longest reason that is recorded [characters]."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What came of the cases of a chunk; one entry a case.

    Attributes
    ----------
    number, first : int
        Of the chunk, and of its first case.
    status : list of str
        What the tool says of a case, or `bad input`, `not reachable`, `not converged`, `error`.
    reason : list of str or None
        Why a case has no figures; None when it has.
    figures : list of list of float or None
        For each output its value in every case.
    refused : tuple of Finding
        Outputs that no case will ever have; the study is wrong then, and the rest means nothing.
    """

    number: int
    first: int
    status: list[str]
    reason: list[str | None]
    figures: list[list[float | None]]
    refused: tuple[Finding, ...] = ()


class _NoSuchOutput(Exception):
    """Outputs that the action does not tell; its arguments are the findings."""


def run_chunk(study: Study, chunk: Chunk) -> Rows:
    """Run the cases of a chunk: together where that can be, and one by one what is left.

    Parameters
    ----------
    study : Study
        What is done, and what is recorded.
    chunk : Chunk
        The cases.

    Returns
    -------
    Rows
        One a case; a case that fails is a row without figures and with its reason.
    """
    ahead = Ahead(study, chunk)
    ahead.run()
    return finish_chunk(ahead)


def finish_chunk(ahead: Ahead) -> Rows:
    """Rows of a chunk that has been run as far as its cases run together."""
    study, chunk = ahead.study, ahead.chunk
    rows = Rows(chunk.number, chunk.first, [], [], [[] for _ in study.outputs])
    known = ahead.figures()
    for place, values in enumerate(chunk.values):
        figures: list[float | None] = [None] * len(study.outputs)
        reason: str | None = None
        try:
            if place in known:
                status, figures = "converged", known[place]
            else:
                status, figures = _figures(study, values)
        except _NoSuchOutput as error:
            return replace(rows, refused=error.args)
        except InputError as error:
            status, reason = "bad input", str(error)
        except UnreachableTarget as error:
            status, reason = "not reachable", error.diagnosis
        except ConvergenceError as error:
            status, reason = "not converged", error.diagnosis
        except Exception as error:  # a sweep of a night does not end because one case finds a fault of the program
            status, reason = "error", f"{type(error).__name__}: {error}"
        rows.status.append(status)
        rows.reason.append(reason[:REASON_LENGTH] if reason is not None else None)
        for column, figure in zip(rows.figures, figures, strict=True):
            column.append(figure)
    return rows


def _figures(study: Study, values: Sequence[Value]) -> tuple[str, list[float | None]]:
    """Status and figures of one case."""
    told = action_named(study.action).run(study.definition_of(values), study.heads)
    figures, findings = [], []
    for path in study.outputs:
        try:
            figures.append(figure_at(told, path))
        except InputError as error:
            findings += [Finding(f"outputs.{path}", f.offence, f.allowed, f.cure) for f in error.findings]
    if findings:
        raise _NoSuchOutput(*findings)
    return str(told.get("status", "converged")), figures
