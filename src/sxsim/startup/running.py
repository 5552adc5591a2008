"""Running the start-up of a cascade."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sxsim.cascade.compile import Problem, compile_cascade
from sxsim.cascade.result import Result
from sxsim.cascade.solving import solve_quietly
from sxsim.definition import Cascade
from sxsim.definition.present import without_absent
from sxsim.definition.startup_tables import POLICIES, Policy, Startup
from sxsim.errors import ConvergenceError, Finding, InputError
from sxsim.foundation.suggestions import one_of
from sxsim.kernels.packed import Point
from sxsim.kernels.transient_stage import Vessels
from sxsim.startup import checkpoint
from sxsim.startup.course import Course
from sxsim.startup.fills import rare_earths, steady_fill, steady_point
from sxsim.startup.holdups import hold_ups
from sxsim.startup.measures import crossing_times, product_margins, product_records, spent_until
from sxsim.startup.modes import relaxation_times_h
from sxsim.startup.operation import Operation
from sxsim.startup.outcome import StartUp, TimeScales
from sxsim.startup.policies import Conduct, fill
from sxsim.startup.split import Split, product_split, strong_fraction, watch_stage
from sxsim.startup.tuning import Tuning, tune
from sxsim.theory.timescales import slow_mode

__all__ = ["compare", "start_up"]

HOURS_A_DAY = 24.0
HOURS_A_YEAR = 8760.0
SETTLED = 5.0
"""Multiples of the slowest relaxation time after which a cascade is at rest to a per cent of what was amiss."""


def start_up(
    cascade: Cascade,
    *,
    policy: Policy | None = None,
    days: float | None = None,
    steady: Result | None = None,
    resume: str | os.PathLike[str] | None = None,
    time_scales: bool = True,
    progress: Callable[[float], None] | None = None,
) -> StartUp:
    """Fill a cascade, open it by a policy and run it.

    Parameters
    ----------
    cascade : Cascade
        Definition; its table `[startup]` says all that the arguments leave open.
    policy : str, optional
        One of "open", "organic-first", "reflux", "one-sided", "matched-reflux", "feedback".
    days : float, optional
        Length of the run [d].
    steady : Result, optional
        The steady state, if it is solved already.
    resume : path-like, optional
        A checkpoint from which to carry on until `days`.
    time_scales : bool
        Whether the slow modes of the linearised model are worked out too.
    progress : callable, optional
        Called with the time reached [h].

    Returns
    -------
    StartUp
        Times to specification, what was lost and spent, and the whole course.

    Raises
    ------
    InputError
        The definition, the policy or the checkpoint is wrong, or the policy cannot be carried out.
    ConvergenceError
        There is no steady state, or no step in time is short enough.

    Notes
    -----
    Mixers are at equilibrium; settlers are well-mixed volumes of each phase. Volumes of the phases stay as they are
    and flows pass at once, unless the hold-up says that mixers overflow as they are mixed. Every stage of the
    integrator is a twin cascade whose vessels also "leave" their volume per time step, with its equilibria linearised
    and its block elimination done once a step.

    References
    ----------
    Steinebach, G., BIT Numer. Math. 63 (2023) 27, doi 10.1007/s10543-023-00967-x (the method Rodas5P).
    """
    table = _table(cascade, policy, days)
    running = without_absent(cascade)
    result = steady if steady is not None and running is cascade else solve_quietly(running)
    problem = compile_cascade(result.solved_cascade)
    problem = replace(problem, cascade=problem.cascade.model_copy(update={"startup": table}))
    vessels, cells = hold_ups(result, table.hold_up)
    point = steady_point(problem, result)
    at_rest = steady_fill(vessels, cells, point)
    split = product_split(problem, result)
    watch = _watch(problem, table, split, point)
    fraction = float(strong_fraction(split, point.c[0, watch])) if split.strong and split.weak else 0.5
    saved = checkpoint.read(resume, running.input_hash, table.policy) if resume is not None else None
    if saved is not None and saved["course"]["clock"][0] >= table.days * HOURS_A_DAY:
        offence = f"the checkpoint stands at {saved['course']['clock'][0] / HOURS_A_DAY:g} days already"
        raise InputError(
            Finding("days", offence, "more than that", "ask for more days"),
            os.fspath(resume or ""),
        )
    tuning: Tuning | None = None
    if table.policy == "feedback" and table.controller.gain is None:
        tuning = tune(problem, vessels, at_rest, point, split, watch, table.controller)
        tuned = table.controller.model_copy(update={"gain": tuning.gain, "integral_h": tuning.integral_h})
        table = table.model_copy(update={"controller": tuned})
    amount, guess = fill(table.policy, problem, vessels, cells, at_rest, point)
    as_mixed = table.hold_up.mixer_phases == "as-mixed"
    course = Course(problem, vessels, amount, guess, table.tolerance, as_mixed=as_mixed)
    operation = Operation(course, table.event, progress)
    conduct = Conduct(table, operation, split, watch, at_rest, fraction)
    if saved is not None:
        operation.restore(saved["operation"])
        course.restore(saved["course"])
        operation.skip_to(course.time_h)
        conduct.restore(saved["conduct"])
    conduct.run_to(table.days * HOURS_A_DAY)
    scales = _scales(problem, result, vessels, at_rest, point, split, watch, time_scales)
    return _outcome(result, problem, table, course, operation, conduct, scales, point, tuning)


def compare(
    cascade: Cascade,
    *,
    days: float | None = None,
    policies: tuple[Policy, ...] = tuple(POLICIES),
    progress: Callable[[Policy], None] | None = None,
) -> dict[Policy, StartUp | str]:
    """Run several policies on one cascade.

    Parameters
    ----------
    cascade : Cascade
        Definition.
    days : float, optional
        Length of each run [d].
    policies : tuple of str
        Which.
    progress : callable, optional
        Called with each policy before it runs.

    Returns
    -------
    dict of str to StartUp or str
        Policy to its outcome, or to what kept it from being carried out.

    Raises
    ------
    InputError
        The definition is wrong.
    ConvergenceError
        There is no steady state.
    """
    result = solve_quietly(cascade)
    runs: dict[Policy, StartUp | str] = {}
    for policy in policies:
        if progress is not None:
            progress(policy)
        try:
            runs[policy] = start_up(cascade, policy=policy, days=days, steady=result, time_scales=not runs)
        except (InputError, ConvergenceError) as reason:
            runs[policy] = str(reason)
    return runs


def _table(cascade: Cascade, policy: str | None, days: float | None) -> Startup:
    """The table with what the call says."""
    if findings := cascade.check():
        raise InputError(findings)
    changes: dict[str, object] = {}
    if policy is not None:
        if policy not in POLICIES:
            offence = f"there is no policy {policy!r}"
            raise InputError(Finding("policy", offence, ", ".join(POLICIES), one_of(policy, POLICIES)))
        changes["policy"] = policy
    if days is not None:
        if not 0.0 < days <= 36500.0:
            raise InputError(Finding("days", f"{days:g} days", "above 0, at most 36500", "write 30, say"))
        changes["days"] = float(days)
    return (cascade.startup or Startup()).model_copy(update=changes)


def _watch(problem: Problem, table: Startup, split: Split, point: Point) -> int:
    """The monitored stage (0-based)."""
    chosen = table.controller
    if chosen.section is not None and chosen.stage is not None:
        return problem.stage_of(chosen.section, chosen.stage)
    return watch_stage(problem, split, point.c[0])


def _scales(
    problem: Problem,
    result: Result,
    vessels: Vessels,
    at_rest: NDArray[np.float64],
    point: Point,
    split: Split,
    watch: int,
    linearise: bool,
) -> TimeScales:
    """Time scales of the cascade, and the formula beside them."""
    rare = rare_earths(problem)
    held = at_rest[..., rare].sum(axis=(0, 2))
    stage = result.stage
    through = stage.aqueous_m3_h * stage.aqueous_mol_L[:, rare].sum(axis=1)
    through = through + stage.organic_m3_h * stage.organic_mol_L[:, rare].sum(axis=1)
    kinds = {section.name: section.kind for section in problem.cascade.section}
    chosen = np.array([kinds[name] in ("extraction", "scrubbing") for name in problem.section])
    chosen = chosen if chosen.any() else np.ones_like(chosen)
    residence = float(held[chosen].sum() / through[chosen].sum())
    formula = _formula_h(problem, result, split, float(held.sum()))
    tau: list[float | None] = [None, None]
    if linearise:
        guess = formula if np.isfinite(formula) and formula > 0.0 else 10.0 * residence * held.size
        found = relaxation_times_h(problem, vessels, at_rest, point, guess)
        tau = [float(each) for each in found]
    return TimeScales(
        residence, tau[0], tau[1], formula, float(held.sum()), problem.section[watch], problem.local_stage[watch]
    )


def _formula_h(problem: Problem, result: Result, split: Split, held_kmol: float) -> float:
    """M/(I ln Sep) [h]; NaN where the products are not two."""
    rare = rare_earths(problem)
    if not split.strong or not split.weak or not 0.0 < split.share < 1.0:
        return float("nan")
    fed = sum(problem.plan.feed_volume @ problem.plan.feed_concentration[:, rare])
    kinds = {section.name: section.kind for section in problem.cascade.section}
    out = np.zeros((2, len(problem.components)))
    for name, product in problem.cascade.products.items():
        stream = result.stream[name]
        if stream.kind != "product":
            continue
        side = 1 if product.kind == "outlet" and kinds[product.section] in ("soap", "extraction") else 0
        out[side, rare] += [stream.amount_kmol_h(problem.components[i]) for i in rare]
    purity_A = out[0, list(split.strong)].sum() / out[0].sum()
    purity_B = out[1, list(split.weak)].sum() / out[1].sum()
    if not (0.5 < purity_A < 1.0 and 0.5 < purity_B < 1.0):
        return float("nan")
    return float(slow_mode(held_kmol / fed, split.share, purity_A, purity_B).tau_1)


def _outcome(
    result: Result,
    problem: Problem,
    table: Startup,
    course: Course,
    operation: Operation,
    conduct: Conduct,
    scales: TimeScales,
    point: Point,
    tuning: Tuning | None,
) -> StartUp:
    """Judge a run."""
    log, segments = course.log, tuple(course.segments)
    products = tuple(product_records(problem, log, segments, conduct.opened_h, point.c[:2]))
    reached: float | None = None
    lasting: float | None = None
    if products and conduct.opened_h is not None:
        worst = product_margins(problem, log.outlet, point.c[:2]).min(axis=1)
        reached, lasting = crossing_times(log.time, worst, max(conduct.opened_h, float(log.time[0])))
    rare = rare_earths(problem)
    end = log.outlet[-1][..., :-2]
    beside = np.maximum(point.c[:2][..., rare].sum(axis=-1, keepdims=True), 1e-300)
    distance = float((np.abs(end - point.c[:2])[..., rare] / beside).max())
    closure = _closure(problem, course)
    return StartUp(
        steady=result,
        problem=problem,
        policy=table.policy,
        log=log,
        segments=segments,
        products=products,
        time_to_spec_h=reached,
        lasting_spec_h=lasting,
        opened_h=conduct.opened_h,
        spent=spent_until(problem, segments, reached if reached is not None else float(log.time[-1])),
        closure=closure,
        scales=scales,
        tuning=tuning,
        counts=course.counts,
        distance=distance,
        warnings=_warnings(result, table, scales, float(log.time[0]), products == (), conduct.opened_h, reached),
        state={"course": course.state(), "operation": operation.state(), "conduct": conduct.state()},
    )


def _closure(problem: Problem, course: Course) -> dict[str, float]:
    """In - out - change of hold-up of every component, beside what came in and was held."""
    log = course.log
    entered = np.zeros(len(problem.components))
    left = np.zeros_like(entered)
    for segment in course.segments:
        entered += segment.entering_kmol_h * (segment.end_h - segment.start_h)
        carried = log.integral[segment.rows.stop - 1] - log.integral[segment.rows.start - 1]
        for outlet in segment.outlets:
            if outlet.kind == "product":
                left += outlet.aqueous_m3_h * carried[0, outlet.stage, :-2]
                left += outlet.organic_m3_h * carried[1, outlet.stage, :-2]
    base = problem.plan.base_component
    if base >= 0:
        entered[base] -= log.integral[-1, 1, 0, -2]  # base that found no free extractant did not come in
    error = entered - left - (log.contents[-1] - log.contents[0])[:-2]
    beside = np.maximum(entered + np.abs(log.contents[0][:-2]), 1e-300)
    return {name: float(each) for name, each in zip(problem.components, np.abs(error / beside), strict=True)}


def _days(days: float) -> str:
    """A number of days in words."""
    return "1 day" if days == 1.0 else f"{days:g} days"


def _warnings(
    result: Result,
    table: Startup,
    scales: TimeScales,
    from_h: float,
    nameless: bool,
    opened_h: float | None,
    reached_h: float | None,
) -> tuple[str, ...]:
    """What a reader of the numbers must know."""
    said = list(result.warnings)
    if from_h > 0.0:
        said.append(
            f"carried on from day {from_h / HOURS_A_DAY:g}: masses and reagents are those since then, and an earlier "
            "time to specification is not seen; times count from the fill"
        )
    tau = scales.tau_1_h
    if tau is not None and SETTLED * tau > table.days * HOURS_A_DAY:
        settled = SETTLED * tau
        when = f"{settled / HOURS_A_YEAR:.1f} years" if settled > HOURS_A_YEAR else f"{settled / HOURS_A_DAY:.0f} days"
        said.append(
            f"left alone the cascade rests only after about {when} (slowest mode {tau / HOURS_A_DAY:.1f} days): "
            "the steady state is solved directly, and time to specification is what counts here"
        )
    if nameless:
        said.append("no target asks for a purity, so there is no time to specification; add a [[target]]")
    elif opened_h is None:
        said.append(f"the policy {table.policy} was still preparing when the run ended; raise startup.days")
    elif reached_h is None:
        said.append(
            f"the products do not meet specification together within {_days(table.days)}; a cascade designed to its "
            "targets exactly reaches them only in the end: startup.impurity_factor says what counts as reached"
        )
    return tuple(said)
