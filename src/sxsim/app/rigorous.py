"""The same cascade with its chemistry: what the theory's flows give there, and what flows meet both products."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from sxsim.app.choices import Choice, Told
from sxsim.app.pairs import PAIRS, SYSTEM, Pair, factor_of
from sxsim.chemistry.parameters import log10_K
from sxsim.definition import Cascade
from sxsim.definition.lending import lend
from sxsim.definition.system import load_system_file
from sxsim.errors import ConvergenceError, InputError, SxsimError, UnreachableTarget

if TYPE_CHECKING:
    from sxsim.cascade.result import Result
    from sxsim.economics import Cost

__all__ = ["MODES", "Mode", "Product", "Worked", "cascade_of", "organic_of", "work"]

Mode = Literal["flows", "search"]
MODES: Mapping[Mode, str] = MappingProxyType(
    {"search": "what flows meet both products", "flows": "what these flows give"}
)
"""What can be asked of the chemistry, in words."""

ORGANIC, SCRUB = "organic.flow_m3_h", "stream.scrub.flow_m3_h"
ROUNDS = 5
"""How often the strip acid is suited to the organic that a search found."""
ALIKE = 0.02
"""Relative difference of two organic flows that the same strip acid suits."""
EXTRACTANT_MOL_L = 1.5
FEED_M3_H = 1.0
"""One cubic metre of feed an hour, with 1 mol/L rare earths."""


@dataclass(frozen=True, slots=True)
class Product:
    """One of the two products beside what is asked of it.

    Attributes
    ----------
    element, stream : str
        What it is of, and where it leaves.
    asked, purity : float
        Shares by moles [-].
    """

    element: str
    stream: str
    asked: float
    purity: float

    @property
    def met(self) -> bool:
        """Whether it reaches what is asked."""
        return self.purity >= self.asked - 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Worked:
    """A choice with its chemistry.

    Attributes
    ----------
    mode : {"flows", "search"}
        What was asked.
    cascade : Cascade
        What was solved.
    result : Result or None
        The steady state; of a search that found nothing the nearest one; None where there is none.
    bill : Cost or None
        Its cost; None with a refusal.
    refusal : SxsimError or None
        Why there is no steady state, or none that meets both products.
    products : tuple of Product
        That of the organic's side and that of the water's, as reached; empty without a result.
    S_over_S_min : float
        What S at the feed stage is beside the theory's minimum; NaN without a result [-].
    """

    mode: Mode
    cascade: Cascade
    result: Result | None
    bill: Cost | None
    refusal: SxsimError | None
    products: tuple[Product, ...]
    S_over_S_min: float

    @property
    def met(self) -> bool:
        """Whether both products reach what is asked."""
        return self.refusal is None and bool(self.products) and all(product.met for product in self.products)

    @property
    def flows_m3_h(self) -> tuple[float, float]:
        """Organic and scrub that flow; NaN without a result [m3/h]."""
        if self.result is None:
            return float("nan"), float("nan")
        stream = self.result.stream
        return stream["organic_in"].flow_m3_h, stream["scrub"].flow_m3_h


def cascade_of(choice: Choice, told: Told, mode: Mode = "flows", organic_m3_h: float | None = None) -> Cascade:
    """Define the cascade of a choice: stages as the theory says, flows too or to be found.

    Parameters
    ----------
    choice : Choice
        The controls.
    told : Told
        What the theory says of them.
    mode : {"flows", "search"}
        With the theory's flows as typed, or with organic and scrub free to meet both purities with the least organic.
    organic_m3_h : float, optional
        Organic that the strip acid suits; the theory's when left out [m3/h].

    Returns
    -------
    Cascade
        Ready to be solved, and to be saved as a file.

    Raises
    ------
    InputError
        The definition has findings: for instance, more base enters than the liquors can carry away.

    Notes
    -----
    The organic carries the theory's S where three moles of base make room for one of metal, and the scrub brings the
    three moles of acid that return one: V = 3 S/(C s) and W = 3 (W - R)/c, with the extractant C, its saponified
    fraction s and the acid's strength c.
    """
    pair = PAIRS[choice.pair]
    organic = organic_of(choice, told)
    data: dict[str, Any] = {
        "schema": 1,
        "title": f"{choice.pair} cut, {told.n} + {told.m} stages, from the teaching page",
        "elements": [pair.B, pair.A],
        "organic": {
            "extractant": "P507",
            "extractant_mol_L": EXTRACTANT_MOL_L,
            "saponified_fraction": pair.saponified_fraction,
            "saponifier": "NH4",
            "system": _system(choice),
            "flow_m3_h": organic,
            "recycled": True,
        },
        "section": [
            _section("extraction", "extraction", told.n, "feed", "raffinate"),
            _section("scrubbing", "scrubbing", told.m, "scrub", "extraction"),
            _section("stripping", "stripping", pair.strip_stages, "strip_acid", "strip_liquor"),
        ],
        "stream": {
            "feed": {
                "flow_m3_h": FEED_M3_H,
                "pH": 2.0,
                "assay_mol_L": {pair.B: 1.0 - choice.feed_A, pair.A: choice.feed_A},
            },
            "scrub": {
                "flow_m3_h": max(told.acid_scrub, 1e-3) / choice.scrub_mol_L * FEED_M3_H,
                "acid": "HCl",
                "acid_mol_L": choice.scrub_mol_L,
            },
            "strip_acid": {
                "flow_m3_h": _strip_m3_h(pair, told, organic_m3_h or organic),
                "acid": "HCl",
                "acid_mol_L": pair.strip_mol_L,
            },
        },
        "target": [
            {"stream": stream, "element": element, "purity_min": choice.purity, "purity_basis": "mol"}
            for stream, element in _products(pair)
        ],
    }
    if mode == "search":
        data["solve"] = {"free": [ORGANIC, SCRUB]}
    if choice.reflux > 0.0:
        data["split"] = [{"from": "strip_liquor", "to": "scrub", "fraction": choice.reflux}]
    return Cascade.from_data(data)


def organic_of(choice: Choice, told: Told) -> float:
    """Organic that carries the theory's S at nominal capacity [m3/h]."""
    return told.S * 3.0 / (EXTRACTANT_MOL_L * PAIRS[choice.pair].saponified_fraction) * FEED_M3_H


