"""Reagents, waste, capital, operating cost and material flow cost accounting."""

from __future__ import annotations

from sxsim.foundation.lazy import load_on_use

TYPE_CHECKING = False  # type checkers read it as true
if TYPE_CHECKING:
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

__getattr__, __dir__ = load_on_use(__name__, globals(), _HOMES)
