"""Which assumptions would turn a conclusion: it is worked out once more with each at the ends of its range."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

from sxsim.economics import cost, price_set_names
from sxsim.foundation.cited import ParameterSet
from sxsim.sizing.cut import Cut
from sxsim.studies.lock.assumptions import Published, assumptions
from sxsim.studies.lock.newcomers import Newcomers, draw_newcomers
from sxsim.studies.lock.opening import Loss
from sxsim.studies.lock.outcome import Operator, Turn

__all__ = [
    "SMALL",
    "ends_of",
    "newcomer_turns",
    "price_turns",
    "spread_of",
    "stage_turns",
    "start_turns",
    "waiting_turns",
    "wrong_factor_turns",
]

SMALL = 0.05
"""Spread of the cost that is called little, beside the expert's [-]."""


def ends_of(assumed: ParameterSet, name: str) -> tuple[float, ...]:
    """Ends of the range of an assumption, as far as they are not what is assumed.

    Examples
    --------
    >>> ends_of(assumptions({"pump_headroom": 0.2}), "pump_headroom")
    (0.0,)
    """
    shipped = assumptions().cited[name]
    return tuple(end for end in dict.fromkeys((shipped.low, shipped.high)) if end != assumed[name])


def stage_turns(
    operator: Operator, assumed: ParameterSet, names: Iterable[str], extra: Callable[[Mapping[str, float]], int | None]
) -> list[Turn]:
    """Stages that an operator has to add, by assumption.

    Parameters
    ----------
    operator : Operator
        As the study has him.
    assumed : ParameterSet
        What it assumes.
    names : iterable of str
        Assumptions that his stages rest on.
    extra : callable
        From changed assumptions to the stages that he has to add; None where stages alone do not help.
    """
    short = operator.extra > 0 or operator.organic_raised > 1.0
    found = []
    for name in names:
        for end in ends_of(assumed, name):
            added = extra({name: end})
            figure = None if added is None else float(added)
            found.append(Turn(f"stages of {operator.name}", name, f"{end:g}", figure, (added != 0) != short))
    return found


def spread_of(usd: Mapping[str, float]) -> float:
    """Spread of the cost of the operators beside the expert's [-]."""
    return (max(usd.values()) - min(usd.values())) / usd["expert"]


def price_turns(operators: Sequence[Operator], own: str) -> list[Turn]:
    """Spread of the cost of the operators with other prices."""
    usual = spread_of({each.name: each.cost.usd_per_kg_oxide for each in operators})
    found = []
    for prices in price_set_names():
        if prices != own:
            spread = spread_of({each.name: cost(each.result, prices).usd_per_kg_oxide for each in operators})
            found.append(Turn("cost", "prices", prices, spread, (spread < SMALL) != (usual < SMALL)))
    return found


def waiting_turns(operators: Sequence[Operator], loss: Callable[[Operator, float, float], Loss]) -> list[Turn]:
    """Who waits, and what it costs, with neither trial nor retrofit.

    Parameters
    ----------
    operators : sequence of Operator
        Naive first, expert last.
    loss : callable
        From an operator, hours of trial and hours idle to time and money.
    """
    naive, expert = operators[0], operators[-1]
    first, last = loss(naive, 0.0, 0.0), loss(expert, 0.0, 0.0)
    later = naive.loss.days > expert.loss.days
    dearer = naive.loss.spent_usd > expert.loss.spent_usd
    ratio = first.spent_usd / last.spent_usd if last.spent_usd else math.inf
    name = "trial_d and retrofit_d"
    return [
        Turn("time", name, "0", first.days - last.days, (first.days > last.days) != later),
        Turn("money", name, "0", ratio, (ratio > 1.0) != dearer),
    ]


def start_turns(
    operators: Sequence[Operator], assumed: ParameterSet, start: Callable[[Operator, float], float | None]
) -> list[Turn]:
    """How much longer the naive operator's start-up takes than the expert's, by the impurity that is accepted.

    Parameters
    ----------
    operators : sequence of Operator
        Naive first, expert last.
    assumed : ParameterSet
        What the study assumes.
    start : callable
        From an operator and the factor on the impurity to the hours until specification; None for not within the run.
    """
    naive, expert = operators[0], operators[-1]
    slower = naive.opening.charged_h > expert.opening.charged_h
    found = []
    for end in ends_of(assumed, "impurity_factor"):
        first, last = start(naive, end), start(expert, end)
        more = None if first is None or last is None else (first - last) / 24.0
        turned = (more > 0.0) != slower if more is not None else last is None or not slower
        found.append(Turn("start-up", "impurity_factor", f"{end:g}", more, turned))
    return found


def wrong_factor_turns(lacking: int | None, assumed: ParameterSet, extra: Callable[[float], int | None]) -> list[Turn]:
    """Stages that the expert's own design lacks with a smaller factor, by the headroom."""
    found = []
    for end in ends_of(assumed, "pump_headroom"):
        more = extra(end)
        turned = (more is None) != (lacking is None) or (more == 0) != (lacking == 0)
        found.append(Turn("error", "pump_headroom", f"{end:g}", None if more is None else float(more), turned))
    return found


def newcomer_turns(many: Newcomers, cut: Cut, published: Sequence[Published], assumed: ParameterSet) -> list[Turn]:
    """Share of the newcomers who build too little, where all take one rule of thumb."""
    most = many.short > many.too_many
    found = []
    for end in ends_of(assumed, "naive_S_over_S_min"):
        other = draw_newcomers(cut, published, (end, end), many.draws, many.seed)
        turned = (other.short > other.too_many) != most
        found.append(Turn("newcomers", "naive_S_over_S_min", f"{end:g}", other.short, turned))
    return found
