"""From a feed and products to ranked orders of cuts."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence as Listed
from dataclasses import dataclass
from functools import cache
from typing import Any

from sxsim.errors import Finding, InputError
from sxsim.plant.synthesis.cuts import Cut, Yardstick, estimate_cut
from sxsim.plant.synthesis.sequences import (
    Objective,
    Sequence,
    best_sequences,
    least_solvent,
    named_sequences,
    number_of_sequences,
)
from sxsim.plant.synthesis.task import Task, make_task

__all__ = ["Synthesis", "synthesize"]


@dataclass(frozen=True, slots=True)
class Synthesis:
    """Ranked orders of cuts.

    Attributes
    ----------
    task : Task
        What was asked.
    yardstick : {"inventory", "xu", "minimum"}
        How the solvent of a cut was chosen.
    objective : {"passes", "stages", "inventory"}
        What was ranked by.
    possible : int
        Orders that there are.
    best : tuple of Sequence
        The best, by the objective.
    named : tuple of Sequence
        Rules of thumb, and the worst.
    S_linked : float
        Least solvent of a fully linked extraction that makes the same products: the most demanding cut of the whole
        feed [mol per mol feed].
    S_min : float
        Sum of the least solvents of separate cuts, in the order of all in which it is least [mol per mol feed].
    """

    task: Task
    yardstick: Yardstick
    objective: Objective
    possible: int
    best: tuple[Sequence, ...]
    named: tuple[Sequence, ...]
    S_linked: float
    S_min: float

    @property
    def saving_linked(self) -> float:
        """Share of the least solvent of separate cuts, in their best order, that full linking saves [-]."""
        return 1.0 - self.S_linked / self.S_min

    def saving(self, sequence: Sequence) -> float:
        """Share of the passes of another order that the best order saves [-]."""
        return 1.0 - self.best[0].passes / sequence.passes

    def to_dict(self) -> dict[str, Any]:
        """Plain data, flat at the top; infinite stages become None."""
        task = self.task
        return {
            "system": task.system,
            "status": task.status,
            "elements": list(task.elements),
            "feed_mole_fraction": dict(zip(task.elements, task.fractions, strict=True)),
            "separation_factor": {
                f"{upper}/{lower}": {"value": factor.value, "status": factor.status}
                for upper, lower, factor in zip(task.elements, task.elements[1:], task.factors, strict=False)
            },
            "products": [
                {"name": p.name, "elements": list(p.elements), "purity": p.purity, "recovery": p.recovery}
                for p in task.products
            ],
            "yardstick": self.yardstick,
            "objective": self.objective,
            "sequences_possible": self.possible,
            "S_linked_min": self.S_linked,
            "saving_linked_min": self.saving_linked,
            "sequences": [_told(sequence) for sequence in (*self.best, *self.named)],
        }


def _told(sequence: Sequence) -> dict[str, Any]:
    return {
        "label": sequence.label,
        "order": sequence.order,
        "passes": sequence.passes,
        "S_min": sequence.S_min,
        "stages": _finite(sequence.stages),
        "inventory": _finite(sequence.inventory),
        "cuts": [
            {
                "name": cut.name,
                "upper": list(cut.upper),
                "lower": list(cut.lower),
                "amount": cut.amount,
                "beta": cut.beta,
                "status": cut.status,
                "purity_organic_side": float(cut.wanted.purity_A),
                "purity_aqueous_side": float(cut.wanted.purity_B),
                "S_min": cut.S_min,
                "S": cut.S,
                "S_over_S_min": cut.S_over_S_min,
                "stages": _finite(cut.stages),
                "inventory": _finite(cut.inventory),
            }
            for cut in sequence.cuts
        ],
    }


def _finite(value: float) -> float | None:
    return value if value < float("inf") else None


def synthesize(
    feed_fractions: Mapping[str, float],
    system: str = "p507-chloride",
    products: Listed[str] = (),
    *,
    purity: float = 0.999,
    recovery: float | None = None,
    factors: Mapping[str, float] | None = None,
    yardstick: Yardstick = "inventory",
    objective: Objective = "passes",
    count: int = 5,
) -> Synthesis:
    """Find the best orders of cuts that make products of a feed.

    Parameters
    ----------
    feed_fractions : mapping of str to float
        Element to mole fraction or amount [mol].
    system : str
        Extraction system; one for all cuts.
    products : sequence of str
        ``"Nd"``, ``"NdPr=Nd+Pr"``, ``"SEG=Sm-Lu@0.95"``; empty makes every element a product.
    purity, recovery : float
        Mole share wanted in each product, and of what is fed [-]; the recovery is the purity when left out.
    factors : mapping of str to float, optional
        Separation factors of neighbours, ``{"Nd/Pr": 1.55}``, in the place of the system's [-].
    yardstick : {"inventory", "xu", "minimum"}
        How the solvent of each cut is chosen.
    objective : {"passes", "stages", "inventory"}
        What is made least.
    count : int
        How many orders to keep.

    Returns
    -------
    Synthesis
        The best orders, what rules of thumb give, and what full linking could save.

    Raises
    ------
    InputError
        Findings of feed, system and products, all at once; or orders ranked by what is infinite for every one of them.

    Examples
    --------
    >>> found = synthesize({"La": 0.28, "Ce": 0.5, "Pr": 0.05, "Nd": 0.17}, yardstick="minimum")
    >>> found.best[0].order, round(found.best[0].passes, 3)
    ('Nd|Pr, Pr|Ce, Ce|La', 1.77)
    """
    if yardstick == "minimum" and objective != "passes":
        offence = f"at the least solvent every cut takes stages without end, so that no order has fewer {objective}"
        if objective == "inventory":
            offence = "at the least solvent every cut takes stages without end, and holds as much"
        raise InputError(Finding("objective", offence, "passes", "rank by passes, or choose another solvent"))
    task = make_task(feed_fractions, system, products, purity=purity, recovery=recovery, factors=factors)
    total = len(task.products)

    @cache
    def estimate(first: int, cut: int, last: int) -> Cut:
        return estimate_cut(task, first, cut, last, yardstick)

    return Synthesis(
        task=task,
        yardstick=yardstick,
        objective=objective,
        possible=number_of_sequences(total),
        best=tuple(best_sequences(estimate, total, objective, count)),
        named=tuple(named_sequences(estimate, total, objective)),
        S_min=least_solvent(estimate, total),
        S_linked=max(estimate(0, cut, total).S_min for cut in range(1, total)),
    )
