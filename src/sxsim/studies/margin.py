"""Safety margin: how many stages beyond the design let the plausible separation factors still meet the targets."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sxsim.cascade.result import Result
from sxsim.definition import Cascade
from sxsim.foundation.freezing import Record
from sxsim.studies.quantities import Draw, Quantity, drawer
from sxsim.studies.retuning import retuned

__all__ = ["HEADROOMS", "Margin", "added_stages", "draw_margin", "margin_of", "needs", "with_added"]

HEADROOMS = (0.0, 0.05, 0.1, math.inf)
"""Organic beyond the design that may be pumped, as a share of it; with the last one any flow will do. Strip acid may be
raised with each, as far as `retuned` goes."""

SHARES = (0.0, 0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8)
"""Stages added, as a share of those of extraction and scrubbing."""

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True, eq=False)
class Margin(Record):
    """How far added stages go.

    Attributes
    ----------
    added : tuple of int
        Stages added to extraction and scrubbing together.
    headrooms : tuple of float
        Organic that may be pumped beyond the design, as a share of it; infinite for any [-].
    share : (headrooms, added) array
        Share of the draws that meet the targets with their flows retuned [-].
    needed : tuple of int or None
        For each headroom the fewest added stages at which 95 % of the draws do; None when the most that were tried are
        too few.
    """

    added: tuple[int, ...]
    headrooms: tuple[float, ...]
    share: NDArray[np.float64]
    needed: tuple[int | None, ...]


def added_stages(cascade: Cascade) -> tuple[int, ...]:
    """Numbers of added stages that are tried."""
    total = sum(int(part.stages) for part in cascade.section if part.kind in ("extraction", "scrubbing"))
    return tuple(sorted({round(share * total) for share in SHARES}))


def with_added(cascade: Cascade, added: int) -> Cascade:
    """A cascade with stages added to extraction and scrubbing, in proportion to what they have."""
    parts = [part for part in cascade.section if part.kind in ("extraction", "scrubbing")]
    total = sum(int(part.stages) for part in parts)
    more, left = {}, added
    for part in parts:
        more[part.name] = math.floor(added * int(part.stages) / total)
        left -= more[part.name]
    for part in sorted(parts, key=lambda part: -(added * int(part.stages) / total % 1.0))[:left]:
        more[part.name] += 1
    sections = tuple(
        part.model_copy(update={"stages": int(part.stages) + more.get(part.name, 0)}) for part in cascade.section
    )
    return cascade.model_copy(update={"section": sections})


def needs(designs: Sequence[Cascade], draw: Draw) -> list[float]:
    """Organic that one draw takes with each number of added stages, its flows retuned to the targets.

    Parameters
    ----------
    designs : sequence of Cascade
        The design with each number of added stages, fewest first.
    draw : callable
        The draw.

    Returns
    -------
    list of float
        Infinite where no flows meet the targets [m3/h].
    """
    organic = [math.inf] * len(designs)
    strip = 1.0
    for at in range(len(designs) - 1, -1, -1):
        found = retuned(draw(designs[at]), strip)
        if found is None:
            break  # with fewer stages there is none either
        organic[at] = float(found.result.stage.organic_m3_h[0])
        strip = found.strip  # with fewer stages less will not do
    return organic


def draw_margin(
    base: Result,
    factors: Sequence[Quantity],
    samples: int,
    seed: int,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> Margin:
    """Draw the separation factors of the cut alone and see what added stages do.

    Parameters
    ----------
    base : Result
        The design.
    factors : sequence of Quantity
        See `factors_of_cut`.
    samples, seed : int
        How many draws; start of the random numbers.
    tell : callable
        Takes the draws done and all.

    Returns
    -------
    Margin
        Levels and stage efficiency stay as they are.
    """
    added = added_stages(base.cascade)
    designs = [with_added(base.cascade, more) for more in added]
    rng = np.random.default_rng(seed)
    organic = np.empty((samples, len(added)))
    for row in range(samples):
        shares = {each.name: float(rng.random()) for each in factors}
        organic[row] = needs(designs, drawer(shares))
        tell(row + 1, samples)
    return margin_of(added, organic, float(base.stage.organic_m3_h[0]))


def margin_of(
    added: Sequence[int], organic_m3_h: NDArray[np.float64], design_m3_h: float, headrooms: Sequence[float] = HEADROOMS
) -> Margin:
    """Margin from what each draw takes.

    Parameters
    ----------
    added : sequence of int
        Stages added.
    organic_m3_h : (draws, added) array
        Organic that each draw takes; infinite where nothing helps [m3/h].
    design_m3_h : float
        Organic of the design [m3/h].
    headrooms : sequence of float
        See `Margin`.

    Returns
    -------
    Margin
        Between the numbers of stages that were tried, what a draw takes is interpolated evenly; as it falls and bends
        upwards, that asks for rather too many stages than too few.

    Examples
    --------
    >>> import numpy as np
    >>> margin_of((0, 10), np.array([[20.0, 17.0], [18.0, 16.0]]), 18.0, (0.0,)).needed
    (7,)
    """
    share = np.array([np.mean(organic_m3_h <= design_m3_h * (1.0 + room) * (1.0 + 1e-9), axis=0) for room in headrooms])
    if math.inf in headrooms:
        share[list(headrooms).index(math.inf)] = np.mean(np.isfinite(organic_m3_h), axis=0)
    needed = []
    for room in headrooms:
        limit = design_m3_h * (1.0 + room) * (1.0 + 1e-9)
        each = np.sort([_fewest(added, row, limit) for row in organic_m3_h])
        enough = float(each[math.ceil(CONFIDENCE * len(each)) - 1])
        needed.append(int(enough) if math.isfinite(enough) else None)
    return Margin(tuple(added), tuple(headrooms), share, tuple(needed))


def _fewest(added: Sequence[int], organic_m3_h: NDArray[np.float64], limit_m3_h: float) -> float:
    """Fewest added stages with which one draw stays within the limit; infinite when none of those tried is enough."""
    for at, flow in enumerate(organic_m3_h):
        if not math.isfinite(flow) or flow > limit_m3_h:
            continue
        if at == 0 or not math.isfinite(organic_m3_h[at - 1]) or not math.isfinite(limit_m3_h):
            return float(added[at])
        before = organic_m3_h[at - 1]
        return math.ceil(added[at - 1] + (added[at] - added[at - 1]) * (before - limit_m3_h) / (before - flow) - 1e-9)
    return math.inf
