"""From targets to the cascade of least cost."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from sxsim.cascade.result import Result
from sxsim.cascade.solving import solve_quietly
from sxsim.definition import Cascade
from sxsim.economics.objective import CostModel
from sxsim.equipment import size
from sxsim.errors import Finding, InputError, UnreachableTarget
from sxsim.sizing.beside import differences, theory_of
from sxsim.sizing.curve import CurvePoint, trade_off
from sxsim.sizing.cut import Cut, find_cut
from sxsim.sizing.growing import establish
from sxsim.sizing.margin import FeedCase, Held, feed_cases, held_at
from sxsim.sizing.others import size_others
from sxsim.sizing.plan import Plan
from sxsim.sizing.residual import residual_of
from sxsim.sizing.response import penalties, sensitivities
from sxsim.sizing.search import least
from sxsim.sizing.start import TheoryPoint, best_point, first_stages, theory_curve, with_numbers_for_all
from sxsim.sizing.stripping import first_strip, improve_strip
from sxsim.sizing.task import Task, numbered, read_task
from sxsim.sizing.trials import Trial, Trials, feed_load
from sxsim.sizing.wanted import side_of

__all__ = ["design"]

ROUNDS = 4
"""How often stages of the cut and strip are improved in turn, at most."""


class Shortfall(NamedTuple):
    """A feed with which the targets are missed, and the factor by which their losses would have to grow."""

    case: FeedCase
    missed: float


def design(cascade: Cascade, *, objective: str | None = None, progress: Callable[[str], None] | None = None) -> Plan:
    """Find the stages and flows that meet the targets of a cascade at least cost.

    Parameters
    ----------
    cascade : Cascade
        With targets as equations. Stages and flows may be typed, or ``"design"``; whatever ``[design].fixed`` does not
        name is decided, except the flows that bring metals.
    objective : {"cost", "stages", "reagent"}, optional
        What is made least, instead of ``[design].objective``.
    progress : callable, optional
        Takes a line for each trial.

    Returns
    -------
    Plan
        The design, the closed forms beside it, its trade-offs, penalties and sensitivities.

    Raises
    ------
    InputError
        The cascade has findings, or its targets do not match what is left free.
    UnreachableTarget
        No design within the limits meets the targets; the message names the nearest figures.

    Notes
    -----
    The constant-load theory gives the stages to try first. Every trial is a search for the least organic that meets
    the targets (`kernels.search`), from closed forms: it depends on no start. Where the first stages do not reach them
    both sides are doubled up to ``[design].stages_max``; from there the search over whole stages goes to the better
    neighbour by halving steps and ends where none is better. The strip is chosen in turn with that, its acid by the
    same figure. With ``[design].feed_margin`` the feeds of all corners have to do as well.
    """
    if findings := cascade.check():
        raise InputError(findings)
    cut = find_cut(cascade)
    task = read_task(cascade, objective)
    tell = progress or (lambda line: None)
    trials, trial, point = _search(task, cut, tell)
    for path, choices in _choices(task):
        trials, trial, point = _best_choice(trials, path, choices, tell)
    return _plan(trials, trial, point)


def _search(task: Task, cut: Cut, tell: Callable[[str], None]) -> tuple[Trials, Trial, TheoryPoint | None]:
    """Least figure for the strengths of the task."""
    model = _prices(task)
    curve = theory_curve(task.cascade, cut, model)
    point = best_point(curve, task) if curve else None
    base = first_strip(task, cut, with_numbers_for_all(task, cut, point))
    trials = Trials(task, cut, model, base, tell)
    trial = _improved(trials, size_others(trials, establish(trials, first_stages(task, cut, point))))
    cases = feed_cases(cut, task.settings.feed_margin)
    for _ in cases:
        failing = _failing(trials, trial, [case for case in cases if case not in trials.cases])
        if failing is None:
            break
        trials.cases = (*trials.cases, failing.case)
        trials.forget()
        trial = _improved(trials, establish(trials, trial.stages))
    return trials, trial, point


def _prices(task: Task) -> CostModel | None:
    """The cost model; None where the organic has no price or density and nothing but the plan's bill asks for it."""
    try:
        return CostModel.of(task.cascade)
    except InputError as error:
        if task.settings.objective != "cost":
            return None
        cure = 'make stages or reagents least: objective = "stages" or "reagent" in [design]'
        raise InputError(
            [*error.findings, Finding("design.objective", "cost cannot be told", cure=cure, allowed="stages, reagent")]
        ) from None


