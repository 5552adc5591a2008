"""Random draws of a designed cascade: what becomes of its purities, its flows and its cost."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sxsim.cascade.result import Result
from sxsim.cascade.solving import steady_state
from sxsim.definition import Cascade
from sxsim.economics.costing import cost
from sxsim.economics.options import options_of
from sxsim.economics.price_sets import DEFAULT_SET, price_set
from sxsim.economics.uncertainty import sample_options, sample_prices
from sxsim.errors import ConvergenceError, InputError
from sxsim.foundation.freezing import Record
from sxsim.sizing.cut import find_cut
from sxsim.studies.quantities import Quantity, drawer
from sxsim.studies.retuning import retuned

__all__ = ["Draws", "draw_all"]


@dataclass(frozen=True, slots=True, eq=False)
class Draws(Record):
    """What came of the draws; one entry a draw, NaN where there is nothing.

    Attributes
    ----------
    share : (draws, quantities) array
        Place of each quantity in its range [-].
    beta : array
        Separation factor of the cut [-].
    purity : mapping of str to array
        For each target its figure when the flows of the design are kept; NaN where these have no steady state [-].
    organic_m3_h : array
        Organic when the flows of the design are retuned to its targets; NaN where nothing meets them [m3/h].
    usd_per_kg_oxide : array
        Cost with drawn prices, flows retuned, in the cascade with `costed_with` added stages [USD/kg].
    costed_with : int
        Stages added for the costing.
    """

    share: NDArray[np.float64]
    beta: NDArray[np.float64]
    purity: dict[str, NDArray[np.float64]]
    organic_m3_h: NDArray[np.float64]
    usd_per_kg_oxide: NDArray[np.float64]
    costed_with: int


def draw_all(
    base: Result,
    safe: Cascade,
    costed_with: int,
    quantities: Sequence[Quantity],
    samples: int,
    seed: int,
    efficiency: tuple[float, float] | None,
    tell: Callable[[int, int], None],
) -> Draws:
    """Draw, retune and cost.

    Parameters
    ----------
    base : Result
        The design.
    safe : Cascade
        The design with stages added.
    costed_with : int
        How many.
    quantities : sequence of Quantity
        What is drawn.
    samples, seed : int
        How many draws; start of the random numbers. More draws of a seed begin with the same ones.
    efficiency : (float, float) or None
        As in `quantities_of`.
    tell : callable
        Takes the draws done and all.

    Notes
    -----
    A retuned draw is the cold search of its own cascade (see `retuned`); it knows of no other draw.
    """
    names = [each.name for each in quantities]
    share = np.random.default_rng(seed).random((samples, len(names)))
    design, built = base.cascade, base.solved_cascade
    targets = [(f"{target.stream}.{target.element}", at) for at, target in enumerate(base.targets)]
    purity = {name: np.full(samples, math.nan) for name, _ in targets}
    organic, usd, beta = np.full(samples, math.nan), np.full(samples, math.nan), np.empty(samples)
    for row in range(samples):
        draw = drawer(dict(zip(names, share[row].tolist(), strict=True)), efficiency)
        beta[row] = find_cut(draw(design)).beta
        kept = _as_built(draw(built))
        for name, at in targets:
            value = kept.targets[at].value if kept is not None else None
            purity[name][row] = math.nan if value is None else value
        served = retuned(draw(safe))
        if served is not None:
            usd[row] = _cost(served.result, seed, row)
            found = retuned(draw(design), served.strip) if costed_with else served
            if found is not None:
                organic[row] = found.result.stage.organic_m3_h[0]
        tell(row + 1, samples)
    return Draws(share, beta, purity, organic, usd, costed_with)


def _as_built(cascade: Cascade) -> Result | None:
    """The cascade with its flows as they are; None when it has no steady state."""
    try:
        return steady_state(cascade)
    except (ConvergenceError, InputError):
        return None


def _cost(result: Result, seed: int, row: int) -> float:
    """Cost of one draw, with prices and plant numbers of its own [USD/kg oxide]."""
    rng = np.random.default_rng((seed, row))
    table = result.cascade.economics
    prices = price_set(table.price_set if table is not None else DEFAULT_SET)
    options = options_of(result.cascade)
    return cost(result, sample_prices(prices, rng), sample_options(options, rng)).usd_per_kg_oxide
