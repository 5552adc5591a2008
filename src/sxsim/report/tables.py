"""The report of a solved cascade for the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sxsim.chemistry.evidence import unverified
from sxsim.definition.system import load_system_file
from sxsim.elements import ELEMENTS, RARE_EARTHS, mol_L_to_g_L
from sxsim.report.layout import MISSING, number, percent, plain_table

if TYPE_CHECKING:
    from sxsim.cascade.result import Result, TargetResult
    from sxsim.cascade.streams import Stream
    from sxsim.definition import Cascade

__all__ = [
    "BINDS",
    "cascade_summary",
    "found_table",
    "section_table",
    "solve_report",
    "stream_table",
    "target_table",
    "unverified_numbers",
]

_TRACE_MOL_L = 1e-12
"""Concentration below which a component is left out of the stream table [mol/L]; JSON and CSV hold it."""

BINDS = 1e-6
"""A target whose room is no larger decides the answer [-]."""

_BRANCHES = {
    "stationary": "Fewer targets bind than quantities are free: what is left over is where the first is best.",
    "edge": "A free quantity is at the end of its range.",
}

_ACIDS = ("HCl", "HNO3")
"""Components that an aqueous stream tells as its acid."""


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
        Streams, targets, what was found, sections, balances, warnings (with the numbers nobody could check).
    """
    yield Text(result.cascade.title, style="bold")
    yield Text(f"{result.status} by {result.method}, {result.iterations} iterations", style="dim")
    yield Text()
    yield stream_table(result)
    if result.targets:
        yield target_table(result)
    if result.found:
        yield found_table(result)
    if result.branch in _BRANCHES:
        yield Text(_BRANCHES[result.branch])
    if result.cascade.fixed:
        yield Text(f"fixed: {', '.join(result.cascade.fixed)}\n")
    yield section_table(result)
    yield _balances(result)
    yield from _warnings(result)


def stream_table(result: Result) -> Table:
    """Flow, pH and composition of each stream; one line for each component, so that any number of elements fits.

    Parameters
    ----------
    result : Result
        A solved cascade.
    """
    head = ("stream", "flow\nm3/h", "pH", "", "mol/L", "oxide\ng/L", "purity\n%", "recovery\n%")
    table = plain_table("Streams", *head)
    table.show_lines = True
    table.columns[0].min_width = max(len(name) for name in result.stream)
    for column in (*table.columns[1:3], *table.columns[4:]):
        column.justify = "right"
        column.no_wrap = True
    for stream in result.stream.values():
        lines = list(_composition(stream, result.components))
        columns = [Text("\n").join(Text(line[index]) for line in lines) for index in range(5)]
        name = Text.assemble((stream.name, "bold"), "\n", (f"{stream.kind}, {stream.phase}", "dim"))
        table.add_row(name, number(stream.flow_m3_h), MISSING if stream.pH is None else f"{stream.pH:.2f}", *columns)
    return table


def target_table(result: Result) -> Table:
    """What was asked of each product, and what it got.

    Parameters
    ----------
    result : Result
        A solved cascade.
    """
    table = plain_table("Targets", "product", "element", "figure", "asked", "got", "room", "met")
    for column in table.columns[3:6]:
        column.justify = "right"
        column.no_wrap = True
    for target, wanted in zip_longest(result.targets, result.cascade.target[: len(result.targets)]):
        least = target.figure in ("purity", "recovery")
        sign = "=" if wanted is not None and wanted.exact else ">=" if least else "<="
        if target.figure == "concentration":
            unit = wanted.unit if wanted is not None else "mol/L"
            figures = (unit, f"{sign} {number(target.asked)}", number(target.value))
        else:
            figures = (f"{target.figure} %", f"{sign} {percent(target.asked)}", percent(target.value))
        table.add_row(target.stream, target.element, *figures, _room(target), _verdict(target))
    return table


def _room(target: TargetResult) -> str:
    """How much of what a target allows is left over; `binds` where nothing is."""
    if target.room is None:
        return MISSING
    if abs(target.room) <= BINDS:
        return "binds"
    share = 100.0 * target.room
    return f"{share:.3g} %" if abs(share) < 1000.0 else f"{share:.0f} %"


