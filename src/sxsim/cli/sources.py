"""``sxsim sources``: the papers behind the numbers a cascade uses."""

from __future__ import annotations

from sxsim.cli.options import CascadeFile, Changes, guarded, load_changed

__all__ = ["sources"]


@guarded
def sources(file: CascadeFile, changes: Changes = None) -> None:
    """List the papers behind the numbers that a cascade uses, and which numbers nobody could check."""
    from sxsim.cascade.evidence import sources as sources_of
    from sxsim.cli.consoles import report_console
    from sxsim.report.chemistry_tables import Citation, source_list, unverified_list
    from sxsim.report.tables import unverified_numbers

    cascade = load_changed(file, changes)
    uses = (Citation(use.key, use.citation, use.quality, use.numbers) for use in sources_of(cascade))
    console = report_console()
    for part in (*source_list(uses), *unverified_list(unverified_numbers(cascade))):
        console.print(part)
