"""Prices and numbers drawn at random from their ranges, for uncertainty studies."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sxsim.economics.options import CostOptions, cost_parameters
from sxsim.economics.price_sets import PriceSet
from sxsim.foundation.freezing import FrozenTable

if TYPE_CHECKING:
    import numpy as np

__all__ = ["DRAWN", "sample_options", "sample_prices"]

DRAWN = (
    "lang_factor",
    "maintenance_fraction_per_y",
    "operators_per_shift",
    "operating_h_per_y",
    "organic_entrained_mg_L",
    "organic_bleed_per_y",
)
"""Options that are drawn: what a plant is, not what its owner decides (interest, lifetime, tax)."""


def sample_prices(prices: PriceSet, rng: np.random.Generator) -> PriceSet:
    """Draw every price that has a range from a triangle between low, central and high.

    Parameters
    ----------
    prices : PriceSet
        The set whose ranges are drawn from.
    rng : numpy.random.Generator
        Source of random numbers; one is taken for each price with a range, in the order of the set.

    Returns
    -------
    PriceSet
        With drawn prices; evidence and ranges stay.
    """
    drawn = dict(prices.prices)
    for item, price in prices.prices.items():
        if price.low < price.high:
            usd = float(rng.triangular(price.low, price.usd_per_unit, price.high))
            drawn[item] = replace(price, usd_per_unit=usd)
    return replace(prices, prices=FrozenTable(drawn))


def sample_options(options: CostOptions, rng: np.random.Generator) -> CostOptions:
    """Draw the numbers named in `DRAWN` from a triangle between low, central and high.

    Parameters
    ----------
    options : CostOptions
        What is typed in them is not drawn.
    rng : numpy.random.Generator
        Source of random numbers; one is taken for each drawn number, in the order of `DRAWN`.

    Returns
    -------
    CostOptions
        With drawn numbers typed in.

    Raises
    ------
    InputError
        The options are out of range.
    """
    cited = cost_parameters(options).cited
    drawn = options
    for name in DRAWN:
        number = cited[name]
        if number.low < number.high:
            value = float(rng.triangular(number.low, number.value, number.high))
            drawn = replace(drawn, **{name: value})  # type: ignore[arg-type]
    return drawn
