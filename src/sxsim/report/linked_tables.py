"""The report of a linked extraction for the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from sxsim.report.layout import MISSING, number, percent, plain_table

if TYPE_CHECKING:
    from sxsim.plant.linked import LinkedResult

__all__ = ["linked_report"]


def linked_report(result: LinkedResult) -> Iterator[RenderableType]:
    """Products, sections, what was found, balances and warnings.

    Parameters
    ----------
    result : LinkedResult
        A solved linked extraction.

    Yields
    ------
    renderable
        Tables and sentences.
    """
    yield Text(result.linked.title, style="bold")
    solved = f"{len(result.stage.section)} stages, {result.iterations} Newton steps"
    yield Text(f"{solved}; closure {result.closure:.1e}, equilibrium to {result.equilibrium_residual:.1e}", style="dim")
    yield Text()
    products = plain_table(
        "Products", "product", "phase", "flow\nm3/h", "pH", "first\nelement", "purity\nmol %", "recovery\n%"
    )
    for stream in result.stream.values():
        if stream.kind != "product":
            continue
        main = max(stream.purity_mol, key=lambda name: stream.purity_mol[name], default="")
        figures = (number(stream.flow_m3_h), MISSING if stream.pH is None else f"{stream.pH:.2f}", main or MISSING)
        shares = (percent(stream.purity_mol.get(main)), percent(stream.recovery.get(main)))
        products.add_row(stream.name, stream.phase, *figures, *shares)
    yield products
    sections = plain_table("Sections", "section", "kind", "stages", "organic S\nmol/mol", "aqueous W\nmol/mol")
    for part in result.linked.section:
        loads = (number(result.S[part.name]), number(result.W[part.name]))
        sections.add_row(part.name, part.kind, str(part.stages), *loads)
    yield sections
    for path, value in result.found.items():
        yield Text(f"found {path} = {value:.6g}")
    yield Text(f"base {result.base_mol_per_mol:.4f} and acid {result.acid_mol_per_mol:.4f} mol per mol fed")
    for sentence in result.warnings:
        yield Padding(Text(f"- {sentence}"), (0, 0, 0, 2))
