"""What the study of the technology lock found."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sxsim.cascade.result import Result
from sxsim.definition import Cascade
from sxsim.economics import Cost
from sxsim.foundation.cited import ParameterSet
from sxsim.foundation.freezing import Record
from sxsim.studies.lock.assumptions import Belief, Published
from sxsim.studies.lock.curves import Curve
from sxsim.studies.lock.linking import Linking
from sxsim.studies.lock.newcomers import Newcomers
from sxsim.studies.lock.opening import Loss, Opening

__all__ = ["Lock", "Operator", "Turn"]


@dataclass(frozen=True, slots=True)
class Turn:
    """A conclusion worked out once more with one assumption at another value.

    Attributes
    ----------
    conclusion : str
        ``stages of naive``, ``stages of textbook``, ``cost``, ``time``, ``start-up``, ``money``, ``error`` or
        ``newcomers``.
    assumption, value : str
        What is assumed otherwise, and how.
    figure : float or None
        What comes out then: stages added; spread of the cost [-]; how much later the naive operator is [d]; what he
        spends beside the expert [-]; stages lacking; share who build too little [-]. None where there is no number.
    turned : bool
        Whether the conclusion is another then.
    """

    conclusion: str
    assumption: str
    value: str
    figure: float | None
    turned: bool


@dataclass(frozen=True, slots=True, eq=False)
class Operator(Record):
    """One operator: what he knows, builds, adds, spends and waits for.

    Attributes
    ----------
    name, knows : str
        ``naive``, ``textbook`` or ``expert``; what he designs with.
    beta : float
        Separation factor that he believes in [-].
    built, final : (int, int)
        Stages of extraction and scrubbing, as built and at last [-].
    extra_if_right : int
        Stages that he would have had to add with the true factor and all else alike [-].
    organic_built_m3_h : float
        Organic that he installed [m3/h].
    organic_raised : float
        Factor on it that became necessary because stages alone do not help; 1 for none [-].
    S, S_over_S_min : float
        Load of the organic at last, at the feed stage [mol per mol feed], over the true minimum [-].
    result : Result
        The cascade at last: rigorous, its targets met with the least organic.
    cost : Cost
        Its costs.
    opening : Opening
        Its start-up.
    loss : Loss
        Time and money until specification.
    untrimmed : float or None
        Impurity of the worse product beside what its target leaves when the scrub is off for good [-].
    """

    name: str
    knows: str
    beta: float
    built: tuple[int, int]
    final: tuple[int, int]
    extra_if_right: int
    organic_built_m3_h: float
    organic_raised: float
    S: float
    S_over_S_min: float
    result: Result
    cost: Cost
    opening: Opening
    loss: Loss
    untrimmed: float | None

    @property
    def extra(self) -> int:
        """Stages added after the shortfall was found."""
        return sum(self.final) - sum(self.built)

    @property
    def extra_by_error(self) -> int:
        """Those of them that the error of the separation factor costs."""
        return self.extra - self.extra_if_right

    def to_dict(self) -> dict[str, Any]:
        """Plain data, flat at the top."""
        cost, opening, loss = self.cost, self.opening, self.loss
        return {
            "name": self.name,
            "knows": self.knows,
            "beta": self.beta,
            "stages_built": sum(self.built),
            "stages_built_by_section": list(self.built),
            "stages_extra": self.extra,
            "stages_extra_by_error": self.extra_by_error,
            "stages_final": sum(self.final),
            "stages_final_by_section": list(self.final),
            "organic_built_m3_h": self.organic_built_m3_h,
            "organic_m3_h": float(self.result.stage.organic_m3_h[0]),
            "organic_raised": self.organic_raised,
            "S": self.S,
            "S_over_S_min": self.S_over_S_min,
            "reagents_kg_per_kg_oxide": dict(cost.reagents_kg_per_kg_oxide),
            "reagents_all_kg_per_kg_oxide": math.fsum(cost.reagents_kg_per_kg_oxide.values()),
            "waste_m3_per_t_oxide": cost.waste.m3_per_t,
            "salt_kg_per_kg_oxide": cost.waste.salt_kg_per_kg,
            "inventory_kg_oxide": cost.equipment.oxide_kg,
            "organic_m3": cost.equipment.organic_m3,
            "usd_per_kg_oxide": cost.usd_per_kg_oxide,
            "capital_usd": cost.project.fixed_usd,
            "start_up": opening.way,
            "start_up_first_h": opening.first_h,
            "start_up_h": opening.lasting_h,
            "start_up_run_h": opening.run_h,
            "start_up_tried_h": dict(opening.tried),
            "off_spec_kg_oxide": opening.off_spec_kg,
            "theory_tau_1_h": _finite(opening.tau_1_theory_h),
            "eigenvalue_tau_1_h": opening.tau_1_h,
            "eigenvalue_tau_2_h": opening.tau_2_h,
            "time_to_spec_d": loss.days,
            "time_is_lower_bound": loss.at_least,
            "running_h": loss.running_h,
            "idle_h": loss.idle_h,
            "spent_until_spec_usd": loss.spent_usd,
            "sales_missed_usd": loss.sales_missed_usd,
            "untrimmed_impurity_over_allowed": self.untrimmed,
        }


@dataclass(frozen=True, slots=True, eq=False)
class Lock(Record):
    """The study.

    Attributes
    ----------
    cascade : Cascade
        Feed and target.
    pair : (str, str)
        The pair of the cut, the more extracted first.
    beta : float
        The separation factor that is taken for true: the system's own [-].
    beta_status : str
        How far that can be trusted.
    S_min : float
        Least load of the organic [mol per mol feed].
    operators : tuple of Operator
        Naive, textbook, expert.
    belief : Belief
        The newcomer's separation factor.
    published : tuple of Published
        What is in print.
    newcomers : Newcomers
        Many of them, at random.
    less_beta : float
        Relative error with which `less_beta_extra` is worked out [-].
    less_beta_extra : int or None
        Stages that the expert's own design would need beyond its own with so much less separation factor, rigorous, at
        its organic; None where none help.
    linking : Linking or None
        What linked extraction would save, by theory.
    curves : mapping of str to Curve
        ``purity``, ``beta_error``, ``reflux``, ``time``, ``scale``, ``delay``.
    assumed : ParameterSet
        Every assumption with its status and source.
    turns : tuple of Turn
        Conclusions under other assumptions.
    argument, limits : tuple of str
        What the numbers say, and what the study cannot show.
    warnings : tuple of str
        What a reader of the numbers must know.
    """

    cascade: Cascade
    pair: tuple[str, str]
    beta: float
    beta_status: str
    S_min: float
    operators: tuple[Operator, ...]
    belief: Belief
    published: tuple[Published, ...]
    newcomers: Newcomers
    less_beta: float
    less_beta_extra: int | None
    linking: Linking | None
    curves: Mapping[str, Curve]
    assumed: ParameterSet
    turns: tuple[Turn, ...]
    argument: tuple[str, ...]
    limits: tuple[str, ...]
    warnings: tuple[str, ...]

    def operator(self, name: str) -> Operator:
        """One of the operators by name.

        Raises
        ------
        KeyError
            There is none of that name.
        """
        return {each.name: each for each in self.operators}[name]

    def to_dict(self) -> dict[str, Any]:
        """Plain data, flat at the top; None for what is undefined."""
        linking = self.linking
        return {
            "status": "studied",
            "title": self.cascade.title,
            "pair": "/".join(self.pair),
            "beta": self.beta,
            "beta_status": self.beta_status,
            "S_min": self.S_min,
            "operators": [each.to_dict() for each in self.operators],
            "believed_beta": self.belief.beta,
            "believed_how": self.belief.how,
            "published": [each._asdict() for each in self.published],
            "newcomers": {
                key: [_finite(each) for each in value] if isinstance(value, tuple) else value
                for key, value in asdict(self.newcomers).items()
            },
            "less_beta": self.less_beta,
            "less_beta_extra": self.less_beta_extra,
            "linking": None if linking is None else {**asdict(linking), "saving": linking.saving},
            "curves": {name: {"over": each.over, "points": each.rows()} for name, each in self.curves.items()},
            "assumptions": [
                {
                    "name": each.name,
                    "value": each.value,
                    "low": each.low,
                    "high": each.high,
                    "unit": each.unit,
                    "status": each.status,
                    "source": each.source,
                    "note": each.note,
                }
                for each in self.assumed.cited.values()
            ],
            "turns": [{**asdict(each), "figure": _known(each.figure)} for each in self.turns],
            "argument": list(self.argument),
            "cannot_show": list(self.limits),
            "warnings": list(self.warnings),
        }


def _known(value: float | None) -> float | None:
    return None if value is None else _finite(value)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
