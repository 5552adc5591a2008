"""What the numbers of the study say, in sentences, and what they cannot say."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sxsim.studies.lock.turning import SMALL, spread_of

if TYPE_CHECKING:
    from sxsim.studies.lock.outcome import Lock, Operator, Turn

__all__ = ["LIMITS", "argue"]

LIMITS = (
    "whether a real newcomer is as naive: handbook place, rule of thumb, trial, retrofit and headroom are assumptions; "
    "change them by --assume and see what the conclusion rests on",
    "what a licence, a hired team, a pilot plant or a year of laboratory work would cost instead",
    "patents, export rules, equipment makers, why China came first: the study knows stages, reagents and hours only",
    "the feed: ore, cracking, permits and radioactivity stand outside the cut",
    "that 13-18 billion dollars and 5-7 years are right: they are the figures of an article and enter no result; the "
    "delay curve only says what such years do to the capital charge of this cut",
    "learning while running: operators here keep what they know until a shortfall is found; after that the flows are "
    "tuned to the targets exactly, which flatters who built too much",
    "the true separation factor: it is the system's own number, itself a compromise of contradicting sources",
)
DAYS = 24.0


def argue(lock: Lock) -> tuple[str, ...]:
    """Tell what follows from the numbers.

    Parameters
    ----------
    lock : Lock
        The study, its argument still empty.
    """
    naive, textbook, expert = (lock.operator(name) for name in ("naive", "textbook", "expert"))
    many = lock.newcomers
    said = [
        _stages(naive, lock) + _turns(lock, "stages of naive", "{:.0f}"),
        _stages(textbook, lock) + _turns(lock, "stages of textbook", "{:.0f}"),
        _cost(naive, textbook, expert) + _turns(lock, "cost", "a spread of {:.1%}"),
        _time(lock)
        + _turns(lock, "time", "the naive operator {:+.0f} d beside the expert")
        + _turns(lock, "start-up", "naive {:+.0f} d beside the expert", "Whose start-up takes longer"),
        _error(lock) + _turns(lock, "error", "{:.0f}"),
        f"Of {many.draws} newcomers who believe any of the {len(lock.published)} published factors "
        f"{100 * many.short:.0f} % build too little, {100 * many.hopeless:.0f} % so little organic that none helps, "
        f"and {100 * many.too_many:.0f} % build too much (closed forms)."
        + _turns(lock, "newcomers", "{:.0%} build too little"),
    ]
    if lock.linking is not None:
        link = lock.linking
        said.append(
            f"One cut of two elements cannot be linked. A train that parts {', '.join(link.elements)} of {link.feed} "
            f"saves by linking {100 * link.saving:.0f} % of the least solvent, base and acid (theory: "
            f"S {link.linked:.2f} instead of {link.conventional:.2f}); none of it is in the table. The least flows of "
            "sharp cuts at constant load, in that ore's proportions, are all that rests on."
        )
    said.append(_money(lock))
    return tuple(said)


def _turns(lock: Lock, conclusion: str, figure: str, subject: str = "It") -> str:
    """What comes out under other assumptions, those that turn the conclusion first."""
    turns = [each for each in lock.turns if each.conclusion == conclusion]
    if not turns:
        return ""

    def told(each: Turn) -> str:
        value = "none that would do" if each.figure is None else figure.format(each.figure)
        return f"{each.assumption} = {each.value} ({value})"

    turning = ", ".join(told(each) for each in turns if each.turned)
    holding = ", ".join(told(each) for each in turns if not each.turned)
    if not turning:
        return f" {subject} stands whatever was tried: {holding}."
    return f" {subject} turns with {turning}" + (f" and stands with {holding}." if holding else ".")


def _stages(each: Operator, lock: Lock) -> str:
    """How one operator's stages come out."""
    if each.extra or each.organic_raised > 1.0:
        more = f" and {100 * (each.organic_raised - 1):.0f} % more organic" if each.organic_raised > 1.0 else ""
        why = ""
        if each.beta == lock.beta:
            why = ". The factor is right, so all of it is the simple formula and the constant load that it supposes"
        else:
            why = f". {each.extra_by_error} of them are the error of the factor"
        return (
            f"The {each.name} operator believes in {each.beta:.3g} (true: {lock.beta:.3g}), builds {sum(each.built)} "
            f"stages and has to add {each.extra}{more}: {100 * each.extra / sum(each.built):.0f} % more{why}."
        )
    return f"The {each.name} operator builds {sum(each.built)} stages and needs no more."


def _cost(naive: Operator, textbook: Operator, expert: Operator) -> str:
    """Cost per kg beside each other."""
    usd = {each.name: each.cost.usd_per_kg_oxide for each in (naive, textbook, expert)}
    spread = max(usd.values()) - min(usd.values())
    dearest = max(usd, key=lambda name: usd[name])
    told = ", ".join(f"{name} {value:.2f}" for name, value in usd.items())
    head = f"Once mended, the cascades cost {told} USD/kg, the {dearest} one most."
    if spread_of(usd) < SMALL:
        return f"{head} That is a spread of {spread:.2f}: in steady operation know-how saves little at these prices."
    return f"{head} That is a spread of {spread:.2f}, {100 * spread / usd['expert']:.1f} % of the expert's cost."


def _time(lock: Lock) -> str:
    """Times to specification, lower bounds named."""
    told = []
    for each in lock.operators:
        least = "more than " if each.loss.at_least else ""
        told.append(f"{each.name} {least}{each.loss.days:.0f} d")
    slow = lock.operator("expert").opening
    tau = slow.tau_1_h if slow.tau_1_h is not None else slow.tau_1_theory_h
    days = lock.assumed["trial_d"]
    trial = f", so a trial of {days:.0f} d shows no steady state" if days * DAYS < 3.0 * tau else ""
    return (
        f"From the first fill to specification: {', '.join(told)}. The slowest mode of the expert's cascade takes "
        f"{tau / DAYS:.0f} d{trial}."
    )


def _error(lock: Lock) -> str:
    """What a smaller factor does to the expert."""
    head = f"With {100 * lock.less_beta:.0f} % less separation factor the expert's own design"
    held = f"a headroom of {100 * lock.assumed['pump_headroom']:.0f} %"
    if lock.less_beta_extra is None:
        return f"{head} cannot be saved by any number of stages at its organic and {held}."
    share = lock.less_beta_extra / sum(lock.operator("expert").final)
    return (
        f"{head} lacks {lock.less_beta_extra} stages, {100 * share:.0f} % of its own (rigorous, its organic held, with "
        f"{held})."
    )


def _money(lock: Lock) -> str:
    """Money until specification, and the claims beside the scale."""
    spent = {each.name: each.loss.spent_usd for each in lock.operators}
    ratio = spent["naive"] / spent["expert"] if spent["expert"] else math.inf
    scale = lock.curves["scale"]
    capital = scale.series["capital [usd per t/y]"]
    low, high = (lock.assumed[f"context_capital_{end}_usd"] for end in ("low", "high"))
    bought = [low / max(capital) / 1000.0, high / min(capital) / 1000.0]
    return (
        f"Until specification the naive operator spends {ratio:.1f} times what the expert does. A claim of "
        f"{low / 1e9:.0f}-{high / 1e9:.0f} billion USD for new processing would buy this one cut for {bought[0]:.0f} "
        f"(smallest scale) to {bought[1]:.0f} thousand t/y (largest): stages alone do not explain such a sum."
        + _turns(lock, "money", "{:.1f} times")
    )
