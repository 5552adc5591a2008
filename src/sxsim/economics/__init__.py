"""Reagents, waste, capital, operating cost and material flow cost accounting."""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # type checkers read it as true
if TYPE_CHECKING:
    from typing import Any

    from sxsim.economics.accounts import Cost
    from sxsim.economics.costing import cost
    from sxsim.economics.objective import CostModel
    from sxsim.economics.options import CostOptions
    from sxsim.economics.price_sets import PriceSet, price_set, price_set_names

__all__ = ["Cost", "CostModel", "CostOptions", "PriceSet", "cost", "price_set", "price_set_names"]

_HOMES = {
    "Cost": "accounts",
    "CostModel": "objective",
    "CostOptions": "options",
    "PriceSet": "price_sets",
    "cost": "costing",
    "price_set": "price_sets",
    "price_set_names": "price_sets",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
