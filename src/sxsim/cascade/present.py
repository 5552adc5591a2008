"""Elements that nothing brings in are left out of the equations: a solve is what it would be without them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sxsim.cascade.compile import Problem
from sxsim.definition.present import elements_present
from sxsim.kernels.model import Network, State

__all__ = ["narrowed", "widened"]

BLANK = 1e-20
"""Concentration of the one element that a case without any is solved with [mol/L]."""


def narrowed(problem: Problem) -> Problem:
    """The problem without the elements that nothing brings in; the problem itself where there are none.

    Parameters
    ----------
    problem : Problem
        Of one case, or of many in which the same elements enter.

    Returns
    -------
    Problem
        Flows and other quantities that a search may move are those of `problem`, in the same arrays.
    """
    kept = _kept(problem)
    if kept.size == len(problem.components):
        return problem
    plan = problem.plan
    fed = plan.feed_concentration[..., kept]
    if kept.size == 0:  # the kernels take at least one component: a trace that `widened` takes out again
        kept, fed = np.array([0]), np.full((*plan.feed_concentration.shape[:-1], 1), BLANK)
    places = {int(old): new for new, old in enumerate(kept)}
    arrays: dict[str, Any] = {
        name: value[..., kept] for name, value in problem.law._asdict().items() if isinstance(value, np.ndarray)
    }
    names = tuple(problem.components[place] for place in kept)
    chemistry = problem.chemistry
    of_component = {
        name: getattr(chemistry, name)[..., kept] for name in chemistry._fields if name not in ("extractant", "Ka2")
    }
    return replace(
        problem,
        law=problem.law._replace(names=names, **arrays),
        components=names,
        chemistry=chemistry._replace(**of_component),
        plan=plan._replace(
            feed_concentration=fed,
            organic=plan.organic[..., kept],
            base_component=places.get(plan.base_component, -1),
            acid_component=places.get(plan.acid_component, -1),
        ),
    )


def widened(problem: Problem, solved: Problem, network: Network, state: State) -> tuple[Network, State]:
    """Flows and solution with nothing of the elements that `narrowed` left out.

    Parameters
    ----------
    problem, solved : Problem
        As compiled, and what `narrowed` made of it.
    network, state : Network, State
        Of `solved`; of one case or of many.

    Returns
    -------
    network, state : Network, State
        Of `problem`; the same objects where nothing was left out.
    """
    if solved is problem:
        return network, state
    kept, n = _kept(problem), len(problem.components)

    def wide(values: NDArray[np.float64]) -> NDArray[np.float64]:
        full = np.zeros((*values.shape[:-1], n))
        if kept.size:
            full[..., kept] = values
        return full

    feeds: dict[str, Any] = {"feed": wide(network.feed), "org_feed": wide(network.org_feed)}
    held: dict[str, Any] = {name: wide(getattr(state, name)) for name in ("x", "y", "y_star", "m")}
    return network._replace(**feeds), state._replace(**held)


def _kept(problem: Problem) -> NDArray[np.int64]:
    """Places of the components that enter, ions and acid included."""
    present = elements_present(problem.cascade)
    elements = problem.cascade.elements
    return np.array(
        [place for place, name in enumerate(problem.components) if name in present or name not in elements], np.int64
    )
