"""Targets and free quantities: does each figure name something, and are there as many of one as of the other."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sxsim.definition.substances import meant_elements
from sxsim.elements import ELEMENTS
from sxsim.errors import Finding, InputError
from sxsim.foundation.paths import get
from sxsim.foundation.suggestions import did_you_mean

if TYPE_CHECKING:
    from sxsim.definition.cascade import Cascade

__all__ = ["equation_findings", "freeable_paths", "target_findings"]

FIGURES = ("purity_min", "recovery_min", "concentration_max_mol_L")
"""What a target may be about."""


def target_findings(cascade: Cascade) -> list[Finding]:
    """Return targets on products or elements that do not exist, or without exactly one figure.

    Parameters
    ----------
    cascade : Cascade
        Definition whose single values are valid.

    Returns
    -------
    list of Finding
        Empty when every target can be read off a result.
    """
    findings: list[Finding] = []
    known_elements = {*cascade.elements, *meant_elements(cascade)}
    for target in cascade.target:
        place = f"target.{target.stream}.{target.element}"
        if target.stream not in cascade.products:
            cure = did_you_mean(target.stream, cascade.products)
            cure = cure or f"let a section's aqueous_out be {target.stream!r}, or rename the target"
            offence = f"there is no product named {target.stream!r}"
            findings.append(Finding(f"{place}.stream", offence, ", ".join(cascade.products), cure))
        if target.element not in known_elements:
            cure = did_you_mean(target.element, cascade.elements)
            offence = f"{target.element} is not among the elements"
            findings.append(Finding(f"{place}.element", offence, ", ".join(cascade.elements), cure))
        given = [key for key in FIGURES if getattr(target, key) is not None]
        if len(given) != 1:
            offence = f"{' and '.join(given)} in one target" if given else "a target without a figure"
            findings.append(
                Finding(place, offence, f"exactly one of {', '.join(FIGURES)}", "write one target for each")
            )
        known = ELEMENTS.get(target.element)
        if target.purity_min is not None and known is not None and not known.is_rare_earth:
            offence = f"purity is a share of the rare earths, and {target.element} is none"
            findings.append(Finding(f"{place}.purity_min", offence, "", "use concentration_max_mol_L or recovery_min"))
    return findings


def freeable_paths(cascade: Cascade) -> list[str]:
    """Return the paths that `[solve]` may leave free: flows, saponification, base and acid strengths with a value.

    Parameters
    ----------
    cascade : Cascade
        Definition whose single values are valid.

    Returns
    -------
    list of str
        Dotted paths.
    """
    organic = cascade.organic
    values: dict[str, object] = {
        "organic.flow_m3_h": organic.flow_m3_h,
        "organic.saponified_fraction": organic.saponified_fraction,
        "organic.base_kmol_h": organic.base_kmol_h,
    }
    for name, stream in cascade.stream.items():
        values[f"stream.{name}.flow_m3_h"] = stream.flow_m3_h
        values[f"stream.{name}.acid_mol_L"] = stream.acid_mol_L
    for draw in cascade.draw:
        values[f"draw.{draw.name}.flow_m3_h"] = draw.flow_m3_h
    return [path for path, value in values.items() if isinstance(value, float | int)]


def equation_findings(cascade: Cascade) -> list[Finding]:
    """Return free quantities that cannot be free, and a number of them that the targets do not match.

    Parameters
    ----------
    cascade : Cascade
        Definition whose single values are valid.

    Returns
    -------
    list of Finding
        Empty without `[solve]`, and when the equations are as many as the unknowns.
    """
    if cascade.solve is None:
        return []
    free, choices = cascade.solve.free, freeable_paths(cascade)
    findings: list[Finding] = []
    for path, count in Counter(free).items():
        if count > 1:
            findings.append(Finding("solve.free", f"{path} stands {count} times", "each path once", "drop one"))
        if path not in choices:
            findings.append(_not_free(cascade, path, choices))
    equations = [target for target in cascade.target if target.equation]
    if len(free) != len(equations):
        named = ", ".join(f"{target.stream}.{target.element}" for target in equations) or "none"
        offence = (
            f"{len(free)} free {_plural('quantity', 'quantities', len(free))} ({', '.join(free)}) for "
            f"{len(equations)} target {_plural('equation', 'equations', len(equations))} ({named})"
        )
        if len(free) < len(equations):
            cure = (
                "free another quantity, watch a target instead of meeting it (equation = false in it), "
                "or leave no quantity free to simulate the flows as typed"
            )
        else:
            cure = "fix a quantity, or add a target"
        findings.append(Finding("solve.free", offence, "as many free quantities as target equations", cure))
    return findings


def _not_free(cascade: Cascade, path: str, choices: list[str]) -> Finding:
    """Say why a path cannot be free."""
    try:
        value = get(cascade.to_data(), path)
    except InputError:
        return Finding("solve.free", f"there is no {path}", ", ".join(choices), did_you_mean(path, choices))
    if value == "design":
        return Finding("solve.free", f"{path} is left to design", "a path with a value to start from", "type a number")
    offence = f"{path} is no flow, saponified fraction, base or acid strength"
    return Finding("solve.free", offence, ", ".join(choices), "free one of these")


def _plural(one: str, many: str, count: int) -> str:
    """Return the word in the number that fits."""
    return one if count == 1 else many
