"""How the cost moves when each price and each number goes from low to high."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from sxsim.economics.costing import cost
from sxsim.economics.options import CostOptions, options_of
from sxsim.economics.price_sets import DEFAULT_SET, PriceSet, price_set
from sxsim.equipment import EquipmentOptions
from sxsim.processes import ProcessOptions

if TYPE_CHECKING:
    from sxsim.cascade import Result

__all__ = ["Swing", "tornado"]


@dataclass(frozen=True, slots=True)
class Swing:
    """Cost with one number at its low and its high end.

    Attributes
    ----------
    name : str
        Price or option.
    low, high : float
        Ends of the number.
    low_usd_per_kg, high_usd_per_kg : float
        Cost there [USD/kg oxide].
    status, source : str
        Of the number.
    """

    name: str
    low: float
    high: float
    low_usd_per_kg: float
    high_usd_per_kg: float
    status: str
    source: str

    @property
    def width_usd_per_kg(self) -> float:
        """How far the cost moves [USD/kg oxide]."""
        return abs(self.high_usd_per_kg - self.low_usd_per_kg)


def tornado(
    result: Result | Any, prices: str | PriceSet = DEFAULT_SET, options: CostOptions | None = None
) -> tuple[Swing, ...]:
    """Cost with every used price and number at either end of its range, widest swing first.

    Parameters
    ----------
    result : Result or plan
        As in `cost`.
    prices : str or PriceSet
        As in `cost`.
    options : CostOptions, optional
        As in `cost`; what the user typed has no range and does not swing.

    Returns
    -------
    tuple of Swing
        Only what moves the cost.

    Raises
    ------
    InputError
        As in `cost`.
    """
    cascade = getattr(result, "result", result).cascade
    chosen, choices = price_set(prices), options or options_of(cascade)
    swings = []
    for item, price in chosen.prices.items():
        if price.low < price.high:
            low, high = (
                cost(result, chosen.with_price(replace(price, usd_per_unit=end)), choices).usd_per_kg_oxide
                for end in (price.low, price.high)
            )
            swings.append(Swing(f"price of {item}", price.low, price.high, low, high, price.status, price.source))
    basis = cost(result, chosen, choices).basis
    for name, number in basis.items():
        if number.low < number.high and _settable(name):
            low, high = (
                cost(result, chosen, _with(choices, name, end)).usd_per_kg_oxide for end in (number.low, number.high)
            )
            swings.append(Swing(name, number.low, number.high, low, high, number.status, number.source))
    moved = [swing for swing in swings if swing.width_usd_per_kg > 0.0]
    return tuple(sorted(moved, key=lambda swing: -swing.width_usd_per_kg))


def _settable(name: str) -> bool:
    """Whether an option of this name exists."""
    kinds = (CostOptions, EquipmentOptions, ProcessOptions)
    return any(name == field.name for kind in kinds for field in fields(kind))


def _with(options: CostOptions, name: str, value: float) -> CostOptions:
    """Options with one number set, wherever it lives."""
    change: dict[str, Any] = {name: value}
    if name in {field.name for field in fields(CostOptions)}:
        return replace(options, **change)
    if name in {field.name for field in fields(EquipmentOptions)}:
        return replace(options, equipment=replace(options.equipment, **change))
    return replace(options, process=replace(options.process, **change))
