"""The frozen answer of a train: streams, cascades, balances, products, counts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sxsim.elements import ELEMENTS
from sxsim.foundation.freezing import Record
from sxsim.plant.flow import Flow
from sxsim.plant.layout import PRODUCT, WASTE, Layout
from sxsim.plant.steps import StepResult
from sxsim.plant.unit import bought

if TYPE_CHECKING:
    from sxsim.cascade import Result
    from sxsim.plant.definition import Train
    from sxsim.plant.feeding import Fed
    from sxsim.plant.retuning import Retuned
    from sxsim.plant.solving import State

__all__ = ["Pass", "ProductResult", "TrainResult", "assemble"]

MANY_TIMES = 10.0
"""A recycle that carries so many times what is fed of an element is remarked on."""


@dataclass(frozen=True, slots=True)
class ProductResult:
    """A product beside what it is to be.

    Attributes
    ----------
    name, stream : str
        Product and stream.
    elements : tuple of str
        What it is made of.
    purity, purity_min : float or None
        Share of these in its rare earths, on the basis the definition states, and the least wanted.
    recovery, recovery_min : float or None
        Share of these, of what is fed, that leaves here, and the least wanted.
    oxide_kg_h : float
        Rare earths in it, weighed as oxides [kg/h].
    met : bool
        Whether both are reached.
    """

    name: str
    stream: str
    elements: tuple[str, ...]
    purity: float | None
    purity_min: float | None
    recovery: float | None
    recovery_min: float | None
    oxide_kg_h: float
    met: bool

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {key: getattr(self, key) for key in self.__slots__ if key != "elements"} | {
            "elements": list(self.elements)
        }


@dataclass(frozen=True, slots=True)
class Pass:
    """What one cascade makes of the feed.

    Attributes
    ----------
    cascade : str
        Its name.
    stages : int
        Stages of all its sections.
    share_of_feed : float
        Rare earths that enter it, of those fed to the train [mol/mol].
    S : float
        Rare earths in the organic where the feed enters, per mole that enters the cascade [mol/mol].
    passes : float
        The same per mole fed to the train: how often the whole feed goes through this organic [mol/mol].
    base_kmol_h, acid_kmol_h : float
        Base and acid bought [kmol/h].
    inventory_kg_oxide, organic_m3 : float
        Rare earths held in its stages [kg], and organic [m3].
    """

    cascade: str
    stages: int
    share_of_feed: float
    S: float
    passes: float
    base_kmol_h: float
    acid_kmol_h: float
    inventory_kg_oxide: float
    organic_m3: float

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {key: getattr(self, key) for key in self.__slots__}


@dataclass(frozen=True, slots=True, eq=False)
class TrainResult(Record):
    """A solved train.

    Attributes
    ----------
    train : Train
        The definition, as given.
    layout : Layout
        Its graph.
    order, recycles : tuple of str
        Units in the order they were solved, and the streams at which loops were cut.
    rounds : int
        Passes through the units.
    streams : mapping of str to Flow
        Every stream.
    feeds : mapping of str to Fed
        Feeds.
    cascades : mapping of str to Result
        Solved cascades.
    arriving : mapping of str to mapping of str to Flow
        What entered each cascade from the train, by inlet.
    steps : mapping of str to StepResult
        Steps.
    balance_kmol_h : mapping of str to (float, float)
        In and out of the whole train by element and salt.
    neglected_kmol_h : mapping of str to float
        Traces that cascades did not follow, counted as missing in the balances.
    products : tuple of ProductResult
        In the order of the definition.
    passes : tuple of Pass
        Cascades, in the order they were solved.
    retuned : tuple of Retuned
        Values of cuts that are not those of the file, so that all targets and specifications are met.
    warnings : tuple of str
        What a reader of the numbers must know.
    """

    train: Train
    layout: Layout
    order: tuple[str, ...]
    recycles: tuple[str, ...]
    rounds: int
    streams: Mapping[str, Flow]
    feeds: Mapping[str, Fed]
    cascades: Mapping[str, Result]
    arriving: Mapping[str, Mapping[str, Flow]]
    steps: Mapping[str, StepResult]
    balance_kmol_h: Mapping[str, tuple[float, float]]
    neglected_kmol_h: Mapping[str, float]
    products: tuple[ProductResult, ...]
    passes: tuple[Pass, ...]
    retuned: tuple[Retuned, ...]
    warnings: tuple[str, ...]

    @property
    def closure_by_element(self) -> dict[str, float]:
        """Relative error of the balance over the whole train, by element and salt [-]."""
        return {name: abs(out - entering) / entering for name, (entering, out) in self.balance_kmol_h.items()}

    @property
    def closure(self) -> float:
        """Worst of the balances of the elements [-]."""
        return max(error for name, error in self.closure_by_element.items() if name in ELEMENTS)

    @property
    def met(self) -> bool:
        """Whether every product is what it is to be."""
        return all(product.met for product in self.products)

    @property
    def stages(self) -> int:
        """Stages of all cascades."""
        return sum(each.stages for each in self.passes)

    @property
    def total_passes(self) -> float:
        """Passes of the whole feed: rare earths carried by all organics per mole fed [mol/mol]."""
        return math.fsum(each.passes for each in self.passes)

    @property
    def inventory_kg_oxide(self) -> float:
        """Rare earths held in all stages, weighed as oxides [kg]."""
        return math.fsum(each.inventory_kg_oxide for each in self.passes)

    @property
    def feed_oxide_kg_h(self) -> float:
        """Rare earths in all feed liquors, weighed as oxides [kg/h]."""
        return math.fsum(each.liquor.oxide_kg_h for each in self.feeds.values())

    def to_dict(self) -> dict[str, Any]:
        """Plain data, flat at the top; None for what is undefined."""
        return {
            "title": self.train.title,
            "status": "converged",
            "met": self.met,
            "closure": self.closure,
            "closure_by_element": self.closure_by_element,
            "cascade_count": len(self.cascades),
            "stage_count": self.stages,
            "passes": self.total_passes,
            "inventory_kg_oxide": self.inventory_kg_oxide,
            "feed_oxide_kg_h": self.feed_oxide_kg_h,
            "rounds": self.rounds,
            "recycles": list(self.recycles),
            "order": list(self.order),
            "products": [product.to_dict() for product in self.products],
            "cascades": [each.to_dict() for each in self.passes],
            "steps": [step.to_dict() for step in self.steps.values()],
            "streams": {name: flow.to_dict() for name, flow in self.streams.items()},
            "neglected_kmol_h": dict(self.neglected_kmol_h),
            "retuned": [each.to_dict() for each in self.retuned],
            "warnings": list(self.warnings),
        }


def assemble(
    train: Train, layout: Layout, order: list[str], recycles: list[str], rounds: int, state: State
) -> TrainResult:
    """Tell what a walk has found.

    Parameters
    ----------
    train, layout : Train, Layout
        Definition and graph.
    order, recycles : list of str
        Units as solved, and streams cut.
    rounds : int
        Passes through the units.
    state : State
        The last walk.
    """
    fed: dict[str, float] = {}
    for each in state.fed.values():
        for name, amount in each.liquor.rare_earths_kmol_h.items():
            fed[name] = fed.get(name, 0.0) + amount
    return TrainResult(
        train=train,
        layout=layout,
        order=tuple(order),
        recycles=tuple(recycles),
        rounds=rounds,
        streams=state.streams,
        feeds=state.fed,
        cascades=state.cascades,
        arriving=state.arriving,
        steps=state.steps,
        balance_kmol_h=_balance(layout, state),
        neglected_kmol_h=state.neglected_kmol_h,
        products=tuple(_products(train, state.streams, fed)),
        passes=tuple(_pass(name, state, math.fsum(fed.values())) for name in order if name in state.cascades),
        retuned=tuple(state.retuned),
        warnings=tuple(_warnings(train, state, recycles, fed)),
    )


def _balance(layout: Layout, state: State) -> dict[str, tuple[float, float]]:
    """In and out of the whole train; acid is left out, as base destroys it."""
    entering: dict[str, list[float]] = {}
    leaving: dict[str, list[float]] = {}
    for feed in state.fed.values():
        _count(entering, feed.liquor.amount_kmol_h)
    for name, result in state.cascades.items():
        _count(entering, bought(result, state.arriving[name]))
    for step in state.steps.values():
        _count(entering, step.ions_kmol_h)
        _count(leaving, step.lost_kmol_h)
    for stream, takers in layout.taken_by.items():
        if any(taker in (PRODUCT, WASTE) for taker, _ in takers):
            _count(leaving, state.streams[stream].amount_kmol_h)
    sums = {name: (math.fsum(each), math.fsum(leaving.get(name, []))) for name, each in entering.items() if name != "H"}
    return {name: (brought, out) for name, (brought, out) in sums.items() if brought > 0.0}


def _count(into: dict[str, list[float]], amounts: Mapping[str, float]) -> None:
    for name, amount in amounts.items():
        into.setdefault(name, []).append(amount)


def _products(train: Train, streams: Mapping[str, Flow], fed: Mapping[str, float]) -> list[ProductResult]:
    """Products with their purity and recovery."""
    found = []
    for product in train.product:
        flow = streams[product.stream]
        held = flow.rare_earths_kmol_h
        purity = flow.share(product.elements, product.purity_basis)
        brought = math.fsum(fed.get(name, 0.0) for name in product.elements)
        recovery = math.fsum(held.get(name, 0.0) for name in product.elements) / brought if brought > 0.0 else None
        pairs = ((purity, product.purity_min), (recovery, product.recovery_min))
        met = all(least is None or (value is not None and value >= least - 1e-9) for value, least in pairs)
        found.append(
            ProductResult(
                product.name,
                product.stream,
                product.elements,
                purity,
                product.purity_min,
                recovery,
                product.recovery_min,
                flow.oxide_kg_h,
                met,
            )
        )
    return found


def _pass(name: str, state: State, fed_kmol_h: float) -> Pass:
    """What one cascade makes of the feed."""
    from sxsim.economics.flows import flows_of
    from sxsim.equipment import size

    result, arriving = state.cascades[name], state.arriving[name]
    flows, equipment = flows_of(result), size(result)
    enters = math.fsum(math.fsum(flow.rare_earths_kmol_h.values()) for flow in arriving.values())
    kinds = [part.name for part in result.cascade.section if part.kind == "extraction"]
    S = max((result.load[part].S_kmol_h for part in kinds), default=0.0)
    acids = [liquor.amount_kmol_h.get("H", 0.0) for acid, liquor in flows.acids if acid]
    return Pass(
        cascade=name,
        stages=len(result.stage.section),
        share_of_feed=enters / fed_kmol_h,
        S=S / enters,
        passes=S / fed_kmol_h,
        base_kmol_h=flows.base_kmol_h,
        acid_kmol_h=math.fsum(acids),
        inventory_kg_oxide=equipment.oxide_kg,
        organic_m3=equipment.organic_m3,
    )


def _warnings(train: Train, state: State, recycles: list[str], fed: Mapping[str, float]) -> list[str]:
    """Feeds nobody could check, recycles that carry much, products that miss, and what each cascade says."""
    said = []
    for feed in state.fed.values():
        if feed.status == "unverified":
            said.append(f"the composition of feed {feed.liquor.name!r} is unverified: {feed.citation}")
    for stream in recycles:
        for name, amount in state.streams[stream].rare_earths_kmol_h.items():
            if name in fed and amount > MANY_TIMES * fed[name]:
                said.append(f"the recycle {stream!r} carries {amount / fed[name]:.0f} times the {name} that is fed")
    told: dict[str, list[str]] = {}
    for name, result in state.cascades.items():
        for warning in result.warnings:
            told.setdefault(warning, []).append(name)
    said += [f"{', '.join(names)}: {warning}" for warning, names in told.items()]
    return said
