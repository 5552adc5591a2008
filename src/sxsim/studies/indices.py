"""Which quantity moves the cost: from end to end one by one (tornado), and by its share of the variance (Sobol)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sxsim.cascade.result import Result
from sxsim.economics.costing import cost
from sxsim.economics.price_sets import DEFAULT_SET, PriceSet, price_set
from sxsim.economics.tornado import Swing, tornado
from sxsim.studies.quantities import Quantity, drawer
from sxsim.studies.retuning import Retuned, retuned

__all__ = ["Index", "sobol_indices", "swings"]

PRICES = 5
"""Prices, those that move the cost most, that stand beside the chemistry in the indices."""

PRICE = "price of "


@dataclass(frozen=True, slots=True)
class Index:
    """Share of a quantity in the variance of the cost.

    Attributes
    ----------
    name : str
        Quantity or price.
    first, first_error : float
        Share that the quantity has by itself, and half its 95 % interval [-].
    total, total_error : float
        Share with all that it does together with others, and half its 95 % interval [-].
    """

    name: str
    first: float
    first_error: float
    total: float
    total_error: float


def swings(base: Result, quantities: Sequence[Quantity], efficiency: tuple[float, float] | None) -> tuple[Swing, ...]:
    """Cost with each quantity, price and plant number at either end of its range, flows retuned; widest first.

    Parameters
    ----------
    base : Result
        The design, or the design with stages added.
    quantities : sequence of Quantity
        What the data leave open.
    efficiency : (float, float) or None
        As in `quantities_of`.

    Returns
    -------
    tuple of Swing
        NaN at an end where no flows meet the targets.
    """
    table = base.cascade.economics
    found = list(tornado(base, table.price_set if table is not None else DEFAULT_SET))
    for each in quantities:
        low, high = (_usd(retuned(drawer({each.name: share}, efficiency)(base.cascade)), None) for share in (0.0, 1.0))
        found.append(Swing(each.name, each.low, each.high, low, high, each.status, ", ".join(each.source)))
    return tuple(sorted(found, key=lambda swing: -_width(swing)))


def sobol_indices(
    base: Result,
    quantities: Sequence[Quantity],
    moved: Sequence[Swing],
    samples: int,
    seed: int,
    efficiency: tuple[float, float] | None,
    tell: Callable[[int, int], None],
) -> tuple[Index, ...]:
    """Share of each quantity, and of the prices that matter most, in the variance of the cost per kg.

    Parameters
    ----------
    base : Result
        The design with stages added, so that flows can be retuned for every draw.
    quantities : sequence of Quantity
        What the data leave open.
    moved : sequence of Swing
        What `swings` found; the first prices of it take part.
    samples : int
        Base samples, a power of 2; (quantities + 2) times as many cascades are solved and costed.
    seed : int
        Start of the random numbers.
    efficiency : (float, float) or None
        As in `quantities_of`.
    tell : callable
        Takes the cases done and all.

    Returns
    -------
    tuple of Index
        Largest total share first; empty when some case has no solution.

    Notes
    -----
    Saltelli's scheme of SALib, first and total order; prices are drawn from the triangle between low, central and
    high, the rest as `quantities.drawn` says. Saltelli et al., Comput. Phys. Commun. 181 (2010) 259,
    doi 10.1016/j.cpc.2009.09.018.
    """
    from SALib.analyze import sobol
    from SALib.sample import sobol as sampler

    table = base.cascade.economics
    prices = price_set(table.price_set if table is not None else DEFAULT_SET)
    dear = [swing.name for swing in moved if swing.name.startswith(PRICE)][:PRICES]
    names = [*(each.name for each in quantities), *dear]
    problem = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    shares = sampler.sample(problem, samples, calc_second_order=False, seed=seed)
    usd = np.empty(len(shares))
    solved: dict[tuple[float, ...], Retuned | None] = {}
    for row, share in enumerate(shares):
        chosen = dict(zip(names, share.tolist(), strict=True))
        key = tuple(chosen[each.name] for each in quantities)
        if key not in solved:  # a case that differs in prices only is solved already
            draw = drawer({each.name: chosen[each.name] for each in quantities}, efficiency)
            solved[key] = retuned(draw(base.cascade))
        usd[row] = _usd(solved[key], _priced(prices, {name: chosen[name] for name in dear}))
        tell(row + 1, len(shares))
    if not np.isfinite(usd).all() or np.ptp(usd) == 0.0:
        return ()
    told = sobol.analyze(problem, usd, calc_second_order=False, seed=seed)
    found = [
        Index(name, *(float(told[key][at]) for key in ("S1", "S1_conf", "ST", "ST_conf")))
        for at, name in enumerate(names)
    ]
    return tuple(sorted(found, key=lambda index: -index.total))


def _usd(found: Retuned | None, prices: PriceSet | None) -> float:
    """Cost per kg [USD/kg oxide]; NaN without a solution."""
    return math.nan if found is None else cost(found.result, prices).usd_per_kg_oxide


def _priced(prices: PriceSet, shares: dict[str, float]) -> PriceSet:
    """Prices at places of their triangles."""
    for name, share in shares.items():
        price = prices.prices[name.removeprefix(PRICE)]
        prices = prices.with_price(
            replace(price, usd_per_unit=_triangle(share, price.low, price.usd_per_unit, price.high))
        )
    return prices


def _triangle(share: float, low: float, middle: float, high: float) -> float:
    """Value below which a share of a triangular distribution lies."""
    rising = (middle - low) / (high - low)
    if share < rising:
        return low + math.sqrt(share * (high - low) * (middle - low))
    return high - math.sqrt((1.0 - share) * (high - low) * (high - middle))


def _width(swing: Swing) -> float:
    """How far a swing moves; infinite where an end has no solution."""
    return swing.width_usd_per_kg if math.isfinite(swing.width_usd_per_kg) else math.inf
