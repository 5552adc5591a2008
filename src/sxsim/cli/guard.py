"""Errors of the library become one clear message on stderr and an exit code; never a traceback."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import typer

from sxsim.cli.consoles import errors_console
from sxsim.cli.ending import exit_code_of
from sxsim.errors import ConvergenceError, Finding, InputError, SxsimError, UnreachableTarget

if TYPE_CHECKING:
    from rich.text import Text

    from sxsim.cascade.result import TargetResult

__all__ = ["BAD_INPUT", "NOT_CONVERGED", "guarded", "show_error"]

BAD_INPUT = 2
NOT_CONVERGED = 3

_Asked = ParamSpec("_Asked")
_Given = TypeVar("_Given")


def guarded(command: Callable[_Asked, _Given]) -> Callable[_Asked, _Given]:
    """Wrap a command: an `SxsimError` is shown and ends it with 3 (no convergence) or 2 (everything else).

    So is what the system says of a file that cannot be used; an interrupt ends it with 128 and its number.
    """

    @functools.wraps(command)
    def run(*args: _Asked.args, **kwargs: _Asked.kwargs) -> _Given:
        try:
            return command(*args, **kwargs)
        except ConvergenceError as error:
            show_error(error)
            raise typer.Exit(NOT_CONVERGED) from None
        except SxsimError as error:
            show_error(error)
            raise typer.Exit(BAD_INPUT) from None
        except OSError as error:
            place = "file" if error.filename is None else str(error.filename)
            show_error(
                InputError(
                    Finding(
                        place,
                        f"cannot be used: {error.strerror or error}",
                        cure="name another, or make room there",
                        allowed="a place that can be read and written",
                    )
                )
            )
            raise typer.Exit(BAD_INPUT) from None
        except KeyboardInterrupt as interrupt:
            raise typer.Exit(exit_code_of(interrupt)) from None

    return run


def show_error(error: SxsimError) -> None:
    """Print what went wrong on stderr: all findings of an `InputError`, else its one sentence.

    Targets that cannot be reached take more than one: what is asked, why not, the best, what was tried and helps.
    """
    from rich.padding import Padding
    from rich.text import Text

    if isinstance(error, InputError):
        lines = _findings(error)
    elif isinstance(error, UnreachableTarget) and error.proof is not None:
        lines = _refusal(error)
    else:
        titles: dict[type[SxsimError], str] = {
            UnreachableTarget: "Target not reachable",
            ConvergenceError: "Not converged",
        }
        cures = error.cures if isinstance(error, ConvergenceError) else ()
        said = str(error).partition("; it was tried")[0] if cures else str(error)
        lines = [(0, Text.assemble((f"{titles.get(type(error), 'Error')}: ", "bold red"), said))]
        if cures:
            lines.append((2, Text("each of these was tried, and gives a steady state:", style="dim")))
            lines += [(4, Text(str(cure))) for cure in cures]
    console = errors_console()
    for indent, line in lines:
        if console.is_terminal:
            console.print(Padding(line, (0, 0, 0, indent)))
        else:
            console.print(Text(" " * indent) + line, soft_wrap=True)


def _findings(error: InputError) -> list[tuple[int, Text]]:
    """Indent and text of each line: a head, then place, offence, what is allowed and the cure of each finding."""
    from rich.text import Text

    count = len(error.findings)
    number = "1 finding" if count == 1 else f"{count} findings"
    where = f" in {error.source}" if error.source else ""
    lines = [(0, Text(f"Bad input: {number}{where}", style="bold red"))]
    for finding in error.findings:
        lines += _finding(finding)
    return lines


def _finding(finding: Finding) -> list[tuple[int, Text]]:
    """Indent and text of each line of one finding."""
    from rich.text import Text

    lines = [(2, Text.assemble((finding.place, "bold"), f": {finding.offence}"))]
    if finding.allowed:
        lines.append((4, Text.assemble(("allowed: ", "dim"), finding.allowed)))
    if finding.cure:
        lines.append((4, Text.assemble(("cure: ", "dim"), finding.cure)))
    return lines


def _refusal(error: UnreachableTarget) -> list[tuple[int, Text]]:
    """Indent and text of each line of targets that cannot be reached, for a proven reason."""
    from rich.text import Text

    proof = str(error.proof)
    asked, _, rest = error.diagnosis.partition(f": {proof}")
    lines = [(0, Text.assemble(("Target not reachable: ", "bold red"), asked))]
    lines.append((2, Text.assemble(("why: ", "dim"), f"{proof} ({error.proof.kind})")))
    if error.best is not None:
        lines.append((2, Text.assemble(("best: ", "dim"), f"{error.best:.4g} times the losses asked for")))
    if error.result is not None:
        lines += [(4, Text(_reached(target))) for target in error.result.targets]
        flows = ", ".join(f"{path} = {value:.4g}" for path, value in error.result.found.items())
        lines += [(4, Text(f"with {flows}"))] if flows else []
    if error.cures:
        lines.append((2, Text("each of these was tried, and reaches them:", style="dim")))
        lines += [(4, Text(str(cure))) for cure in error.cures]
    elif "tried" in rest:
        lines.append((2, Text.assemble(("tried: ", "dim"), rest.rpartition("; ")[2])))
    return lines


def _reached(target: TargetResult) -> str:
    """A target beside what was reached, for people."""
    from sxsim.report.layout import number, percent

    if target.figure == "concentration":
        got, asked = number(target.value), f"{number(target.asked)} mol/L"
    else:
        got, asked = percent(target.value), f"{percent(target.asked)} %"
    return f"{target.stream} {target.element} {target.figure} {got} (asked {asked})"
