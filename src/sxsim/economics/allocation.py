"""Sharing joint cost among co-products."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sxsim.economics.items import CostItem
from sxsim.economics.plant import Plant
from sxsim.economics.price_sets import PriceSet
from sxsim.errors import Finding, InputError

__all__ = ["Allocation", "allocate"]

Key = Literal["mass", "moles extracted", "value"]


@dataclass(frozen=True, slots=True)
class Allocation:
    """Cost of each product under one way of sharing.

    Attributes
    ----------
    key : {"mass", "moles extracted", "value"}
        How joint cost is shared: by mass of oxide, by moles that went through the organic, or by sales value.
    shares : tuple of (str, str, float, float)
        Stream, main element, its share of the joint cost [-] and its cost [USD/kg oxide].
    """

    key: Key
    shares: tuple[tuple[str, str, float, float], ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the shares as plain data."""
        return {
            "key": self.key,
            "products": [
                {"stream": stream, "element": element, "joint_share": share, "usd_per_kg_oxide": cost}
                for stream, element, share, cost in self.shares
            ],
        }


def allocate(
    plant: Plant, items: Sequence[CostItem], prices: PriceSet, operating_h_per_y: float, key: Key
) -> Allocation:
    """Share joint cost among the products; what is spent on one product alone stays with it.

    Parameters
    ----------
    plant : Plant
        Products.
    items : sequence of CostItem
        The bill.
    prices : PriceSet
        Prices of the oxides, for the key `value`.
    operating_h_per_y : float
        Hours a year [h/y].
    key : {"mass", "moles extracted", "value"}
        How to share.

    Returns
    -------
    Allocation
        The costs of all products add up to all cost.

    Raises
    ------
    InputError
        The key is unknown, an oxide has no price, or all products are worth nothing.
    """
    weights = [_weight(plant, position, prices, key) for position in range(len(plant.finished))]
    total = math.fsum(weights)
    if not total > 0.0:
        offence = f"no product has a share by {key}"
        raise InputError(Finding("allocation", offence, "mass, moles extracted, value", "share by mass"))
    joint = math.fsum(item.usd_per_y for item in items if not item.product)
    shares = []
    for product, weight in zip(plant.finished, weights, strict=True):
        own = math.fsum(item.usd_per_y for item in items if item.product == product.stream)
        cost = (own + joint * weight / total) / (product.oxide_kg_h * operating_h_per_y)
        shares.append((product.stream, product.element, weight / total, cost))
    return Allocation(key, tuple(shares))


def _weight(plant: Plant, position: int, prices: PriceSet, key: Key) -> float:
    """What one product weighs in the sharing."""
    product = plant.finished[position]
    if key == "mass":
        return product.oxide_kg_h
    if key == "value":
        return product.oxide_kg_h * prices.oxide(product.element).usd_per_unit
    if key == "moles extracted":
        return math.fsum(product.amount_kmol_h.values()) if product.from_organic else 0.0
    raise InputError(
        Finding("allocation", f"unknown key {key!r}", "mass, moles extracted, value", cure="take one of those")
    )
