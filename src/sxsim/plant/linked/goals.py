"""Targets of a linked extraction as equations in the log odds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sxsim.cascade.equations import weights
from sxsim.plant.linked.graph import Graph

if TYPE_CHECKING:
    from sxsim.plant.linked.solving import Solution

__all__ = ["Goal", "goals_of"]


@dataclass(frozen=True, slots=True)
class Goal:
    """One target that is met as an equality.

    Attributes
    ----------
    stream : str
        Product.
    component : int
        Row of the element.
    weight : tuple of float
        What each component counts in a purity, per mol; empty for a recovery.
    asked : float
        Purity or recovery, 0-1.
    """

    stream: str
    component: int
    weight: tuple[float, ...]
    asked: float

    def missed(self, solution: Solution) -> float:
        """Log odds of the impurity (or loss) over those allowed; 0 when the target is just met."""
        leaving = next(each for each in solution.outlets if each.name == self.stream)
        state = solution.state
        amount = leaving.aqueous_m3_h * state.x[leaving.stage] + leaving.organic_m3_h * state.y[leaving.stage]
        own = float(amount[self.component])
        if self.weight:
            share = [float(held) * weight for held, weight in zip(amount, self.weight, strict=True)]
            own = share.pop(self.component)
            other = math.fsum(share)
        else:
            other = _elsewhere(solution, self.stream, self.component)
        return math.log(other / own) - math.log((1.0 - self.asked) / self.asked)


def _elsewhere(solution: Solution, stream: str, component: int) -> float:
    """What all other products hold of a component [kmol/h], added up as it is small beside the product."""
    state = solution.state
    others = [each for each in solution.outlets if each.name != stream and each.kind == "product"]
    held = [
        each.aqueous_m3_h * float(state.x[each.stage, component])
        + each.organic_m3_h * float(state.y[each.stage, component])
        for each in others
    ]
    return math.fsum(held)


def goals_of(graph: Graph) -> list[Goal]:
    """Targets that are equations; none when nothing is free."""
    linked, components = graph.linked, graph.problem.components
    if linked.solve is None:
        return []
    found = []
    for target in linked.target:
        if not target.enforced:
            continue
        by_share = target.purity_min is not None
        asked = target.purity_min if target.purity_min is not None else target.recovery_min
        assert asked is not None  # the checks hold every target to one of the two
        weight = tuple(float(w) for w in weights(components, target.purity_basis)) if by_share else ()
        found.append(Goal(target.stream, components.index(target.element), weight, asked))
    return found
