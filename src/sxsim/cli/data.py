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

_Where = tuple[float | None, float | None]
"""pH and free extractant [mol/L] as typed."""

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
    pH: Annotated[
        float | None,
        typer.Option(
            "--pH", help="With compare: where elements with exponents of their own are compared; else mid-range."
        ),
    ] = None,
    extractant: Annotated[
        float | None,
        typer.Option("--extractant", metavar="MOL_L", help="With compare: free extractant there, as monomer [mol/L]."),
    ] = None,
    element: Annotated[
        list[str] | None,
        typer.Option("--element", metavar="SYMBOL", help="With --plot: only this element; may be repeated."),
    ] = None,
) -> None:
    """List the extraction systems, show one with its sources, or compare several."""
    verb, systems = ("compare", names[1:]) if names and names[0] == "compare" else ("show", names or [])
    _refuse_misfits(verb, systems, pair, plot, element)
    _refuse_conditions(verb, pH, extractant)
    at = (pH, extractant)
    if as_json and plot is None:
        _tell(verb, systems, pair, at)
    elif verb == "compare":
        _compare(systems, pair, at)
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


def _refuse_conditions(verb: str, pH: float | None, extractant: float | None) -> None:
    """Refuse conditions that are none, or that nothing is compared at."""
    findings = []
    if verb != "compare" and (pH is not None or extractant is not None):
        findings.append(
            Finding("--pH" if pH is not None else "--extractant", "goes with compare only", "beside compare", _WAYS)
        )
    if pH is not None and not -2.0 <= pH <= 14.0:
        findings.append(Finding("--pH", f"{pH:g} is out of range", "-2 to 14", "say the pH at equilibrium"))
    if extractant is not None and not 0.0 < extractant <= 10.0:
        findings.append(
            Finding("--extractant", f"{extractant:g} is out of range", "above 0, at most 10 mol/L", "mol/L")
        )
    if findings:
        raise InputError(findings, "sxsim data")


def _tell(verb: str, names: list[str], pair: str, at: _Where) -> None:
    """Print as one JSON object what the tables show."""
    from sxsim.chemistry.description import data_overview, describe
    from sxsim.cli.files import json_text
    from sxsim.definition.system import load_system_file
    from sxsim.foundation.hashing import input_hash

    systems = [load_system_file(name) for name in names]
    body: dict[str, Any]
    if verb == "compare":
        rows = [{"system": name, **factor._asdict()} for name, factor in _factors(names, pair, at).items()]
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


def _compare(names: list[str], pair: str, at: _Where) -> None:
    from sxsim.cli.consoles import report_console
    from sxsim.report.chemistry_tables import comparison

    report_console().print(comparison(pair, _factors(names, pair, at)))


def _factors(names: list[str], pair: str, where: _Where) -> dict[str, Factor]:
    """Separation factor of a pair in each system, at the conditions that were typed or else mid-range."""
    from sxsim.chemistry.conditions import Conditions, usual_conditions
    from sxsim.chemistry.factors import separation_factor
    from sxsim.definition.system import load_system_file

    first, second = (symbol.strip() for symbol in pair.split("/"))
    found = {}
    for name in names:
        system = load_system_file(name)
        usual, (pH, extractant) = usual_conditions(system)[1], where
        at = Conditions(usual.pH if pH is None else pH, usual.extractant_mol_L if extractant is None else extractant)
        found[system.name] = separation_factor(system, first, second, at)
    return found
