"""Targets and free quantities: does each figure name something, and is there something to meet and to move."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sxsim.definition.present import elements_present
from sxsim.definition.substances import meant_elements
from sxsim.definition.target_tables import FIGURES
from sxsim.elements import ELEMENTS
from sxsim.errors import Finding, InputError
from sxsim.foundation.paths import get
from sxsim.foundation.suggestions import did_you_mean, one_of

if TYPE_CHECKING:
    from sxsim.definition.cascade import Cascade
    from sxsim.definition.target_tables import Solve, Target

__all__ = ["equation_findings", "freeable_paths", "objective", "target_findings"]


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
    for number, target in enumerate(cascade.target, start=1):
        place = f"target.{target.stream}.{target.name}" if target.symbols else f"target.{number}"
        if target.stream not in cascade.products:
            cure = did_you_mean(target.stream, cascade.products)
            cure = cure or f"let a section's aqueous_out be {target.stream!r}, or rename the target"
            offence = f"there is no product named {target.stream!r}"
            findings.append(Finding(f"{place}.stream", offence, ", ".join(cascade.products), cure))
        findings += _elements(cascade, target, place)
        given = [key for key in FIGURES if getattr(target, key) is not None]
        if len(given) != 1:
            offence = f"{' and '.join(given)} in one target" if given else "a target without a figure"
            findings.append(
                Finding(place, offence, f"exactly one of {', '.join(FIGURES)}", "write one target for each")
            )
        findings += _shares(target, place)
        findings += _basis(target, place)
    return findings


def _elements(cascade: Cascade, target: Target, place: str) -> list[Finding]:
    """Elements that are unknown, named twice or not at all."""
    key = "elements" if target.element is None else "element"
    if not target.symbols:
        cure = 'add element = "Nd", or elements = ["Nd", "Pr"] for what counts together'
        return [Finding(place, "a target without an element", "element, or elements for a group", cure)]
    if target.element is not None and target.elements:
        offence = f"elements ({', '.join(target.elements)}) beside element = {target.element!r}"
        return [Finding(f"{place}.elements", offence, "one of the two", "name all of a group in elements")]
    known = {*cascade.elements, *meant_elements(cascade)}
    findings = [
        Finding(
            f"{place}.{key}",
            f"{symbol} is not among the elements",
            ", ".join(cascade.elements),
            one_of(symbol, cascade.elements),
        )
        for symbol in target.symbols
        if symbol not in known
    ]
    findings += [
        Finding(f"{place}.{key}", f"{symbol} stands {count} times", "each element once", "drop one")
        for symbol, count in Counter(target.symbols).items()
        if count > 1
    ]
    return findings


def _shares(target: Target, place: str) -> list[Finding]:
    """Shares of the rare earths of what is none."""
    findings = []
    for key, cure in (
        ("purity_min", "use recovery_min, concentration_max_mol_L or concentration_max_g_L"),
        ("impurity_max", "use concentration_max_mol_L or concentration_max_g_L"),
    ):
        others = [symbol for symbol in target.symbols if symbol in ELEMENTS and not ELEMENTS[symbol].is_rare_earth]
        if getattr(target, key) is not None and others:
            what = key.partition("_")[0]
            offence = f"{what} is a share of the rare earths, and {others[0]} is none"
            findings.append(Finding(f"{place}.{key}", offence, "a rare earth", cure))
    return findings


def _basis(target: Target, place: str) -> list[Finding]:
    """Grams that do not say what they weigh, and the other way round."""
    if target.concentration_max_g_L is not None and target.basis is None:
        cure = 'add basis = "oxide" when the grams are of oxide (Nd2O3, Pr6O11), "element" when of metal'
        return [Finding(f"{place}.basis", "concentration_max_g_L without a basis", "oxide, element", cure)]
    if target.concentration_max_g_L is None and target.basis is not None:
        share = any(getattr(target, key) is not None for key in FIGURES if FIGURES[key] != "concentration")
        cure = "drop it: shares have purity_basis" if share else "drop it: mol/L needs none"
        return [
            Finding(f"{place}.basis", "a basis without concentration_max_g_L", "beside concentration_max_g_L", cure)
        ]
    return []


def objective(cascade: Cascade) -> tuple[str, int] | None:
    """Return the free quantity that a search makes least or most.

    Parameters
    ----------
    cascade : Cascade
        Clean definition.

    Returns
    -------
    (str, int) or None
        Its path, and +1 where least is best, -1 where most is; None when no quantity is free.

    Examples
    --------
    >>> from sxsim.definition import load
    >>> objective(load("nd_pr_p507"))
    ('organic.flow_m3_h', 1)
    """
    return None if cascade.solve is None else cascade.solve.objective


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
    """Return what is wrong with `[solve]`: paths that cannot be free, nothing to meet, or too much of it exactly.

    Parameters
    ----------
    cascade : Cascade
        Definition whose single values are valid.

    Returns
    -------
    list of Finding
        Empty without `[solve]`.
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
    return findings + _objective(cascade.solve, choices) + _counts(cascade, free)


