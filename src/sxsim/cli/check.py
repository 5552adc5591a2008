"""``sxsim check``: is a cascade file sound."""

from __future__ import annotations

from sxsim.cli.options import CascadeFile, Changes, guarded, load_changed

__all__ = ["check"]


@guarded
def check(file: CascadeFile, changes: Changes = None) -> None:
    """Check a cascade file and report every finding at once, without solving anything."""
    from sxsim.cli.consoles import report_console
    from sxsim.report.tables import cascade_summary

    cascade = load_changed(file, changes)
    console = report_console()
    console.print(f"{file}: no findings", style="bold green", markup=False)
    console.print(cascade_summary(cascade))
