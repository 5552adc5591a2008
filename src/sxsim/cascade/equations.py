"""Targets as equations: what the solver may move, what it has to reach, and what it found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sxsim.cascade.compile import Problem
from sxsim.definition import Cascade, Product
from sxsim.definition.tables import Target
from sxsim.elements import ELEMENTS
from sxsim.kernels import free as kernel
from sxsim.kernels.model import AQUEOUS, ORGANIC

__all__ = [
    "Place",
    "compile_equations",
    "equation_targets",
    "equations_alike",
    "figure",
    "found_values",
    "free_start",
    "weights",
]


class Place(NamedTuple):
    """A quantity's place in the plan: the kernel's kind, and the index of the feed or draw."""

    kind: int
    at: int


def compile_equations(problem: Problem) -> kernel.Equations:
    """Targets and free quantities of a cascade as arrays.

    Parameters
    ----------
    problem : Problem
        Compiled cascade.

    Returns
    -------
    Equations
        Without rows when the flows are simulated as typed.
    """
    targets = equation_targets(problem.cascade)
    places = [_place(problem, path) for path in _free(problem)]
    products = [problem.cascade.products[target.stream] for target in targets]
    figures = [figure(target) for target in targets]
    p, n = len(targets), len(problem.components)
    weight = np.zeros((p, n))
    for row, target in enumerate(targets):
        weight[row] = weights(problem.components, target.purity_basis)
    kinds = {
        "purity": kernel.PURITY,
        "recovery": kernel.RECOVERY,
        "concentration": kernel.CONCENTRATION,
    }
    return kernel.Equations(
        free_kind=np.array([place.kind for place in places], dtype=np.int64),
        free_index=np.array([place.at for place in places], dtype=np.int64),
        target_kind=np.array([kinds[name] for name, _ in figures], dtype=np.int64),
        target_stage=np.array(
            [problem.stage_of(product.section, product.stage) for product in products], dtype=np.int64
        ),
        target_phase=np.array([_line(product) for product in products], dtype=np.int64),
        target_component=np.array([problem.components.index(target.element) for target in targets], dtype=np.int64),
        target_value=np.array([value for _, value in figures], dtype=np.float64),
        weight=weight,
    )


def equations_alike(problem: Problem, cascades: Sequence[Cascade]) -> kernel.Equations:
    """Targets and free quantities of cascades of one layout; the values of the targets have the case in front."""
    asked = [[figure(target)[1] for target in equation_targets(each)] for each in cascades]
    shared = compile_equations(problem)
    return shared._replace(target_value=np.array(asked).reshape(len(asked), shared.target_value.size))


def equation_targets(cascade: Cascade) -> list[Target]:
    """Targets that are met as equalities; none when no quantity is free."""
    if cascade.solve is None:
        return []
    return [target for target in cascade.target if target.equation]


def figure(target: Target) -> tuple[str, float]:
    """What a target is about (purity, recovery or concentration) and its value."""
    if target.purity_min is not None:
        return "purity", target.purity_min
    if target.recovery_min is not None:
        return "recovery", target.recovery_min
    assert target.concentration_max_mol_L is not None  # the definition's checks hold every target to one figure
    return "concentration", target.concentration_max_mol_L


def weights(components: tuple[str, ...], basis: str) -> NDArray[np.float64]:
    """Weight of each component in a purity.

    Parameters
    ----------
    components : tuple of str
        Elements and counter-ion.
    basis : {"oxide", "mol"}
        Mass of traded oxide that holds a mole [kg/kmol], or 1.

    Returns
    -------
    (n,) array
        0 for what is no rare earth.
    """
    weight = np.zeros(len(components))
    for row, name in enumerate(components):
        known = ELEMENTS.get(name)
        if known is not None and known.is_rare_earth:
            weight[row] = known.equivalent_mass_g_mol("oxide") if basis == "oxide" else 1.0
    return weight


def found_values(problem: Problem, extractant_mol_L: Any) -> dict[str, Any]:
    """Free quantities by path, as the solver left them in the plan.

    Parameters
    ----------
    problem : Problem
        Of one case, or of many: then the arrays of its plan have the case in front, and so have the answers.
    extractant_mol_L : float or (cases,) array
        Extractant as typed.
    """
    found = {}
    for path in _free(problem):
        held, scale = _cell(problem, path, extractant_mol_L)
        found[path] = float(held / scale) if np.ndim(held) == 0 else held / scale
    return found


def free_start(problem: Problem, values: Mapping[str, float], extractant_mol_L: Any) -> list[Any]:
    """A start for each free quantity, in the units of the plan; NaN for one that is not among the values.

    Parameters
    ----------
    problem : Problem
        Of one case, or of many.
    values : mapping of str to float
        By path.
    extractant_mol_L : float or (cases,) array
        Extractant as typed.
    """
    return [values.get(path, np.nan) * _cell(problem, path, extractant_mol_L)[1] for path in _free(problem)]


def _free(problem: Problem) -> tuple[str, ...]:
    """Paths of the free quantities."""
    return problem.cascade.solve.free if problem.cascade.solve is not None else ()


def _place(problem: Problem, path: str) -> Place:
    """Where the plan holds a free quantity."""
    table, *rest = path.split(".")
    if table == "organic":
        kinds = {
            "flow_m3_h": kernel.ORGANIC_VOLUME,
            "saponified_fraction": kernel.SAPONIFICATION,
            "base_kmol_h": kernel.BASE,
        }
        return Place(kinds[rest[0]], 0)
    if table == "draw":
        names = [draw.name for draw in problem.cascade.draw]
        return Place(kernel.DRAW, names.index(rest[0]))
    kind = kernel.FEED_VOLUME if rest[1] == "flow_m3_h" else kernel.ACID
    return Place(kind, problem.feeds.index(rest[0]))


def _cell(problem: Problem, path: str, extractant_mol_L: Any) -> tuple[Any, Any]:
    """What the plan holds of a free quantity, and how many of its units make one of the path's."""
    plan, (kind, index) = problem.plan, _place(problem, path)
    if kind == kernel.ORGANIC_VOLUME:
        return plan.inlet[..., 0], 1.0
    if kind == kernel.SAPONIFICATION:
        return plan.inlet[..., 1], extractant_mol_L
    if kind == kernel.BASE:
        return plan.inlet[..., 2], 1.0
    arrays = {kernel.FEED_VOLUME: plan.feed_volume, kernel.ACID: plan.feed_acid, kernel.DRAW: plan.draw_volume}
    return arrays[kind][..., index], 1.0


def _line(product: Product) -> int:
    """The kernel's number for the way a product leaves: a line of either phase, or a draw of it."""
    phase = AQUEOUS if product.phase == "aqueous" else ORGANIC
    return phase + 2 if product.kind == "draw" else phase
