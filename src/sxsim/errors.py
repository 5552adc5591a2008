"""What can go wrong, and how it is said.

Every error carries the place of the offence, what was found there, what is allowed and how to cure it, so that
one message is enough to mend the input.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = [
    "ConvergenceError",
    "DataError",
    "Finding",
    "InputError",
    "SxsimError",
    "UnreachableTarget",
    "ValidityWarning",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with an input.

    Attributes
    ----------
    place : str
        Dotted path of the offending value, e.g. ``section.scrubbing.stages``, or a file name.
    offence : str
        What was found there.
    allowed : str
        The allowed range or choices; empty when the offence says it all.
    cure : str
        What to change; empty when obvious.
    """

    place: str
    offence: str
    allowed: str = ""
    cure: str = ""

    def __str__(self) -> str:
        text = f"{self.place}: {self.offence}"
        if self.allowed:
            text += f" (allowed: {self.allowed})"
        if self.cure:
            text += f"; {self.cure}"
        return text


class _Told(Exception):
    """What is raised as a record: equal are errors of one class that say the same; they survive copies and pickles."""

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return self.args == other.args and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((type(self), str(self)))

    def __reduce__(self) -> tuple[Any, ...]:
        return (_told_again, (type(self), self.args, vars(self)))


def _told_again(cls: type[_Told], args: tuple[Any, ...], told: Mapping[str, Any]) -> _Told:
    """An error with these arguments and attributes; what it is made of is not asked for again."""
    error = cls.__new__(cls, *args)
    vars(error).update(told)
    return error


class SxsimError(_Told):
    """Base of every error that sxsim raises on purpose."""


class InputError(SxsimError, ValueError):
    """A definition, an option or an argument is wrong; all findings are reported together.

    Parameters
    ----------
    findings : sequence of Finding
        At least one.
    source : str
        The file the findings are about; empty when there is none.
    """

    def __init__(self, findings: Sequence[Finding] | Finding, source: str = "") -> None:
        self.findings: tuple[Finding, ...] = (findings,) if isinstance(findings, Finding) else tuple(findings)
        self.source = source
        head = f"{source}: " if source else ""
        if len(self.findings) == 1:
            super().__init__(f"{head}{self.findings[0]}")
        else:
            lines = "\n".join(f"  - {finding}" for finding in self.findings)
            super().__init__(f"{head}{len(self.findings)} findings\n{lines}")


class DataError(SxsimError, ValueError):
    """A data file (distribution coefficients, prices, ...) is incomplete or contradicts itself."""


class ConvergenceError(SxsimError, RuntimeError):
    """The solver found no steady state.

    Parameters
    ----------
    diagnosis : str
        The stage, the cause and the cure in one sentence.
    result : object, optional
        The best iterate, shaped like a result; never to be read as a solution. None where there is none worth a look.
    cures : sequence, optional
        Changes that were tried and help.
    """

    def __init__(self, diagnosis: str, result: Any = None, *, cures: Any = ()) -> None:
        super().__init__(diagnosis)
        self.diagnosis = diagnosis
        self.result = result
        self.cures = tuple(cures)


class UnreachableTarget(ConvergenceError):
    """The targets cannot be met; the message names the nearest reachable figures.

    Parameters
    ----------
    diagnosis : str
        Why, how near one can come, and what helps.
    result : object, optional
        The nearest state.
    proof : object, optional
        What rules the targets out.
    best : float, optional
        Least factor on the losses that are asked for at which they can be reached.
    cures : sequence, optional
        Changes that were tried and help.
    """

    def __init__(
        self, diagnosis: str, result: Any = None, *, proof: Any = None, best: float | None = None, cures: Any = ()
    ) -> None:
        super().__init__(diagnosis, result, cures=cures)
        self.proof = proof
        self.best = best


class ValidityWarning(_Told, UserWarning):
    """A result rests on data outside their validity box, or on an unverified number."""
