"""What the page says of a choice with its chemistry."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sxsim.app.choices import Choice, Told
from sxsim.app.rigorous import Product, Worked, organic_of
from sxsim.errors import SxsimError, UnreachableTarget

if TYPE_CHECKING:
    from sxsim.cascade.result import Result
    from sxsim.definition import Cascade

__all__ = ["Verdict", "cures_of", "percent", "verdict"]

NOTHING_M3 = 1e-6
"""Scrub per m3 of feed that might as well not flow."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the page says.

    Attributes
    ----------
    meets : bool
        Whether it says that both products meet what is asked.
    said : str
        The sentences.
    """

    meets: bool
    said: str


def verdict(choice: Choice, told: Told, worked: Worked) -> Verdict:
    """Say whether both products meet what is asked, and if not, which misses it and which way.

    Parameters
    ----------
    choice, told : Choice, Told
        Controls, and what the theory says of them.
    worked : Worked
        The choice with its chemistry.

    Returns
    -------
    Verdict
    """
    if worked.mode == "search":
        return Verdict(worked.met, _found(choice, told, worked) if worked.met else _not_found(choice, told, worked))
    if worked.refusal is not None:
        return Verdict(False, f"Off specification: these flows have no steady state. {worked.refusal}.")
    head = "On specification" if worked.met else "Off specification"
    return Verdict(worked.met, f"{head}: {_each(worked)}{'' if worked.met else ' ' + _why(choice, told, worked)}")


def cures_of(cascade: Cascade, refusal: SxsimError) -> tuple[str, ...]:
    """What helps against a refusal, each change tried before it is told.

    Parameters
    ----------
    cascade : Cascade
        What was solved.
    refusal : SxsimError
        What the search said.

    Returns
    -------
    tuple of str
        The least change first; empty where nothing that was tried helps.
    """
    from sxsim.cascade.cures import with_cures

    if not isinstance(refusal, UnreachableTarget):
        return ()
    return tuple(str(cure) for cure in with_cures(cascade, refusal).cures)


def percent(purity: float, asked: float) -> str:
    """A purity in per cent, with as many digits as it takes to see on which side of what is asked it lies.

    Parameters
    ----------
    purity, asked : float
        Shares [-].

    Examples
    --------
    >>> percent(0.9990004, 0.999), percent(0.99899996, 0.999)
    ('99.9000 %', '99.899996 %')
    """
    met = purity >= asked - 1e-9
    for digits in range(4, 12):
        text = f"{100.0 * purity:.{digits}f}"
        if (float(text) >= round(100.0 * asked, 9)) == met:
            break
    return f"{text} %"


def _flows(worked: Worked) -> str:
    """Organic and scrub that flow."""
    organic, scrub = worked.flows_m3_h
    scrubbed = f"{scrub:.4g} m3 scrub" if scrub > NOTHING_M3 else "no scrub"
    return f"{organic:.4g} m3 organic and {scrubbed} per m3 of feed"


def _each(worked: Worked) -> str:
    """Both products, each with what it reaches."""
    parts = []
    for product in worked.products:
        reached, asked = percent(product.purity, product.asked), f"{100.0 * product.asked:g} %"
        verb = "meets its specification" if product.met else "misses its specification"
        parts.append(f"the {product.element} product {verb} ({reached}, {asked} asked)")
    return "; ".join(parts) + "."


def _why(choice: Choice, told: Told, worked: Worked) -> str:
    """Which way a simulation misses."""
    assert worked.result is not None
    A, B = worked.products
    if not A.met and not B.met:
        return "Both are soiled: these stages part too little at these flows."
    taken, wanted = _taken(worked.result, A), float(told.wanted.outlet_A)
    much = "much" if A.met < B.met else "little"
    cure = "more scrub or less organic" if A.met < B.met else "less scrub or more organic"
    return (
        f"Too {much} goes with the organic: {taken:.4f} mol per mol fed, where {wanted:.4f} would be the split "
        f"asked; {cure} moves it."
    )


def _taken(result: Result, product: Product) -> float:
    """Metal that leaves in a product, per mole fed [mol/mol]."""
    fed = math.fsum(result.stream["feed"].amount_kmol_h(name) for name in result.cascade.elements)
    leaves = math.fsum(result.stream[product.stream].amount_kmol_h(name) for name in result.cascade.elements)
    return leaves / fed


def _found(choice: Choice, told: Told, worked: Worked) -> str:
    """The flows that meet both products, beside the theory's."""
    scrub = told.acid_scrub / choice.scrub_mol_L
    return (
        f"On specification with {_flows(worked)}, the least organic that does: {_each(worked)} "
        f"The theory says {organic_of(choice, told):.4g} and {scrub:.4g}."
    )


def _not_found(choice: Choice, told: Told, worked: Worked) -> str:
    """That no flows do, with the proof and the best."""
    text = f"Off specification: {told.n} + {told.m} stages cannot meet both products, whatever organic and scrub flow"
    if isinstance(worked.refusal, UnreachableTarget) and worked.refusal.proof is not None:
        text += f": {worked.refusal.proof}"
    text += "."
    if worked.products:
        text += f" Nearest, with {_flows(worked)}: {_each(worked)}"
    return text
