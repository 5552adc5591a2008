"""What crosses the border of a cascade, and how well in and out agree.

Problems, flows and states may be those of many cascades of one layout: every array, and every figure that comes of
them, then has the case in front.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sxsim.cascade.balances import Lines, total_acid
from sxsim.cascade.compile import Problem
from sxsim.kernels.model import AQUEOUS, State

__all__ = ["Figure", "Kind", "Outlet", "closure_by_component", "entering_kmol_h", "figure_of", "outlets"]

Kind = Literal["inlet", "product", "recycle", "split"]
Figure = Any
"""A float, or an array with one for each case."""


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
    aqueous_m3_h, organic_m3_h : float or (cases,) array
        Flow of each phase in it, entrainment included [m3/h].
    """

    name: str
    kind: Kind
    phase: Literal["aqueous", "organic"]
    stage: int
    aqueous_m3_h: Figure
    organic_m3_h: Figure


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
    drawn = {draw.name: figure_of(plan.draw_volume[..., row]) for row, draw in enumerate(cascade.draw)}
    shares = [(split, figure_of(plan.split_fraction[..., row])) for row, split in enumerate(cascade.split)]
    found: list[Outlet] = []
    for name, product in cascade.products.items():
        j = problem.stage_of(product.section, product.stage)
        if product.kind == "draw":
            volume = drawn[name]
            parts = (volume, 0.0) if product.phase == "aqueous" else (0.0, volume)
            found.append(Outlet(name, "product", product.phase, j, *parts))
        elif product.kind == "organic":
            V = figure_of(flows.organic[..., j])
            kind: Kind = "recycle" if plan.recycled else "product"
            found.append(Outlet(name, kind, "organic", j, figure_of(plan.entrained_aq[..., j]) * V, V))
        else:
            kept = 1.0 - sum(share for split, share in shares if split.from_ == name)
            found.append(_aqueous_part(name, "product", problem, flows, j, kept))
    for split, share in shares:
        j = problem.stage_of(cascade.products[split.from_].section, 1)
        found.append(_aqueous_part(f"{split.from_}_to_{split.to}", "split", problem, flows, j, share))
    return found


def _aqueous_part(name: str, kind: Kind, problem: Problem, flows: Lines, j: int, share: Figure) -> Outlet:
    """A share of the aqueous line of stage j with the organic that it carries."""
    volume = share * figure_of(flows.aqueous[..., j])
    return Outlet(name, kind, "aqueous", j, volume, volume * figure_of(problem.plan.entrained_org[..., j]))


def figure_of(values: Any) -> Figure:
    """A single number as a plain float, those of many cases as they are."""
    return float(values) if np.ndim(values) == 0 else values


def entering_kmol_h(problem: Problem) -> tuple[NDArray[np.float64], Figure, Figure]:
    """What feeds, fresh organic and base bring in.

    Returns
    -------
    components : (n,) or (cases, n) array
        Elements and counter-ion [kmol/h].
    protons : float or (cases,) array
        Total acid of the aqueous feeds and the protons their metals stand for (z x) [kmol/h].
    sulfate : float or (cases,) array
        Total sulfate [kmol/h].
    """
    plan = problem.plan
    volume, inlet = plan.feed_volume, plan.inlet
    components = np.add.reduce(volume[..., None] * plan.feed_concentration, axis=-2)
    if plan.acid_component >= 0:
        components[..., plan.acid_component] += np.add.reduce(volume * plan.feed_acid, axis=-1)
    if not plan.recycled:
        components = components + inlet[..., :1] * plan.organic
    if plan.base_component >= 0:
        components[..., plan.base_component] += inlet[..., 0] * inlet[..., 1] + inlet[..., 2]
    aqueous = volume * (plan.feed_phase == AQUEOUS)
    protons = np.add.reduce(aqueous * (plan.feed_Q + plan.acid_protons * plan.feed_acid), axis=-1)
    sulfate = np.add.reduce(aqueous * (plan.feed_sulfate + plan.acid_sulfate * plan.feed_acid), axis=-1)
    return components, figure_of(protons), figure_of(sulfate)


def closure_by_component(problem: Problem, state: State, leaving: list[Outlet]) -> dict[str, Figure]:
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
    dict of str to float, or to (cases,) array
        |out - in|/in of each component, the counter-ion included; `acid` is the total acid together with the protons
        that the dissolved metals stand for (z x), which no exchange of ions changes, or the acid of both phases where
        the extractant takes it up; `sulfate` in sulfate media.
    """
    components, protons, sulfate = entering_kmol_h(problem)
    out, out_protons, out_sulfate = np.zeros_like(components), 0.0 * protons, 0.0 * protons
    for outlet in leaving:
        if outlet.kind == "product":
            j = outlet.stage
            x, sulfates = state.x[..., j, :], state.sulfate[..., j]
            acid = total_acid(state.h[..., j], sulfates, problem.chemistry.Ka2)
            aqueous, organic = (np.asarray(flow)[..., None] for flow in (outlet.aqueous_m3_h, outlet.organic_m3_h))
            out += aqueous * x + organic * state.y[..., j, :]
            out_protons = out_protons + aqueous[..., 0] * (acid + np.add.reduce(x * problem.chemistry.z, axis=-1))
            out_sulfate = out_sulfate + aqueous[..., 0] * sulfates
    closure = {
        name: _relative(figure_of(out[..., row]), figure_of(components[..., row]))
        for row, name in enumerate(problem.components)
    }
    taken_up = problem.plan.acid_component
    closure["acid"] = _relative(out_protons, protons) if taken_up < 0 else closure.pop(problem.components[taken_up])
    if problem.chemistry.Ka2 > 0.0:
        closure["sulfate"] = _relative(out_sulfate, sulfate)
    return closure


def _relative(out: Figure, entering: Figure) -> Figure:
    """A balance error beside what enters; the error itself where nothing enters."""
    return figure_of(abs(out - entering) / np.where(entering > 0.0, entering, 1.0))
