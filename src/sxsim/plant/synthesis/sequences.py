"""Orders of cuts: the best few, exactly, and those that people name."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from sxsim.plant.synthesis.cuts import Cut

__all__ = ["Objective", "Sequence", "best_sequences", "least_solvent", "named_sequences", "number_of_sequences"]

Objective = Literal["passes", "stages", "inventory"]
Estimate = Callable[[int, int, int], Cut]


@dataclass(frozen=True, slots=True)
class Sequence:
    """A binary tree of cuts.

    Attributes
    ----------
    label : str
        Why it is listed: its rank, or the rule that makes it.
    cuts : tuple of Cut
        Each cut before those of what leaves it; the organic side first.
    """

    label: str
    cuts: tuple[Cut, ...]

    @property
    def passes(self) -> float:
        """Passes of the whole feed: the sum of S over the cuts [mol per mol feed]."""
        return math.fsum(cut.S for cut in self.cuts)

    @property
    def S_min(self) -> float:
        """Sum of the least S [mol per mol feed]."""
        return math.fsum(cut.S_min for cut in self.cuts)

    @property
    def stages(self) -> float:
        """Extraction and scrub stages of all cuts."""
        return math.fsum(cut.stages for cut in self.cuts)

    @property
    def inventory(self) -> float:
        """Rare earth held by all cuts [mol per mol feed and stage residence time]."""
        return math.fsum(cut.inventory for cut in self.cuts)

    @property
    def order(self) -> str:
        """The cuts in their order, e.g. ``"Sm|Nd, Ce|La, Pr|Ce, Nd|Pr"``."""
        return ", ".join(cut.name for cut in self.cuts)


def number_of_sequences(products: int) -> int:
    """How many orders of cuts there are: a Catalan number.

    Examples
    --------
    >>> number_of_sequences(5), number_of_sequences(15)
    (14, 2674440)
    """
    return math.comb(2 * products - 2, products - 1) // products


def figure(cut: Cut, objective: Objective) -> float:
    """What one cut adds to the objective."""
    return {"passes": cut.S, "stages": cut.stages, "inventory": cut.inventory}[objective]


def best_sequences(estimate: Estimate, products: int, objective: Objective, count: int = 5) -> list[Sequence]:
    """The `count` best orders of cuts, by dynamic programming over intervals of products.

    Parameters
    ----------
    estimate : callable
        (first, cut, last) to `Cut`.
    products : int
        Number of products.
    objective : {"passes", "stages", "inventory"}
        What is least.
    count : int
        How many to return, at most all there are.

    Notes
    -----
    A cut depends on the products that enter it alone, and the objective is a sum over cuts, so the best orders of an
    interval are made of best orders of its two sides: the result is exact, as if every tree had been tried.
    """

    @cache
    def ranked(first: int, last: int) -> list[tuple[float, tuple[int, int, int] | None]]:
        if last - first < 2:
            return [(0.0, None)]
        found = []
        for cut in range(first + 1, last):
            own = figure(estimate(first, cut, last), objective)
            left, right = ranked(first, cut), ranked(cut, last)
            for a, (upper, _) in enumerate(left):
                for b, (lower, _) in enumerate(right):
                    if (a + 1) * (b + 1) <= count:
                        found.append((own + upper + lower, (cut, a, b)))
        return heapq.nsmallest(count, found)

    def tree(first: int, last: int, rank: int) -> tuple[Cut, ...]:
        choice = ranked(first, last)[rank][1]
        if choice is None:
            return ()
        cut, a, b = choice
        return (estimate(first, cut, last), *tree(first, cut, a), *tree(cut, last, b))

    every = range(len(ranked(0, products)))
    return [Sequence("best" if rank == 0 else f"rank {rank + 1}", tree(0, products, rank)) for rank in every]


def least_solvent(estimate: Estimate, products: int) -> float:
    """Least sum of the least S of the cuts, over all orders [mol per mol feed].

    Parameters
    ----------
    estimate, products
        As of :func:`best_sequences`.
    """

    @cache
    def least(first: int, last: int) -> float:
        if last - first < 2:
            return 0.0
        return min(
            estimate(first, cut, last).S_min + least(first, cut) + least(cut, last) for cut in range(first + 1, last)
        )

    return least(0, products)


def named_sequences(estimate: Estimate, products: int, objective: Objective) -> list[Sequence]:
    """Orders that a rule of thumb gives, and the worst there is.

    Parameters
    ----------
    estimate, products, objective
        As of :func:`best_sequences`; the objective matters to the worst alone.

    Returns
    -------
    list of Sequence
        Easiest cut first (largest separation factor), most even cut first, lightest product first (the least extracted
        leaves first), heaviest product first, worst.
    """

    def by_rule(choose: Callable[[int, int], int], first: int, last: int) -> tuple[Cut, ...]:
        if last - first < 2:
            return ()
        cut = choose(first, last)
        return (estimate(first, cut, last), *by_rule(choose, first, cut), *by_rule(choose, cut, last))

    @cache
    def most(first: int, last: int) -> tuple[float, int]:
        if last - first < 2:
            return 0.0, 0
        return max(
            (figure(estimate(first, cut, last), objective) + most(first, cut)[0] + most(cut, last)[0], cut)
            for cut in range(first + 1, last)
        )

    def easiest(first: int, last: int) -> int:
        return max(range(first + 1, last), key=lambda cut: estimate(first, cut, last).beta)

    def even(first: int, last: int) -> int:
        return min(range(first + 1, last), key=lambda cut: abs(float(estimate(first, cut, last).wanted.feed_A) - 0.5))

    rules: dict[str, Callable[[int, int], int]] = {
        "easiest cut first": easiest,
        "most even cut first": even,
        "lightest first": lambda first, last: last - 1,
        "heaviest first": lambda first, last: first + 1,
        "worst": lambda first, last: most(first, last)[1],
    }
    return [Sequence(label, by_rule(choose, 0, products)) for label, choose in rules.items()]
