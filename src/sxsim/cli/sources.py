"""``sxsim sources``: the papers behind the numbers a cascade uses."""

from __future__ import annotations

from dataclasses import asdict

import typer

from sxsim.cli.options import CascadeFile, Changes, Json, guarded, load_changed

__all__ = ["sources"]


@guarded
def sources(file: CascadeFile, changes: Changes = None, as_json: Json = False) -> None:
    """List the papers behind the numbers that a cascade uses, and which numbers nobody could check."""
    from sxsim.cascade.evidence import sources as sources_of
    from sxsim.cli.consoles import report_console
    from sxsim.cli.files import json_text
    from sxsim.report.chemistry_tables import Citation, source_list, unverified_list
    from sxsim.report.tables import unverified_numbers

    cascade = load_changed(file, changes)
    uses, unverified = sources_of(cascade), unverified_numbers(cascade)
    if as_json:
        body = {"sources": [asdict(use) for use in uses], "unverified": unverified}
        typer.echo(json_text("sources", cascade.input_hash, body))
        return
    console = report_console()
    cited = (Citation(use.key, use.citation, use.quality, use.numbers) for use in uses)
    for part in (*source_list(cited), *unverified_list(unverified)):
        console.print(part)