def _verdict(target: TargetResult) -> Text:
    """Whether a target is met, and with room."""
    if not target.met:
        return Text("no", style="bold red")
    return Text("met, with room" if target.room is not None and target.room > BINDS else "yes", style="green")


def found_table(result: Result) -> Table:
    """The quantities that the solver was free to choose, and which of them was made least or most.

    Parameters
    ----------
    result : Result
        A solved cascade.
    """
    solve = result.cascade.solve
    made, sense = solve.objective if solve is not None else ("", 0)
    table = plain_table("Found for these targets", "quantity", "value", "made")
    table.columns[1].justify = "right"
    for path, value in result.found.items():
        table.add_row(path, f"{value:.6g}", ("least" if sense > 0 else "most") if path == made else "")
    return table


def section_table(result: Result) -> Table:
    """Phase ratio of each section; load, rare earths of the organic and pH of the water at both of its ends.

    Parameters
    ----------
    result : Result
        A solved cascade.
    """
    head = ("section", "stages", "O/A", "load, % of full", "organic, mol/L", "pH")
    table = plain_table("Sections, each from its first to its last stage along the organic", *head)
    for column in table.columns[1:]:
        column.justify = "right"
    rare = [index for index, name in enumerate(result.components) if name in RARE_EARTHS]
    held = result.stage.organic_mol_L[:, rare].sum(axis=1)
    ratio = result.stage.organic_m3_h / result.stage.aqueous_m3_h
    load, pH = 100.0 * result.stage.loading_fraction, result.stage.pH
    for section, start in zip(result.cascade.section, result.cascade.stage_offsets, strict=True):
        stages = result.stage.section.count(section.name)
        ends = start, start + stages - 1
        table.add_row(
            section.name,
            str(stages),
            number(float(ratio[start]), 3),
            " to ".join(f"{load[end]:.1f}" for end in ends),
            " to ".join(_amount(float(held[end])) for end in ends),
            " to ".join(f"{pH[end]:.2f}" for end in ends),
        )
    return table


def unverified_numbers(cascade: Cascade) -> list[str]:
    """Say which of the numbers behind a cascade rest on no source that could be read."""
    from sxsim.cascade.evidence import saponifier

    return unverified(load_system_file(cascade.organic.system), cascade.elements, saponifier(cascade))


def _composition(stream: Stream, components: tuple[str, ...]) -> Iterator[tuple[str, str, str, str, str]]:
    """Component, mol/L, oxide g/L, purity and recovery of each component worth a line; the acid last."""
    for name in components:
        mol_L = stream.concentration_mol_L.get(name, 0.0)
        if mol_L < _TRACE_MOL_L or (name in _ACIDS and stream.acid_mol_L is not None):
            continue
        if name in ELEMENTS:
            shares = percent(stream.purity.get(name)), percent(stream.recovery.get(name))
            yield name, number(mol_L), number(mol_L_to_g_L(mol_L, name, "oxide")), *shares
        else:
            yield name, number(mol_L), "", "", ""
    if stream.acid_mol_L is not None:
        yield "acid", number(stream.acid_mol_L), "", "", ""


def _amount(mol_L: float) -> str:
    """Write a concentration [mol/L]; what is left of nothing is not worth its digits."""
    return number(mol_L, 3) if mol_L >= _TRACE_MOL_L else f"<{_TRACE_MOL_L:g}"


def _balances(result: Result) -> Text:
    """The two figures that say how well the equations are solved."""
    worst = max(result.closure_by_component, key=lambda name: result.closure_by_component[name])
    return Text.assemble(
        ("Balances", "bold"),
        f" close to {result.closure:.1e} of what enters (worst: {worst}); ",
        ("equilibrium", "bold"),
        f" holds to {result.equilibrium_residual:.1e} at every stage.",
    )


def _warnings(result: Result) -> Iterator[RenderableType]:
    """Warnings, each on its own line."""
    if result.warnings:
        yield Text("What to know of these numbers", style="bold yellow")
    for warning in result.warnings:
        yield Padding(Text(f"- {warning}"), (0, 0, 0, 2))
