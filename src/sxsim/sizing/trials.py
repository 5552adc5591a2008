"""Rigorous trials of a design: solve with the targets as equations, judge, remember."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sxsim.cascade.result import Result
from sxsim.cascade.solving import steady_state
from sxsim.definition import Cascade
from sxsim.economics.objective import CostModel
from sxsim.errors import SxsimError
from sxsim.sizing.cut import Cut
from sxsim.sizing.merit import Merit, merit_of
from sxsim.sizing.stretch import stretched
from sxsim.sizing.task import Task, numbered

__all__ = ["Trial", "Trials", "feed_load"]

Stages = tuple[int, ...]
PLATEAU = ("extraction", "soap", "scrubbing", "washing")


@dataclass(frozen=True, slots=True)
class Trial:
    """One choice of stages, solved.

    Attributes
    ----------
    stages : tuple of int
        Of the sections that are decided.
    result : Result or None
        Rigorous solution; None when there is none.
    merit : Merit or None
        Its figures.
    S : float
        Rare earths in the organic at the feed stage [mol per mol feed].
    value : float
        What is made least; infinite when a target or a limit is missed.
    why : str
        What is missed; empty when nothing is.
    """

    stages: Stages
    result: Result | None
    merit: Merit | None
    S: float
    value: float
    why: str

    @property
    def organic_m3_h(self) -> float:
        """Organic into stage 1 [m3/h]; NaN without a solution."""
        return math.nan if self.result is None else float(self.result.stage.organic_m3_h[0])


def feed_load(result: Result, cut: Cut) -> tuple[float, float]:
    """S and W at the feed: rare earths in the organic of the feed stage and in the first scrub [mol per mol feed].

    Parameters
    ----------
    result : Result
        A solved cascade.
    cut : Cut
        Its cut.

    Returns
    -------
    S, W : float
        W is 0 without a scrubbing section.
    """
    stage, kinds = result.stage, {part.name: part.kind for part in result.cascade.section}
    rare = [row for row, name in enumerate(result.components) if name in cut.fractions]
    extraction = [j for j, name in enumerate(stage.section) if kinds[name] == "extraction"]
    scrubbing = [j for j, name in enumerate(stage.section) if kinds[name] == "scrubbing"]
    at = extraction[-1]
    S = float(stage.organic_m3_h[at] * stage.organic_mol_L[at, rare].sum())
    W = float(stage.aqueous_m3_h[scrubbing[0]] * stage.aqueous_mol_L[scrubbing[0], rare].sum()) if scrubbing else 0.0
    return S / cut.feed_kmol_h, W / cut.feed_kmol_h


class Trials:
    """Memory of what was tried; a new trial starts from the nearest that worked.

    Parameters
    ----------
    task : Task
        What is decided.
    cut : Cut
        The cut.
    model : CostModel
        Prices.
    base : Cascade
        With a number for everything that is left to design.
    tell : callable
        Takes one line of progress.
    """

    def __init__(
        self, task: Task, cut: Cut, model: CostModel, base: Cascade, tell: Callable[[str], None] = lambda line: None
    ) -> None:
        self.task, self.cut, self.model, self.base, self._tell = task, cut, model, base, tell
        self.known: dict[Stages, Trial] = {}
        self.solves = 0
        self._start: Trial | None = None

    def cascade(self, stages: Stages, values: Mapping[str, float] | None = None) -> Cascade:
        """The base cascade with these stages and other numbers."""
        numbers: dict[str, float] = dict(values or {})
        numbers |= {f"section.{name}.stages": n for name, n in zip(self.task.sections, stages, strict=True)}
        return numbered(self.base, numbers, self.task.free)

    def try_out(self, stages: Stages, values: Mapping[str, float] | None = None) -> Trial:
        """Solve these stages from the nearest trial that worked, or from the flows given; remembered."""
        if values is None and stages in self.known:
            return self.known[stages]
        if values is None and (hopeless := self._hopeless(stages)):
            return self._remember(Trial(stages, None, None, math.nan, math.inf, hopeless))
        start = None if values is not None else self._nearest(stages)
        result, why = None, "no solution"
        numbers = dict(values or {})
        if start is not None and start.result is not None:
            numbers = dict(start.result.found)
        try:
            cascade = self.cascade(stages, numbers)
            self.solves += 1
            warm = stretched(start.result, cascade) if start is not None and start.result is not None else None
            result = steady_state(cascade, start=warm, walk=False)
        except SxsimError as error:
            why = str(error)
        return self._remember(self._judged(stages, result, why))

    def judge(self, stages: Stages, result: Result) -> Trial:
        """Judge and remember a solution that was found elsewhere."""
        return self._remember(self._judged(stages, result, ""))

    def adopt(self, trial: Trial) -> None:
        """Take a trial of the same stages as the one to go on from."""
        self.known[trial.stages] = trial

    def rebase(self, base: Cascade, trial: Trial) -> None:
        """Go on with another base cascade; of what is known only one solution is kept, as a start."""
        self.base = base
        self.known = {}
        self._start = trial

    def _judged(self, stages: Stages, result: Result | None, why: str) -> Trial:
        if result is None:
            return Trial(stages, None, None, math.nan, math.inf, why)
        merit = merit_of(result, self.model)
        S, _ = feed_load(result, self.cut)
        missed = self._missed(result, S)
        value = math.inf if missed else merit.value(self.task.settings.objective)
        self._tell(f"{'+'.join(map(str, stages))} stages: {missed or f'{merit.annual_usd:,.0f} USD/y'}")
        return Trial(stages, result, merit, S, value, missed)

    def _missed(self, result: Result, S: float) -> str:
        """The first limit or watched target that is missed."""
        limits = self.task.settings
        total = len(result.stage.section)
        if total > limits.stages_max:
            return f"{total} stages, and design.stages_max allows {limits.stages_max}"
        for target in result.targets:
            if not target.met:
                return (
                    f"{target.figure} of {target.element} in {target.stream}: {target.value} instead of {target.asked}"
                )
        loading = float(result.stage.loading_fraction.max())
        if limits.loading_max is not None and loading > limits.loading_max:
            return f"loading {loading:.3f}, and design.loading_max allows {limits.loading_max:g}"
        kinds = {part.name: part.kind for part in result.cascade.section}
        watched = [pH for pH, name in zip(result.stage.pH, result.stage.section, strict=True) if kinds[name] in PLATEAU]
        if limits.pH_min is not None and min(watched) < limits.pH_min:
            return f"pH {min(watched):.2f}, and design.pH_min allows {limits.pH_min:g}"
        if limits.pH_max is not None and max(watched) > limits.pH_max:
            return f"pH {max(watched):.2f}, and design.pH_max allows {limits.pH_max:g}"
        ratio = S / float(self.cut.minimum.S)
        if limits.objective == "stages" and ratio > limits.S_over_S_min_max:
            return f"S is {ratio:.3f} times its minimum, and design.S_over_S_min_max allows {limits.S_over_S_min_max:g}"
        return ""

    def _remember(self, trial: Trial) -> Trial:
        before = self.known.get(trial.stages)
        if before is None or trial.value < before.value or before.result is None:
            self.known[trial.stages] = trial
        return trial

    def _nearest(self, stages: Stages) -> Trial | None:
        solved = [trial for trial in self.known.values() if trial.result is not None]
        if not solved:
            return self._start
        distance = {
            trial.stages: sum(abs(a - b) / b for a, b in zip(stages, trial.stages, strict=True)) for trial in solved
        }
        return min(solved, key=lambda trial: distance[trial.stages], default=None)

    def _hopeless(self, stages: Stages) -> str:
        """Why stages need no solve: too many, none at all, or fewer than what was found too few."""
        if any(n < 1 for n in stages):
            return "no stage left"
        for trial in self.known.values():
            fewer = all(a <= b for a, b in zip(stages, trial.stages, strict=True))
            if trial.result is None and fewer and all(n >= 1 for n in trial.stages):
                return trial.why
        fixed = sum(int(part.stages) for part in self.base.section if part.name not in self.task.sections)
        if fixed + sum(stages) > self.task.settings.stages_max:
            return f"more than the {self.task.settings.stages_max} stages of design.stages_max"
        return ""
