"""``sxsim synthesize``: from a feed and products to the order of cuts."""

from __future__ import annotations

import csv
from contextlib import nullcontext
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sxsim.cli.guard import guarded
from sxsim.cli.options import Folder, Json
from sxsim.errors import Finding, InputError
from sxsim.foundation.atomic import write_text

if TYPE_CHECKING:
    from sxsim.plant.synthesis import DesignedSequence, Synthesis

__all__ = ["synthesize"]


class By(StrEnum):
    """What the orders are ranked by."""

    passes = "passes"
    stages = "stages"
    inventory = "inventory"


class Solvent(StrEnum):
    """How the solvent of a cut is chosen."""

    inventory = "inventory"
    xu = "xu"
    minimum = "minimum"


@guarded
def synthesize(
    feed: Annotated[
        str,
        typer.Argument(
            metavar="FEED",
            help="A shipped feed such as bayan_obo_usgs, mole fractions as La=0.3,Ce=0.5,..., or a cascade file whose "
            "feed it is.",
        ),
    ],
    products: Annotated[
        str,
        typer.Option(
            "--products",
            help="Products, e.g. La,Ce,NdPr=Nd+Pr,SEG=Sm-Dy@0.95 (a group, a run in the order of extraction, a purity "
            "of its own). [default: every element]",
        ),
    ] = "",
    system: Annotated[str, typer.Option("--system", help="Extraction system.")] = "p507-chloride",
    purity: Annotated[float, typer.Option("--purity", help="Mole purity of each product, 0-1.")] = 0.999,
    recovery: Annotated[
        float | None, typer.Option("--recovery", help="Recovery of each product, 0-1. [default: its purity]")
    ] = None,
    factor: Annotated[
        list[str] | None,
        typer.Option("--factor", metavar="PAIR=VALUE", help="Another separation factor, e.g. Nd/Pr=1.55; repeatable."),
    ] = None,
    by: Annotated[By, typer.Option("--by", help="What the orders are ranked by.")] = By.passes,
    solvent: Annotated[
        Solvent, typer.Option("--solvent", help="S of each cut: of least inventory, Xu's optimum, or the minimum.")
    ] = Solvent.inventory,
    count: Annotated[int, typer.Option("--count", min=1, max=50, help="How many orders to list.")] = 5,
    design: Annotated[
        int, typer.Option("--design", min=0, max=5, help="How many of them to design rigorously (seconds a cut).")
    ] = 0,
    as_json: Json = False,
    out: Folder = None,
) -> None:
    """Find the order of cuts that makes given products of a feed with the fewest passes."""
    from sxsim.cli.consoles import report_console, say
    from sxsim.cli.files import json_text, staged_folder
    from sxsim.cli.running import announce_compilation
    from sxsim.plant.synthesis import design_sequence
    from sxsim.plant.synthesis import synthesize as find
    from sxsim.report.synthesis_tables import synthesis_report

    _refuse(by, solvent)
    with staged_folder(out) if out else nullcontext() as stage:
        found = find(
            _fractions(feed),
            system,
            [text for text in products.replace(" ", ",").split(",") if text],
            purity=purity,
            recovery=recovery,
            factors=_factors(factor or []),
            yardstick=solvent.value,
            objective=by.value,
            count=count,
        )
        designed: list[DesignedSequence] = []
        if design:
            announce_compilation()
            known: dict[tuple[int, int, int], Any] = {}
            for sequence in found.best[:design]:
                designed.append(design_sequence(found.task, sequence, known=known, progress=say))
        body = found.to_dict() | {"designed": [_told(each) for each in designed]}
        text = json_text("synthesize", None, body)
        if stage:
            _write(found, designed, text, stage)
    if as_json:
        typer.echo(text)
    else:
        console = report_console()
        for part in synthesis_report(found, designed):
            console.print(part)
    if out:
        say(f"wrote {out}")


def _refuse(by: By, solvent: Solvent) -> None:
    """Refuse to rank orders by what is infinite in all of them.

    Raises
    ------
    InputError
        Stages, or the inventory that they hold, at the least solvent.
    """
    if solvent is Solvent.minimum and by is not By.passes:
        offence = f"is {by.value}, and with --solvent minimum every order has an infinite number of stages"
        raise InputError(Finding("--by", offence, "passes", "rank by passes, or choose --solvent inventory or xu"))


def _fractions(feed: str) -> dict[str, float]:
    """Mole fractions of a shipped feed, of a typed list, or of the feed of a cascade file."""
    if "=" in feed:
        found = {}
        for part in feed.split(","):
            symbol, _, value = part.partition("=")
            try:
                found[symbol.strip()] = float(value)
            except ValueError:
                offence = f"{part.strip()!r} is not an element and its amount"
                raise InputError(
                    Finding(
                        "FEED", offence, "a shipped feed, La=0.3,Ce=0.5,... or a cascade file", "write La=0.3,Ce=0.5"
                    )
                ) from None
        return found
    if feed.endswith(".toml"):
        from sxsim.definition import load

        cascade = load(feed)
        fed = [
            stream.concentration_mol_L for stream in cascade.stream.values() if any(stream.concentration_mol_L.values())
        ]
        return fed[0] if fed else {}
    from sxsim.economics.feeds import feed as shipped

    return dict(shipped(feed).mole_fraction)


def _factors(texts: list[str]) -> dict[str, float]:
    """Separation factors as typed."""
    found = {}
    for text in texts:
        pair, _, value = text.partition("=")
        try:
            found[pair.strip()] = float(value)
        except ValueError:
            raise InputError(
                Finding("--factor", f"{text!r} is no pair and number", "PAIR=VALUE", "write Nd/Pr=1.55")
            ) from None
    return found


def _told(each: DesignedSequence) -> dict[str, Any]:
    """A designed order as plain data."""
    complete = each.complete
    return {
        "label": each.sequence.label,
        "order": each.sequence.order,
        "complete": complete,
        "passes": each.passes if complete else None,
        "stages": each.stages if complete else None,
        "base_mol_per_mol": each.base if complete else None,
        "acid_mol_per_mol": each.acid if complete else None,
        "annual_usd": each.annual_usd if complete else None,
        "why": {cut.cut.name: cut.why for cut in each.cuts if cut.plan is None},
    }


def _write(found: Synthesis, designed: list[DesignedSequence], text: str, folder: Path) -> None:
    """Write JSON, the best order as a table, its tree, and the designed cascades."""
    from sxsim.cli.files import save_figure
    from sxsim.report.synthesis_plots import cut_tree
    from sxsim.report.synthesis_tables import cut_rows

    write_text(folder / "synthesis.json", text + "\n")
    rows = cut_rows(found, designed[0] if designed else None)
    columns = list(dict.fromkeys(column for row in rows for column in row))
    with (folder / "best_sequence.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    figure = cut_tree(found.best[0], "best order of cuts").get_figure(root=True)
    assert figure is not None
    save_figure(figure, folder / "best_sequence.png", "--out")
    for place, cut in enumerate(designed[0].cuts if designed else (), start=1):
        if cut.plan is not None:
            name = f"cut_{place}_{cut.cut.name.replace('|', '_').lower()}.toml"
            write_text(folder / name, cut.plan.cascade.to_toml())
