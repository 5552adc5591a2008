"""The page's check of itself: whether what it says of a choice with its chemistry is so."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from sxsim.app.choices import Choice, tell
from sxsim.app.pairs import PAIRS, factor_of
from sxsim.app.rigorous import Mode, Worked, work
from sxsim.app.verdict import Verdict, verdict
from sxsim.errors import ConvergenceError, InputError

if TYPE_CHECKING:
    from sxsim.cascade.result import Result
    from sxsim.cascade.streams import Stream

__all__ = ["Checked", "check", "choices_to_check"]

PURITIES = (0.9, 0.95, 0.99, 0.995, 0.999, 0.9999)
S_OVER_S_MIN = (1.05, 1.1, 1.2, 1.5, 2.0)
SCRUB_MOL_L = (1.0, 2.0, 3.0, 6.0)
FEED_A = 0.75
"""What is chosen to check the page, with every pair; the feed is as the page opens."""
ALIKE = 1e-6
"""Relative difference of two losses that are the same."""
SAME, NEAREST = 1e-7, 1e-2
"""Relative difference that a start may leave: of flows and purities, and of the best of what cannot be met."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was said of a choice beside what is so.

    Attributes
    ----------
    choice : Choice
        The controls.
    mode : {"flows", "search"}
        What was asked.
    verdict : Verdict
        What the page says.
    shown, purity : tuple of float
        Purities of both products as the page shows them, and as a cold solve of the shown flows gives them; empty
        where nothing is shown, NaN where that solve fails [-].
    apart : float
        Largest relative difference of flows and purities (of what cannot be met: of the best) when the solver starts
        from another choice's solution, which the page never does; NaN where it finds nothing then, 0 where no other
        was given [-].
    result : Result or None
        What is shown, to start another check from.
    """

    choice: Choice
    mode: Mode
    verdict: Verdict
    shown: tuple[float, ...]
    purity: tuple[float, ...]
    apart: float = 0.0
    result: Result | None = None

    @property
    def meets(self) -> bool:
        """Whether both products really meet what is asked."""
        return bool(self.purity) and min(self.purity) >= self.choice.purity - 2e-9

    @property
    def true(self) -> bool:
        """Whether the page says what is so, with figures that are right."""
        losses = ((1.0 - shown, 1.0 - real) for shown, real in zip(self.shown, self.purity, strict=True))
        right = all(abs(shown - real) <= ALIKE * max(shown, real) + 1e-12 for shown, real in losses)
        return right and self.meets == self.verdict.meets

    @property
    def steady(self) -> bool:
        """Whether the solver finds the same from another choice's solution."""
        return self.apart <= (SAME if self.verdict.meets or self.mode == "flows" else NEAREST)


def choices_to_check() -> tuple[Choice, ...]:
    """Every pair with the purities, S/S_min and scrub acids above, factors as the page has them: 600 choices."""
    return tuple(
        Choice(pair, FEED_A, purity, round(factor_of(pair).value, 2), over, scrub_mol_L=acid)
        for pair, purity, over, acid in product(PAIRS, PURITIES, S_OVER_S_MIN, SCRUB_MOL_L)
    )


def check(choice: Choice, mode: Mode, before: Result | None = None) -> Checked:
    """Work a choice out as the page does, and hold what it says against a cold solve of the flows it shows.

    Parameters
    ----------
    choice : Choice
        The controls.
    mode : {"flows", "search"}
        What is asked.
    before : Result, optional
        Solution of another choice, from which the solver starts once more.

    Returns
    -------
    Checked
        `true` where the page is right: both products meet what is asked and it says so, or they do not and it says
        so.
    """
    from sxsim.cascade.solving import steady_state

    try:
        told = tell(choice)
        worked = work(choice, told, mode)
    except InputError as error:
        return Checked(choice, mode, Verdict(False, str(error)), (), ())
    said = verdict(choice, told, worked)
    if worked.result is None:
        return Checked(choice, mode, said, (), ())
    shown = tuple(each.purity for each in worked.products)
    try:
        again = steady_state(worked.result.solved_cascade)
        real = tuple(_share(again.stream[each.stream], again, each.element) for each in worked.products)
    except ConvergenceError:
        real = (math.nan,) * len(shown)
    return Checked(choice, mode, said, shown, real, _apart(worked, before), worked.result)


def _share(stream: Stream, result: Result, symbol: str) -> float:
    """Share of an element by moles, from the concentrations [-]."""
    held = {name: stream.concentration_mol_L[name] for name in result.cascade.elements}
    return held[symbol] / math.fsum(held.values())


def _apart(worked: Worked, before: Result | None) -> float:
    """Relative difference of flows and purities from another start; see `Checked`."""
    from sxsim.cascade.solving import steady_state

    if before is None or worked.result is None:
        return 0.0
    try:
        hot: Result = steady_state(worked.cascade, start=before)
    except ConvergenceError as refusal:
        best = [getattr(each, "best", None) for each in (refusal, worked.refusal)]
        return abs(best[0] / best[1] - 1.0) if best[0] is not None and best[1] is not None else math.nan
    if worked.refusal is not None:
        return math.nan
    pairs = [(hot.stream[name].flow_m3_h, worked.result.stream[name].flow_m3_h) for name in ("organic_in", "scrub")]
    pairs += [(hot.purity(each.stream, each.element, "mol"), each.purity) for each in worked.products]
    return max(abs(ours / theirs - 1.0) for ours, theirs in pairs)
