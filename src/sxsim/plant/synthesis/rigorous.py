"""The cuts of an order designed rigorously, each as a cascade of its own."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sxsim.definition import Cascade
from sxsim.errors import ConvergenceError
from sxsim.plant.synthesis.cuts import Cut
from sxsim.plant.synthesis.sequences import Sequence
from sxsim.plant.synthesis.task import Task
from sxsim.sizing import Plan, design

__all__ = ["DesignedCut", "DesignedSequence", "cut_cascade", "design_sequence"]

ORGANIC: dict[str, Any] = {
    "extractant": "P507",
    "extractant_mol_L": 1.5,
    "saponified_fraction": 0.36,
    "saponifier": "NH4",
    "temperature_C": 25.0,
}
"""The organic of the P507 examples, as a first choice."""

_SCRUB_mol_L, _STRIP_mol_L = 3.0, 4.0
_TRACE = 0.2
"""Most of a key element that a tolerance may let go; groups with little of the key allow more than it holds."""


@dataclass(frozen=True, slots=True)
class DesignedCut:
    """A cut with its rigorous design, or why there is none.

    Attributes
    ----------
    cut : Cut
        The estimate.
    plan : Plan or None
        The design.
    why : str
        What kept it from one; empty when there is a plan.
    """

    cut: Cut
    plan: Plan | None
    why: str


@dataclass(frozen=True, slots=True)
class DesignedSequence:
    """An order of cuts, designed.

    Attributes
    ----------
    sequence : Sequence
        The estimate.
    cuts : tuple of DesignedCut
        In its order.
    """

    sequence: Sequence
    cuts: tuple[DesignedCut, ...]

    @property
    def complete(self) -> bool:
        """Whether every cut has a design."""
        return all(each.plan is not None for each in self.cuts)

    def _sum(self, value: Callable[[DesignedCut, Plan], float]) -> float:
        return math.fsum(value(each, each.plan) for each in self.cuts if each.plan is not None)

    @property
    def passes(self) -> float:
        """Passes of the whole feed, S at the feed stage of each rigorous cascade [mol per mol feed]."""
        return self._sum(lambda each, plan: plan.S * each.cut.amount)

    @property
    def base(self) -> float:
        """Base bought per mole of the whole feed [mol/mol]."""
        return self._sum(lambda each, plan: plan.merit.base_kmol_h)

    @property
    def acid(self) -> float:
        """Acid bought per mole of the whole feed [mol/mol]."""
        return self._sum(lambda each, plan: plan.merit.acid_kmol_h)

    @property
    def stages(self) -> int:
        """Stages of all cascades, stripping included."""
        return int(self._sum(lambda _, plan: float(sum(plan.stages.values()))))

    @property
    def annual_usd(self) -> float:
        """Yearly cost of what the designs decide, for 1 kmol/h of feed [usd]."""
        return self._sum(lambda _, plan: float(plan.merit.annual_usd or math.nan))


def cut_cascade(task: Task, cut: Cut, *, organic: dict[str, Any] | None = None, feed_mol_L: float = 1.0) -> Cascade:
    """The cascade that makes one cut, its stages and flows left to design.

    Parameters
    ----------
    task : Task
        The synthesis task.
    cut : Cut
        One of its cuts; `amount` kmol/h of its feed enter, as neutralised liquor at pH 2.
    organic : dict, optional
        Table `[organic]` without flow and system, instead of the P507 examples'.
    feed_mol_L : float
        Rare earths of the feed [mol/L].

    Returns
    -------
    Cascade
        A target on each key: its purity where it is alone on its side, else its recovery there, so that no more passes
        than the products on either side allow. Behind each key everything else on its side counts as the element next
        to the key: the hardest it could be, and quick to design.
    """
    low, middle, high = (task.bounds[place] for place in (cut.first, cut.cut, cut.last))
    held = _few(task, low, middle, high)
    in_organic, in_aqueous = task.tolerances(cut.cut)
    assay = {name: amount * feed_mol_L / cut.amount for name, amount in held.items()}
    targets: list[dict[str, Any]] = []
    upper, lower = task.elements[middle - 1], task.elements[middle]
    sides = (
        ("strip_liquor", upper, middle - low == 1, float(cut.wanted.purity_A), lower, in_organic, "raffinate"),
        ("raffinate", lower, high - middle == 1, float(cut.wanted.purity_B), upper, in_aqueous, "strip_liquor"),
    )
    for stream, key, alone, purity, other, passing, home in sides:
        if alone:
            asked = {"stream": stream, "element": key, "purity_min": purity, "purity_basis": "mol"}
        else:
            share = min(passing / held[other], _TRACE)
            asked = {"stream": home, "element": other, "recovery_min": 1.0 - share}
        targets.append(asked)
    data: dict[str, Any] = {
        "schema": 1,
        "title": f"{'+'.join(cut.upper)} from {'+'.join(cut.lower)} ({cut.name})",
        "elements": list(held)[::-1],
        "organic": {**(organic or ORGANIC), "system": task.system, "flow_m3_h": "design", "recycled": True},
        "section": [
            {
                "name": name,
                "kind": name,
                "stages": "design",
                "aqueous_in": enters,
                "aqueous_out": leaves,
            }
            for name, enters, leaves in (
                ("extraction", "feed", "raffinate"),
                ("scrubbing", "scrub", "extraction"),
                ("stripping", "strip_acid", "strip_liquor"),
            )
        ],
        "stream": {
            "feed": {"flow_m3_h": cut.amount / feed_mol_L, "pH": 2.0, "assay_mol_L": assay},
            "scrub": {"flow_m3_h": "design", "acid": "HCl", "acid_mol_L": _SCRUB_mol_L},
            "strip_acid": {"flow_m3_h": "design", "acid": "HCl", "acid_mol_L": _STRIP_mol_L},
        },
        "target": targets,
    }
    return Cascade.from_data(data)


def _few(task: Task, low: int, middle: int, high: int) -> dict[str, float]:
    """Amounts of at most four elements, the most extracted first [mol per mol fed]."""
    names, amounts = task.elements, task.fractions
    held: dict[str, float] = {}
    if middle - 1 > low:
        held[names[middle - 2]] = math.fsum(amounts[low : middle - 1])
    held[names[middle - 1]] = amounts[middle - 1]
    held[names[middle]] = amounts[middle]
    if high > middle + 1:
        held[names[middle + 1]] = math.fsum(amounts[middle + 1 : high])
    return held


def design_sequence(
    task: Task,
    sequence: Sequence,
    *,
    organic: dict[str, Any] | None = None,
    known: dict[tuple[int, int, int], DesignedCut] | None = None,
    progress: Callable[[str], None] | None = None,
) -> DesignedSequence:
    """Design every cut of an order.

    Parameters
    ----------
    task : Task
        The synthesis task.
    sequence : Sequence
        One of its orders.
    organic : dict, optional
        As of :func:`cut_cascade`.
    known : dict, optional
        Designs of cuts by their places; added to, so that orders which share a cut design it once.
    progress : callable, optional
        Takes a line for each cut.

    Returns
    -------
    DesignedSequence
        A cut that the search finds no design for carries the reason.
    """
    store = {} if known is None else known
    tell = progress or (lambda line: None)
    for cut in sequence.cuts:
        place = (cut.first, cut.cut, cut.last)
        if place in store:
            continue
        tell(f"cut {cut.name} of {cut.amount:.3f} mol per mol fed")
        try:
            plan = design(cut_cascade(task, cut, organic=organic))
        except ConvergenceError as error:
            store[place] = DesignedCut(cut, None, error.diagnosis)
        else:
            store[place] = DesignedCut(cut, plan, "")
    return DesignedSequence(sequence, tuple(store[cut.first, cut.cut, cut.last] for cut in sequence.cuts))
