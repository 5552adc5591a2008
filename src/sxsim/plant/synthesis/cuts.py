"""One cut of a sequence by theory: least solvent, optimum, stages, what it holds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sxsim.plant.synthesis.task import Task
from sxsim.theory.minimum import minimum_flows
from sxsim.theory.multicomponent import minimum_sharp_cut
from sxsim.theory.optimum import xu_optimum
from sxsim.theory.specification import Split, split
from sxsim.theory.stages import exact_stages

__all__ = ["Cut", "Yardstick", "estimate_cut"]

Yardstick = Literal["inventory", "xu", "minimum"]


@dataclass(frozen=True, slots=True)
class Cut:
    """One cascade of a sequence, estimated; amounts in mol per mol of the whole feed.

    Attributes
    ----------
    first, cut, last : int
        It parts products `first` to `cut` - 1 (organic) from `cut` to `last` - 1.
    name : str
        Key elements, e.g. ``"Nd|Pr"``.
    upper, lower : tuple of str
        Products that leave with the organic and with the aqueous.
    amount : float
        What enters it.
    beta : float
        Separation factor of the keys [-].
    status : str
        How far that number can be trusted.
    wanted : Split
        Purities and amounts of the two sides, as if they were two elements.
    S_min : float
        Least solvent of the sharp cut, all elements counted (Underwood).
    S_over_S_min : float
        Reflux of this estimate over its minimum [-].
    S : float
        Solvent of this estimate: its passes of the whole feed.
    stages : float
        Exact real number of extraction and scrub stages; infinite at the minimum.
    inventory : float
        Rare earth held per stage residence time.
    """

    first: int
    cut: int
    last: int
    name: str
    upper: tuple[str, ...]
    lower: tuple[str, ...]
    amount: float
    beta: float
    status: str
    wanted: Split
    S_min: float
    S_over_S_min: float
    S: float
    stages: float
    inventory: float


def estimate_cut(task: Task, first: int, cut: int, last: int, yardstick: Yardstick = "inventory") -> Cut:
    """Estimate the cascade that parts products `first`..`cut`-1 from `cut`..`last`-1.

    Parameters
    ----------
    task : Task
        Products in the order of extraction.
    first, cut, last : int
        Places among the products.
    yardstick : {"inventory", "xu", "minimum"}
        How S is chosen: the key pair's S/S_min of least inventory on Underwood's S_min of all elements; Xu's optimum of
        the key pair; or Underwood's minimum itself.

    Notes
    -----
    The two sides count as two elements that differ by the keys' separation factor, for purities, optimum and stages:
    every other element parts more easily than the keys, so stages (and Xu's S) are on the safe side. S_min counts all
    elements. The sides are taken as sharp in what is passed on.
    """
    low, middle, high = task.bounds[first], task.bounds[cut], task.bounds[last]
    part = np.array(task.fractions[low:high])
    amount = math.fsum(part)
    upper = math.fsum(task.fractions[low:middle])
    in_organic, in_aqueous = task.tolerances(cut)
    wanted = split(
        upper / amount,
        purity_A=1.0 - in_organic / (upper - in_aqueous + in_organic),
        purity_B=1.0 - in_aqueous / (amount - upper - in_organic + in_aqueous),
    )
    factor = task.factors[middle - 1]
    beta = factor.value
    least = minimum_sharp_cut(task.alpha[low:high], part / amount, middle - low).S
    own = float(minimum_flows(beta, wanted).S)
    if yardstick == "inventory":
        ratio = _ratio_of_least_inventory(beta, wanted, own)
        S, pair = ratio * least, ratio * own
    elif yardstick == "xu":
        pair = S = float(xu_optimum(beta, wanted).S)
        ratio = S / least
    else:
        S, pair, ratio = least, own, 1.0
    stages = inventory = math.inf
    if pair > own * (1.0 + 1e-9):
        count = exact_stages(beta, wanted, pair)
        n, m = float(count.n), float(count.m)
        stages = n + m
        inventory = amount * ((stages - 1.0) * (2.0 * S - float(wanted.outlet_A)) + n)
    names = [product.name for product in task.products]
    return Cut(
        first=first,
        cut=cut,
        last=last,
        name=f"{task.elements[middle - 1]}|{task.elements[middle]}",
        upper=tuple(names[first:cut]),
        lower=tuple(names[cut:last]),
        amount=amount,
        beta=beta,
        status=factor.status,
        wanted=wanted,
        S_min=amount * least,
        S_over_S_min=ratio,
        S=amount * S,
        stages=stages,
        inventory=inventory,
    )


def _ratio_of_least_inventory(beta: float, wanted: Split, least: float) -> float:
    """S/S_min at which a cascade of exact real stages holds least; a grid, refined once, to 0.1 %."""
    excess = np.geomspace(1e-3, 20.0, 120)
    for _ in range(2):
        S = least * (1.0 + excess)
        count = exact_stages(beta, wanted, S)
        held = (count.n + count.m - 1.0) * (2.0 * S - wanted.outlet_A) + count.n
        best = int(np.argmin(held))
        nearest = 1.0 + float(excess[best])
        excess = np.geomspace(excess[max(best - 1, 0)], excess[min(best + 1, excess.size - 1)], 60)
    return nearest
