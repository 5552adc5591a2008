"""What a result rests on: the papers, the numbers nobody could check, the range the data cover."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sxsim.chemistry.activity import HCL_MOL_KG, shift_by_HCl
from sxsim.chemistry.parameters import check_elements
from sxsim.chemistry.tables import Source, source_records
from sxsim.definition.system import Number, SystemFile
from sxsim.errors import Finding

__all__ = ["SourceUse", "numbers_used", "sources", "unverified", "validity_findings"]


@dataclass(frozen=True, slots=True)
class SourceUse:
    """A source and what was taken from it.

    Attributes
    ----------
    source : Source
        Who, where, DOI, how it was read.
    numbers : tuple of str
        What rests on it, e.g. ``separation factor Nd/Pr = 1.5 (reported)``.
    """

    source: Source
    numbers: tuple[str, ...]

    @property
    def doi(self) -> str:
        """DOI; empty when there is none."""
        return self.source.doi


def numbers_used(
    system: SystemFile, elements: Sequence[str], counter_ion: str | None = None
) -> Iterator[tuple[str, Number]]:
    """Every number that the constants of some elements are made of, with its name.

    Parameters
    ----------
    system : SystemFile
        The system.
    elements : sequence of str
        Symbols known to the system.
    counter_ion : {"NH4", "Na"}, optional
        The saponifier's cation.

    Yields
    ------
    tuple of (str, Number)
        Name and number, each once.
    """
    check_elements(system, elements)
    tree = system.tree()
    roots = {system.root(symbol).element for symbol in elements}
    for level in system.level:
        if level.element in roots:
            yield f"level log10 K({level.element})", level.log10_K
    steps = {index for symbol in elements for index, _ in tree[symbol]}
    for index in sorted(steps):
        factor = system.separation_factor[index]
        yield f"separation factor {factor.pair}", factor
    law = system.law
    named = {"a": law.a, "b": law.b, "c": law.c, "d": law.d}
    for key, number in named.items():
        if number is not None:
            yield f"exponent {key}", number
    for symbol in elements:
        own = system.law_of(symbol)
        for key, number in (("a", own.a), ("b", own.b), ("d", own.d)):
            if number is not None:
                yield f"exponent {key}({symbol})", number
        for key, number in (("beta1", own.log10_beta1), ("beta2", own.log10_beta2)):
            if number is not None:
                yield f"complexing log10 {key}({symbol})", number
    for key, number in (("beta1", law.log10_beta1), ("beta2", law.log10_beta2)):
        if number is not None:
            yield f"complexing log10 {key}", number
    for ion in system.counter_ion:
        if ion.ion == counter_ion:
            yield f"exchange log10 K({ion.ion})", ion.log10_K
    if system.acid_uptake is not None:
        yield "acid uptake log10 K", system.acid_uptake.log10_K
    if system.bisulfate_Ka2_mol_L is not None:
        yield "bisulfate Ka2", system.bisulfate_Ka2_mol_L


def sources(system: SystemFile, elements: Sequence[str], counter_ion: str | None = None) -> list[SourceUse]:
    """List the papers behind the constants of some elements.

    Parameters
    ----------
    system : SystemFile
        The system.
    elements : sequence of str
        Symbols known to the system.
    counter_ion : {"NH4", "Na"}, optional
        The saponifier's cation.

    Returns
    -------
    list of SourceUse
        Sorted by key. A key of a user's own file that ``sources.toml`` does not hold is kept under its own name.

    Examples
    --------
    >>> from sxsim.definition.system import load_system_file
    >>> [use.source.key for use in sources(load_system_file("p507-chloride"), ["Nd", "Pr"])]
    ['banda2015', 'li1987', 'quah2021', 'recalled-p507', 'shinetsu2010', 'tanaka2021']
    """
    records = source_records()
    uses: dict[str, list[str]] = {}
    for name, number in numbers_used(system, elements, counter_ion):
        for key in number.source:
            uses.setdefault(key, []).append(f"{name} = {number.value:g} ({number.status})")
    own = "not in the shipped list: see the system file"
    return [
        SourceUse(
            records.get(key, Source(key, key, "", 0, "", "as stated by the system file", (), note=own)),
            tuple(uses[key]),
        )
        for key in sorted(uses)
    ]


def unverified(system: SystemFile, elements: Sequence[str], counter_ion: str | None = None) -> list[str]:
    """Say which of the numbers used rest on no source that could be read.

    Examples
    --------
    >>> from sxsim.definition.system import load_system_file
    >>> unverified(load_system_file("p507-chloride"), ["Tb", "Dy"])
    ['separation factor Dy/Tb = 2.82 (unverified, 2.1 to 4.9)']
    """
    return [
        f"{name} = {number.value:g} (unverified, {number.low:g} to {number.high:g})"
        for name, number in numbers_used(system, elements, counter_ion)
        if number.status == "unverified"
    ]


def validity_findings(
    system: SystemFile,
    *,
    extractant_mol_L: float | None = None,
    temperature_C: float | None = None,
    pH: tuple[float, float] | None = None,
    acid_mol_L: float | None = None,
    aqueous_mol_L: float | None = None,
    loading_mol_per_mol: Mapping[str, float] | None = None,
    acid_by_element_mol_L: Mapping[str, float] | None = None,
) -> list[Finding]:
    """Where a result leaves the range its data cover.

    Parameters
    ----------
    system : SystemFile
        The system.
    extractant_mol_L, temperature_C : float, optional
        Of the cascade [mol/L, C].
    pH : (float, float), optional
        Lowest and highest of all stages [-].
    acid_mol_L, aqueous_mol_L : float, optional
        Highest free acid, highest total of rare earths in the water [mol/L].
    loading_mol_per_mol : mapping of str to float, optional
        Highest organic concentration of each element over the formal extractant [mol/mol].
    acid_by_element_mol_L : mapping of str to float, optional
        Highest free acid met by each element where it matters, its strip [mol/L].

    Returns
    -------
    list of Finding
        One for each quantity outside the box: extrapolation, not error.
    """
    box, findings = system.validity, []
    extremes: list[tuple[str, float | None, tuple[float, float]]] = [
        ("extractant_mol_L", extractant_mol_L, box.extractant_mol_L),
        ("temperature_C", temperature_C, box.temperature_C),
        ("pH", None if pH is None else pH[0], box.pH),
        ("pH", None if pH is None else pH[1], box.pH),
        ("acid_mol_L", acid_mol_L, box.acid_mol_L),
        ("aqueous_mol_L", aqueous_mol_L, box.aqueous_mol_L),
    ]
    for name, value, (low, high) in extremes:
        if value is not None and not low <= value <= high:
            findings.append(_outside(system, name, value, f"{low:g} to {high:g}"))
    loading = loading_mol_per_mol or {}
    total = sum(loading.values())
    divisor = 2.0 if system.stoichiometry == "dimer" else 1.0
    limit = 1.0 / (divisor * system.loading_extractant_per_metal)
    if total > limit:
        offence = f"{total:.3g} mol rare earth per mol extractant, above full load"
        findings.append(Finding("loading", offence, f"up to {limit:.3g}", "raise the organic flow or the extractant"))
    elif total > box.loading_mol_per_mol[1]:
        findings.append(_outside(system, "loading_mol_per_mol", total, f"up to {box.loading_mol_per_mol[1]:g}"))
    for own in system.element:
        carried, highest = loading.get(own.element, 0.0), own.loading_mol_per_mol_max
        if highest is not None and carried > highest:
            findings.append(_outside(system, f"loading_mol_per_mol({own.element})", carried, f"up to {highest:g}"))
        acid, bound = (acid_by_element_mol_L or {}).get(own.element, 0.0), own.acid_mol_L_max
        if bound is not None and acid > bound:
            allowed = f"up to {bound:g}{_by_activity(system, own.element, bound, acid)}"
            findings.append(_outside(system, f"acid_mol_L({own.element})", acid, allowed))
    return findings


def _by_activity(system: SystemFile, symbol: str, known_mol_L: float, acid_mol_L: float) -> str:
    """What the activity of hydrochloric acid would do beyond the data, molality taken as molarity; or nothing."""
    exchanges = system.medium == "chloride" and system.law.protons_released > 0.0
    shift = shift_by_HCl(symbol, known_mol_L, min(acid_mol_L, HCL_MOL_KG)) if exchanges else None
    return "" if shift is None else f"; from there the activity of HCl alone moves log10 D by {shift:+.2f}"


def _outside(system: SystemFile, name: str, value: float, allowed: str) -> Finding:
    return Finding(
        name,
        f"{value:.4g} is an extrapolation of {system.name}",
        allowed,
        cure="stay within it, or read the result as an extrapolation",
    )