def _objective(solve: Solve, choices: list[str]) -> list[Finding]:
    """What is to be least or most and is not free, or both at once."""
    if solve.least is not None and solve.most is not None:
        return [Finding("solve.most", "least and most are both given", "one of the two", "drop one")]
    for key in ("least", "most"):
        path = getattr(solve, key)
        if path is not None and path not in solve.free:
            cure = f"add {path!r} to free" if path in choices else one_of(path, solve.free)
            return [Finding(f"solve.{key}", f"{path} is not free", ", ".join(solve.free), cure)]
    return []


def _counts(cascade: Cascade, free: tuple[str, ...]) -> list[Finding]:
    """Nothing to meet, or more to meet exactly than there are quantities to move."""
    leave = "leave [solve] out to simulate the flows as typed"
    present = elements_present(cascade)
    nowhere = [
        target for target in cascade.target if target.enforced and target.symbols and present.isdisjoint(target.symbols)
    ]
    if nowhere and all(len([key for key in FIGURES if getattr(each, key) is not None]) == 1 for each in nowhere):
        cure = f"bring some {nowhere[0].name} in with a stream, drop the target, or {leave}"
        return [
            Finding(nowhere[0].path, f"nothing brings {nowhere[0].name} in", "an element that a stream brings", cure)
        ]
    if not any(target.enforced for target in cascade.target):
        offence = "there is no target" if not cascade.target else "every target is only watched (equation = false)"
        cure = f"add a [[target]], or {leave}" if not cascade.target else f"drop equation = false from one, or {leave}"
        return [Finding("solve", f"nothing to meet: {offence}", "at least one target to meet", cure)]
    exact = [target for target in cascade.target if target.exact]
    if len(exact) <= len(dict.fromkeys(free)):
        return []
    named = ", ".join(f"{target.stream}.{target.name}" for target in exact)
    offence = (
        f"{len(free)} free {_plural('quantity', 'quantities', len(free))} ({', '.join(free)}) for "
        f"{len(exact)} exact targets ({named})"
    )
    cure = "drop equation = true from a target, so that it is a minimum or maximum, or free another quantity"
    return [Finding("solve.free", offence, "at least as many free quantities as exact targets", cure)]


def _not_free(cascade: Cascade, path: str, choices: list[str]) -> Finding:
    """Say why a path cannot be free."""
    try:
        value = get(cascade.to_data(), path)
    except InputError:
        return Finding("solve.free", f"there is no {path}", ", ".join(choices), one_of(path, choices))
    if value == "design":
        return Finding("solve.free", f"{path} is left to design", "a path with a value to start from", "type a number")
    offence = f"{path} is no flow, saponified fraction, base or acid strength"
    return Finding("solve.free", offence, ", ".join(choices), "free one of these")


def _plural(one: str, many: str, count: int) -> str:
    """Return the word in the number that fits."""
    return one if count == 1 else many
