"""Reagents per kilogram of oxide: for the whole plant, and for each element."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from sxsim.economics.items import CostItem
from sxsim.economics.plant import Plant
from sxsim.elements import ELEMENTS

__all__ = ["reagents", "reagents_by_element"]


def reagents(items: Sequence[CostItem], plant: Plant, operating_h_per_y: float) -> dict[str, float]:
    """Pure reagents by item, water not among them, lime of the waste treatment among them [kg/kg oxide].

    Parameters
    ----------
    items : sequence of CostItem
        The bill.
    plant : Plant
        Products.
    operating_h_per_y : float
        Hours a year [h/y].
    """
    found: dict[str, float] = {}
    for name, item in _bought(items):
        per_kg = item.quantity_per_y / (plant.oxide_kg_h * operating_h_per_y)
        found[name] = found.get(name, 0.0) + per_kg
    return found


def reagents_by_element(
    items: Sequence[CostItem], plant: Plant, operating_h_per_y: float
) -> dict[str, dict[str, float]]:
    """Pure reagents per kilogram of each element's oxide.

    Parameters
    ----------
    items : sequence of CostItem
        The bill.
    plant : Plant
        Products.
    operating_h_per_y : float
        Hours a year [h/y].

    Returns
    -------
    dict of str to dict of str to float
        Element to item to amount [kg/kg oxide]; weighted with the oxides they add up to `reagents`.

    Notes
    -----
    Every mole of a rare earth binds three equivalents, so joint reagents are shared by moles sold; a precipitant is
    shared by moles within its own product.
    """
    sold: dict[str, float] = {}
    for product in plant.finished:
        for name, amount in product.amount_kmol_h.items():
            sold[name] = sold.get(name, 0.0) + amount
    own = {product.stream: dict(product.amount_kmol_h) for product in plant.finished}
    found: dict[str, dict[str, float]] = {name: {} for name, amount in sold.items() if amount > 0.0}
    for reagent, item in _bought(items):
        shared = own[item.product] if item.product else sold
        total = math.fsum(shared.values())
        for name, into in found.items():
            kg_h = item.quantity_per_y / operating_h_per_y * shared.get(name, 0.0) / total
            oxide_kg_h = sold[name] * ELEMENTS[name].equivalent_mass_g_mol("oxide")
            into[reagent] = into.get(reagent, 0.0) + kg_h / oxide_kg_h
    return found


def _bought(items: Sequence[CostItem]) -> Iterable[tuple[str, CostItem]]:
    """Lines that buy a reagent, with its item."""
    for item in items:
        name = item.name.split(",")[0]
        if item.unit == "kg" and (item.category == "reagents" or (item.category == "waste" and name == "lime")):
            yield name, item
