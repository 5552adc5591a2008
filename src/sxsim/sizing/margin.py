"""Feeds that are not quite the one of the file: whether a design still meets its targets with its flows retuned."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sxsim.cascade.result import Result
from sxsim.cascade.solving import steady_state
from sxsim.definition import Cascade
from sxsim.definition.values import FrozenTable
from sxsim.errors import SxsimError, UnreachableTarget
from sxsim.foundation.freezing import Record
from sxsim.sizing.cut import Cut
from sxsim.sizing.task import ORGANIC, numbered

if TYPE_CHECKING:
    from sxsim.sizing.trials import Trials

__all__ = ["FeedCase", "Held", "feed_cases", "held_at", "with_feed"]

MORE_ACID = (1.05, 1.5)
"""Factors on the strip acid with which a feed is tried, over what the metals of the organic side take [-]."""


@dataclass(frozen=True, slots=True, eq=False)
class FeedCase(Record):
    """One corner of the range in which the feed may lie.

    Attributes
    ----------
    name : str
        What is changed.
    factors : mapping of str to float
        By what the concentration of each rare earth is multiplied [-].
    grade : float
        By what all other concentrations are multiplied [-].
    """

    name: str
    factors: Mapping[str, float]
    grade: float


@dataclass(frozen=True, slots=True, eq=False)
class Held(Record):
    """The targets met with another feed.

    Attributes
    ----------
    case : FeedCase
        The feed.
    flows_m3_h : mapping of str to float
        Free flows, and the strip acid where it is decided, by path [m3/h].
    organic_ratio : float
        Organic over that of the design [-].
    """

    case: FeedCase
    flows_m3_h: Mapping[str, float]
    organic_ratio: float


def feed_cases(cut: Cut, margin: float) -> tuple[FeedCase, ...]:
    """Corners of the range: the grade and the share of each element a margin up or down, alone and together.

    Parameters
    ----------
    cut : Cut
        Its feed.
    margin : float
        Relative change [-].

    Returns
    -------
    tuple of FeedCase
        None without a margin. Shares that would be above 1 are left out.
    """
    if margin <= 0.0:
        return ()
    shares: list[tuple[str, dict[str, float]]] = [("", {})]
    names = list(cut.fractions)
    for name, share in cut.fractions.items():
        for sign in (-1.0, 1.0):
            factor = 1.0 + sign * margin
            rest = (1.0 - share * factor) / (1.0 - share)
            if rest > 0.0:
                said = f"{name} share {sign * margin:+.0%}"
                shares.append((said, {each: factor if each == name else rest for each in names}))
    cases = []
    for sign in (0.0, -1.0, 1.0):
        for said, factors in shares:
            grade = 1.0 + sign * margin
            named = ", ".join(part for part in (f"grade {sign * margin:+.0%}" if sign else "", said) if part)
            if named:
                scaled = {name: grade * factors.get(name, 1.0) for name in names}
                cases.append(FeedCase(named, scaled, grade))
    return tuple(cases)


def with_feed(cascade: Cascade, case: FeedCase) -> Cascade:
    """The same cascade with the other feed."""
    streams = {}
    for name, stream in cascade.stream.items():
        update = {
            key: FrozenTable({each: value * case.factors.get(each, case.grade) for each, value in assay.items()})
            for key in ("assay_g_L", "assay_mol_L")
            if (assay := getattr(stream, key))
        }
        streams[name] = stream.model_copy(update=update) if update else stream
    return cascade.model_copy(update={"stream": FrozenTable(streams)})


def held_at(trials: Trials, result: Result, case: FeedCase) -> Held | UnreachableTarget:
    """Search the flows that meet the targets with another feed.

    Parameters
    ----------
    trials : Trials
        Of the design.
    result : Result
        The design with the feed of the file.
    case : FeedCase
        The feed.

    Returns
    -------
    Held or UnreachableTarget
        The flows, or why there are none.
    """
    cascade, cut, path = with_feed(result.cascade, case), trials.cut, trials.task.strip_path
    ratio = math.fsum(cut.fractions[name] * case.factors[name] for name in cut.organic_side)
    ratio /= math.fsum(cut.fractions[name] for name in cut.organic_side)
    refusal: UnreachableTarget | None = None
    for more in MORE_ACID if path is not None else (1.0,):
        acid = {path: trials.strip_m3_h * max(ratio, 1.0) * more} if path is not None else {}
        try:
            trials.solves += 1
            found = steady_state(numbered(cascade, acid), check=False)
        except UnreachableTarget as error:
            refusal = error
            continue
        except SxsimError as error:
            refusal = UnreachableTarget(str(error))
            continue
        flows = {key: value for key, value in found.found.items() if key.endswith("flow_m3_h")} | acid
        before = float(result.stage.organic_m3_h[0])
        return Held(case, flows, float(found.stage.organic_m3_h[0]) / before if ORGANIC in flows else 1.0)
    assert refusal is not None
    return refusal
