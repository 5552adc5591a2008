"""Cost over plant scale and delay, under each price set, with the waste treated or thrown away."""

from __future__ import annotations

from dataclasses import replace

from sxsim.cascade.result import Result
from sxsim.cascade.solving import steady_state
from sxsim.economics import CostOptions, cost, price_set_names
from sxsim.economics.options import options_of
from sxsim.sizing.task import numbered
from sxsim.studies.lock.curves import Curve

__all__ = ["by_delay", "by_scale"]

SCALES = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
DELAYS_Y = tuple(float(year) for year in range(11))


def by_scale(result: Result) -> Curve:
    """Cost over the size of the plant; all flows grow alike, labour and capital do not.

    Parameters
    ----------
    result : Result
        A solved cascade.

    Returns
    -------
    Curve
        Cost with the waste evaporated and with the waste let go as it is, and fixed capital per yearly product, over
        the product [t/y].
    """
    product: list[float] = []
    columns: dict[str, list[float]] = {}
    for scale in SCALES:
        scaled = _scaled(result, scale)
        for prices in price_set_names():
            for name, treatment in (("treated", "evaporate"), ("let go", "none")):
                options: CostOptions = replace(options_of(result.cascade), treatment=treatment)  # type: ignore[arg-type]
                bill = cost(scaled, prices, options)
                columns.setdefault(f"{prices}, waste {name} [usd/kg]", []).append(bill.usd_per_kg_oxide)
        columns.setdefault("capital [usd per t/y]", []).append(bill.project.fixed_usd / (bill.oxide_kg_per_y / 1000.0))
        product.append(bill.oxide_kg_per_y / 1000.0)
    return Curve("scale", "product_t_y", tuple(product), {name: tuple(each) for name, each in columns.items()})


def by_delay(result: Result) -> Curve:
    """Cost over the years between spending the capital and the first product.

    Parameters
    ----------
    result : Result
        A solved cascade.

    Notes
    -----
    All capital is spent at the beginning, so interest multiplies its part of the cost by (1 + i)^delay: an upper bound.
    """
    columns: dict[str, tuple[float, ...]] = {}
    for prices in price_set_names():
        bill = cost(result, prices)
        capital = bill.breakdown_usd_per_kg_oxide.get("capital", 0.0)
        rate = bill.basis["discount_rate"].value
        rest = bill.usd_per_kg_oxide - capital
        columns[f"{prices} [usd/kg]"] = tuple(rest + capital * (1.0 + rate) ** years for years in DELAYS_Y)
    return Curve("delay", "delay_y", DELAYS_Y, columns)


def _scaled(result: Result, scale: float) -> Result:
    """The same cascade with all flows a factor larger."""
    typed = result.solved_cascade
    paths = {f"stream.{name}.flow_m3_h": stream.flow_m3_h for name, stream in typed.stream.items()}
    paths["organic.flow_m3_h"] = typed.organic.flow_m3_h
    changes = {path: scale * float(flow) for path, flow in paths.items()}
    return steady_state(numbered(typed, changes, ()), start=result)
