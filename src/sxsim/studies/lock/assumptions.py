"""What the study supposes: cited numbers, and the separation factors that a newcomer finds in print."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sxsim.chemistry.factors import separation_factor
from sxsim.chemistry.tables import data_files
from sxsim.definition.system import SystemFile
from sxsim.errors import Finding, InputError
from sxsim.foundation.cited import GIVEN, CitedNumber, ParameterSet, cited_numbers
from sxsim.foundation.suggestions import one_of

__all__ = ["Belief", "Published", "assumptions", "believed_factor", "published_factors"]


class Published(NamedTuple):
    """A separation factor in print: its value (median of a source's rows) [-], its source, how many rows, status."""

    value: float
    source: str
    rows: int
    status: str


@dataclass(frozen=True, slots=True)
class Belief:
    """The separation factor that the newcomer designs with.

    Attributes
    ----------
    beta : float
        Separation factor [-].
    how : str
        Where it comes from, in words.
    """

    beta: float
    how: str


def assumptions(given: Mapping[str, float] | None = None) -> ParameterSet:
    """Collect what the study supposes.

    Parameters
    ----------
    given : mapping of str to float, optional
        What replaces the shipped numbers, by name.

    Returns
    -------
    ParameterSet
        Each number with its range, status and source.

    Raises
    ------
    InputError
        There is no such assumption, or its value is out of range.

    Examples
    --------
    >>> assumptions({"trial_d": 30.0}).cited["trial_d"].status
    'given'
    """
    defaults = cited_numbers("data", "economics", "parameters", "lock.toml")
    merged, findings = dict(defaults), []
    for name, value in (given or {}).items():
        default = defaults.get(name)
        if default is None:
            offence = "is no assumption of this study"
            findings.append(Finding(f"assume.{name}", offence, ", ".join(defaults), one_of(name, defaults)))
        elif not math.isfinite(value) or not default.minimum <= value <= default.maximum:
            allowed = f"{default.minimum:g} to {default.maximum:g} {default.unit}"
            findings.append(
                Finding(f"assume.{name}", f"{value:g} is out of range", allowed, cure=f"usual is {default.value:g}")
            )
        else:
            span = (value, value, value, default.minimum, default.maximum)
            merged[name] = CitedNumber(name, *span, default.unit, GIVEN, "user", default.note)
    if findings:
        raise InputError(findings)
    return ParameterSet(merged)


def published_factors(system: SystemFile, A: str, B: str) -> tuple[Published, ...]:
    """Separation factors of a pair that the shipped data hold for an extractant in a medium, one a source.

    Parameters
    ----------
    system : SystemFile
        Names extractants and medium; its own number is one of the list.
    A, B : str
        The pair, A the more extracted.

    Returns
    -------
    tuple of Published
        By rising value. Of a source with several rows the median; of a range the geometric middle.

    Examples
    --------
    >>> from sxsim.definition.system import load_system_file
    >>> [each.source for each in published_factors(load_system_file("p507-chloride"), "Dy", "Tb")]
    ['shinetsu2010', 'p507-chloride', 'arellano2020']
    """
    own = separation_factor(system, A, B)
    found = [Published(own.value, system.name, 1, own.status)]
    for file in data_files("separation_factors"):
        named = file.header.get("extractant", "").replace("(", " ").replace(")", " ").split()
        if not named or not set(named) <= set(system.extractants) or file.header.get("medium") != system.medium:
            continue
        values = [
            value if row["pair"] == f"{A}/{B}" else 1.0 / value
            for row in file.rows
            if row["pair"] in (f"{A}/{B}", f"{B}/{A}") and (value := _value(row)) is not None
        ]
        if values:
            found.append(Published(float(np.median(values)), file.header["source"], len(values), file.header["status"]))
    return tuple(sorted(found))


def believed_factor(
    published: tuple[Published, ...], true: float, quantile: float, error: float | None = None
) -> Belief:
    """What the newcomer takes for the separation factor.

    Parameters
    ----------
    published : tuple of Published
        What is in print.
    true : float
        The factor of the plant [-].
    quantile : float
        Place among the published factors, 0 to 1 [-].
    error : float, optional
        Relative error of the true factor, instead of what is in print [-].

    Raises
    ------
    InputError
        The factor would not be above 1.02.
    """
    if error is not None:
        beta, how = true * (1.0 + error), f"the true factor with a relative error of {error:+g}"
    else:
        beta = float(np.quantile([each.value for each in published], quantile))
        how = f"{quantile:g} quantile of {len(published)} published factors"
    if not math.isfinite(beta) or not 1.02 < beta < 1e4:
        offence = f"a separation factor of {beta:.4g} parts nothing"
        raise InputError(Finding("beta_error", offence, "a factor above 1.02", "choose a smaller error"))
    return Belief(beta, how)


def _value(row: Mapping[str, str]) -> float | None:
    """Value of a row, or the geometric middle of its range."""
    if row.get("value"):
        return float(row["value"])
    if row.get("low") and row.get("high"):
        return math.sqrt(float(row["low"]) * float(row["high"]))
    return None
