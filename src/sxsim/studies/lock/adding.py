"""What has to be added to a built cascade once the plant tells what it needs: the fewest stages of any split."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from sxsim.cascade.result import Result
from sxsim.cascade.solving import steady_state
from sxsim.definition import Cascade
from sxsim.errors import ConvergenceError, Finding, InputError
from sxsim.sizing.task import numbered
from sxsim.studies.lock.building import Blueprint, sections_of
from sxsim.studies.retuning import with_strip

__all__ = ["Grown", "Splits", "Stripped", "fewest_stages", "grow", "organic_of", "stripped_less"]

MOST_ADDED = 75
MORE_ORGANIC = 1.05
MOST_ORGANIC = 12
"""Stages added to each of extraction and scrubbing at most; where they do not help, factor on the organic, and how
often."""

SHARES = (0.75, 0.5, 0.25, 0.0)
"""Strip acids that are tried beside the most, between the design's and that."""


@dataclass(frozen=True, slots=True)
class Grown:
    """A built cascade brought to its targets.

    Attributes
    ----------
    result : Result
        Solved for its targets.
    n, m : int
        Stages of extraction and scrubbing at last.
    organic_raised : float
        Factor on the organic that had to be installed because stages alone do not help; 1 for none [-].
    """

    result: Result
    n: int
    m: int
    organic_raised: float


class Splits:
    """Least organic of a cascade by its stages of extraction and scrubbing; each pair is searched once.

    Parameters
    ----------
    cascade : Cascade
        Under the true chemistry, its targets and free quantities as in the file.
    """

    def __init__(self, cascade: Cascade) -> None:
        self._cascade, self._names = cascade, sections_of(cascade)
        self._known: dict[tuple[int, int], Result | None] = {}
        self._enough: dict[tuple[int, int], float] = {}

    def solved(self, n: int, m: int) -> Result | None:
        """The answer with so many stages; None where nothing meets the targets."""
        if (n, m) not in self._known:
            self._known[n, m] = self._sought(n, m, check=True)
        return self._known[n, m]

    def fits(self, n: int, m: int, limit_m3_h: float) -> bool:
        """Whether the targets are met within so much organic [m3/h]."""
        if (n, m) not in self._known:
            if (n, m) not in self._enough:
                first = self._sought(n, m, check=False)
                if first is None:
                    self._known[n, m] = None
                self._enough[n, m] = math.inf if first is None else organic_of(first)
            if self._enough[n, m] <= limit_m3_h:
                return True
        found = self.solved(n, m)
        return found is not None and organic_of(found) <= limit_m3_h

    def _sought(self, n: int, m: int, check: bool) -> Result | None:
        stages = {f"section.{name}.stages": count for name, count in zip(self._names, (n, m), strict=True)}
        try:
            return steady_state(numbered(self._cascade, stages), check=check)
        except ConvergenceError:
            return None


def organic_of(result: Result) -> float:
    """Organic of a solution [m3/h]."""
    return float(result.stage.organic_m3_h[0])


@dataclass(frozen=True, slots=True)
class Stripped:
    """A design whose strip acid goes with the organic.

    Attributes
    ----------
    cascade : Cascade
        The design, under the true chemistry.
    organic_m3_h : float
        Organic for which its strip acid was chosen [m3/h].
    """

    cascade: Cascade
    organic_m3_h: float

    def splits(self, limit_m3_h: float) -> Splits:
        """The cut with as much strip acid as goes with so much organic [m3/h]."""
        return Splits(with_strip(self.cascade, limit_m3_h / self.organic_m3_h))


