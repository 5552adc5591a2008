"""Why a target is missed or a steady state was not found: section, stage, cause and cure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sxsim.cascade.profiles import Stages
from sxsim.cascade.streams import Stream
from sxsim.definition.bounds import charge_bound_kmol_h
from sxsim.elements import ELEMENTS

if TYPE_CHECKING:
    from sxsim.cascade.compile import Problem
    from sxsim.cascade.proof import Proof
    from sxsim.cascade.result import Result, TargetResult
    from sxsim.definition.tables import Target
    from sxsim.kernels.model import State

__all__ = [
    "FULL",
    "ALKALINE_pH",
    "does_not_flow",
    "does_not_settle",
    "in_doubt",
    "is_wild",
    "missed",
    "no_sound_state",
    "not_converged",
    "unreachable",
]


CONVERGED = "converged"

EQUILIBRIUM = 1e-8
"""Largest equilibrium residual of a steady state [-]."""

HIGHEST_pH = 14.0
"""Above it there is no acid left that a model of free protons could speak of."""

LITTLE = 1e-3
"""Protons [mol/L], or free extractant over all of it [-], below which an equilibrium has to be checked."""

ALKALINE_pH = 10.0
"""Above it water is alkaline: no steady state where the extractant, full, leaves base behind."""

FULL = 0.9999
"""Share of the extractant that enters from which on it takes up no more base."""

WILD = 2.0
"""Loading fraction from which an iterate that did not converge means nothing [-]."""

STRIP_SHARE = 0.5
"""The strip is to blame when what it leaves in the organic is this share of what soils a product."""


class Need(NamedTuple):
    """Organic that a cut needs beside what flows.

    Attributes
    ----------
    organic_m3_h : float
        Flow at which the load that the organic reaches carries the least reflux that any number of stages needs.
    ratio : float
        That flow over the present one.
    """

    organic_m3_h: float
    ratio: float


def missed(problem: Problem, stage: Stages, table: Mapping[str, Stream], target: TargetResult) -> str:
    """Say by how much a target is missed, why, and what would help.

    Parameters
    ----------
    problem : Problem
        Compiled cascade.
    stage : Stages
        Solution.
    table : mapping of str to Stream
        Its streams.
    target : TargetResult
        The target.

    Returns
    -------
    str
        One sentence.
    """
    head = f"target missed: {_said(target)}"
    if target.value is None:
        return f"{head}: the product holds no rare earth"
    side = _side(problem, target.stream)
    members = target.element.split("+")
    need = _organic_needed(problem, stage, members[0], side)
    weak = _weak_strip(problem, table, target)
    intruders = [
        name
        for name in problem.cascade.elements
        if name not in members and table[target.stream].recovery.get(name, 0.0) > 0.0 and ELEMENTS[name].is_rare_earth
    ]
    if target.figure != "purity":
        lost = max(
            (stream for stream in table.values() if stream.kind == "product" and stream.name != target.stream),
            key=lambda stream: stream.recovery.get(members[0], 0.0),
            default=None,
        )
        where = f"{lost.name} carries {lost.recovery[members[0]]:.1%} of the {members[0]} fed" if lost else ""
        cause = where or f"{target.element} stays in the organic loop"
    elif intruders:
        worst = max(intruders, key=lambda name: table[target.stream].amount_kmol_h(name))
        share = table[target.stream].recovery[worst]
        cause = f"{target.stream} still carries {share:.1%} of the {worst} fed"
    else:
        cause = "nothing else is in the product"
    if weak:
        return f"{head}: {weak}"
    if need is not None and need.ratio > 1.0:
        size = "far too small" if need.ratio > 1.5 else "too small"
        return f"{head}: organic {size}: {cause}; raise organic.flow_m3_h above about {need.organic_m3_h:.3g}"
    return f"{head}: {cause}; {_lever(problem, side)}"


def unreachable(problem: Problem, result: Result | None, proof: Proof) -> str:
    """Say why the targets cannot be reached, and how near one can come."""
    asked = ", ".join(_asked(target) for target in problem.cascade.target if target.enforced)
    text = f"{asked} cannot be reached with {', '.join(problem.cascade.free)} free: {proof}"
    if result is None:
        return text
    flows = ", ".join(f"{path} = {value:.4g}" for path, value in result.found.items())
    said = "; ".join(_said(target) for target in result.targets)
    return f"{text}; nearest, with {flows}: {said}"


def _asked(target: Target) -> str:
    """A target as it is asked, in words."""
    sign = "=" if target.exact else ">=" if target.at_least else "<="
    unit = f" {target.unit}" if target.unit else ""
    return f"{target.stream} {target.name} {target.figure} {sign} {target.asked:g}{unit}"


def not_converged(problem: Problem, result: Result) -> str:
    """Say where the solver gave up, what most likely stands in its way, and what may help; nothing of it was tried."""
    cause, advice = _cause_and_advice(problem, result)
    return f"{cause}; {advice}"


def no_sound_state(problem: Problem, result: Result) -> str:
    """Say of a state that closes every balance why it is none all the same; nothing where it is sound.

    Parameters
    ----------
    problem : Problem
        Compiled cascade.
    result : Result
        What the solver took for a solution.
    """
    pH, off = result.stage.pH, result.equilibrium_residual
    worst = int(np.nanargmax(pH)) if np.isfinite(pH).any() else 0
    full = pH[worst] > ALKALINE_pH and problem.plan.recycled and _bound_on_entry(problem, result) > FULL
    if pH[worst] > HIGHEST_pH or full:
        over = "more base enters than its liquors and its extractant take"
        return f"stage {result.stage.place(worst)}: {over}, and the pH would be {pH[worst]:.1f}"
    if not off <= EQUILIBRIUM:
        return f"equilibrium is missed by {off:.1e} in ln(y/(D x)), and {EQUILIBRIUM:g} is allowed"
    return ""


def in_doubt(problem: Problem, state: State) -> Any:
    """Whether a state that closes every balance may be none all the same, so that `no_sound_state` has to be asked.

    Only where little acid or extractant is left, or an efficiency is below 1, can equilibrium be missed.

    Parameters
    ----------
    problem : Problem
        Of one case, or of many: then its arrays have the case in front, and so has the answer.
    state : State
        What the solver took for a solution.
    """
    chemistry = problem.chemistry
    little = (state.h.min(axis=-1) < LITTLE) | (state.F.min(axis=-1) < LITTLE * np.asarray(chemistry.extractant))
    return little | bool(chemistry.efficiency.min() < 1.0)


def is_wild(result: Result) -> bool:
    """Whether the figures of an iterate mean nothing, so that no reader should see them."""
    stage = result.stage
    return not (
        bool(np.isfinite(stage.organic_mol_L).all() and np.isfinite(stage.pH).all())
        and float(stage.loading_fraction.max()) < WILD
        and float(stage.pH.max()) < HIGHEST_pH
    )


def _cause_and_advice(problem: Problem, result: Result) -> tuple[str, str]:
    """What most likely stands in the way of a steady state, and what may help."""
    stage = result.stage
    if result.status == CONVERGED and (unsound := no_sound_state(problem, result)):
        return unsound, "lower the base, or bring more acid"
    loading = np.where(np.isfinite(stage.loading_fraction), stage.loading_fraction, 0.0)
    worst = int(np.argmax(loading))
    flow, base = float(problem.plan.inlet[0]), _base_kmol_h(problem)
    limit = charge_bound_kmol_h(problem.cascade.model_copy(update={"solve": None}))
    if limit is not None and base > limit:
        return (
            f"stage {stage.place(0)}: {base:.4g} kmol/h of base enter the closed loop with the flows as typed, and the "
            f"liquors carry away {limit:.4g} at most",
            f"start organic.flow_m3_h below about {flow * limit / base:.3g}, or scrub with more acid",
        )
    if alkaline := _alkaline(problem):
        return alkaline
    if is_wild(result):
        return _without_bound(problem)
    if loading[worst] > 0.98:
        factor = max(loading[worst] / 0.9, 1.05)
        cure = f"raise organic.flow_m3_h above about {flow * factor:.3g}"
        if limit is not None and base * factor > limit:
            cure += " and the scrub with it: the base that comes along must leave as salt"
        return f"stage {stage.place(worst)}: organic loading at {loading[worst]:.0%} of capacity", cure
    bound = _bound_on_entry(problem, result)
    if bound > 0.98:
        return (
            f"stage {stage.place(0)}: base and metals left by stripping claim {bound:.0%} of the extractant that "
            "enters",
            "lower the base, or raise the strip acid",
        )
    return (
        f"no steady state after {result.iterations} steps, worst balance {result.closure:.1e}, equilibrium "
        f"{result.equilibrium_residual:.1e}, heaviest load {loading[worst]:.0%} at stage {stage.place(worst)}",
        "start from a solved neighbour (start = ...), or move the flows in smaller steps",
    )


def _alkaline(problem: Problem) -> tuple[str, str] | None:
    """Cause and advice where the liquors bring more free base than free acid."""
    streams = problem.cascade.stream
    base = math.fsum(float(each.flow_m3_h) * each.alkali_mol_L for each in streams.values())
    acid = math.fsum(float(each.flow_m3_h) * max(each.free_acid_mol_L, 0.0) for each in streams.values())
    if base <= acid:
        return None
    alkaline = [f"stream.{name}.flow_m3_h" for name, each in streams.items() if each.alkali_mol_L > 0.0]
    text = f"no steady state: {base:.4g} kmol/h of free base enter with the liquors, and {acid:.4g} of free acid"
    return text, f"lower {' or '.join(alkaline)}"


def _without_bound(problem: Problem) -> tuple[str, str]:
    """Cause and advice where the solver ran off without bound: acid, base or extractant that the flows lack."""
    plan, law, cascade = problem.plan, problem.law, problem.cascade
    streams = cascade.stream
    fed = plan.feed_volume @ plan.feed_concentration
    rows = [row for row, name in enumerate(problem.components) if name in ELEMENTS and fed[row] > 0.0]
    protons = math.fsum(float(law.z[row] * fed[row]) for row in rows)
    strips = [part for part in cascade.section if part.kind == "stripping" and part.aqueous_in in streams]
    brought = math.fsum(
        float(streams[part.aqueous_in].flow_m3_h) * max(streams[part.aqueous_in].free_acid_mol_L, 0.0)
        for part in strips
    )
    if strips and cascade.organic.recycled and brought < 0.1 * protons:
        named = " or ".join(f"stream.{part.aqueous_in}.acid_mol_L" for part in strips)
        return (
            f"no steady state: the strip brings {brought:.3g} kmol/h of acid, and the metals fed would take up to "
            f"{protons:.3g} of it to leave the organic",
            f"raise {named}",
        )
    claimed = math.fsum(float(law.s[row] * fed[row]) for row in rows)
    capacity = float(plan.inlet[0]) * problem.chemistry.extractant
    if claimed > capacity:
        flat = [problem.components[row] for row in rows if law.a[row] < 1.0]
        more = f"; the constants of {', '.join(flat)} hardly fall as it runs out" if flat else ""
        return (
            f"no steady state: the metals fed would claim {claimed / capacity:.3g} times the extractant that flows"
            f"{more}",
            "raise organic.flow_m3_h or organic.extractant_mol_L",
        )
    text = "no steady state: the solver ran off without bound"
    return text, "untried: raise organic.flow_m3_h or the acid, or start from a solved neighbour (start = ...)"


def does_not_flow(problem: Problem, stage: int) -> str:
    """Say that a phase does not leave a stage and which flows decide it."""
    drawn = [f"draw.{draw.name}.flow_m3_h" for draw in problem.cascade.draw]
    entering = [f"stream.{name}.flow_m3_h" for name in problem.feeds]
    cure = f"lower {' or '.join(drawn)}" if drawn else f"raise {' or '.join(entering)}"
    return (
        f"stage {problem.place(stage)}: more is drawn off or carried away than enters, so a phase does not flow; {cure}"
    )


def does_not_settle(problem: Problem) -> str:
    """Say that splits return without end."""
    shares = [f"split.{split.from_}.fraction" for split in problem.cascade.split]
    cure = f"lower {' or '.join(shares)}" if shares else "lower the entrainment"
    return f"the volumes do not settle: what is returned is returned again and again; {cure}"


def _said(target: TargetResult) -> str:
    """A target in words: asked and reached."""
    unit = " mol/L" if target.figure == "concentration" else ""
    reached = "nothing" if target.value is None else f"{target.value:.6g}{unit}"
    return f"{target.stream} {target.element} {target.figure} {reached} (asked {target.asked:g}{unit})"


def _side(problem: Problem, product: str) -> int:
    """+1 for a product of the organic side of the cut, -1 for one of the aqueous side."""
    place = problem.cascade.products[product]
    kind = problem.cascade.section_named(place.section).kind
    if place.phase == "organic":
        return 1
    return 1 if kind == "stripping" else -1


def _organic_needed(problem: Problem, stage: Stages, symbol: str, side: int) -> Need | None:
    """Organic for the least reflux of the cut beside an element; None where the cut is not clear."""
    elements = [name for name in problem.cascade.elements if ELEMENTS[name].is_rare_earth]
    level = {name: float(problem.law.ln_K[problem.components.index(name)]) for name in elements}
    own = level.get(symbol, -math.inf)
    above = [name for name in elements if (level[name] >= own if side > 0 else level[name] > own)]
    below = [name for name in elements if name not in above]
    plan = problem.plan
    amounts = (plan.feed_volume @ plan.feed_concentration).tolist()
    fed = dict(zip(problem.components, amounts, strict=True))
    total = math.fsum(fed[name] for name in elements)
    if not above or not below or not total > 0.0:
        return None
    beta = math.exp(min(level[name] for name in above) - max(level[name] for name in below))
    if not 1.0 < beta < math.inf:
        return None
    from sxsim.theory.minimum import minimum_sharp

    share = math.fsum(fed[name] for name in above) / total
    least = float(minimum_sharp(beta, share).S) * total
    rare = [problem.components.index(name) for name in elements]
    carried = float((stage.organic_m3_h * stage.organic_mol_L[:, rare].sum(axis=1)).max())
    flow = float(plan.inlet[0])
    carried = max(carried, flow * float(plan.inlet[1]) / 3.0)  # what saponification alone lets it carry
    if not carried > 0.0:
        return None
    return Need(flow * least / carried, least / carried)


def _weak_strip(problem: Problem, table: Mapping[str, Stream], target: TargetResult) -> str:
    """What a strip that leaves metal in the organic does to a product, and the cure; nothing where it does little.

    In a closed loop the metal comes in again with the organic and soils the raffinate; in an open one it is lost. The
    purity of what is stripped does not suffer.
    """
    cascade = problem.cascade
    strips = [part for part in cascade.section if part.kind == "stripping"]
    rare = [name for name in cascade.elements if ELEMENTS[name].is_rare_earth]
    if not strips:
        return ""
    kept = {name: table["stripped_organic"].amount_kmol_h(name) for name in rare}
    product, members = table[target.stream], target.element.split("+")
    if (_side(problem, target.stream) > 0) != (target.figure == "recovery"):
        return ""
    if target.figure == "purity":
        soiling = math.fsum(amount for name, amount in kept.items() if name not in members)
        spoilt = math.fsum(product.amount_kmol_h(name) for name in rare if name not in members)
    else:
        soiling = math.fsum(kept.get(name, 0.0) for name in members)
        spoilt = math.fsum(product.amount_kmol_h(name) for name in members)
    if not soiling > STRIP_SHARE * spoilt:
        return ""
    total = math.fsum(kept.values())
    liquors = [table[part.aqueous_out] for part in strips if part.aqueous_out in cascade.products]
    loaded = total + math.fsum(liquor.amount_kmol_h(name) for liquor in liquors for name in rare)
    # little acid strips a cation exchanger too weakly; a solvating extractant lets go where the anion is dilute
    key = "acid_mol_L" if problem.system.law.protons_released > 0.0 else "flow_m3_h"
    cure = " or ".join(f"stream.{part.aqueous_in}.{key}" for part in strips if part.aqueous_in in cascade.stream)
    goes = "returns to the first stage" if cascade.organic.recycled else "leaves with it"
    return f"the strip leaves {total / loaded:.2%} of its load in the organic, and that {goes}; raise {cure}"


def _lever(problem: Problem, side: int) -> str:
    """What moves a product of one side, once the organic is large enough."""
    free = [
        path for path in (problem.cascade.solve.free if problem.cascade.solve else ()) if path.endswith("flow_m3_h")
    ]
    if free:
        return _more_stages(problem, {side})
    scrubs = [part.aqueous_in for part in problem.cascade.section if part.kind == "scrubbing"]
    if not scrubs:
        return _more_stages(problem, {side})
    if side > 0:
        return f"raise stream.{scrubs[0]}.flow_m3_h a little, lower organic.flow_m3_h, or free both in [solve]"
    return f"raise organic.flow_m3_h a little, lower stream.{scrubs[0]}.flow_m3_h, or free both in [solve]"


def _more_stages(problem: Problem, sides: set[int]) -> str:
    """Sections to lengthen: scrubbing for the organic side's products, extraction for the aqueous side's."""
    kinds = {1: "scrubbing", -1: "extraction"}
    wanted = {kinds[side] for side in sides} or set(kinds.values())
    named = [part.name for part in problem.cascade.section if part.kind in wanted]
    if not named:
        return "add a scrubbing section"
    return "raise " + " and ".join(f"section.{name}.stages" for name in named)


def _bound_on_entry(problem: Problem, result: Result) -> float:
    """Share of the entering extractant that base and metals claim."""
    from sxsim.cascade.streams import ORGANIC_IN

    held = result.stream[ORGANIC_IN].concentration_mol_L
    bound = math.fsum(s * held[name] for name, s in zip(problem.components, problem.law.s, strict=True))
    return bound / problem.chemistry.extractant


def _base_kmol_h(problem: Problem) -> float:
    """Base that enters with the organic [kmol/h]."""
    return float(problem.plan.inlet[0] * problem.plan.inlet[1] + problem.plan.inlet[2])
