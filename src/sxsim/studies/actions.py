"""What a study can do with each case, by name: the tools of the rooms below, and what they tell."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass
from typing import Any

from sxsim.cascade import Result
from sxsim.cascade.solving import steady_state
from sxsim.cascade.storage import fields_of
from sxsim.definition import Cascade
from sxsim.errors import Finding, InputError
from sxsim.foundation.suggestions import one_of

__all__ = ["Action", "action_named", "action_names"]

Told = dict[str, Any]
Heads = Set[str]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do with a cascade.

    Attributes
    ----------
    name : str
        Name of the command that does it.
    run : callable
        Takes a checked cascade (or train) and the first steps of the paths that are recorded; returns plain data.
    outputs : callable
        Takes a cascade (or train); returns the figures that are recorded when nobody names any.
    chunk_cases : int
        Cases that are handed out, and recorded, together.
    usual_s : float
        What a case takes on one core of 2026 [s].
    """

    name: str
    run: Callable[[Any, Heads], Told]
    outputs: Callable[[Any], tuple[str, ...]]
    chunk_cases: int
    usual_s: float


def _solve(cascade: Cascade, heads: Heads) -> Told:
    result = steady_state(cascade)
    if not heads <= {*_PARTS, "status", "cost"}:
        return result.to_dict() | _costed(result, heads)
    parts = {name: tell(result) for name, tell in _PARTS.items() if name in heads}
    return {"status": result.status, **parts, **_costed(result, heads)}


_PARTS: dict[str, Callable[[Result], Any]] = {
    "streams": lambda result: {name: fields_of(stream) for name, stream in result.stream.items()},
    "targets": lambda result: [fields_of(target) for target in result.targets],
    "loads": lambda result: {name: fields_of(load) for name, load in result.load.items()},
    "found": lambda result: dict(result.found),
    "closure": lambda result: result.closure,
    "equilibrium_residual": lambda result: result.equilibrium_residual,
    "iterations": lambda result: result.iterations,
}
"""What is mostly asked of a solve; telling only that takes a fifth of telling everything."""


def _design(cascade: Cascade, heads: Heads) -> Told:
    from sxsim.sizing import design

    plan = design(cascade)
    return plan.to_dict() | _costed(plan, heads)


def _cost(cascade: Cascade, heads: Heads) -> Told:
    del heads
    result = steady_state(cascade)
    return {"status": result.status, **_bill(result)}


def _startup(cascade: Cascade, heads: Heads) -> Told:
    from sxsim.startup import start_up

    run = start_up(cascade, steady=steady_state(cascade), time_scales=False)
    return run.to_dict() | _costed(run.steady, heads)


def _train(train: Any, heads: Heads) -> Told:
    from sxsim.plant import solve_train
    from sxsim.plant.costing import cost_train

    result = solve_train(train)
    told = {"status": "converged", **result.to_dict()}
    return told if heads <= told.keys() else {**told, **cost_train(result).to_dict()}


def _costed(outcome: Any, heads: Heads) -> Told:
    """The bill, where something of it is recorded."""
    return {"cost": _bill(outcome)} if "cost" in heads else {}


def _bill(result: Any) -> Told:
    from sxsim.economics import cost

    return cost(result).to_dict()


def _solve_outputs(cascade: Cascade) -> tuple[str, ...]:
    """Figures of the targets, flows that are found, loads, and how good the answer is."""
    found = [
        f"targets.{target.stream}.{target.name}.{target.figure if target.at_least else 'value'}"
        for target in cascade.target
    ]
    if not found:
        found = [f"streams.{product}.purity.{name}" for product in cascade.products for name in cascade.elements]
    free = [f"found.{path}" for path in cascade.solve.free] if cascade.solve is not None else []
    loads = [f"loads.{part.name}.S_per_mol_feed" for part in cascade.section if part.kind == "extraction"]
    return (*dict.fromkeys(found), *free, *loads, "closure")


def _design_outputs(cascade: Cascade) -> tuple[str, ...]:
    stages = [f"stages.{part.name}" for part in cascade.section]
    flows = ["flows_m3_h.organic", *(f"flows_m3_h.{name}" for name in cascade.stream)]
    return (*stages, *flows, "S", "S_min", "S_over_S_min", "annual_usd", "acid_kmol_h", "base_kmol_h")


def _cost_outputs(cascade: Cascade) -> tuple[str, ...]:
    del cascade
    return (
        "usd_per_kg_oxide",
        "capital_usd",
        "operating_usd_per_y",
        "waste_m3_per_t_oxide",
        "salt_kg_per_kg_oxide",
        "acid_fed_kmol_h",
        "base_kmol_h",
    )


def _startup_outputs(cascade: Cascade) -> tuple[str, ...]:
    del cascade
    return ("time_to_spec_h", "lasting_spec_h", "opened_h", "off_spec_kg", "inventory_kmol")


def _train_outputs(train: Any) -> tuple[str, ...]:
    purities = [f"products.{product.name}.purity" for product in train.product]
    return (*purities, "usd_per_kg_oxide", "closure")


ACTIONS = {
    action.name: action
    for action in (
        Action("solve", _solve, _solve_outputs, 250, 0.0003),
        Action("design", _design, _design_outputs, 4, 0.2),
        Action("cost", _cost, _cost_outputs, 100, 0.015),
        Action("startup", _startup, _startup_outputs, 4, 0.1),
        Action("train", _train, _train_outputs, 4, 0.05),
    )
}


def action_names() -> tuple[str, ...]:
    """Names of all actions."""
    return tuple(ACTIONS)


def action_named(name: str) -> Action:
    """Return an action.

    Raises
    ------
    InputError
        There is none of that name.

    Examples
    --------
    >>> action_named("design").name
    'design'
    """
    if name not in ACTIONS:
        cure = one_of(name, ACTIONS)
        raise InputError(Finding("action", f"there is no action {name!r}", ", ".join(ACTIONS), cure))
    return ACTIONS[name]