def _improved(trials: Trials, trial: Trial) -> Trial:
    """The stages of the cut and the strip improved in turn, until neither helps."""
    step = 4
    while step < max(trial.stages, default=1) // 6:
        step *= 2
    for _ in range(ROUNDS):
        before = trial.value
        if trials.task.sections:
            trial = trials.known[least(lambda at: trials.try_out(at).value, trial.stages, step)]
        walked = trial.value
        trial = improve_strip(trials, trial)
        if not trial.value < walked * (1.0 - 1e-6) or (step == 1 and not trial.value < before * (1.0 - 1e-6)):
            break
        step = 1
    return trial


def _failing(trials: Trials, trial: Trial, cases: Sequence[FeedCase]) -> Shortfall | None:
    """The feed case that is furthest from its targets; None where all are met."""
    assert trial.result is not None
    worst: Shortfall | None = None
    for case in cases:
        held = held_at(trials, trial.result, case)
        if isinstance(held, UnreachableTarget):
            missed = held.best if held.best is not None else math.inf
            if worst is None or missed > worst.missed:
                worst = Shortfall(case, missed)
    return worst


def _choices(task: Task) -> list[tuple[str, Sequence[float]]]:
    """Strengths and saponifications that may be chosen."""
    settings = task.settings
    found: list[tuple[str, Sequence[float]]] = [
        (f"stream.{name}.acid_mol_L", strengths) for name, strengths in settings.acid_mol_L.items()
    ]
    if settings.saponified_fraction:
        found.append(("organic.saponified_fraction", settings.saponified_fraction))
    return found


def _best_choice(
    trials: Trials, path: str, choices: Sequence[float], tell: Callable[[str], None]
) -> tuple[Trials, Trial, TheoryPoint | None]:
    """Search anew for each choice of one strength, the others as they are, and keep the best."""
    cut = trials.cut
    best: tuple[Trials, Trial, TheoryPoint | None] | None = None
    refused = []
    for choice in choices:
        tell(f"{path} = {choice:g}")
        task = read_task(numbered(trials.task.cascade, {path: choice}), trials.task.settings.objective)
        try:
            found = _search(task, cut, tell)
        except UnreachableTarget as error:
            refused.append(error)
            continue
        if best is None or found[1].value < best[1].value:
            best = found
    if best is None:
        raise refused[0]
    return best


def _plan(trials: Trials, trial: Trial, point: TheoryPoint | None) -> Plan:
    """Search the flows once more as a user's cascade file has it done, and gather what is to be said about it."""
    curve, trial = _settled(trials, trial)
    assert trial.result is not None and trial.merit is not None  # noqa: PT018 one fact
    typed = numbered(trial.result.cascade, dict(trial.result.found)).to_data()
    final = Cascade.from_data({**typed, "solve": _solve_table(trials.cascade(trial.stages))})
    result = solve_quietly(final)
    cascade = Cascade.from_data(numbered(final, dict(result.found)).to_data())
    S, W = feed_load(result, trials.cut)
    theory = theory_of(trials.cut, point, S)
    stripped = any(part.kind == "stripping" for part in cascade.section)
    worst = _worst_feed(trials, trial)
    return Plan(
        cascade=cascade,
        result=result,
        objective=trials.task.settings.objective,
        merit=trial.merit,
        cut=trials.cut,
        stages={part.name: int(part.stages) for part in cascade.section},
        flows_m3_h={"organic": float(cascade.organic.flow_m3_h)}
        | {name: float(stream.flow_m3_h) for name, stream in cascade.stream.items()},
        S=S,
        W=W,
        residual_mol_L=residual_of(result) if stripped else None,
        theory=theory,
        differences=differences(trials.cut, theory, result),
        equipment=size(result),
        curve=curve,
        penalties=penalties(trials, trial),
        sensitivities=sensitivities(trials, trial),
        remarks=_remarks(trials, trial, worst),
        solves=trials.solves,
        worst_feed=worst,
    )


