"""How the profile of a choice forms under each policy, by shaking: the fast twin of a start-up."""

from __future__ import annotations

import math

from sxsim.app.choices import Choice, Told
from sxsim.startup.shaken import POLICIES, ShakenStartUp, shaken_start_up

__all__ = ["POLICY_WORDS", "start_ups"]

LONGEST = 30_000.0
"""How long after opening is looked at [stage residence times]."""
FRAMES = 45
POLICY_WORDS = {
    "open": "fill with feed, open at once, wait",
    "reflux": "fill with feed, total reflux, then open",
    "one-sided": "draw only the product with the surplus, total reflux, then open",
    "matched-reflux": "fill with the inventory of the steady state, total reflux, then open",
}


def start_ups(choice: Choice, told: Told, reflux: float) -> dict[str, ShakenStartUp]:
    """Start the cascade of a choice up under every policy.

    Parameters
    ----------
    choice : Choice
        The controls.
    told : Told
        What the theory says of them; stages with a little to spare reach the purity asked.
    reflux : float
        Duration of the total reflux [stage residence times].

    Returns
    -------
    dict of str to ShakenStartUp
        By policy, with profiles; times in stage residence times.

    Raises
    ------
    InputError
        The flows do not balance.
    """
    step = min(1.0, 0.99 * told.W / told.S)
    step = 1.0 / math.ceil(1.0 / step)  # a whole number of steps a residence time
    return {
        policy: shaken_start_up(
            choice.beta,
            told.n,
            told.m,
            told.S,
            told.W,
            choice.feed_A,
            choice.purity,
            policy=policy,
            reflux=reflux,
            longest=LONGEST,
            step=step,
            frames=FRAMES,
        )
        for policy in POLICIES
    }
