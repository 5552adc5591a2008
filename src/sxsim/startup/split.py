"""The product split of a running cascade, and the flows that set it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sxsim.cascade.compile import Problem
from sxsim.cascade.result import Result
from sxsim.errors import Finding, InputError
from sxsim.startup.fills import rare_earths

__all__ = ["Split", "product_split", "watch_stage"]

Floats = NDArray[np.float64]


class Split(NamedTuple):
    """What decides how much of the feed leaves with the organic.

    Attributes
    ----------
    strong : tuple of int
        Components that leave with the organic side, the A of theory.
    weak : tuple of int
        Those that leave with the aqueous side.
    share : float
        Rare earths that leave with the organic side, per those fed, at steady state [-].
    feeds : tuple of str
        Streams that bring rare earths.
    fed_kmol_h : float
        What they bring [kmol/h].
    scrub : str
        Stream whose acid returns the organic's load; empty without scrubbing.
    scrub_m3_h, scrub_Q_mol_L : float
        Its flow at steady state, and the charge that it brings [m3/h], [mol/L].
    raffinate_Q_mol_L : float
        Free acid of the raffinate at steady state [mol/L].
    feed_m3_h, feed_Q_kmol_h : float
        Flow of the feeds, and the charge they bring [m3/h], [kmol/h].
    base_mol_L : float
        Base that a m3 of organic brings [mol/L]; 0 where base is a flow or there is none.
    base_kmol_h : float
        Base at steady state [kmol/h].
    valence : float
        Protons that a rare earth stands for.
    strips : tuple of str
        Liquors that strip.
    working : tuple of int
        Stages (0-based) before the first that strips: those whose inventory decides.
    """

    strong: tuple[int, ...]
    weak: tuple[int, ...]
    share: float
    feeds: tuple[str, ...]
    fed_kmol_h: float
    scrub: str
    scrub_m3_h: float
    scrub_Q_mol_L: float
    raffinate_Q_mol_L: float
    feed_m3_h: float
    feed_Q_kmol_h: float
    base_mol_L: float
    base_kmol_h: float
    valence: float
    strips: tuple[str, ...]
    working: tuple[int, ...]

    def scrub_for(self, share: float, feeding: bool = True) -> float:
        r"""Scrub flow at which a share of the feed leaves with the organic [m3/h].

        Parameters
        ----------
        share : float
            0 to 1.
        feeding : bool
            Whether the feeds flow; without them nothing leaves at either end: total reflux.

        Raises
        ------
        InputError
            There is no scrub, or no flow of it does that.

        Notes
        -----
        The charge that enters as acid, less the base, leaves with the raffinate as acid and rare earths:

        .. math:: W C + Q_F - B = h (W + V_F) + z R

        with R the rare earths of the raffinate. The difference from the steady state is used, so that whatever this
        leaves out (other outlets, acid carried by the organic) cancels.
        """
        if not self.scrub:
            cure = "choose the policy open or organic-first, or add a scrubbing section"
            raise InputError(
                Finding(
                    "startup.policy",
                    "needs a scrub to set the product split",
                    "a cascade with a scrub, or another policy",
                    cure,
                )
            )
        net = self.scrub_Q_mol_L - self.raffinate_Q_mol_L
        change = self.valence * (self.share - share) * self.fed_kmol_h
        if not feeding:
            change = self.raffinate_Q_mol_L * -self.feed_m3_h + self.feed_Q_kmol_h
            change -= self.valence * (1.0 - self.share) * self.fed_kmol_h
        flow = self.scrub_m3_h + change / net if net > 0.0 else -1.0
        if flow <= 0.0:
            offence = f"no flow of {self.scrub!r} sends {100.0 * share:.0f} % of the feed with the organic"
            raise InputError(
                Finding(
                    "startup.policy",
                    offence,
                    "a split that the scrub can set",
                    "choose another policy, or a stronger scrub",
                )
            )
        return flow

    def organic_for(self, share: float, organic_m3_h: float) -> float:
        """Organic flow at which a share of the feed leaves with it [m3/h]; `organic_m3_h` is that of the steady state.

        Raises
        ------
        InputError
            The organic brings no base by its flow.
        """
        if self.base_mol_L <= 0.0:
            cure = 'write adjusts = "scrub"'
            raise InputError(
                Finding(
                    "startup.controller.adjusts", "the organic brings no base by its flow", "another quantity", cure
                )
            )
        return organic_m3_h + self.valence * (share - self.share) * self.fed_kmol_h / self.base_mol_L


def product_split(problem: Problem, result: Result) -> Split:
    """Read the product split off a steady state.

    Parameters
    ----------
    problem : Problem
        Compiled cascade with the flows of the result.
    result : Result
        Its steady state.
    """
    cascade, plan, law = problem.cascade, problem.plan, problem.law
    kinds = {section.name: section.kind for section in cascade.section}
    aqueous_side = [
        name
        for name, product in cascade.products.items()
        if product.kind == "outlet" and kinds[product.section] in ("soap", "extraction")
    ]
    rare = rare_earths(problem)
    fed = plan.feed_volume @ plan.feed_concentration
    lost = np.array(
        [sum(result.stream[name].amount_kmol_h(problem.components[i]) for name in aqueous_side) for i in rare]
    )
    recovered = lost / np.maximum(fed[rare], 1e-300)
    weak = tuple(i for i, part in zip(rare, recovered, strict=True) if part > 0.5)
    scrubs = [section.aqueous_in for section in cascade.section if section.kind == "scrubbing"]
    rows = [
        row
        for row in range(len(problem.feeds))
        if plan.feed_concentration[row, rare].sum() > 0.0 and problem.feeds[row] not in scrubs
    ]
    raffinates = [result.stream[name].acid_mol_L or 0.0 for name in aqueous_side]
    scrub = scrubs[-1] if scrubs else ""
    charge = plan.feed_Q + plan.acid_protons * plan.feed_acid
    at = problem.feeds.index(scrub) if scrub else 0
    feed_kmol_h = float(sum(plan.feed_volume[row] * plan.feed_concentration[row, rare].sum() for row in rows))
    return Split(
        strong=tuple(i for i in rare if i not in weak),
        weak=weak,
        share=1.0 - float(lost.sum()) / feed_kmol_h if feed_kmol_h > 0.0 else 1.0,
        feeds=tuple(problem.feeds[row] for row in rows),
        fed_kmol_h=feed_kmol_h,
        scrub=scrub,
        scrub_m3_h=float(plan.feed_volume[at]) if scrub else 0.0,
        scrub_Q_mol_L=float(charge[at]) if scrub else 0.0,
        raffinate_Q_mol_L=float(np.mean(raffinates)) if raffinates else 0.0,
        feed_m3_h=float(sum(plan.feed_volume[row] for row in rows)),
        feed_Q_kmol_h=float(sum(plan.feed_volume[row] * charge[row] for row in rows)),
        base_mol_L=float(plan.inlet[1]),
        base_kmol_h=float(plan.inlet[0] * plan.inlet[1] + plan.inlet[2]),
        valence=float(law.z[rare].mean()) if rare else 3.0,
        strips=tuple(section.aqueous_in for section in cascade.section if section.kind == "stripping"),
        working=tuple(j for j, name in enumerate(problem.section) if kinds[name] != "stripping"),
    )


def watch_stage(problem: Problem, split: Split, x: Floats) -> int:
    """The stage (0-based) where the profile is steepest: it moves long before the outlets do.

    Parameters
    ----------
    problem : Problem
        Compiled cascade.
    split : Split
        Which components are A.
    x : (N, n) array
        Aqueous of the steady state [mol/L].
    """
    kinds = {section.name: section.kind for section in problem.cascade.section}
    stages = [j for j, name in enumerate(problem.section) if kinds[name] in ("extraction", "scrubbing")]
    if len(stages) < 3:
        return stages[0] if stages else 0
    fraction = strong_fraction(split, x[stages])
    return stages[int(np.abs(np.gradient(fraction)).argmax())]


def strong_fraction(split: Split, held: Floats) -> Floats:
    """Mole fraction of A in the rare earths, over the last axis of components."""
    strong = held[..., list(split.strong)].sum(axis=-1)
    return np.asarray(strong / (strong + held[..., list(split.weak)].sum(axis=-1)))