def _settled(trials: Trials, trial: Trial) -> tuple[tuple[CurvePoint, ...], Trial]:
    """The trade-off around a design, and the design once it has proved the best of it and its flows the least.

    What is cheaper on the curve, or with an answer behind the first one, is gone on from.
    """
    curve: tuple[CurvePoint, ...] = ()
    for _ in range(ROUNDS):
        curve = trade_off(trials, trial) if trials.task.sections else ()
        better = trials.best()
        if better.value < trial.value * (1.0 - 1e-9):
            trial = _improved(trials, better)
            continue
        if trials.careful:
            break
        trials.careful = True
        first = trial.value
        del trials.known[trial.stages]
        trial = trials.try_out(trial.stages)
        if trial.value >= first * (1.0 - 1e-6) and trial.reached:
            break
        trials.forget()  # a first answer was a dear one, and so may others have been
        trial = _improved(trials, trial if trial.reached else establish(trials, trial.stages))
    return curve, trial


def _solve_table(cascade: Cascade) -> dict[str, object]:
    assert cascade.solve is not None
    return cascade.solve.model_dump(mode="json", exclude_none=True)


def _extracted(cut: Cut, result: Result) -> float:
    """Share of A that does not leave with the aqueous side [-]."""
    lost = [
        result.recovery(name, cut.A)
        for name in result.cascade.products
        if result.cascade.products[name].phase == "aqueous" and side_of(result.cascade, name) < 0
    ]
    return 1.0 - sum(lost)


def _worst_feed(trials: Trials, trial: Trial) -> Held | None:
    """Of the feeds within the margin the one that takes most organic, or strip acid where that is all the same."""
    assert trial.result is not None
    cases = feed_cases(trials.cut, trials.task.settings.feed_margin)
    held = [held_at(trials, trial.result, case) for case in cases]
    met = [each for each in held if isinstance(each, Held)]
    return max(met, key=lambda each: (each.organic_ratio, sum(each.flows_m3_h.values())), default=None)


def _remarks(trials: Trials, trial: Trial, worst: Held | None) -> tuple[str, ...]:
    """Limits that bind, neighbours that go with a product, and the feed that is the hardest."""
    settings, said = trials.task.settings, list(trials.cut.destinations)
    for name, most in trials.cut.best.items():
        if most < 1.0 - 1e-12:
            said.append(f"{name} can be no purer than {most:.5%}: companions on its side of the cut leave with it")
    if trials.room - sum(trial.stages) <= 0:
        said.append(
            f"design.stages_max = {settings.stages_max} binds: more stages would lower the {settings.objective}"
        )
    for target in trial.result.targets if trial.result is not None else ():
        if target.room is not None and target.room > 1e-6:
            said.append(
                f"{target.element} {target.figure} in {target.stream} is met with room: {target.value:.6g} where "
                f"{target.asked:.6g} is asked"
            )
    if trial.result is not None and (share := _extracted(trials.cut, trial.result)) < 0.5:
        A = trials.cut.A
        said.append(f"the targets are met with {share:.2%} of {A} extracted: if {A} is a product, ask for its recovery")
    if worst is not None:
        flows = ", ".join(f"{path} {value:.4g}" for path, value in worst.flows_m3_h.items())
        said.append(
            f"with every feed within {settings.feed_margin:.0%} the targets are met by other flows; the hardest is "
            f"{worst.case.name}, with {flows}"
        )
    if trials.model is None:
        said.append(f"no cost is told: {trials.task.cascade.organic.extractant} has no price or density")
    blocked = {known.why for known in trials.known.values() if known.result is not None and known.why}
    said += [f"a limit was met on the way: {why}" for why in sorted(blocked)[:1]]
    return tuple(said)
