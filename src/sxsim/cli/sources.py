"""``sxsim sources``: the papers behind the numbers a cascade uses."""

from __future__ import annotations

from sxsim.cli.options import CascadeFile, Changes, guarded, load_changed

__all__ = ["sources"]


@guarded
def sources(file: CascadeFile, changes: Changes = None) -> None:
    """List the papers behind the numbers that a cascade uses, and which numbers nobody could check."""
    from sxsim.chemistry.evidence import sources as sources_of
    from sxsim.chemistry.evidence import unverified
    from sxsim.cli.consoles import report_console
    from sxsim.definition.system import load_system_file
    from sxsim.report.chemistry_tables import source_list, unverified_list

    cascade = load_changed(file, changes)
    system = load_system_file(cascade.organic.system)
    console = report_console()
    used = system, cascade.elements, cascade.organic.saponifier
    for part in (*source_list(sources_of(*used)), *unverified_list(unverified(*used))):
        console.print(part)
