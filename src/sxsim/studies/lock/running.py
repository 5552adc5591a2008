"""Running the study: three operators by the rigorous tools, the curves by closed forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from sxsim.chemistry.factors import separation_factor
from sxsim.definition import Cascade
from sxsim.definition.system import SystemFile, load_system_file
from sxsim.economics import Cost, PriceSet, cost, price_set
from sxsim.economics.price_sets import DEFAULT_SET
from sxsim.errors import Finding, InputError, SxsimError
from sxsim.foundation.cited import ParameterSet
from sxsim.sizing import Plan, design
from sxsim.sizing.cut import Cut, find_cut
from sxsim.sizing.trials import feed_load
from sxsim.studies.lock.argument import LIMITS, argue
from sxsim.studies.lock.assumptions import assumptions, believed_factor, published_factors
from sxsim.studies.lock.building import Blueprint, Grown, blueprint, grow, sections_of
from sxsim.studies.lock.curves import Curve, by_error, by_purity, by_reflux, by_time
from sxsim.studies.lock.linking import linking
from sxsim.studies.lock.newcomers import draw_newcomers
from sxsim.studies.lock.opening import Way, held_untrimmed, loss_of, open_by
from sxsim.studies.lock.outcome import Lock, Operator
from sxsim.studies.lock.scale import by_delay, by_scale
from sxsim.studies.systems import with_factors

__all__ = ["technology_lock"]

WAYS = {
    "naive": (Way("open"),),
    "textbook": (Way("feedback"),),
    "expert": (
        Way("matched-reflux"),
        Way("one-sided", 120.0),
        Way("one-sided", 192.0),
        Way("organic-first"),
        Way("open"),
    ),
}
OTHER_PAIRS = (("Nd", "Pr"), ("Dy", "Tb"))
"""Pairs that are set beside the cut in the curve over the error, as far as the system knows them."""
LESS_BETA = 0.05
HOURS_A_DAY = 24.0


def technology_lock(
    cascade: Cascade,
    *,
    given: Mapping[str, float] | None = None,
    beta_error: float | None = None,
    newcomers: int = 1000,
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
) -> Lock:
    """Let three operators who know different things build, mend, start and pay for one cut.

    Parameters
    ----------
    cascade : Cascade
        Feed and target: one cut with an extraction, a scrubbing and a stripping section, its targets as equations.
    given : mapping of str to float, optional
        Assumptions that replace the shipped ones, by name.
    beta_error : float, optional
        Relative error of the newcomer's separation factor, instead of one from the data [-].
    newcomers : int
        Random draws of newcomers.
    seed : int
        Start of the random numbers; the same seed, the same numbers.
    progress : callable, optional
        Takes a line for each step.

    Returns
    -------
    Lock
        Operators, curves, the argument from the numbers and what it cannot show.

    Raises
    ------
    InputError
        The cascade has findings, is no such cut, or an assumption is out of range.
    UnreachableTarget, ConvergenceError
        The targets are out of reach for the expert too.

    Notes
    -----
    The plant follows the separation factor of the cascade's system. Naive and textbook operators design by closed
    forms; what they built is solved rigorously with the targets as equations, and stages are added until the organic
    fits what they installed. All three strip as the expert does, so that only what they know differs.
    """
    if findings := cascade.check():
        raise InputError(findings)
    wrong = [
        Finding(name, f"{value} is too few" if name == "newcomers" else f"{value} is negative", f"{least} or more")
        for name, value, least in (("newcomers", newcomers, 1), ("seed", seed, 0))
        if value < least
    ]
    if wrong:
        raise InputError(wrong)
    assumed = assumptions(given)
    tell = progress or (lambda line: None)
    sections_of(cascade)
    cut = find_cut(cascade)
    system = load_system_file(cascade.organic.system)
    true = separation_factor(system, cut.A, cut.B)
    published = published_factors(system, cut.A, cut.B)
    belief = believed_factor(published, true.value, assumed["handbook_quantile"], beta_error)
    tell("the expert designs")
    plan = design(cascade)
    workshop = _Workshop(cascade, cut, plan, assumed, tell)
    thumb = assumed["naive_S_over_S_min"]
    handbook = f"{belief.how}; S by a rule of thumb; simple stage count; opens and waits"
    textbook = "the true factor; Xu's optimum; simple stage count; feedback on a stage"
    exact = "the true factor; exact design at least cost; the fastest of the policies that were simulated"
    operators = (
        workshop.operator("naive", handbook, belief.beta, thumb),
        workshop.operator("textbook", textbook, cut.beta, None),
        workshop.operator("expert", exact, cut.beta, None, exact=True),
    )
    tell("one in twenty off the separation factor")
    fewer = _extra_with_less(plan, cut, LESS_BETA, assumed["pump_headroom"])
    expert = operators[-1]
    lock = Lock(
        cascade=cascade,
        pair=(cut.A, cut.B),
        beta=cut.beta,
        beta_status=true.status,
        S_min=float(cut.minimum.S),
        operators=operators,
        belief=belief,
        published=published,
        newcomers=draw_newcomers(cut, published, _span(assumed), newcomers, seed),
        less_beta=LESS_BETA,
        less_beta_extra=fewer,
        linking=linking(system, cut.A, cut.B),
        curves=_curves(cascade, cut, system, belief.beta, assumed, expert, plan, tell),
        assumed=assumed,
        argument=(),
        limits=LIMITS,
        warnings=_warnings(operators, true.status),
    )
    return replace(lock, argument=argue(lock))


class _Workshop:
    """Builds, mends, opens and costs the cascades of the operators."""

    def __init__(
        self, cascade: Cascade, cut: Cut, plan: Plan, assumed: ParameterSet, tell: Callable[[str], None]
    ) -> None:
        self._cascade, self._cut, self._plan, self._assumed, self._tell = cascade, cut, plan, assumed, tell
        table = cascade.economics
        self._prices = price_set(table.price_set if table is not None and table.price_set else DEFAULT_SET)
        scrub = next(part for part in cascade.section if part.kind == "scrubbing")
        self._scrub = scrub.aqueous_in

    def operator(self, name: str, knows: str, beta: float, ratio: float | None, *, exact: bool = False) -> Operator:
        """Carry one operator through; the exact one takes the design as it is."""
        plan, assumed, cut = self._plan, self._assumed, self._cut
        self._tell(f"the {name} operator builds")
        names = sections_of(plan.cascade)
        built: tuple[int, int] = (plan.stages[names[0]], plan.stages[names[1]])
        final, result, raised, organic = built, plan.result, 1.0, plan.flows_m3_h["organic"]
        if_right = 0
        if not exact:
            drawn = blueprint(self._cascade, cut, beta, ratio)
            grown = self._grown(drawn)
            built, organic = (drawn.n, drawn.m), drawn.organic_m3_h
            final, result, raised = (grown.n, grown.m), grown.result, grown.organic_raised
            if_right = sum(final) - sum(built)
            if beta != cut.beta:
                right = blueprint(self._cascade, cut, cut.beta, ratio)
                mended = self._grown(right)
                if_right = mended.n + mended.m - right.n - right.m
        self._tell(f"the {name} operator starts up {final[0]} + {final[1]} stages")
        opening = open_by(result, WAYS[name], assumed["startup_d"], assumed["impurity_factor"])
        bill = cost(result, self._prices)
        short = final != built or raised > 1.0
        trial_h = HOURS_A_DAY * assumed["trial_d"] if short else 0.0
        idle_h = HOURS_A_DAY * assumed["retrofit_d"] if short else 0.0
        S, _ = feed_load(result, cut)
        return Operator(
            name=name,
            knows=knows,
            beta=beta,
            built=built,
            final=final,
            extra_if_right=if_right,
            organic_built_m3_h=organic,
            organic_raised=raised,
            S=S,
            S_over_S_min=S / float(cut.minimum.S),
            result=result,
            cost=bill,
            opening=opening,
            loss=loss_of(bill, _sales_usd_h(bill, self._prices), opening, trial_h, idle_h),
            untrimmed=held_untrimmed(result, self._scrub, assumed["scrub_error"]),
        )

    def _grown(self, drawn: Blueprint) -> Grown:
        """Mend what was built; all strip as the design does."""
        start = self._plan.result
        return grow(start, start.cascade, self._cut, drawn, self._assumed["pump_headroom"])


def _sales_usd_h(bill: Cost, prices: PriceSet) -> float:
    """What the oxides of an hour fetch [USD/h]."""
    return sum(
        each.oxide_kg_h * prices.oxide(each.element).usd_per_unit
        for each in bill.plant.finished
        if each.element in prices.oxides
    )


def _extra_with_less(plan: Plan, cut: Cut, less: float, headroom: float) -> int | None:
    """Stages that a design lacks when the separation factor is smaller, at its organic; None where none help."""
    names = sections_of(plan.cascade)
    n, m = plan.stages[names[0]], plan.stages[names[1]]
    beta = cut.beta * (1.0 - less)
    try:
        weaker = with_factors(plan.result.cascade, {f"{cut.A}/{cut.B}": beta})
        built = Blueprint(cut.beta, plan.S, plan.S_over_S_min, n, m, plan.flows_m3_h["organic"])
        grown = grow(plan.result, weaker, find_cut(weaker), built, headroom)
    except SxsimError:
        return None
    return grown.n + grown.m - n - m if grown.organic_raised == 1.0 else None


def _curves(
    cascade: Cascade,
    cut: Cut,
    system: SystemFile,
    believed: float,
    assumed: ParameterSet,
    expert: Operator,
    plan: Plan,
    tell: Callable[[str], None],
) -> dict[str, Curve]:
    """All curves by name."""
    tell("curves")
    pairs = {f"{cut.A}/{cut.B}": cut.beta}
    for A, B in OTHER_PAIRS:
        if {A, B} <= set(system.elements):
            pairs.setdefault(f"{A}/{B}", separation_factor(system, A, B).value)
    found = (
        by_purity(cascade, cut, believed, assumed["naive_S_over_S_min"], expert.cost.oxide_kg_per_y),
        by_error(pairs, cut.wanted, plan.S_over_S_min),
        by_reflux(cut),
        by_time(cut, assumed["impurity_factor"], expert.opening.stage_h),
        by_scale(expert.result),
        by_delay(expert.result),
    )
    return {curve.name: curve for curve in found}


def _span(assumed: ParameterSet) -> tuple[float, float]:
    """Range of the newcomers' S/S_min."""
    number = assumed.cited["naive_S_over_S_min"]
    return number.low, number.high


def _warnings(operators: tuple[Operator, ...], status: str) -> tuple[str, ...]:
    """What a reader of the numbers must know."""
    said = []
    if status == "unverified":
        said.append("the separation factor that is taken for true is unverified itself")
    said += [
        f"{each.name}: not on specification for good within {each.opening.run_h / HOURS_A_DAY:.0f} d by "
        f"{each.opening.way}; its time and money are lower bounds"
        for each in operators
        if each.loss.at_least
    ]
    return tuple(dict.fromkeys((*said, *operators[-1].cost.warnings)))
