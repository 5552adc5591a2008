"""Cascades whose extraction system is not quite the one of the file: other separation factors, other levels."""

from __future__ import annotations

from collections.abc import Mapping

from sxsim.definition import Cascade
from sxsim.definition.lending import lend
from sxsim.definition.system import SystemFile, load_system_file
from sxsim.errors import Finding, InputError
from sxsim.foundation.suggestions import did_you_mean

__all__ = ["factors_findings", "with_factors", "with_system"]


def with_system(cascade: Cascade, system: SystemFile) -> Cascade:
    """Let a cascade use a system that no file holds; for use in this process, it is not to be kept.

    Parameters
    ----------
    cascade : Cascade
        The definition.
    system : SystemFile
        Its system from now on.
    """
    organic = cascade.organic.model_copy(update={"system": lend(system)})
    return cascade.model_copy(update={"organic": organic})


def with_factors(cascade: Cascade, factors: Mapping[str, float]) -> Cascade:
    """Let a cascade use other separation factors.

    Parameters
    ----------
    cascade : Cascade
        The definition.
    factors : mapping of str to float
        Pairs as the system's file writes them (``Nd/Pr``) to their separation factor [-].

    Returns
    -------
    Cascade
        As `with_system`.

    Raises
    ------
    InputError
        The system does not hold such a pair, or a factor is not above 0.

    Examples
    --------
    >>> from sxsim.chemistry.factors import separation_factor
    >>> from sxsim.definition import load
    >>> changed = with_factors(load("nd_pr_p507"), {"Nd/Pr": 1.45})
    >>> separation_factor(load_system_file(changed.organic.system), "Nd", "Pr").value
    1.45
    """
    system = load_system_file(cascade.organic.system)
    if findings := factors_findings(system, factors):
        raise InputError(findings)
    changed = []
    for factor in system.separation_factor:
        value = factors.get(factor.pair)
        if value is not None:
            bounds = {"low": min(factor.low, value), "high": max(factor.high, value)}
            factor = factor.model_copy(update={"value": float(value), **bounds})
        changed.append(factor)
    return with_system(cascade, system.model_copy(update={"separation_factor": tuple(changed)}))


def factors_findings(system: SystemFile, factors: Mapping[str, float]) -> list[Finding]:
    """What is wrong with wanted separation factors; empty when they can be had."""
    pairs = [factor.pair for factor in system.separation_factor]
    findings = []
    for pair, value in factors.items():
        if pair not in pairs:
            cure = did_you_mean(pair, pairs, prefix="beta.")
            findings.append(Finding(f"beta.{pair}", f"{system.name} holds no such pair", ", ".join(pairs), cure))
        elif isinstance(value, bool) or not isinstance(value, int | float) or not 0.0 < value < 1e6:
            findings.append(
                Finding(f"beta.{pair}", f"{value!r} is no separation factor", "above 0", cure="write 1.5, say")
            )
    return findings
