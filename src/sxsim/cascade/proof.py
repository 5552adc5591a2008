"""Why targets cannot be met: what limits them, and the best that can be had."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from sxsim.cascade.compile import Problem
from sxsim.foundation.freezing import Record
from sxsim.kernels import free as kernel
from sxsim.kernels.search import (
    ALONE,
    CORNER,
    EDGE,
    K_BEST,
    LOST,
    MET,
    STATIONARY,
    UNBOUNDED,
    V_BEST,
)

__all__ = ["BRANCHES", "Proof", "proof_of"]

BRANCHES: Mapping[int, str] = {
    CORNER: "cheap",
    ALONE: "cheap",
    MET: "cheap",
    STATIONARY: "stationary",
    EDGE: "edge",
}
"""What decides an answer: as many targets as quantities bind; one at its best; a quantity at the end of its range."""


@dataclass(frozen=True, slots=True, eq=False)
class Proof(Record):
    """Why the targets of a cascade cannot be met.

    Attributes
    ----------
    kind : {"total reflux", "entrainment", "fold", "unbounded flow", "base or acid", "exact"}
        Too few stages at any flow; entrainment, without which the same stages do; the least loss lies between too
        little and too much of the first free quantity; it is approached as flows grow without end; no choice of flows
        has a steady state; the targets can be met with room, but those asked for exactly are not hit together.
    figures : mapping of str to float
        The numbers behind it; `k` is the least factor by which the losses that are asked for would have to grow.
    of : str
        Path of the quantity that was to be made least or most; `at` in the figures is its value.
    """

    kind: str
    figures: Mapping[str, float] = field(default_factory=dict)
    of: str = ""

    @property
    def best(self) -> float | None:
        """Least factor on the losses asked for that can be reached; None where nothing could be solved."""
        return self.figures.get("k")

    def __str__(self) -> str:
        place = f"{self.of} = " if self.of else ""
        told = {
            "total reflux": "fewer stages than total reflux takes: {stages:.0f} of at least {stages_min:.1f}",
            "entrainment": "entrainment costs it: without it the same stages meet all targets, "
            "with it {k:.4g} times the losses asked for remain",
            "fold": f"the losses are least at {place}{{at:.4g}}, with {{k:.4g}} times those asked for",
            "unbounded flow": "however large the flows, {k:.4g} times the losses asked for remain",
            "exact": f"all can be met, as at {place}{{at:.4g}}, but those that are equations are not hit together",
            "base or acid": "no choice of what is free has a steady state",
        }[self.kind]
        return told.format(**self.figures)


def proof_of(problem: Problem, equations: kernel.Equations, end: int, figures: np.ndarray) -> Proof:
    """The proof that goes with the end of a search.

    Parameters
    ----------
    problem : Problem
        Compiled cascade.
    equations : Equations
        Its targets.
    end : int
        How the search ended.
    figures : (FIGURES,) array
        What it told.

    Returns
    -------
    Proof
    """
    of = problem.cascade.solve.objective[0] if problem.cascade.solve is not None else ""
    told = {"k": float(figures[K_BEST]), "at": float(figures[V_BEST])} if end != LOST else {}
    if (reflux := _total_reflux(problem, equations)) is not None:
        return Proof("total reflux", {**told, **reflux}, of)
    if end == LOST:
        return Proof("base or acid", {}, of)
    if told["k"] <= 1.0:
        return Proof("exact", {"at": told["at"]}, of)
    if end == UNBOUNDED:
        return Proof("unbounded flow", told, of)
    return Proof("fold", told, of)


def _total_reflux(problem: Problem, equations: kernel.Equations) -> dict[str, float] | None:
    r"""Figures of the stages that total reflux takes, where there are fewer; None otherwise.

    A stage of efficiency E enriches by the separation factor at most, at any flow, so n + m of them part two elements
    by no more than :math:`\beta^{n + m}`: Fenske's bound. Told for two elements with one law, without entrainment.
    """
    plan, law = problem.plan, problem.law
    fed = plan.feed_volume @ plan.feed_concentration
    metals = [row for row in np.flatnonzero(fed > 0.0) if row not in (plan.base_component, plan.acid_component)]
    if len(metals) != 2 or equations.target_kind.size != 2 or np.any(plan.entrained_org + plan.entrained_aq > 0.0):
        return None
    if any(len(set(getattr(law, name)[metals].tolist())) > 1 for name in ("a", "b", "c", "d", "beta1", "beta2")):
        return None
    if plan.draw_volume.size or plan.split_fraction.size or np.any(equations.target_kind != kernel.SHARE):
        return None
    levels = law.ln_K[metals]
    spread = abs(float(levels[0] - levels[1]))
    taking = [part for part in problem.cascade.section if part.kind in ("extraction", "scrubbing")]
    stages = sum(int(part.stages) for part in taking)
    parted = -float(np.log(equations.target_value * _scale(equations)).sum())
    least = parted / spread if spread > 0.0 else math.inf
    if stages >= least:
        return None
    return {"stages": float(stages), "stages_min": least, "factor": math.exp(spread)}


def _scale(equations: kernel.Equations) -> np.ndarray:
    """Moles of foreign per mole of own, for a unit of what the targets allow."""
    above = equations.above.max(axis=1)
    below = equations.below.max(axis=1)
    return np.asarray(below / above)
