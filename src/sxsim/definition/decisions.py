"""The table of a design: do its paths and streams exist, and does its window hold anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sxsim.errors import Finding
from sxsim.foundation.suggestions import did_you_mean, one_of

if TYPE_CHECKING:
    from sxsim.definition.cascade import Cascade

__all__ = ["design_findings"]


def design_findings(cascade: Cascade) -> list[Finding]:
    """Return what is wrong with ``[design]``.

    Parameters
    ----------
    cascade : Cascade
        Definition whose single values are valid.

    Returns
    -------
    list of Finding
        Empty without the table.
    """
    design = cascade.design
    if design is None:
        return []
    choices = ["organic.flow_m3_h", *(f"section.{part.name}.stages" for part in cascade.section)]
    choices += [f"stream.{name}.flow_m3_h" for name in cascade.stream]
    findings = [
        Finding("design.fixed", f"{path} is no number of stages and no flow", ", ".join(choices), cure)
        for path in design.fixed
        if path not in choices
        for cure in (did_you_mean(path, choices) or "name stages or flows",)
    ]
    acids = [name for name, stream in cascade.stream.items() if stream.acid_mol_L is not None]
    findings += [
        Finding(f"design.acid_mol_L.{name}", "is no stream with acid_mol_L", ", ".join(acids), one_of(name, acids))
        for name in design.acid_mol_L
        if name not in acids
    ]
    if design.saponified_fraction and cascade.organic.saponified_fraction is None:
        offence = "the organic has no saponified_fraction to choose"
        findings.append(
            Finding(
                "design.saponified_fraction",
                offence,
                "beside organic.saponified_fraction",
                "type organic.saponified_fraction",
            )
        )
    if design.pH_min is not None and design.pH_max is not None and design.pH_min >= design.pH_max:
        offence = f"{design.pH_min:g} is not below pH_max = {design.pH_max:g}"
        findings.append(Finding("design.pH_min", offence, f"below {design.pH_max:g}", "widen the window"))
    return findings
