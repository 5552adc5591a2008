"""Rigorous trials of a design: search the flows that meet the targets, judge, remember."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from sxsim.cascade.result import Result
from sxsim.cascade.solving import steady_state
from sxsim.definition import Cascade
from sxsim.economics.objective import CostModel
from sxsim.errors import SxsimError, UnreachableTarget
from sxsim.sizing.cut import Cut
from sxsim.sizing.margin import FeedCase, held_at
from sxsim.sizing.merit import Merit, merit_of
from sxsim.sizing.residual import residual_limit, residual_of
from sxsim.sizing.task import Task, numbered

__all__ = ["Trial", "Trials", "feed_load"]

Stages = tuple[int, ...]
PLATEAU = ("extraction", "soap", "scrubbing", "washing")


@dataclass(frozen=True, slots=True)
class Trial:
    """One choice of stages, searched.

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
    refusal : UnreachableTarget or None
        What the search said, where targets cannot be met.
    """

    stages: Stages
    result: Result | None
    merit: Merit | None
    S: float
    value: float
    why: str
    refusal: UnreachableTarget | None = None

    @property
    def reached(self) -> bool:
        """Whether all targets and limits are met."""
        return math.isfinite(self.value)

    @property
    def too_few(self) -> bool:
        """Whether more stages may help: the targets themselves are missed, not a limit."""
        return self.result is None or self.refusal is not None

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
    at = extraction[-1] if extraction else 0
    S = float(stage.organic_m3_h[at] * stage.organic_mol_L[at, rare].sum())
    W = float(stage.aqueous_m3_h[scrubbing[0]] * stage.aqueous_mol_L[scrubbing[0], rare].sum()) if scrubbing else 0.0
    return S / cut.feed_kmol_h, W / cut.feed_kmol_h


class Trials:
    """Memory of what was tried, for each setting of what the stages of the cut leave open.

    Parameters
    ----------
    task : Task
        What is decided.
    cut : Cut
        The cut.
    model : CostModel or None
        Prices; None where there are none.
    base : Cascade
        With a number for everything that is left to design.
    tell : callable
        Takes one line of progress.

    Attributes
    ----------
    base : Cascade
        Strip, soap and washing sections as they are now.
    known : dict
        Trials with that base, by their stages.
    cases : tuple of FeedCase
        Feeds with which the targets have to be met as well.
    careful : bool
        Whether each search looks for a cheaper answer behind the first one.
    solves : int
        Searches so far.
    """

    def __init__(
        self,
        task: Task,
        cut: Cut,
        model: CostModel | None,
        base: Cascade,
        tell: Callable[[str], None] = lambda line: None,
    ) -> None:
        self.task, self.cut, self.model, self._tell = task, cut, model, tell
        self.solves = 0
        self.careful = False
        self.cases: tuple[FeedCase, ...] = ()
        self._memory: dict[tuple[float, ...], dict[Stages, Trial]] = {}
        self._residual = residual_limit(task)
        self.rebase(base)

    def rebase(self, base: Cascade) -> None:
        """Go on with other strip, soap or washing sections; what was tried with them before is known again."""
        self.base = base
        counts = (float(part.stages) for part in base.section if part.name not in self.task.sections)
        self._setting: tuple[float, ...] = (*counts, self.strip_m3_h)
        self.known = self._memory.setdefault(self._setting, {})

    def forget(self) -> None:
        """Judge everything anew, as what is asked has changed."""
        self._memory = {}
        self.rebase(self.base)

    @property
    def strip_m3_h(self) -> float:
        """Strip acid that is decided [m3/h]; 0 where it is not."""
        if self.task.strip_path is None:
            return 0.0
        return float(self.base.stream[self.task.strip_path.split(".")[1]].flow_m3_h)

    @property
    def room(self) -> int:
        """Stages that the decided sections may have together."""
        fixed = sum(int(part.stages) for part in self.base.section if part.name not in self.task.sections)
        return self.task.settings.stages_max - fixed

    def cascade(self, stages: Stages) -> Cascade:
        """The base cascade with these stages."""
        numbers = {f"section.{name}.stages": n for name, n in zip(self.task.sections, stages, strict=True)}
        return numbered(self.base, numbers, self.task.free)

    def try_out(self, stages: Stages) -> Trial:
        """Search the flows of these stages; remembered."""
        if stages in self.known:
            return self.known[stages]
        if hopeless := self._hopeless(stages):
            return self._remember(hopeless)
        refusal: UnreachableTarget | None = None
        try:
            self.solves += 1
            result = steady_state(self.cascade(stages), check=self.careful)
        except UnreachableTarget as error:
            refusal = error
        except SxsimError as error:
            refusal = UnreachableTarget(str(error))
        if refusal is not None:
            text = refusal.diagnosis
            self._tell(f"{'+'.join(map(str, stages))} stages: out of reach")
            return self._remember(Trial(stages, None, None, math.nan, math.inf, text, refusal))
        return self._remember(self._judged(stages, result))

    def _judged(self, stages: Stages, result: Result) -> Trial:
        merit = merit_of(result, self.model)
        S, _ = feed_load(result, self.cut)
        missed, refusal = self._missed(result, S), None
        for case in self.cases:
            if missed:
                break
            held = held_at(self, result, case)
            if isinstance(held, UnreachableTarget):
                missed, refusal = f"with the feed at {case.name}: {held.diagnosis}", held
        value = math.inf if missed else merit.value(self.task.settings.objective)
        cost = f"{merit.annual_usd:,.0f} USD/y" if self.model is not None else f"{merit.reagent_kmol_h:.4g} kmol/h"
        self._tell(f"{'+'.join(map(str, stages))} stages: {missed or cost}")
        return Trial(stages, result, merit, S, value, missed, refusal)

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
        if self._residual is not None and residual_of(result) > self._residual * (1.0 + 1e-9):
            return f"the stripped organic keeps {residual_of(result):.3g} mol/L and may keep {self._residual:.3g} mol/L"
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
        if limits.objective == "stages" and self._loaded_by_base and ratio > limits.S_over_S_min_max:
            return f"S is {ratio:.3f} times its minimum, and design.S_over_S_min_max allows {limits.S_over_S_min_max:g}"
        return ""

    @property
    def _loaded_by_base(self) -> bool:
        """Whether base decides the load, so that the theory's minimum of S is one."""
        organic = self.task.cascade.organic
        return bool(organic.saponified_fraction or organic.base_kmol_h)

    def _remember(self, trial: Trial) -> Trial:
        self.known[trial.stages] = trial
        return trial

    def _hopeless(self, stages: Stages) -> Trial | None:
        """A trial that needs no search: too many stages, none at all, or no more than what was too little."""
        if any(n < 1 for n in stages):
            return Trial(stages, None, None, math.nan, math.inf, "no stage left")
        if sum(stages) > self.room:
            most = self.task.settings.stages_max
            return Trial(stages, None, None, math.nan, math.inf, f"more than the {most} stages of design.stages_max")
        for setting, known in self._memory.items():
            if not all(a <= b for a, b in zip(self._setting, setting, strict=True)):
                continue
            for trial in known.values():
                fewer = all(a <= b for a, b in zip(stages, trial.stages, strict=True))
                if trial.refusal is not None and fewer:
                    return Trial(stages, None, None, math.nan, math.inf, trial.why, trial.refusal)
        return None

    def best(self) -> Trial:
        """The best of what is known with the present base."""
        return min(self.known.values(), key=lambda trial: trial.value)
