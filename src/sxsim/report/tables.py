"""The report of a solved cascade for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sxsim.elements import ELEMENTS, mol_L_to_g_L
from sxsim.report.layout import number, percent, plain_table

if TYPE_CHECKING:
    from sxsim.cascade.result import Result
    from sxsim.definition import Cascade

__all__ = ["cascade_summary", "found_table", "section_table", "solve_report", "stream_table", "target_table"]

_TRACE = 1e-12
"""Concentration below which a component is left out of the stream table [mol/L]; JSON and CSV hold it."""


def cascade_summary(cascade: Cascade) -> Table:
    """Sections of a cascade in organic order, with their stages and liquors."""
    table = plain_table(cascade.title, "section", "kind", "stages", "aqueous in", "aqueous out")
    table.columns[2].justify = "right"
    for section in cascade.section:
        table.add_row(section.name, section.kind, str(section.stages), section.aqueous_in, section.aqueous_out)
    return table


def solve_report(result: Result) -> Iterator[RenderableType]:
    """Everything a reader of the terminal has to know of a solved cascade, in the order of its weight.

    Parameters
    ----------
    result : Result
        A solved cascade.

    Yields
    ------
    renderable
        Streams, targets, what was found, sections, balances, warnings, unverified numbers.
    """
    told = result.to_dict()
    yield Text(result.cascade.title, style="bold")
    yield Text(f"{told['status']} by {told['method']}, {told['iterations']} iterations", style="dim")
    yield Text()
    yield stream_table(told["streams"])
    if told["targets"]:
        yield Text()
        yield target_table(told["targets"])
    if told["found"]:
        yield Text()
        yield found_table(told["found"])
    yield Text()
    yield section_table(result)
    yield Text()
    yield from _balances(told)
    yield from _warnings(told["warnings"])
    yield from _unverified(result.cascade)


def stream_table(streams: Mapping[str, Mapping[str, Any]]) -> Table:
    """Flow, pH and composition of each stream; one line for each component, so that any number of elements fits.

    Parameters
    ----------
    streams : mapping of str to mapping
        ``streams`` of `Result.to_dict`.
    """
    table = plain_table("Streams", "stream", "flow\nm3/h", "pH", "", "mol/L", "oxide\ng/L", "purity\n%", "recovery\n%")
    table.show_lines = True
    for column in (*table.columns[1:3], *table.columns[4:]):
        column.justify = "right"
        column.no_wrap = True
    for name, stream in streams.items():
        lines = list(_composition(stream))
        columns = [Text("\n").join(Text(line[index]) for line in lines) for index in range(5)]
        where = f"{stream['kind']}, {stream['phase']}"
        table.add_row(
            Text.assemble((name, "bold"), "\n", (where, "dim")),
            number(stream["flow_m3_h"]),
            number(stream["pH"], 3),
            *columns,
        )
    return table


def target_table(targets: list[Mapping[str, Any]]) -> Table:
    """What was asked of each product, and what it got.

    Parameters
    ----------
    targets : list of mapping
        ``targets`` of `Result.to_dict`.
    """
    table = plain_table("Targets", "product", "element", "figure", "asked", "got", "met")
    for column in table.columns[3:5]:
        column.justify = "right"
    for target in targets:
        met = Text("yes", style="green") if target["met"] else Text("no", style="bold red")
        figure, asked, got = _target_figure(target)
        table.add_row(target["stream"], target["element"], figure, asked, got, met)
    return table


def found_table(found: Mapping[str, float]) -> Table:
    """The quantities that the solver was free to choose.

    Parameters
    ----------
    found : mapping of str to float
        Dotted path to value, each in the unit its name ends in.
    """
    table = plain_table("Found for these targets", "quantity", "value")
    table.columns[1].justify = "right"
    for path, value in found.items():
        table.add_row(path, f"{value:.6g}")
    return table


def section_table(result: Result) -> Table:
    """Load of the organic and pH of the water at both ends of each section.

    Parameters
    ----------
    result : Result
        A solved cascade.
    """
    table = plain_table(
        "Sections, first to last stage along the organic",
        "section",
        "stages",
        "load of the organic\n% of capacity",
        "pH",
    )
    for column in table.columns[1:]:
        column.justify = "right"
    profile = result.profile("organic")
    for section in result.cascade.section:
        stages = profile[profile["section"] == section.name]
        first, last = stages.iloc[0], stages.iloc[-1]
        load = f"{100.0 * first['loading_fraction']:.1f} to {100.0 * last['loading_fraction']:.1f}"
        table.add_row(section.name, str(len(stages)), load, f"{first['pH']:.2f} to {last['pH']:.2f}")
    return table


def _composition(stream: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str, str]]:
    """Component, mol/L, oxide g/L, purity and recovery of each component worth a line; the acid last."""
    purity, recovery = stream["purity"] or {}, stream["recovery"] or {}
    for name, mol_L in stream["concentration_mol_L"].items():
        if name in ELEMENTS:
            oxide = number(mol_L_to_g_L(mol_L, name, "oxide"))
            yield name, number(mol_L), oxide, percent(purity.get(name)), percent(recovery.get(name))
        elif mol_L > _TRACE:
            yield name, number(mol_L), "", "", ""
    if stream.get("acid_mol_L") is not None:
        yield "acid", number(stream["acid_mol_L"]), "", "", ""


def _target_figure(target: Mapping[str, Any]) -> tuple[str, str, str]:
    """Name, asked and reached value of what a target is about."""
    if target.get("purity_min") is not None:
        words = "purity %, moles" if target.get("purity_basis") == "mol" else "purity %, oxide mass"
        got = target["purity_mol"] if target.get("purity_basis") == "mol" else target["purity"]
        return words, f">= {percent(target['purity_min'])}", percent(got)
    if target.get("recovery_min") is not None:
        return "recovery %", f">= {percent(target['recovery_min'])}", percent(target["recovery"])
    return "mol/L", f"<= {number(target['concentration_max_mol_L'])}", number(target["concentration_mol_L"])


def _balances(told: Mapping[str, Any]) -> Iterator[Text]:
    """The two figures that say how well the equations are solved."""
    yield Text.assemble(
        ("Balances", "bold"),
        f" close to {told['closure']:.1e} of what enters (worst component); ",
        ("equilibrium", "bold"),
        f" holds to {told['equilibrium_residual']:.1e} at every stage",
    )


def _warnings(warnings: list[str]) -> Iterator[RenderableType]:
    """Warnings, each on its own line."""
    if warnings:
        yield Text("Warnings", style="bold yellow")
        for warning in warnings:
            yield Padding(Text(f"- {warning}"), (0, 0, 0, 2))


def _unverified(cascade: Cascade) -> Iterator[RenderableType]:
    """Numbers behind this result whose source nobody could read."""
    from sxsim.chemistry.evidence import unverified
    from sxsim.definition.system import load_system_file
    from sxsim.report.chemistry_tables import unverified_list

    system = load_system_file(cascade.organic.system)
    yield from unverified_list(unverified(system, cascade.elements, cascade.organic.saponifier))
