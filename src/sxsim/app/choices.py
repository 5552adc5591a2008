"""What a learner chooses, and the cascade that follows from it by the constant-load theory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sxsim.app.pairs import PAIRS
from sxsim.errors import Finding, InputError
from sxsim.theory.minimum import MinimumFlows, minimum_flows
from sxsim.theory.optimum import extraction_ratios
from sxsim.theory.reflux import total_reflux_stages
from sxsim.theory.specification import Split, split
from sxsim.theory.stages import StageCount, binary_purities, exact_stages, simple_stages

__all__ = ["Choice", "Told", "aqueous_profile", "tell"]


@dataclass(frozen=True, slots=True)
class Choice:
    """The controls.

    Attributes
    ----------
    pair : str
        Of `PAIRS`.
    feed_A : float
        Share of the more extracted element in the feed, by moles [-].
    purity : float
        Asked of both products, by moles [-].
    beta : float
        Separation factor [-].
    S_over_S_min : float
        Solvent over its minimum [-].
    n, m : int
        Extraction and scrub stages; 0 takes the exact count of the theory.
    reflux : float
        Share of the strip liquor that is returned as scrub [-].
    scrub_mol_L : float
        Strength of the scrub acid [mol/L].
    """

    pair: str
    feed_A: float = 0.5
    purity: float = 0.999
    beta: float = 1.5
    S_over_S_min: float = 1.2
    n: int = 0
    m: int = 0
    reflux: float = 0.0
    scrub_mol_L: float = 3.0


@dataclass(frozen=True, slots=True)
class Told:
    """What the theory says of a choice; amounts in mol per mol fed.

    Attributes
    ----------
    wanted : Split
        Products at the purity asked.
    minimum : MinimumFlows
        Least S and W; the organic carries the product at least, also where the feed's own stage parts well enough.
    S, W, returned : float
        Solvent, scrub, and the part of the scrub that is product sent back.
    exact, simple : StageCount
        Stages needed, by the exact count and by the simple formula.
    fewest : float
        Stages at total reflux.
    n, m : int
        Stages of the cascade that is looked at.
    purity_A, purity_B : float
        What it reaches.
    base, acid_scrub, acid_strip : float
        Stoichiometric reagents.
    """

    wanted: Split
    minimum: MinimumFlows
    S: float
    W: float
    returned: float
    exact: StageCount
    simple: StageCount
    fewest: float
    n: int
    m: int
    purity_A: float
    purity_B: float
    base: float
    acid_scrub: float
    acid_strip: float

    @property
    def met(self) -> bool:
        """Whether both products reach what is asked."""
        return min(self.purity_A - float(self.wanted.purity_A), self.purity_B - float(self.wanted.purity_B)) >= -1e-9


def tell(choice: Choice) -> Told:
    """Work a choice out by the closed forms; the purities by the constant-load kernel.

    Parameters
    ----------
    choice : Choice
        The controls.

    Returns
    -------
    Told
        Everything the page shows of the theory.

    Raises
    ------
    InputError
        A control is out of range, or the return is more than the scrub can be; the place is the control's name.

    Notes
    -----
    Base 3S, scrub acid 3(W - R), strip acid 3(f'_A + R), with R = f'_A r/(1 - r) returned as liquor: derived from the
    balances at constant load.

    Examples
    --------
    >>> told = tell(Choice("Nd/Pr", feed_A=0.75, purity=0.999, S_over_S_min=1.2))
    >>> told.n + told.m, told.met
    (65, True)
    """
    _check(choice)
    wanted = split(choice.feed_A, purity_A=choice.purity, purity_B=choice.purity)
    A = float(wanted.outlet_A)
    least = minimum_flows(choice.beta, wanted)
    if float(least.W) < 0.0:  # no scrub is needed
        least = MinimumFlows(A, 0.0)
    S = float(least.S) * choice.S_over_S_min
    W = S - A
    returned = A * choice.reflux / (1.0 - choice.reflux)
    if returned > W:
        most = W / (W + A)
        offence = f"{choice.reflux:.0%} returned is more than the whole scrub"
        raise InputError(Finding("reflux", offence, f"0 to {most:.0%}", "return less, or raise S/S_min"))
    exact = exact_stages(choice.beta, wanted, S)
    simple = _simple(choice.beta, wanted, S, W)
    n = choice.n or max(1, round(float(exact.n) + 0.5))
    m = choice.m or max(1, round(float(exact.m) + 0.5))
    purity_A, purity_B = binary_purities(choice.beta, choice.feed_A, n, m, S, W)
    return Told(
        wanted, least, S, W, returned, exact, simple,
        float(total_reflux_stages(choice.beta, choice.purity, choice.purity)), n, m, purity_A, purity_B,
        base=3.0 * S, acid_scrub=3.0 * (W - returned), acid_strip=3.0 * (A + returned),
    )  # fmt: skip


def aqueous_profile(choice: Choice, told: Told) -> NDArray[np.float64]:
    """Share of A in the water of each stage, along the organic, shape (n + m,) [-]."""
    from sxsim.kernels.constant_load import binary_steady

    x = np.zeros(told.n + told.m)
    binary_steady(choice.beta, choice.beta, told.n, told.m, told.S, told.W, 1.0, 0.0, choice.feed_A, x)
    return x


def _simple(beta: float, wanted: Split, S: float, W: float) -> StageCount:
    """The simple formula at these flows; it has no answer where a section pinches."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return simple_stages(beta, wanted, *extraction_ratios(S, W, wanted))


def _check(choice: Choice) -> None:
    """Refuse controls out of range, all together."""
    ranges = {
        "feed_A": (choice.feed_A, 0.01, 0.99),
        "purity": (choice.purity, max(choice.feed_A, 1.0 - choice.feed_A) + 1e-6, 0.99999),
        "beta": (choice.beta, 1.05, 20.0),
        "S_over_S_min": (choice.S_over_S_min, 1.01, 5.0),
        "n": (choice.n, 0, 300),
        "m": (choice.m, 0, 300),
        "reflux": (choice.reflux, 0.0, 0.95),
        "scrub_mol_L": (choice.scrub_mol_L, 0.5, 8.0),
    }
    findings = [
        Finding(name, f"{value:g} is out of range", f"{low:g} to {high:g}")
        for name, (value, low, high) in ranges.items()
        if not low <= value <= high
    ]
    if choice.pair not in PAIRS:
        findings.append(Finding("pair", f"there is no pair {choice.pair!r}", ", ".join(PAIRS)))
    if findings:
        raise InputError(findings)
