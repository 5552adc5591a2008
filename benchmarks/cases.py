"""Random cascades, seeded: the ground on which the solver has to stand."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sxsim.kernels.flows import Plan
from sxsim.kernels.free import no_equations
from sxsim.kernels.model import AQUEOUS, Chemistry
from sxsim.theory.multicomponent import minimum_sharp_cut

__all__ = ["Case", "chemistry", "draw", "no_equations", "no_steady_state", "plan"]

Floats = NDArray[np.float64]

LARGEST_CARRIED = 0.1
"""Entrained phase as a share of the flow of its own phase that receives it; more is no separation any more."""

LEAST_SHARE = 0.01
"""The scrub returns, and the strip takes up, at least this share of the load: a flow of zero is no section."""


@dataclass(frozen=True)
class Case:
    """One random cascade, by the words that people use for it.

    Attributes
    ----------
    seed, number : int
        What it was drawn from.
    excluded : int
        Draws thrown away before it, all of them without a steady state.
    stages : tuple of int
        Extraction, scrubbing and, where there is one, stripping.
    log10_K : (elements,) tuple of float
        Extraction constants, from the most extractable element down.
    log10_K_counter_ion : float
        Exchange constant of the counter-ion.
    cut : int
        Elements that are meant to go with the organic.
    fraction : (elements,) tuple of float
        Mole fractions of the feed.
    feed_mol_L, feed_acid_mol_L : float
        Rare earths and free acid of the feed, which flows at 1 m3/h.
    extractant_mol_L, saponified_fraction : float
        Monomer, and its saponified share.
    S, S_min : float
        Load of the organic and its minimum for a sharp cut [mol per mol feed].
    scrub_mol_L, scrub_m3_h, strip_mol_L, strip_m3_h : float
        Acids and their flows.
    recycled : bool
        Whether the stripped organic returns.
    efficiency : float
        Murphree efficiency of everything in every stage.
    entrainment_O_in_A, entrainment_A_in_O : float
        Carried volume per volume of the carrying phase.
    ideal_ion : bool
        Whether the counter-ion is at equilibrium whatever the efficiency: a harder model than that of `sxsim solve`.
    """

    seed: int
    number: int
    excluded: int
    stages: tuple[int, ...]
    log10_K: tuple[float, ...]
    log10_K_counter_ion: float
    cut: int
    fraction: tuple[float, ...]
    feed_mol_L: float
    feed_acid_mol_L: float
    extractant_mol_L: float
    saponified_fraction: float
    S: float
    S_min: float
    scrub_mol_L: float
    scrub_m3_h: float
    strip_mol_L: float
    strip_m3_h: float
    recycled: bool
    efficiency: float
    entrainment_O_in_A: float
    entrainment_A_in_O: float
    ideal_ion: bool = False

    @property
    def organic_m3_h(self) -> float:
        """Organic that carries S at its saponified capacity, three protons a rare earth [m3/h]."""
        return 3.0 * self.S * self.feed_mol_L / (self.saponified_fraction * self.extractant_mol_L)

    @property
    def charge_ratio(self) -> float:
        """Base over the charge bound of a closed loop; a loop above 1 has no steady state."""
        feed, base = self.feed_mol_L, 3.0 * self.S * self.feed_mol_L
        stripped = max(0.0, feed - self.strip_m3_h * self.strip_mol_L / 3.0)
        acid = self.feed_acid_mol_L + self.scrub_m3_h * self.scrub_mol_L
        return base / (acid + 3.0 * feed - 3.0 * stripped)

    def __str__(self) -> str:
        shape = "+".join(str(count) for count in self.stages)
        loop = "closed loop" if self.recycled else "fresh organic"
        return (
            f"case {self.number}: stages {shape}, {len(self.log10_K)} elements, {loop}, log10 K "
            f"{self.log10_K[0]:.1f}..{self.log10_K[-1]:.1f} cut after {self.cut}, counter-ion "
            f"{self.log10_K_counter_ion:.1f}, S/S_min {self.S / self.S_min:.2f}, saponified "
            f"{self.saponified_fraction:.2f} of {self.extractant_mol_L:.2f} mol/L, feed {self.feed_mol_L:.3f} mol/L, "
            f"O/A/scrub/strip m3/h {self.organic_m3_h:.3g}/1/{self.scrub_m3_h:.3g}/{self.strip_m3_h:.3g}, acids "
            f"{self.feed_acid_mol_L:.3f}/{self.scrub_mol_L:.2f}/{self.strip_mol_L:.2f} mol/L, efficiency "
            f"{self.efficiency:.2f}, entrainment {self.entrainment_O_in_A:.4f}/{self.entrainment_A_in_O:.4f}, "
            f"base/bound {self.charge_ratio:.2f}"
        )


def no_steady_state(case: Case) -> str:
    """Why a case has no steady state; empty when it has one.

    Notes
    -----
    A closed loop gives the base no way out but as salt in the aqueous products, whose anions the acids bring:
    base <= feed acid + 3 feed + scrub acid - 3 max(0, feed - strip acid/3), all as flows. Above it the counter-ion
    gathers in the organic without end. Derived from the charge balance of the whole loop.
    """
    return "base above the charge bound of the closed loop" if case.recycled and case.charge_ratio > 1.0 else ""


def draw(seed: int, number: int, attempt: int = 0) -> Case:
    """Draw one case; the same three numbers give the same case for ever.

    Parameters
    ----------
    seed, number, attempt : int
        Each case has a stream of random numbers of its own, so any of them can be drawn alone; a further attempt
        replaces a draw that turned out to have no steady state.

    Returns
    -------
    Case
        With a steady state, as far as `no_steady_state` knows.

    Notes
    -----
    "log" is uniform in the logarithm. Elements 2-15; separation factors of neighbours 1.1-10 (log); the cut anywhere;
    the mean log10 K of the two elements at the cut -5 to 1, the six decades of level, every other K following from the
    separation factors; log10 of the counter-ion's constant -4.5 to -2.5; stages of each section 2-150 (log); 70 % with
    a strip section, half of those with the organic recycled; feed fractions 1e-5 to 1 (log), feed 0.01-1.5 mol/L (log)
    with 0.001-0.5 mol/L free acid (log); extractant 0.3-2 mol/L, saponified 0.05-0.45; acids 0.3-6 mol/L (log);
    S 0.7-4 times S_min (log), W = S - f_A; strip acid 1-3 times stoichiometric (log). Half of the cases have an
    efficiency 0.6-1, half of them entrainment 0-1 % of the carrying phase both ways, cut where the receiving flow
    would get more than a tenth of itself. The organic flow follows from S.
    """
    rng = np.random.default_rng([seed, number, attempt])
    excluded = 0
    while True:
        case = _draw_once(rng, seed, number, excluded)
        if not no_steady_state(case):
            return case
        excluded += 1


def _draw_once(rng: np.random.Generator, seed: int, number: int, excluded: int) -> Case:
    def log_uniform(low: float, high: float) -> float:
        return float(math.exp(rng.uniform(math.log(low), math.log(high))))

    def stages() -> int:
        return round(log_uniform(2.0, 150.0))

    elements = int(rng.integers(2, 16))
    has_strip = bool(rng.random() < 0.7)
    recycled = has_strip and bool(rng.random() < 0.5)
    shape = (stages(), stages(), stages()) if has_strip else (stages(), stages())
    steps = np.log10([log_uniform(1.1, 10.0) for _ in range(elements - 1)])
    below_first = np.concatenate(([0.0], -np.cumsum(steps)))
    cut = int(rng.integers(1, elements))
    log10_K = below_first - below_first[cut - 1 : cut + 1].mean() + rng.uniform(-5.0, 1.0)
    fraction = _fractions(rng, elements)
    least = minimum_sharp_cut(10.0 ** (below_first - below_first[-1]), fraction, cut).S
    S = least * log_uniform(0.7, 4.0)
    feed = log_uniform(0.01, 1.5)
    extracted = float(fraction[:cut].sum())
    scrub, strip = log_uniform(0.3, 6.0), log_uniform(0.3, 6.0)
    scrub_flow = 3.0 * feed * max(S - extracted, LEAST_SHARE * S) / scrub
    strip_flow = 3.0 * feed * max(extracted, LEAST_SHARE) / strip * log_uniform(1.0, 3.0) if has_strip else 0.0
    extractant, saponified = float(rng.uniform(0.3, 2.0)), float(rng.uniform(0.05, 0.45))
    organic_flow = 3.0 * S * feed / (saponified * extractant)
    aqueous_flows = (scrub_flow, scrub_flow + 1.0, strip_flow) if has_strip else (scrub_flow, scrub_flow + 1.0)
    O_in_A = A_in_O = 0.0
    efficiency = float(rng.uniform(0.6, 1.0)) if rng.random() < 0.5 else 1.0
    if rng.random() < 0.5:
        O_in_A = min(float(rng.uniform(0.0, 0.01)), LARGEST_CARRIED * organic_flow / max(aqueous_flows))
        A_in_O = min(float(rng.uniform(0.0, 0.01)), LARGEST_CARRIED * min(aqueous_flows) / organic_flow)
    return Case(
        seed=seed,
        number=number,
        excluded=excluded,
        stages=shape,
        log10_K=tuple(log10_K.tolist()),
        log10_K_counter_ion=float(rng.uniform(-4.5, -2.5)),
        cut=cut,
        fraction=tuple(fraction.tolist()),
        feed_mol_L=feed,
        feed_acid_mol_L=log_uniform(1e-3, 0.5),
        extractant_mol_L=extractant,
        saponified_fraction=saponified,
        S=S,
        S_min=least,
        scrub_mol_L=scrub,
        scrub_m3_h=scrub_flow,
        strip_mol_L=strip if has_strip else 0.0,
        strip_m3_h=strip_flow,
        recycled=recycled,
        efficiency=efficiency,
        entrainment_O_in_A=O_in_A,
        entrainment_A_in_O=A_in_O,
    )


def _fractions(rng: np.random.Generator, elements: int) -> Floats:
    """Mole fractions that span up to five decades and none of which is below 1e-5."""
    while True:
        amount = np.exp(rng.uniform(math.log(1e-5), 0.0, elements))
        fraction = amount / amount.sum()
        if fraction.min() >= 1e-5:
            return fraction


def chemistry(case: Case) -> Chemistry:
    """Cation exchange by a dimeric extractant: the elements, then the counter-ion, which exchanges ideally."""
    stages, n = sum(case.stages), len(case.log10_K) + 1
    per_ion = np.array([3.0] * (n - 1) + [1.0])
    efficiency = np.full((stages, n), case.efficiency)
    if case.ideal_ion:
        efficiency[:, -1] = 1.0
    none = np.zeros(n)
    return Chemistry(
        ln_K=np.tile(math.log(10.0) * np.array([*case.log10_K, case.log10_K_counter_ion]), (stages, 1)),
        a=per_ion.copy(),
        b=per_ion.copy(),
        c=none.copy(),
        d=none.copy(),
        s=per_ion.copy(),
        z=per_ion.copy(),
        charge=per_ion.copy(),
        beta1=none.copy(),
        beta2=none.copy(),
        efficiency=efficiency,
        extractant=case.extractant_mol_L / 2.0,
        Ka2=0.0,
    )


def plan(case: Case) -> Plan:
    """The layout: feed into the last extraction stage, acids into the last stages of their sections."""
    ends = np.cumsum(case.stages)
    stages, n = int(ends[-1]), len(case.log10_K) + 1
    aq_to = np.arange(stages, dtype=np.int64) - 1
    aq_to[ends[1:-1]] = -1  # the strip liquor is a product, the scrub joins the feed
    volume, acid = [1.0, case.scrub_m3_h], [0.0, case.scrub_mol_L]
    if len(case.stages) == 3:
        volume, acid = [*volume, case.strip_m3_h], [*acid, case.strip_mol_L]
    feeds = len(volume)
    held, total_acid = np.zeros((feeds, n)), np.zeros(feeds)
    held[0, :-1] = case.feed_mol_L * np.array(case.fraction)
    total_acid[0] = case.feed_acid_mol_L + 3.0 * case.feed_mol_L
    nothing, no_stage = np.zeros(0), np.zeros(0, np.int64)
    return Plan(
        aq_to=aq_to,
        entrained_org=np.full(stages, case.entrainment_O_in_A),
        entrained_aq=np.full(stages, case.entrainment_A_in_O),
        feed_stage=ends[:feeds].astype(np.int64) - 1,
        feed_phase=np.full(feeds, AQUEOUS, np.int64),
        feed_volume=np.array(volume),
        feed_concentration=held,
        feed_Q=total_acid,
        feed_sulfate=np.zeros(feeds),
        feed_acid=np.array(acid),
        acid_protons=1.0,
        acid_sulfate=0.0,
        draw_stage=no_stage,
        draw_phase=no_stage.copy(),
        draw_volume=nothing,
        split_from=no_stage.copy(),
        split_to=no_stage.copy(),
        split_fraction=nothing.copy(),
        recycled=int(case.recycled),
        organic=np.zeros(n),
        inlet=np.array([case.organic_m3_h, case.saponified_fraction * case.extractant_mol_L, 0.0]),
        base_component=n - 1,
    )
