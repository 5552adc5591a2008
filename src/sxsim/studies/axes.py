"""What a study varies: dotted paths, each with a list of values or a range."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sxsim.errors import Finding, InputError
from sxsim.foundation.paths import parse_assignment
from sxsim.foundation.plain import plain

__all__ = ["MOST_CASES", "Axis", "Range", "Scale", "Value", "axis_of", "parse_axis"]

Value = float | int | str | bool
Scale = Literal["linear", "log"]

MOST_CASES = 10_000_000
"""Cases of a study, and values of an axis."""

FORMS = "PATH=LOW:HIGH:COUNT, PATH=LOW:HIGH:COUNT:log, PATH=VALUE,VALUE,... or, to be sampled, PATH=LOW:HIGH"


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers between two bounds, in the unit of the path.

    Attributes
    ----------
    low, high : float
        Bounds, both included.
    count : int or None
        Values on a grid, bounds included; None where the range is sampled.
    scale : {"linear", "log"}
        Even steps, or even ratios.
    """

    low: float
    high: float
    count: int | None = None
    scale: Scale = "linear"


@dataclass(frozen=True, slots=True)
class Axis:
    """One path and what it takes.

    Attributes
    ----------
    path : str
        Dotted path of the cascade, or ``beta.Nd/Pr``: a separation factor of its system.
    values : tuple or Range
        The values themselves, or a range.
    """

    path: str
    values: tuple[Value, ...] | Range

    def findings(self) -> list[Finding]:
        """What is wrong with the axis as such."""
        if not isinstance(self.values, Range):
            return self._list_findings()
        found, span = [], self.values
        if not (math.isfinite(span.high - span.low) and span.low < span.high):
            cure = f"write {self.path}={span.high:g}:{span.low:g} ..." if span.low > span.high else "write other bounds"
            found.append(
                Finding(self.path, f"runs from {span.low:g} to {span.high:g}", "finite, the lower bound first", cure)
            )
        if span.count is not None and not 2 <= span.count <= MOST_CASES:
            few, many = "for one value use --set or a list of one", "take fewer"
            offence, cure = f"has {span.count:,} values in a range", few if span.count < 2 else many
            found.append(Finding(self.path, offence, f"at least 2 and at most {MOST_CASES:,}", cure))
        if span.scale == "log" and span.low <= 0.0:
            cure = "begin above 0, or leave out log"
            found.append(Finding(self.path, f"has a logarithmic scale from {span.low:g}", "above 0", cure))
        return found

    def _list_findings(self) -> list[Finding]:
        """What is wrong with values that are listed."""
        values = self.values
        assert not isinstance(values, Range)
        if not values:
            return [Finding(self.path, "has no values", "at least one", "name some")]
        odd = [value for value in values if not isinstance(value, float | int | str | bool)]
        cure = "list single values; a table is changed key by key"
        return [Finding(self.path, f"takes {odd[0]!r:.60}", "numbers, text, true and false", cure)] if odd else []

    @property
    def length(self) -> int:
        """Values on a grid; 1 for a range that is sampled."""
        return (self.values.count or 1) if isinstance(self.values, Range) else len(self.values)

    def on_grid(self, whole: bool) -> tuple[Value, ...]:
        """All values of the axis.

        Raises
        ------
        InputError
            A range without a count, or steps that are no whole numbers where these are wanted.
        """
        if not isinstance(self.values, Range):
            return self.values
        span = self.values
        if span.count is None:
            cure = f"write {self.path}={span.low:g}:{span.high:g}:10, or sample it"
            raise InputError(Finding(self.path, "is a range without a count on a grid", "LOW:HIGH:COUNT", cure))
        even = np.geomspace if span.scale == "log" else np.linspace
        drawn = even(span.low, span.high, span.count).tolist()
        if not whole:
            return tuple(drawn)
        if any(abs(value - round(value)) > 1e-9 * abs(value) for value in drawn):
            offence = f"takes whole numbers, and {span.count} steps from {span.low:g} to {span.high:g} are none"
            cure = f"take {int(span.high - span.low) + 1} steps, or list the values"
            raise InputError(Finding(self.path, offence, "whole numbers", cure))
        return tuple(round(value) for value in drawn)

    def at(self, share: float, whole: bool) -> Value:
        """Value at a share of the axis, 0 to below 1: a place in the list, or a point of the range."""
        if not isinstance(self.values, Range):
            return self.values[min(int(share * len(self.values)), len(self.values) - 1)]
        low, high = self.values.low, self.values.high
        if whole:
            return min(int(low) + int(share * (int(high) - int(low) + 1)), int(high))
        if self.values.scale == "log":
            return low * math.pow(high / low, share)
        return low + share * (high - low)


def axis_of(path: str, values: Range | Sequence[Value] | np.ndarray) -> Axis:
    """Make an axis from what a caller gave: a `Range`, or anything that holds values.

    Examples
    --------
    >>> axis_of("section.extraction.stages", range(20, 41, 10)).values
    (20, 30, 40)
    """
    if isinstance(values, Range):
        low, high, count = plain((values.low, values.high, values.count))
        return Axis(path, Range(low, high, count, values.scale))
    if isinstance(values, str):
        return Axis(path, (values,))
    return Axis(path, tuple(map(plain, values)))


def parse_axis(text: str) -> Axis:
    """Read an axis as typed on a command line.

    Parameters
    ----------
    text : str
        ``PATH=LOW:HIGH:COUNT`` (``:log`` behind it for even ratios), ``PATH=LOW:HIGH`` to be sampled, or
        ``PATH=VALUE,VALUE,...``.

    Returns
    -------
    Axis
        Not yet looked at against a cascade.

    Raises
    ------
    InputError
        The text is none of these.

    Examples
    --------
    >>> parse_axis("section.scrubbing.stages=10:40:31").values
    Range(low=10.0, high=40.0, count=31, scale='linear')
    >>> parse_axis("startup.policy=open,feedback").values
    ('open', 'feedback')
    """
    path, equals, written = (part.strip() for part in text.partition("="))
    if not (path and equals and written):
        raise InputError(Finding(text or "(empty)", "is no axis", FORMS, "write organic.flow_m3_h=17:19:21"))
    parts = [part.strip() for part in written.split(":")]
    if len(parts) == 1:
        if written.startswith("["):
            listed = parse_assignment(text)[1]
            return Axis(path, tuple(listed))
        return Axis(
            path, tuple(parse_assignment(f"{path}={value}")[1] for value in written.split(",") if value.strip())
        )
    scale: Scale = "linear"
    if parts[-1] in ("log", "linear"):
        scale = "log" if parts.pop() == "log" else "linear"
    try:
        if not 2 <= len(parts) <= 3:
            raise ValueError
        low, high = float(parts[0]), float(parts[1])
        count = int(parts[2]) if len(parts) == 3 else None
    except ValueError:
        raise InputError(Finding(path, f"{written} is no range", FORMS, cure=f"write {path}=17:19:21")) from None
    return Axis(path, Range(low, high, count, scale))
