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
    "enforced_targets",
    "equations_alike",
    "found_values",
    "free_paths",
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
        Without rows when the flows are simulated as typed. The quantity that is made least or most stands first.
    """
    if problem.cascade.solve is None:
        return kernel.no_equations(len(problem.components))
    targets = enforced_targets(problem.cascade)
    places = [_place(problem, path) for path in free_paths(problem.cascade)]
    products = [problem.cascade.products[target.stream] for target in targets]
    rows = [_row(problem, target) for target in targets]
    n = len(problem.components)
    return kernel.Equations(
        free_kind=np.array([place.kind for place in places], dtype=np.int64),
        free_index=np.array([place.at for place in places], dtype=np.int64),
        target_kind=np.array([row.kind for row in rows], dtype=np.int64),
        target_stage=np.array(
            [problem.stage_of(product.section, product.stage) for product in products], dtype=np.int64
        ),
        target_phase=np.array([_line(product) for product in products], dtype=np.int64),
        target_exact=np.array([int(target.exact) for target in targets], dtype=np.int64),
        target_value=np.array([row.allowed for row in rows], dtype=np.float64),
        above=np.array([row.above for row in rows]).reshape(len(rows), n),
        below=np.array([row.below for row in rows]).reshape(len(rows), n),
        sense=float(problem.cascade.solve.objective[1]),
    )


def equations_alike(problem: Problem, cascades: Sequence[Cascade]) -> kernel.Equations:
    """Targets and free quantities of cascades of one layout; the values of the targets have the case in front."""
    shared = compile_equations(problem)
    if problem.cascade.solve is None:
        return shared._replace(target_value=np.zeros((len(cascades), 0)))
    asked = [[_row(problem, target).allowed for target in enforced_targets(each)] for each in cascades]
    return shared._replace(target_value=np.array(asked).reshape(len(asked), shared.target_kind.size))


class Row(NamedTuple):
    """A target as the kernels take it; see ``kernels.free.Equations``."""

    kind: int
    allowed: float
    above: NDArray[np.float64]
    below: NDArray[np.float64]


def _row(problem: Problem, target: Target) -> Row:
    """What is allowed of what, for one target."""
    names, symbols = problem.components, target.symbols
    meant = np.array([float(name in symbols) for name in names])
    share = weights(names, target.purity_basis)
    asked = target.asked
    if target.figure == "purity":
        return Row(kernel.SHARE, (1.0 - asked) / asked, share * (1.0 - meant), share * meant)
    if target.figure == "impurity":
        return Row(kernel.SHARE, asked / (1.0 - asked), share * meant, share * (1.0 - meant))
    counted = np.array([target.weights().get(name, 0.0) for name in names])
    if target.figure == "recovery":
        return Row(kernel.LOSS, 1.0 - asked, counted, counted)
    return Row(kernel.CONCENTRATION, asked, counted, counted)


def enforced_targets(cascade: Cascade) -> list[Target]:
    """Targets that are met; none when no quantity is free."""
    if cascade.solve is None:
        return []
    return [target for target in cascade.target if target.enforced]


def free_paths(cascade: Cascade) -> tuple[str, ...]:
    """Paths of the free quantities, the one that is made least or most in front."""
    if cascade.solve is None:
        return ()
    first = cascade.solve.objective[0]
    return (first, *(path for path in cascade.solve.free if path != first))


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
    for path in free_paths(problem.cascade):
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
    return [
        values.get(path, np.nan) * _cell(problem, path, extractant_mol_L)[1] for path in free_paths(problem.cascade)
    ]


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
