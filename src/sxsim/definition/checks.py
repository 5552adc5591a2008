"""Everything that has to fit together in a cascade, beyond the type and range of each value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxsim.definition.amounts import amount_findings
from sxsim.definition.bounds import charge_findings
from sxsim.definition.decisions import design_findings
from sxsim.definition.equations import equation_findings, target_findings
from sxsim.definition.layout import layout_findings
from sxsim.definition.reach import extraction_ladder, unreachable_purities
from sxsim.definition.startup_checks import startup_findings
from sxsim.definition.substances import element_findings, organic_findings, stream_findings
from sxsim.definition.system import SystemFile, load_system_file
from sxsim.errors import Finding, InputError

if TYPE_CHECKING:
    from sxsim.definition.cascade import Cascade

__all__ = ["findings_of"]


def findings_of(cascade: Cascade, partial: bool = False) -> list[Finding]:
    """Return everything that is wrong with a cascade.

    Parameters
    ----------
    cascade : Cascade
        Definition whose single values are valid.
    partial : bool
        Whether some values are placeholders, so that balances over the whole cascade mean nothing.

    Returns
    -------
    list of Finding
        Layout first, then substances, targets and equations, then what no solve could reach; one a place, and
        one an element that does not fit.
    """
    findings: list[Finding] = []
    system: SystemFile | None = None
    try:
        system = load_system_file(cascade.organic.system)
    except InputError as error:
        findings += error.findings
    findings += layout_findings(cascade)
    findings += element_findings(cascade, system)
    findings += organic_findings(cascade, system)
    findings += stream_findings(cascade, system)
    findings += amount_findings(cascade, system)
    findings += target_findings(cascade)
    findings += equation_findings(cascade)
    findings += startup_findings(cascade)
    findings += design_findings(cascade)
    if not findings and not partial and system is not None:
        findings += charge_findings(cascade, system)
        findings += unreachable_purities(cascade, extraction_ladder(system))
    by_place: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        several = finding.offence if finding.place == "elements" else ""
        by_place.setdefault((finding.place, several), finding)
    return list(by_place.values())
