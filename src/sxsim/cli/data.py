"""``sxsim data``: the chemistry that ships with the program, its sources, status and ranges."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sxsim.cli.options import Json, guarded
from sxsim.errors import Finding, InputError

if TYPE_CHECKING:
    from sxsim.chemistry.factors import Factor

__all__ = ["data"]

_WAYS = "sxsim data | sxsim data SYSTEM | sxsim data compare SYSTEM SYSTEM ... --pair Nd/Pr"


@guarded
def data(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SYSTEM | compare SYSTEM SYSTEM ...]",
            show_default=False,
            help="Nothing lists the systems; a name shows one; compare sets several side by side.",
        ),
    ] = None,
    pair: Annotated[str, typer.Option("--pair", metavar="A/B", help="With compare: which separation factor.")] = "",
    plot: Annotated[
        Path | None,
        typer.Option("--plot", metavar="FILE", help="With one system: log D against pH with the measured points."),
    ] = None,
    as_json: Json = False,
    element: Annotated[
        list[str] | None,
        typer.Option("--element", metavar="SYMBOL", help="With --plot: only this element; may be repeated."),
    ] = None,
) -> None:
    """List the extraction systems, show one with its sources, or compare several."""
    verb, systems = ("compare", names[1:]) if names and names[0] == "compare" else ("show", names or [])
    _refuse_misfits(verb, systems, pair, plot, element)
    if as_json and plot is None:
        _tell(verb, systems, pair)
    elif verb == "compare":
        _compare(systems, pair)
    elif systems:
        _show(systems[0], plot, element or [])
    else:
        _list()


def _refuse_misfits(verb: str, systems: list[str], pair: str, plot: Path | None, element: list[str] | None) -> None:
    """Refuse arguments and options that do not go together."""
    findings = []
    if verb == "compare":
        if len(systems) < 2:
            findings.append(Finding("compare", f"{len(systems)} systems named", "two or more", _WAYS))
        if not pair:
            findings.append(Finding("--pair", "is missing", "two elements, the more extracted first", "--pair Nd/Pr"))
        elif len(pair.split("/")) != 2:
            findings.append(Finding("--pair", f"{pair!r} is not a pair", "two symbols and a slash", "--pair Nd/Pr"))
        if plot:
            findings.append(Finding("--plot", "does not go with compare", "one system", "plot one system at a time"))
    else:
        if len(systems) > 1:
            findings.append(Finding("SYSTEM", f"{len(systems)} names: {', '.join(systems)}", "at most one", _WAYS))
        if pair:
            findings.append(Finding("--pair", "goes with compare only", "beside compare", _WAYS))
        if plot and not systems:
            findings.append(Finding("--plot", "no system is named", "one system", "sxsim data p507-chloride --plot f"))
    if element and not plot:
        findings.append(Finding("--element", "goes with --plot only", "beside --plot", "name a file with --plot"))
    if findings:
        raise InputError(findings, "sxsim data")


def _tell(verb: str, names: list[str], pair: str) -> None:
    """Print as one JSON object what the tables show."""
    from sxsim.chemistry.description import data_overview, describe
    from sxsim.cli.files import json_text
    from sxsim.definition.system import load_system_file
    from sxsim.foundation.hashing import input_hash

    systems = [load_system_file(name) for name in names]
    body: dict[str, Any]
    if verb == "compare":
        rows = [{"system": name, **factor._asdict()} for name, factor in _factors(names, pair).items()]
        body = {"pair": pair, "systems": rows}
    else:
        body = describe(systems[0]) if systems else data_overview()
    typer.echo(json_text("data", input_hash([system.model_dump(mode="json") for system in systems]), body))


def _list() -> None:
    from sxsim.cli.consoles import report_console
    from sxsim.definition.system import load_system_file, system_names
    from sxsim.report.chemistry_tables import system_list

    console = report_console()
    console.print(system_list([load_system_file(name) for name in system_names()]))
    console.print("One of them with its sources: sxsim data NAME", style="dim")


def _show(name: str, plot: Path | None, elements: list[str]) -> None:
    from sxsim.cli.consoles import report_console, say
    from sxsim.definition.system import load_system_file
    from sxsim.report.chemistry_tables import system_report

    system = load_system_file(name)
    if plot is not None:
        from sxsim.chemistry.parameters import check_elements
        from sxsim.cli.files import save_figure
        from sxsim.report.plots import log_D_figure

        check_elements(system, elements)
        save_figure(log_D_figure(system, elements or None), plot, "--plot")
        say(f"wrote {plot}")
        return
    console = report_console()
    for part in system_report(system):
        console.print(part)


def _compare(names: list[str], pair: str) -> None:
    from sxsim.cli.consoles import report_console
    from sxsim.report.chemistry_tables import comparison

    report_console().print(comparison(pair, _factors(names, pair)))


def _factors(names: list[str], pair: str) -> dict[str, Factor]:
    """Separation factor of a pair in each system."""
    from sxsim.chemistry.factors import separation_factor
    from sxsim.definition.system import load_system_file

    first, second = (symbol.strip() for symbol in pair.split("/"))
    systems = [load_system_file(name) for name in names]
    return {system.name: separation_factor(system, first, second) for system in systems}
