"""Tables of chemistry for the terminal: systems, their numbers with range and status, sources, fits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sxsim.chemistry.conditions import has_own_exponents, ladder_at, usual_conditions
from sxsim.chemistry.evidence import numbers_used, sources
from sxsim.chemistry.factors import Factor
from sxsim.chemistry.parameters import ladder, log10_K
from sxsim.chemistry.points import load_points
from sxsim.definition.system import Number, SystemFile
from sxsim.report.layout import plain_table, status_text

if TYPE_CHECKING:
    from sxsim.chemistry.fitting import FitResult

__all__ = ["Citation", "comparison", "fit_report", "source_list", "system_list", "system_report", "unverified_list"]

_SHOWN = 5


class Citation(NamedTuple):
    """A source as the list shows it: key, one line, how it was read, what was taken from it."""

    key: str
    citation: str
    quality: str
    numbers: tuple[str, ...]


_BOX_UNITS = {
    "extractant_mol_L": ("extractant, as monomer", "mol/L"),
    "pH": ("pH", ""),
    "acid_mol_L": ("free acid", "mol/L"),
    "aqueous_mol_L": ("rare earths in the water", "mol/L"),
    "loading_mol_per_mol": ("loading, rare earths per extractant", "mol/mol"),
    "temperature_C": ("temperature", "C"),
}


def system_list(systems: Sequence[SystemFile]) -> Table:
    """One row for each system: what it is for, how many numbers and points, how far they can be trusted."""
    table = plain_table("Extraction systems", "system", "elements", "numbers", "points", "pH")
    table.show_lines = True
    table.columns[0].min_width = max(len(system.name) for system in systems)
    for column in (1, 3, 4):
        table.columns[column].justify = "right"
    for system in systems:
        numbers = [number for _, number in _numbers(system)]
        counts = Counter(number.status for number in numbers)
        points = load_points(system.extractants, system.medium)
        low, high = system.validity.pH
        table.add_row(
            Text.assemble((system.name, "bold"), "\n", system.title),
            str(len(system.elements)),
            Text("\n").join(Text.assemble(f"{counts[status]:3d} ", status_text(status)) for status in sorted(counts)),
            str(sum(point.element in system.elements for point in points)),
            f"{low:g} to {high:g}",
        )
    return table


def system_report(system: SystemFile) -> Iterator[RenderableType]:
    """Everything about one system: the ladder, the level, the exponents, the range of the data, the sources."""
    yield Text.assemble((system.name, "bold"), f"  {system.title}")
    if system.summary:
        yield Text(system.summary)
    yield from _orders(system)
    yield Text(_diluents(system))
    yield Text()
    if system.separation_factor:
        yield _number_table("Separation factors D(first)/D(second)", "pair", _factors(system))
        yield Text()
    yield _number_table("Level, exponents, exchange", "number", _others(system))
    yield Text()
    box = plain_table("Range the data cover; outside it a result is an extrapolation and says so", "quantity", "range")
    for key, (words, unit) in _BOX_UNITS.items():
        low, high = getattr(system.validity, key)
        box.add_row(words, f"{low:g} to {high:g} {unit}".rstrip())
    yield box
    if system.validity.note:
        yield Text(system.validity.note, style="dim")
    yield Text()
    uses = sources(system, system.elements)
    yield from source_list(
        Citation(use.source.key, use.source.citation, use.source.quality, use.numbers) for use in uses
    )


def _diluents(system: SystemFile) -> str:
    """What the constants hold in, and what the data say of other diluents."""
    said = ", ".join(each.name for each in system.diluent if each.log10_D_shift is None) or "kerosene (not stated)"
    others = [
        f"in {each.name} log10 D moves by {shift.value:+g} ({shift.status}), which is not applied"
        for each in system.diluent
        if (shift := each.log10_D_shift) is not None
    ]
    return "; ".join((f"Diluent: {said}", *others))


def _orders(system: SystemFile) -> Iterator[RenderableType]:
    """The order of extraction, at stated conditions where it depends on them."""
    if not has_own_exponents(system):
        yield Text(f"Elements, least extracted first: {' < '.join(ladder(system, system.elements))}")
        return
    yield Text("Elements, least extracted first; exponents of their own make the order depend on the conditions:")
    for at in usual_conditions(system):
        yield Padding(Text(f"at {at}: {' < '.join(ladder_at(system, system.elements, at))}"), (0, 0, 0, 2))


def comparison(pair: str, factors: Mapping[str, Factor]) -> Table:
    """The separation factor of one pair in several systems."""
    table = plain_table(f"Separation factor {pair}", "system", "central", "low", "high", "status", "sources")
    for column in table.columns[1:4]:
        column.justify = "right"
    for name, factor in factors.items():
        table.add_row(
            Text(name, style="bold"),
            f"{factor.value:.3g}",
            f"{factor.low:.3g}",
            f"{factor.high:.3g}",
            status_text(factor.status),
            Text.assemble(", ".join(factor.source), (f"\nat {factor.at}" if factor.at else "", "dim")),
        )
    return table


def source_list(uses: Iterable[Citation]) -> Iterator[RenderableType]:
    """Each source with how it was read and what was taken from it."""
    yield Text("Sources", style="bold")
    for use in uses:
        read = (f" (read as: {use.quality})", "dim")
        yield Padding(Text.assemble((use.key, "bold"), f": {use.citation}", read), (0, 0, 0, 2))
        shown = list(use.numbers[:_SHOWN])
        if len(use.numbers) > _SHOWN:
            shown.append(f"and {len(use.numbers) - _SHOWN} more")
        yield Padding(Text("; ".join(shown), style="dim"), (0, 0, 0, 6))


def unverified_list(numbers: Sequence[str]) -> Iterator[Text]:
    """Say which numbers rest on no source that could be read; one line when there are none."""
    if not numbers:
        yield Text("Every number used rests on a source that was read.", style="green")
        return
    yield Text("Unverified: no source of these numbers could be read", style="bold yellow")
    for number in numbers:
        yield Text(f"  {number}")


def fit_report(result: FitResult) -> Iterator[RenderableType]:
    """What a fit found: the numbers, their errors and correlation, the misfit by element and source left out."""
    from sxsim.chemistry.prediction import summarise

    title = f"Fitted numbers of {result.system.name} ({len(result.predictions)} points)"
    table = plain_table(title, "number", "value", "standard error", "separation factor")
    for name, value, error in zip(result.names, result.values, result.standard_errors, strict=True):
        factor = f"{10.0**value:.3f}" if name.startswith("separation_factor.") else ""
        table.add_row(name, f"{value:.4f}", f"{error:.4f}", factor)
    for column in table.columns[1:]:
        column.justify = "right"
    yield table
    yield Text(f"Logarithms to base 10, but for exponents. Weighted rms of log10 D: {result.rms:.3f}", style="dim")
    if len(result.names) > 1:
        yield _correlation(result)
    misfit = plain_table("Misfit in log10 D", "left out", "element", "points", "median absolute", "median", "worst")
    for column in misfit.columns[2:]:
        column.justify = "right"
    groups = [("-", summarise(result.predictions)), *result.cross_validation.items()]
    for left_out, summaries in groups:
        for row in summaries:
            figures = (f"{row.median_absolute:.3f}", f"{row.median_signed:+.3f}", f"{row.worst:+.3f}")
            misfit.add_row(left_out, row.element, str(row.count), *figures)
    yield misfit
    if result.cross_validation:
        yield Text("A source left out is predicted by a fit of the others.", style="dim")
    if result.left_out:
        yield Text(
            f"Not used, for want of a known element, a D above 0, or acid and feed: {', '.join(result.left_out)}",
            style="yellow",
        )


def _correlation(result: FitResult) -> Table:
    """Correlation of the fitted numbers, numbered so that many of them fit a line."""
    numbers = [str(index + 1) for index in range(len(result.names))]
    table = plain_table("Correlation of the fitted numbers", "", "number", *numbers)
    for number, name, row in zip(numbers, result.names, result.correlation, strict=True):
        table.add_row(number, name, *(f"{value:+.2f}" for value in row))
    for column in table.columns[2:]:
        column.justify = "right"
    return table


def _numbers(system: SystemFile) -> Iterator[tuple[str, Number]]:
    """Every number of a system, with those of all its counter-ions, each once."""
    yield from numbers_used(system, system.elements)
    for ion in system.counter_ion:
        yield f"exchange log10 K({ion.ion})", ion.log10_K


def _factors(system: SystemFile) -> Iterator[tuple[str, Number]]:
    """Separation factors, the heaviest extracted last."""
    for factor in sorted(system.separation_factor, key=lambda each: log10_K(system, each.elements[0])):
        yield factor.pair, factor


def _others(system: SystemFile) -> Iterator[tuple[str, Number]]:
    """What is no separation factor."""
    for name, number in _numbers(system):
        if not name.startswith("separation factor"):
            yield name, number


def _number_table(title: str, kind: str, numbers: Iterator[tuple[str, Number]]) -> Table:
    """Numbers with range, status, sources and the note that belongs to them."""
    table = plain_table(title, kind, "low", "central", "high", "status", "sources and note")
    for column in table.columns[1:4]:
        column.justify = "right"
    for column in table.columns[:5]:
        column.no_wrap = True
    for name, number in numbers:
        note = Text.assemble(", ".join(number.source), (f"\n{number.note}" if number.note else "", "dim"))
        figures = (f"{number.low:g}", f"{number.value:g}", f"{number.high:g}")
        table.add_row(name, *figures, status_text(number.status), note)
    return table
