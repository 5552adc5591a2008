"""The constant-load teaching twin: the same policies on two elements at constant separation factor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sxsim.errors import Finding, InputError
from sxsim.foundation.freezing import Record
from sxsim.foundation.suggestions import one_of
from sxsim.kernels.constant_load import binary_steady
from sxsim.kernels.shaking import SHAKE_OK, shake_two
from sxsim.theory.timescales import phase_totals

__all__ = ["ShakenStartUp", "shaken_start_up"]

Floats = NDArray[np.float64]
ShakenPolicy = Literal["open", "reflux", "one-sided", "matched-reflux", "feedback"]
POLICIES: tuple[ShakenPolicy, ...] = ("open", "reflux", "one-sided", "matched-reflux")
"""Policies at the flows of the design; feedback is the one that steers them."""
LEAST_SHARE = 0.01
"""Share of the feed that either product keeps at least while the split is steered [-]."""


@dataclass(frozen=True, slots=True, eq=False)
class ShakenStartUp(Record):
    """Answer of :func:`shaken_start_up`, times in stage residence times.

    Attributes
    ----------
    time_A, time_B, time_both : float or None
        When each product and both meet specification after opening; None within the time given.
    opened : float
        When the products are first drawn as meant.
    matched_A : float
        A fraction of the water of a fill that matches the steady inventory [-].
    purity : (rows, 2) array
        Purity of both products after every step from opening on.
    profile_time : (frames,) array
        Times of the profiles, from the start on.
    profile : (frames, stages) array
        A fraction of the water of every stage at these times; no rows unless frames are asked for.
    """

    time_A: float | None
    time_B: float | None
    time_both: float | None
    opened: float
    matched_A: float
    purity: Floats
    profile_time: Floats
    profile: Floats


def shaken_start_up(
    beta: float,
    n: int,
    m: int,
    solvent: float,
    scrub: float,
    feed_A: float,
    specification: float,
    *,
    policy: ShakenPolicy = "open",
    reflux: float = 0.0,
    longest: float = 10000.0,
    step: float = 1.0,
    frames: int = 0,
    gain: float = 0.3,
) -> ShakenStartUp:
    """Start a cascade of two elements at constant load.

    Parameters
    ----------
    beta : float
        Separation factor A over B [-].
    n, m : int
        Extraction stages (the feed stage counted) and scrub stages.
    solvent, scrub : float
        S and W [mol per mol feed]; the feed is aqueous.
    feed_A : float
        A fraction of the feed [-].
    specification : float
        Purity asked of both products [-].
    policy : {"open", "reflux", "one-sided", "matched-reflux", "feedback"}
        As in `start_up`; feedback steers the product split once per residence time by the water of the feed stage.
    reflux : float
        Duration of the total reflux, after the withdrawal of a one-sided start [stage residence times].
    longest : float
        Time after opening that is looked at [stage residence times].
    step : float
        1 for shaking; less is nearer the well-mixed tank. No stage may pass on more than it holds in a step: at total
        reflux, where water flows as fast as organic, at most W/S.
    frames : int
        About so many profiles are kept of every part of the start-up, closer together where the part begins; 0 keeps
        none.
    gain : float
        Change of the share of the feed that leaves with the organic per change of the A fraction of the feed stage's
        water, of the policy feedback [-].

    Returns
    -------
    ShakenStartUp
        Times and the course of the purities.

    Raises
    ------
    InputError
        There is no such policy, the flows do not balance, or the step is too long.

    Examples
    --------
    >>> flows = (2.0, 17, 14, 2.9033, 2.0529, 0.85, 0.999)
    >>> run = shaken_start_up(*flows, policy="matched-reflux", reflux=100.0, step=0.5)
    >>> run.opened, run.time_both
    (100.0, 100.5)
    """
    known = (*POLICIES, "feedback")
    if policy not in known:
        cure = one_of(policy, known)
        raise InputError(Finding("policy", f"there is no policy {policy!r} at constant load", ", ".join(known), cure))
    normal = phase_totals(n, m, solvent, scrub)
    stages = n + m
    held = np.full(stages, solvent), np.r_[np.full(n, scrub + 1.0), np.full(m, scrub)]
    x = np.zeros(stages)
    binary_steady(beta, beta, n, m, solvent, scrub, 1.0, 0.0, feed_A, x)
    steady = float(np.sum(held[0] * beta * x / (1.0 + (beta - 1.0) * x) + held[1] * x))

    def fill(fraction: float) -> Floats:
        return np.asarray(held[0] * beta * fraction / (1.0 + (beta - 1.0) * fraction) + held[1] * fraction)

    low, high = 0.0, 1.0
    for _ in range(60):
        matched = 0.5 * (low + high)
        low, high = (matched, high) if float(fill(matched).sum()) < steady else (low, matched)
    amount = fill(matched if policy == "matched-reflux" else feed_A)
    course = _Course(beta, n, step, held, amount, frames)
    closed = np.full(stages, solvent), np.full(stages, solvent)
    closed[0][-1] = closed[1][0] = 0.0
    if policy == "one-sided":
        surplus = float(amount.sum()) - steady
        draws_A = surplus > 0.0
        one = np.full(stages, solvent), np.full(stages, solvent - 1.0 if draws_A else solvent)
        one[1][:n] = one[1][n - 1] + 1.0
        one[0][-1], one[1][0] = (1.0, 0.0) if draws_A else (0.0, 1.0)
        piece = max(1, round(0.01 * stages / step)) * step
        while (float(amount.sum()) - steady > 0.0) == draws_A and course.now < longest:
            course.shake(feed_A, piece, one)
    if policy != "open" and reflux > 0.0:
        course.shake(0.0, reflux, closed)
    opened = course.now
    if policy == "feedback":
        history = course.steer(feed_A, longest, m, solvent, scrub, gain, float(x[n - 1]))
    else:
        history = course.shake(feed_A, longest, normal)
    purity = np.column_stack((history[:, 0], 1.0 - history[:, 1]))
    met = purity >= specification

    def first(reached: NDArray[np.bool_]) -> float | None:
        return opened + (int(np.argmax(reached)) + 1) * step if reached.any() else None

    return ShakenStartUp(
        first(met[:, 0]),
        first(met[:, 1]),
        first(np.asarray(met.all(axis=1))),
        opened,
        matched,
        purity,
        np.array(course.times),
        np.array(course.profiles).reshape(-1, stages),
    )


class _Course:
    """What the stages hold as they are shaken, with the profiles on the way; `amount` is carried on in place."""

    def __init__(self, beta: float, n: int, step: float, held: tuple[Floats, Floats], amount: Floats, frames: int):
        self.now = 0.0
        self.times: list[float] = []
        self.profiles: list[Floats] = []
        self._beta, self._n, self._step, self._held, self._amount, self._frames = beta, n, step, held, amount, frames
        if frames:
            self._keep()

    def shake(self, feed_A: float, duration: float, flows: tuple[Floats, Floats]) -> Floats:
        """Shake for a time; returns what each product held of A after every step."""
        steps = round(duration / self._step)
        marks = self._marks(steps)
        pieces = []
        for count in np.diff(marks, prepend=0):
            pieces.append(self._piece(feed_A, int(count), flows))
            self.now += int(count) * self._step
            if self._frames:
                self._keep()
        return np.concatenate(pieces)

    def steer(
        self, feed_A: float, duration: float, m: int, solvent: float, scrub: float, gain: float, setpoint: float
    ) -> Floats:
        """Shake with a scrub that follows the A fraction of the feed stage's water; returns what `shake` does."""
        every, seen, pieces = max(1, round(1.0 / self._step)), feed_A, []
        rounds = max(1, round(duration / (every * self._step)))
        kept = set(self._marks(rounds).tolist()) if self._frames else set()
        for count in range(1, rounds + 1):
            share = min(max(solvent - scrub + gain * (seen - setpoint), LEAST_SHARE), 1.0 - LEAST_SHARE)
            pieces.append(self._piece(feed_A, every, phase_totals(self._n, m, solvent, solvent - share)))
            seen = float(pieces[-1][-1, 2])
            self.now += every * self._step
            if count in kept:
                self._keep()
        return np.concatenate(pieces)

    def _marks(self, steps: int) -> NDArray[np.int64]:
        """Steps after which a profile is kept, the last among them."""
        return np.unique(np.geomspace(1, steps, self._frames).astype(int)) if self._frames else np.array([steps])

    def _piece(self, feed_A: float, steps: int, flows: tuple[Floats, Floats]) -> Floats:
        """Some steps without a look at the stages."""
        stages = self._amount.size
        history = np.zeros((steps, 3))
        space = np.zeros(stages), np.zeros((4, stages))
        numbers = self._beta, self._n - 1, feed_A, self._step, steps, 1, self._n - 1
        answer = shake_two(*numbers, *flows, *self._held, self._amount, *space, history)
        if answer.status != SHAKE_OK:
            pairs = zip(self._held, flows, strict=True)
            longest = min(float((own / np.maximum(flow, 1e-300)).min()) for own, flow in pairs)
            offence = f"a stage would pass on more than it holds in a step of {self._step:g}"
            raise InputError(Finding("step", offence, f"above 0, at most {longest:.4g}", "take a smaller step"))
        return history

    def _keep(self) -> None:
        """Keep the water of every stage: the root of held A = S y(x) + L x."""
        gap, (organic, water) = self._beta - 1.0, self._held
        linear = self._beta * organic + water - gap * self._amount
        root = np.sqrt(linear * linear + 4.0 * gap * water * self._amount)
        self.times.append(self.now)
        self.profiles.append(np.asarray(2.0 * self._amount / (linear + root)))