def work(choice: Choice, told: Told, mode: Mode = "flows") -> Worked:
    """Solve and cost the cascade of a choice; what was chosen before plays no part.

    Parameters
    ----------
    choice : Choice
        The controls.
    told : Told
        What the theory says of them.
    mode : {"flows", "search"}
        What the theory's flows give, or what flows meet both products.

    Returns
    -------
    Worked
        With its result and bill, or with a refusal that says why not.

    Raises
    ------
    InputError
        The definition has findings.
    """
    return _searched(choice, told) if mode == "search" else _simulated(choice, told)


def _simulated(choice: Choice, told: Told) -> Worked:
    """The steady state of the theory's flows."""
    from sxsim.cascade.solving import steady_state

    cascade = cascade_of(choice, told)
    try:
        result = steady_state(cascade)
    except ConvergenceError as refusal:
        return Worked("flows", cascade, None, None, refusal, (), float("nan"))
    return _worked("flows", choice, told, cascade, result, None)


def _searched(choice: Choice, told: Told) -> Worked:
    """The least organic, and its scrub, at which both products meet what is asked.

    The strip acid is typed, and suits one organic flow: where another was found, or none because the strip was too
    weak for it, it is suited to that and the search repeated. A refusal stands when the acid for twice the organic of
    the nearest state changes nothing.
    """
    from sxsim.cascade.solving import steady_state

    suited = organic_of(choice, told)
    found: tuple[Cascade, Result] | None = None
    for _ in range(ROUNDS):
        cascade = cascade_of(choice, told, "search", suited)
        try:
            result = steady_state(cascade)
        except UnreachableTarget as refusal:
            if found is not None:  # with more acid than suits it now
                break
            nearest, last = refusal.result, refusal
            at = 2.0 * max(nearest.found[ORGANIC] if nearest is not None else 0.0, suited)
        else:
            found, at = (cascade, result), result.found[ORGANIC]
            if abs(at / suited - 1.0) < ALIKE:
                break
        suited = at
    if found is not None:
        return _worked("search", choice, told, *found, None)
    return _worked("search", choice, told, cascade, last.result, last)


