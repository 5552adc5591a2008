"""The same cascade with its chemistry: what the rigorous solver makes of a choice, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sxsim.app.choices import Choice, Told
from sxsim.app.pairs import PAIRS, SYSTEM, Pair, factor_of
from sxsim.chemistry.parameters import log10_K
from sxsim.definition import Cascade
from sxsim.definition.lending import lend
from sxsim.definition.system import load_system_file

if TYPE_CHECKING:
    from sxsim.cascade.result import Result
    from sxsim.economics import Cost

__all__ = ["Worked", "cascade_of", "work"]

ROUNDS = 4
"""How often the organic flow is corrected until it carries S."""
RECOVERY_LIMIT = 1.0 - 1e-5
"""Recovery above which the flows would hang on the last digits."""
EXTRACTANT_MOL_L = 1.5
FEED_M3_H = 1.0
"""One cubic metre of feed an hour, with 1 mol/L rare earths."""


@dataclass(frozen=True, slots=True, eq=False)
class Worked:
    """A choice with its chemistry.

    Attributes
    ----------
    result : Result
        Solved cascade, with the organic that carries the theory's S and the recovery that it foretells.
    bill : Cost
        Its cost.
    S_over_S_min : float
        What S at the feed stage is beside the theory's minimum [-].
    """

    result: Result
    bill: Cost
    S_over_S_min: float


def cascade_of(choice: Choice, told: Told, organic_m3_h: float | None = None) -> Cascade:
    """Define the cascade of a choice: stages and organic as the theory says, the scrub to be found.

    Parameters
    ----------
    choice : Choice
        The controls.
    told : Told
        What the theory says of them.
    organic_m3_h : float, optional
        Organic flow; what carries S at nominal capacity when left out [m3/h].

    Returns
    -------
    Cascade
        Ready to be solved, and to be saved as a file. The recovery of B, as the theory foretells it, fixes how the
        products divide the feed; the scrub flow is free to bring that about.
    """
    pair = PAIRS[choice.pair]
    capacity = EXTRACTANT_MOL_L * pair.saponified_fraction / 3.0
    organic = organic_m3_h or told.S / capacity * FEED_M3_H
    strip = _strip_m3_h(pair, told, organic)
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
            "strip_acid": {"flow_m3_h": strip, "acid": "HCl", "acid_mol_L": pair.strip_mol_L},
        },
        "target": [_target(choice, told)],
        "solve": {"free": ["stream.scrub.flow_m3_h"]},
    }
    if choice.reflux > 0.0:
        data["split"] = [{"from": "strip_liquor", "to": "scrub", "fraction": choice.reflux}]
    return Cascade.from_data(data)


def work(choice: Choice, told: Told, start: Result | None = None) -> Worked:
    """Solve and cost the cascade of a choice.

    Parameters
    ----------
    choice : Choice
        The controls.
    told : Told
        What the theory says of them.
    start : Result, optional
        Of the choice before.

    Returns
    -------
    Worked
        Result and bill.

    Raises
    ------
    InputError, ConvergenceError
        The chemistry cannot be brought to the theory's purities; the message says why.
    """
    from sxsim.cascade.solving import solve_quietly
    from sxsim.economics import cost

    known = start is not None and start.components == (PAIRS[choice.pair].B, PAIRS[choice.pair].A, "NH4")
    guess = told.S * _organic_per_S(start) if start is not None and known else None
    result = solve_quietly(cascade_of(choice, told, guess), start=start)
    for _ in range(ROUNDS):
        ratio = told.S / result.load["extraction"].S_per_mol_feed
        if abs(ratio - 1.0) < 1e-4:
            break
        result = solve_quietly(cascade_of(choice, told, told.S * _organic_per_S(result)), start=result)
    return Worked(result, cost(result), result.load["extraction"].S_per_mol_feed / float(told.minimum.S))


def _organic_per_S(result: Result) -> float:
    """Organic that carried S, of a cascade of this page [m3/h per mol/mol]."""
    return result.stream["organic_in"].flow_m3_h / result.load["extraction"].S_per_mol_feed


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


def _target(choice: Choice, told: Told) -> dict[str, Any]:
    """The recovery of B that the theory foretells: it only rises with the scrub, that of A has two answers."""
    recovered = (1.0 - float(told.wanted.outlet_A)) * told.purity_B / (1.0 - choice.feed_A)
    limited = min(recovered, RECOVERY_LIMIT)
    return {"stream": "raffinate", "element": PAIRS[choice.pair].B, "recovery_min": limited}


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
