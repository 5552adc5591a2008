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
from sxsim.studies.lock.adding import Grown, Stripped, grow, stripped_less
from sxsim.studies.lock.argument import LIMITS, argue
from sxsim.studies.lock.assumptions import assumptions, believed_factor, published_factors
from sxsim.studies.lock.building import Blueprint, blueprint, sections_of
from sxsim.studies.lock.curves import Curve, by_error, by_purity, by_reflux, by_time
from sxsim.studies.lock.linking import linking
from sxsim.studies.lock.newcomers import draw_newcomers
from sxsim.studies.lock.opening import Loss, Way, held_untrimmed, loss_of, open_by
from sxsim.studies.lock.outcome import Lock, Operator
from sxsim.studies.lock.scale import by_delay, by_scale
from sxsim.studies.lock.turning import (
    newcomer_turns,
    price_turns,
    stage_turns,
    start_turns,
    waiting_turns,
    wrong_factor_turns,
)
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
        Feed and target: one cut with an extraction, a scrubbing and a stripping section.
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
    forms; what they built is solved rigorously for the least organic that meets the targets, and where that is more
    than they installed the fewest stages of any split are added with which it fits. All three strip as the expert
    does, with at most as much strip acid per organic (the cheapest that does), so that only what they know differs.
    Each conclusion is worked out once more with the assumptions that it rests on at the ends of their ranges
    (`Lock.turns`).
    """
    if findings := cascade.check():
        raise InputError(findings)
    wrong = [
        Finding(
            name,
            f"{value} is too few" if name == "newcomers" else f"{value} is negative",
            f"{least} or more",
            cure=f"write {least}",
        )
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
    lacking = _LessFactor(plan, cut, LESS_BETA)
    fewer = lacking(assumed["pump_headroom"])
    expert = operators[-1]
    many = draw_newcomers(cut, published, _span(assumed), newcomers, seed)
    tell("what other assumptions would turn")
    named = ("pump_headroom", "naive_S_over_S_min", *(("handbook_quantile",) if beta_error is None else ()))

    def believed(quantile: float) -> float:
        return believed_factor(published, true.value, quantile, beta_error).beta

    turns = (
        *stage_turns(operators[0], assumed, named, lambda other: workshop.extra(other, believed)),
        *stage_turns(operators[1], assumed, named[:1], lambda other: workshop.extra(other)),
        *price_turns(operators, workshop.prices),
        *waiting_turns(operators, workshop.loss),
        *start_turns(operators, assumed, workshop.started),
        *wrong_factor_turns(fewer, assumed, lacking),
        *newcomer_turns(many, cut, published, assumed),
    )
    lock = Lock(
        cascade=cascade,
        pair=(cut.A, cut.B),
        beta=cut.beta,
        beta_status=true.status,
        S_min=float(cut.minimum.S),
        operators=operators,
        belief=belief,
        published=published,
        newcomers=many,
        less_beta=LESS_BETA,
        less_beta_extra=fewer,
        linking=linking(system, cut.A, cut.B),
        curves=_curves(cascade, cut, system, belief.beta, assumed, expert, plan, tell),
        assumed=assumed,
        turns=turns,
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
        self._stripped = Stripped(plan.result.cascade, plan.flows_m3_h["organic"])  # all strip as the design does

    @property
    def prices(self) -> str:
        """Name of the price set."""
        return self._prices.name

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
            final, raised = (grown.n, grown.m), grown.organic_raised
            most = organic * raised * (1.0 + assumed["pump_headroom"])
            trimmed = stripped_less(self._stripped, grown, most)
            result = min(trimmed, key=lambda each: cost(each, self._prices).usd_per_kg_oxide)
            if_right = sum(final) - sum(built)
            if beta != cut.beta:
                right = blueprint(self._cascade, cut, cut.beta, ratio)
                mended = self._grown(right)
                if_right = mended.n + mended.m - right.n - right.m
        self._tell(f"the {name} operator starts up {final[0]} + {final[1]} stages")
        opening = open_by(result, WAYS[name], assumed["startup_d"], assumed["impurity_factor"])
        bill = cost(result, self._prices)
        changed = final != built or raised > 1.0
        trial_h = HOURS_A_DAY * assumed["trial_d"] if changed else 0.0
        grown_too = sum(final) > sum(built) or raised > 1.0  # a feed that enters elsewhere is no retrofit
        idle_h = HOURS_A_DAY * assumed["retrofit_d"] if grown_too else 0.0
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
        """Mend what was built."""
        return grow(self._stripped, drawn, self._assumed["pump_headroom"])

    def extra(self, other: Mapping[str, float], believed: Callable[[float], float] | None = None) -> int | None:
        """Stages that the textbook operator, or one who believes in another factor, adds under other assumptions.

        Parameters
        ----------
        other : mapping of str to float
            Assumptions that replace those of the study.
        believed : callable, optional
            From the place among the published factors to the one that is believed in; of the naive operator.

        Returns
        -------
        int or None
            None where stages alone do not help.
        """
        assumed = {**self._assumed, **other}
        try:
            beta = self._cut.beta if believed is None else believed(assumed["handbook_quantile"])
            drawn = blueprint(self._cascade, self._cut, beta, assumed["naive_S_over_S_min"] if believed else None)
            grown = grow(self._stripped, drawn, assumed["pump_headroom"], raises=0)
        except InputError:
            return None
        return grown.n + grown.m - drawn.n - drawn.m

    def loss(self, operator: Operator, trial_h: float, idle_h: float) -> Loss:
        """Time and money of an operator with other hours of trial and standstill [h]."""
        return loss_of(operator.cost, _sales_usd_h(operator.cost, self._prices), operator.opening, trial_h, idle_h)

    def started(self, operator: Operator, impurity_factor: float) -> float | None:
        """Hours to specification for good where another impurity is accepted; None for not within the run [h]."""
        try:
            run = open_by(operator.result, WAYS[operator.name], self._assumed["startup_d"], impurity_factor)
        except SxsimError:
            return None
        return run.lasting_h


def _sales_usd_h(bill: Cost, prices: PriceSet) -> float:
    """What the oxides of an hour fetch [USD/h]."""
    return sum(
        each.oxide_kg_h * prices.oxide(each.element).usd_per_unit
        for each in bill.plant.finished
        if each.element in prices.oxides
    )


class _LessFactor:
    """Stages that a design lacks when the separation factor is smaller, with its organic and a headroom."""

    def __init__(self, plan: Plan, cut: Cut, less: float) -> None:
        names = sections_of(plan.cascade)
        n, m = plan.stages[names[0]], plan.stages[names[1]]
        self._built = Blueprint(cut.beta, plan.S, plan.S_over_S_min, n, m, plan.flows_m3_h["organic"])
        weaker = {f"{cut.A}/{cut.B}": cut.beta * (1.0 - less)}
        try:
            self._stripped: Stripped | None = Stripped(
                with_factors(plan.result.cascade, weaker), plan.flows_m3_h["organic"]
            )
        except SxsimError:
            self._stripped = None

    def __call__(self, headroom: float) -> int | None:
        """None where no stages help."""
        if self._stripped is None:
            return None
        try:
            grown = grow(self._stripped, self._built, headroom, raises=0)
        except InputError:
            return None
        return grown.n + grown.m - self._built.n - self._built.m


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