def grow(design: Stripped, plan: Blueprint, headroom: float, raises: int = MOST_ORGANIC) -> Grown:
    """Add stages to a built cascade until its targets are met within the organic that was installed.

    Parameters
    ----------
    design : Stripped
        How the cut is stripped.
    plan : Blueprint
        What was built.
    headroom : float
        Organic, and strip acid with it, that can be pumped beyond the plan, as a share [-].
    raises : int
        How often the organic may be raised by 5 % where no stages help.

    Returns
    -------
    Grown
        What was built where that will do; else the fewest stages of any split, and of the splits with as many the one
        with the least organic. Where no stages help, the organic is raised in steps of 5 %.

    Raises
    ------
    InputError
        Neither stages nor organic within reason help.
    """
    for step in range(raises + 1):
        raised = MORE_ORGANIC**step
        limit = plan.organic_m3_h * (1.0 + headroom) * raised
        splits = design.splits(limit)
        found = fewest_stages(lambda n, m, of=splits, most=limit: of.fits(n, m, most), plan.n, plan.m)  # type: ignore[misc]
        if found:
            solved = {pair: result for pair in found if (result := splits.solved(*pair)) is not None}
            n, m = min(solved, key=lambda pair: (organic_of(solved[pair]), pair))
            return Grown(solved[n, m], n, m, raised)
    most = 100.0 * (MORE_ORGANIC**raises - 1.0)
    offence = f"{2 * MOST_ADDED} more stages and {most:.0f} % more organic do not meet the targets"
    raise InputError(
        Finding(
            "operator",
            offence,
            cure="a smaller error of the separation factor",
            allowed="an error that stages can make up for",
        )
    )


def stripped_less(design: Stripped, grown: Grown, limit_m3_h: float) -> list[Result]:
    """A grown cascade with less strip acid, down to what the design takes.

    Parameters
    ----------
    design : Stripped
        How the cut is stripped.
    grown : Grown
        Its targets are met with the strip acid that goes with `limit_m3_h`.
    limit_m3_h : float
        Organic that can be pumped [m3/h].

    Returns
    -------
    list of Result
        As it is, and with each of some strip acids with which the organic stays within the limit.
    """
    found = [grown.result]
    if design.organic_m3_h < limit_m3_h:
        for share in SHARES:
            less = design.splits(design.organic_m3_h + share * (limit_m3_h - design.organic_m3_h))
            result = less.solved(grown.n, grown.m)
            if result is None or organic_of(result) > limit_m3_h:
                break
            found.append(result)
    return found


def fewest_stages(fits: Callable[[int, int], bool], n: int, m: int, most: int = MOST_ADDED) -> list[tuple[int, int]]:
    """Splits of the fewest stages that will do.

    Parameters
    ----------
    fits : callable
        Takes stages of extraction and scrubbing; whether they will do. More stages of either never do worse.
    n, m : int
        Stages that were built: no fewer are asked for together, but the feed may enter elsewhere.
    most : int
        Stages added to each of the sections at most.

    Returns
    -------
    list of (int, int)
        What was built where that will do; else every split of the least total that will do; empty where the most
        stages in both sections do not.

    Notes
    -----
    The total only falls: for each number of extraction stages it is asked whether one stage less than the least total
    so far will do, until it does not. Where it does not, no smaller total does with that number of extraction stages.
    So each split of each smaller total is answered, by itself or by one with more scrubbing; numbers of extraction
    (scrubbing) stages that do not do with all the others in the other section are left out beforehand.

    Examples
    --------
    >>> fewest_stages(lambda n, m: n * m >= 108, 4, 9)
    [(9, 12), (10, 11), (11, 10), (12, 9)]
    """
    tries = (0, *(2**power for power in range(most.bit_length() - 1)), most)
    enough = next((more for more in tries if fits(n + more, m + more)), None)
    if enough is None:
        return []
    if enough == 0:
        return [(n, m)]
    enough = _least(lambda more: fits(n + more, m + more), enough // 2 + 1, enough)
    total = n + m + 2 * enough
    first = _least(lambda each: fits(each, total - 1), 1, n + enough)
    last = total - _least(lambda each: fits(total - 1, each), 1, m + enough)
    short: dict[int, int] = {}  # most scrubbing stages that are too few, by extraction stages
    for each in sorted(range(first, last + 1), key=lambda each: abs(each - n - enough)):
        while n + m < total > each + 1:
            if not fits(each, total - 1 - each):
                short[each] = total - 1 - each
                break
            total -= 1
    pairs = [(each, total - each) for each in range(first, last + 1) if total - each > short.get(each, 0)]
    return [pair for pair in pairs if fits(*pair)]


def _least(fits: Callable[[int], bool], low: int, high: int) -> int:
    """Least whole number from low to high that will do, where high does and the greater never do worse."""
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if fits(middle) else (middle + 1, high)
    return high
