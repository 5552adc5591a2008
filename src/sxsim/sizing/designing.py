"""From targets to the cascade of least cost."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from sxsim.cascade.solving import solve_quietly
from sxsim.definition import Cascade
from sxsim.economics.objective import CostModel
from sxsim.equipment import size
from sxsim.errors import InputError, UnreachableTarget
from sxsim.sizing.beside import differences, theory_of
from sxsim.sizing.curve import trade_off
from sxsim.sizing.cut import Cut, find_cut
from sxsim.sizing.first import establish, probe_below
from sxsim.sizing.others import size_others
from sxsim.sizing.plan import Plan
from sxsim.sizing.response import penalties, sensitivities
from sxsim.sizing.search import least
from sxsim.sizing.start import TheoryPoint, best_point, theory_curve, with_numbers_for_all
from sxsim.sizing.stripping import (
    Loaded,
    expected_organic,
    loaded_organic,
    residual_allowed,
    residual_of,
    size_stripping,
)
from sxsim.sizing.task import Task, numbered, read_task
from sxsim.sizing.trials import Trial, Trials, feed_load

__all__ = ["design"]

MORE = 1.003
MORE_ACID = 12
"""Factor on the strip acid, and how often, when the closed loop leaves more than the section by itself."""


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
    The constant-load theory gives the start: exact stages and flows over S/S_min, priced. Every trial then is a
    rigorous solve with the targets as equations and the free flows as unknowns, started from the profile of its nearest
    neighbour; the search goes over whole stages by halving steps and ends where no neighbour is cheaper. Stripping is
    sized by itself for the loaded organic, to ``[design].residual_mol_L``.
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
    model = CostModel.of(task.cascade)
    curve = theory_curve(task.cascade, cut, model)
    point = best_point(curve, task) if curve else None
    base = with_numbers_for_all(task, cut, point)
    organic = point.organic_m3_h if point is not None else float(base.organic.flow_m3_h)
    base = _stripped(task, cut, base, expected_organic(cut, organic), model)
    trials = Trials(task, cut, model, base, tell)
    stages = _first_stages(task, base, point)
    trial = establish(trials, stages, point)
    trial = size_others(trials, trial)
    step = 4
    for _ in range(3):
        if task.sections:
            trial = trials.known[least(lambda at: trials.try_out(at).value, trial.stages, step)]
        before = trial
        trial = _sized_strip(trials, trial)
        trial = probe_below(trials, trial)
        trials.adopt(trial)
        if trial.value >= before.value * (1.0 - 1e-6):
            break
        step = 1
    return trials, trial, point


def _first_stages(task: Task, base: Cascade, point: TheoryPoint | None) -> tuple[int, ...]:
    """The theory's stages, or the typed ones."""
    typed = {part.name: int(part.stages) for part in base.section}
    kinds = {part.name: part.kind for part in base.section}
    if point is None:
        return tuple(typed[name] for name in task.sections)
    whole = {"extraction": math.ceil(point.n), "scrubbing": math.ceil(point.m)}
    return tuple(max(whole[kinds[name]], 1) for name in task.sections)


def _stripped(task: Task, cut: Cut, base: Cascade, loaded: Loaded, model: CostModel) -> Cascade:
    """The base cascade with the stripping section that a loaded organic takes."""
    if task.stripping is None:
        return base
    asked = residual_allowed(task, cut, loaded.organic_m3_h)
    strip = size_stripping(task, base, loaded, model, asked)
    numbers: dict[str, float | int] = {f"section.{task.stripping}.stages": strip.stages}
    if task.strip_path is not None:
        numbers[task.strip_path] = strip.flow_m3_h
    return numbered(base, numbers)


def _sized_strip(trials: Trials, trial: Trial) -> Trial:
    """Give the stripping section what the loaded organic takes, and solve again with it."""
    task = trials.task
    if task.stripping is None or trial.result is None:
        return trial
    base = _stripped(task, trials.cut, trials.base, loaded_organic(trial.result), trials.model)
    flow = float(base.stream[task.strip_path.split(".")[1]].flow_m3_h) if task.strip_path is not None else 0.0
    best: Trial | None = None
    for more in range(MORE_ACID + 1 if task.strip_path is not None else 1):
        raised = {task.strip_path: flow * MORE**more} if task.strip_path is not None else {}
        trials.rebase(numbered(base, raised), trial)
        again = trials.try_out(trial.stages)
        if again.result is None:
            again = trials.try_out(trial.stages, dict(trial.result.found))
        if again.result is None:
            continue
        best = again
        if residual_of(again.result) <= 1.1 * residual_allowed(task, trials.cut, again.organic_m3_h):
            break
    if best is None:
        text = f"with the stripping that it takes, no flows meet the targets: {again.why}"
        raise UnreachableTarget(text, trial.result)
    return best


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
    """Solve the design once more as a user's cascade file, and gather what is to be said about it."""
    assert trial.result is not None and trial.merit is not None  # noqa: PT018 one fact
    curve = trade_off(trials, trial) if trials.task.sections else ()
    typed = numbered(trial.result.cascade, dict(trial.result.found)).to_data()
    final = Cascade.from_data({**typed, "solve": {"free": list(trials.task.free)}})
    result = solve_quietly(final, start=trial.result)
    cascade = Cascade.from_data(numbered(final, dict(result.found)).to_data())
    S, W = feed_load(result, trials.cut)
    theory = theory_of(trials.cut, point, S)
    stripped = any(part.kind == "stripping" for part in cascade.section)
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
        remarks=_remarks(trials, trial),
        solves=trials.solves,
    )


def _remarks(trials: Trials, trial: Trial) -> tuple[str, ...]:
    """Limits that bind, and neighbours that go with a product."""
    settings, said = trials.task.settings, list(trials.cut.destinations)
    for name, most in trials.cut.best.items():
        if most < 1.0 - 1e-12:
            said.append(f"{name} can be no purer than {most:.5%}: companions on its side of the cut leave with it")
    total = sum(int(part.stages) for part in trials.base.section if part.name not in trials.task.sections)
    total += sum(trial.stages)
    if total >= settings.stages_max:
        said.append(
            f"design.stages_max = {settings.stages_max} binds: more stages would lower the {settings.objective}"
        )
    blocked = {known.why for known in trials.known.values() if known.result is not None and known.why}
    said += [f"a limit was met on the way: {why}" for why in sorted(blocked)[:1]]
    return tuple(said)