def _worked(
    mode: Mode, choice: Choice, told: Told, cascade: Cascade, result: Result | None, refusal: SxsimError | None
) -> Worked:
    """What a result, or the nearest state, shows."""
    if result is None:
        return Worked(mode, cascade, None, None, refusal, (), float("nan"))
    products = tuple(
        Product(element, stream, choice.purity, result.purity(stream, element, "mol"))
        for stream, element in _products(PAIRS[choice.pair])
    )
    over = result.load["extraction"].S_per_mol_feed / float(told.minimum.S)
    return Worked(mode, cascade, result, _bill(result) if refusal is None else None, refusal, products, over)


def _bill(result: Result) -> Cost | None:
    """Cost of a result; None where it cannot be costed."""
    from sxsim.economics import cost

    try:
        return cost(result)
    except InputError:
        return None


def _products(pair: Pair) -> tuple[tuple[str, str], tuple[str, str]]:
    """Stream and element of both products: of the organic's side, of the water's."""
    return ("strip_liquor", pair.A), ("raffinate", pair.B)


def _strip_m3_h(pair: Pair, told: Told, organic_m3_h: float) -> float:
    """Strip acid that takes all of A off the organic, with a quarter to spare [m3/h].

    Where the liquor leaves, y = K x (F/h)^3 with x = (acid - h)/3 and y what the organic brings: solved for h by
    bisection. Derived from the law of the system and the balance of charge.
    """
    brought = (float(told.wanted.outlet_A) + told.returned) * FEED_M3_H
    y = brought / organic_m3_h
    free = 0.5 * EXTRACTANT_MOL_L - 3.0 * y
    K = 10.0 ** log10_K(load_system_file(SYSTEM), pair.A)
    low, high = 0.0, pair.strip_mol_L
    for _ in range(60):
        h = 0.5 * (low + high)
        takes = K * (pair.strip_mol_L - h) / 3.0 * (free / h) ** 3 < y
        low, high = (low, h) if takes else (h, high)
    return 1.25 * 3.0 * brought / (pair.strip_mol_L - high)


def _section(name: str, kind: str, stages: int, aqueous_in: str, aqueous_out: str) -> dict[str, Any]:
    return {"name": name, "kind": kind, "stages": stages, "aqueous_in": aqueous_in, "aqueous_out": aqueous_out}


def _system(choice: Choice) -> str:
    """The shipped system, or a copy of it with the learner's separation factor."""
    pair = PAIRS[choice.pair]
    if abs(choice.beta - factor_of(choice.pair).value) < 1e-9:
        return SYSTEM
    return _moved(pair.A, pair.B, round(choice.beta, 6))


@lru_cache(maxsize=256)
def _moved(A: str, B: str, beta: float) -> str:
    """Lend the system with another separation factor of one pair; returns the name it is lent under."""
    system = load_system_file(SYSTEM)
    said = {"value": beta, "low": beta, "high": beta, "status": "unverified", "source": ("assumed",)}
    said["note"] = "moved by the learner"
    factors = tuple(
        factor.model_copy(update=said) if factor.pair == f"{A}/{B}" else factor for factor in system.separation_factor
    )
    return lend(system.model_copy(update={"separation_factor": factors}))
