"""Line items of a cost, each with quantity, price, source and status."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sxsim.economics.price_sets import PriceSet
from sxsim.economics.prices import Price

__all__ = ["CATEGORIES", "Category", "CostItem", "MfcaClass", "bought"]

Category = Literal["feed", "reagents", "energy", "labour", "maintenance", "waste", "capital"]
MfcaClass = Literal["material", "energy", "system", "waste"]
CATEGORIES: tuple[Category, ...] = ("feed", "reagents", "energy", "labour", "maintenance", "waste", "capital")


@dataclass(frozen=True, slots=True)
class CostItem:
    """One line of the bill.

    Attributes
    ----------
    name : str
        What is paid for.
    category : {"feed", "reagents", "energy", "labour", "maintenance", "waste", "capital"}
        Part of the breakdown.
    mfca_class : {"material", "energy", "system", "waste"}
        Cost class of ISO 14051.
    centre : {"separation", "precipitation", "calcination", "effluent"}
        Quantity centre that uses it.
    quantity_per_y : float
        Amount [`unit`/y].
    unit : str
        What it is counted in; reagents as the pure substance.
    price_usd_per_unit : float
        Price [USD/`unit`].
    usd_per_y : float
        Cost [USD/y].
    source, status : str
        Of the price.
    note : str
        What a reader must know.
    product : str
        Stream it is spent on alone; empty for joint cost.
    low_usd_per_unit, high_usd_per_unit : float
        Range of the price.
    """

    name: str
    category: Category
    mfca_class: MfcaClass
    centre: str
    quantity_per_y: float
    unit: str
    price_usd_per_unit: float
    usd_per_y: float
    source: str
    status: str
    note: str = ""
    product: str = ""
    low_usd_per_unit: float = 0.0
    high_usd_per_unit: float = 0.0

    def to_dict(self, oxide_kg_per_y: float) -> dict[str, Any]:
        """Return the line as plain data, its amount and cost per kg of oxide beside those per year."""
        return {
            "name": self.name,
            "category": self.category,
            "mfca_class": self.mfca_class,
            "centre": self.centre,
            "product": self.product,
            "quantity_per_kg_oxide": self.quantity_per_y / oxide_kg_per_y,
            "quantity_per_y": self.quantity_per_y,
            "unit": self.unit,
            "price_usd_per_unit": self.price_usd_per_unit,
            "low_usd_per_unit": self.low_usd_per_unit,
            "high_usd_per_unit": self.high_usd_per_unit,
            "usd_per_y": self.usd_per_y,
            "usd_per_kg_oxide": self.usd_per_y / oxide_kg_per_y,
            "source": self.source,
            "status": self.status,
            "note": self.note,
        }


def bought(
    name: str,
    item: str,
    prices: PriceSet,
    quantity_per_y: float,
    category: Category,
    mfca_class: MfcaClass,
    centre: str,
    product: str = "",
    note: str = "",
) -> CostItem:
    """Make the line of something bought at a price of the set.

    Parameters
    ----------
    name, item : str
        What the line is called, and the item of the price set.
    prices : PriceSet
        Where the price is.
    quantity_per_y : float
        Amount of the pure substance [kg, m3, kWh, GJ or h a year].
    category, mfca_class, centre, product, note : str
        See `CostItem`.

    Returns
    -------
    CostItem
        With the evidence of the price.

    Raises
    ------
    InputError
        The set has no such price.
    """
    price: Price = prices.price(item)
    said = [note, price.note]
    if price.strength_kg_per_kg < 1.0:
        said.insert(1, f"sold at {100.0 * price.strength_kg_per_kg:g} %, basis {price.basis}")
    elif price.basis == "not stated":
        said.insert(1, "basis of the quote not stated, read as dry")
    return CostItem(
        name=name,
        category=category,
        mfca_class=mfca_class,
        centre=centre,
        quantity_per_y=quantity_per_y,
        unit=price.unit,
        price_usd_per_unit=price.usd_per_unit,
        usd_per_y=quantity_per_y * price.usd_per_unit,
        source=price.source,
        status=price.status,
        note="; ".join(text for text in said if text),
        product=product,
        low_usd_per_unit=price.low,
        high_usd_per_unit=price.high,
    )
