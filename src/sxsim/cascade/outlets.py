"""What crosses the border of a cascade, and how well in and out agree."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sxsim.cascade.balances import Lines, total_acid
from sxsim.cascade.compile import Problem
from sxsim.kernels.model import AQUEOUS, State

__all__ = ["Kind", "Outlet", "closure_by_component", "entering_kmol_h", "outlets"]

Kind = Literal["inlet", "product", "recycle", "split"]


class Outlet(NamedTuple):
    """A line, or part of one, that leaves a stage for good or comes back.

    Attributes
    ----------
    name : str
        Product, or `a_to_b` for the part of product a that a split returns to stream b.
    kind : {"product", "recycle", "split"}
        Only products cross the border.
    phase : {"aqueous", "organic"}
        Phase that carries it.
    stage : int
        0-based stage it leaves.
    aqueous_m3_h, organic_m3_h : float
        Flow of each phase in it, entrainment included [m3/h].
    """

    name: str
    kind: Kind
    phase: Literal["aqueous", "organic"]
    stage: int
    aqueous_m3_h: float
    organic_m3_h: float


def outlets(problem: Problem, flows: Lines) -> list[Outlet]:
    """Products in the order of the definition, then the parts of them that splits return.

    Parameters
    ----------
    problem : Problem
        Compiled cascade.
    flows : Lines
        Flow of the lines between the stages.

    Returns
    -------
    list of Outlet
        The organic of a closed loop is of kind `recycle`.
    """
    plan, cascade = problem.plan, problem.cascade
    drawn = {draw.name: float(volume) for draw, volume in zip(cascade.draw, plan.draw_volume, strict=True)}
    shares = list(zip(cascade.split, plan.split_fraction, strict=True))
    found: list[Outlet] = []
    for name, product in cascade.products.items():
        j = problem.stage_of(product.section, product.stage)
        if product.kind == "draw":
            volume = drawn[name]
            parts = (volume, 0.0) if product.phase == "aqueous" else (0.0, volume)
            found.append(Outlet(name, "product", product.phase, j, *parts))
        elif product.kind == "organic":
            V = float(flows.organic[j])
            kind: Kind = "recycle" if plan.recycled else "product"
            found.append(Outlet(name, kind, "organic", j, float(plan.entrained_aq[j]) * V, V))
        else:
            kept = 1.0 - float(sum(share for split, share in shares if split.from_ == name))
            found.append(_aqueous_part(name, "product", problem, flows, j, kept))
    for split, share in shares:
        j = problem.stage_of(cascade.products[split.from_].section, 1)
        found.append(_aqueous_part(f"{split.from_}_to_{split.to}", "split", problem, flows, j, float(share)))
    return found


def _aqueous_part(name: str, kind: Kind, problem: Problem, flows: Lines, j: int, share: float) -> Outlet:
    """A share of the aqueous line of stage j with the organic that it carries."""
    volume = share * float(flows.aqueous[j])
    return Outlet(name, kind, "aqueous", j, volume, volume * float(problem.plan.entrained_org[j]))


def entering_kmol_h(problem: Problem) -> tuple[NDArray[np.float64], float, float]:
    """What feeds, fresh organic and base bring in.

    Returns
    -------
    components : (n,) array
        Elements and counter-ion [kmol/h].
    protons : float
        Total acid of the aqueous feeds and the protons their metals stand for (z x) [kmol/h].
    sulfate : float
        Total sulfate [kmol/h].
    """
    plan = problem.plan
    components = plan.feed_volume @ plan.feed_concentration
    if plan.acid_component >= 0:
        components[plan.acid_component] += plan.feed_volume @ plan.feed_acid
    if not plan.recycled:
        components = components + plan.inlet[0] * plan.organic
    if plan.base_component >= 0:
        components[plan.base_component] += plan.inlet[0] * plan.inlet[1] + plan.inlet[2]
    aqueous = plan.feed_volume * (plan.feed_phase == AQUEOUS)
    protons = float(aqueous @ (plan.feed_Q + plan.acid_protons * plan.feed_acid))
    sulfate = float(aqueous @ (plan.feed_sulfate + plan.acid_sulfate * plan.feed_acid))
    return components, protons, sulfate


def closure_by_component(problem: Problem, state: State, leaving: list[Outlet]) -> dict[str, float]:
    """Relative balance error of the whole cascade, from what crosses its border alone.

    Parameters
    ----------
    problem : Problem
        Compiled cascade.
    state : State
        Solution; `x`, `y`, `h` and `sulfate` are used.
    leaving : list of Outlet
        Its outlets.

    Returns
    -------
    dict of str to float
        |out - in|/in of each component, the counter-ion included; `acid` is the total acid together with the protons
        that the dissolved metals stand for (z x), which no exchange of ions changes, or the acid of both phases where
        the extractant takes it up; `sulfate` in sulfate media.
    """
    components, protons, sulfate = entering_kmol_h(problem)
    acid = total_acid(state.h, state.sulfate, problem.chemistry.Ka2) + state.x @ problem.chemistry.z
    out, out_protons, out_sulfate = np.zeros(components.size), 0.0, 0.0
    for outlet in leaving:
        if outlet.kind == "product":
            j = outlet.stage
            out += outlet.aqueous_m3_h * state.x[j] + outlet.organic_m3_h * state.y[j]
            out_protons += outlet.aqueous_m3_h * float(acid[j])
            out_sulfate += outlet.aqueous_m3_h * float(state.sulfate[j])
    pairs = zip(problem.components, out, components, strict=True)
    closure = {name: _relative(float(gone), float(brought)) for name, gone, brought in pairs}
    taken_up = problem.plan.acid_component
    closure["acid"] = _relative(out_protons, protons) if taken_up < 0 else closure.pop(problem.components[taken_up])
    if problem.chemistry.Ka2 > 0.0:
        closure["sulfate"] = _relative(out_sulfate, sulfate)
    return closure


def _relative(out: float, entering: float) -> float:
    """A balance error beside what enters; the error itself where nothing enters."""
    return abs(out - entering) / (entering if entering > 0.0 else 1.0)
