"""Random cascades that are asked for two targets, seeded; their typed flows prove that the targets can be met.

A case is drawn as flows, solved as it stands, and asked for hardly less than what came out, so the least organic is at
most the typed one. Whoever looks for it may start anywhere: `start_factors` says where from.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.cases import LARGEST_CARRIED, LEAST_SHARE, Case, chemistry, no_equations, plan
from benchmarks.layouts import with_soap, with_split, without_base
from sxsim.kernels import free
from sxsim.kernels.flows import Plan, count_links
from sxsim.kernels.model import Chemistry, Network, State
from sxsim.kernels.solve import SOLVED, make_network, make_state, solve_case
from sxsim.theory.multicomponent import minimum_sharp_cut

__all__ = [
    "KINDS",
    "PURITY",
    "RECOVERY",
    "Target",
    "Targeted",
    "draw_targeted",
    "equations_of",
    "losses",
    "solve_plain",
    "start_factors",
]

Floats = NDArray[np.float64]

PURITY, RECOVERY = "purity", "recovery"

KINDS = {
    "plain": 0.25,
    "efficiency": 0.12,
    "entrained": 0.12,
    "unsaponified": 0.1,
    "unsaponified open": 0.08,
    "open": 0.08,
    "soap": 0.13,
    "reflux": 0.12,
}
"""Kinds of cases and their shares: a saponified closed loop as it is, with stages below equilibrium, with entrainment;
a closed loop and fresh organic without base; fresh saponified organic; a soap section; part of the strip liquor back
into the scrub. A quarter of the last five kinds also has stages below equilibrium, another quarter entrainment."""

MARGIN = 1.001
"""Loss that is allowed over the loss of the typed flows."""

LOSS = (1e-7, 0.3)
"""Losses that are worth asking for: more is no separation, less is told by rounding."""

LEAST_RECOVERY = 0.5
"""Of each key in its own product, whatever is asked."""

OWN_SHARE = 0.9
"""A purity is asked only where at least this share of the impurity comes from beyond the cut: no flow removes the
companions of a key on its own side."""

SMALL_LOSS = 0.03
"""Half of the cases ask for losses below this: by chance alone most would be crude splits."""

PURITIES = 0.7
"""How often a purity is asked where it may be."""

DRAWS = 20_000
"""Draws of one number before it is given up."""

CHOICE, STARTS = 1, 2
"""Streams of random numbers beside those of the attempts: one for the kind, one for the starts."""


@dataclass(frozen=True)
class Target:
    """One minimum that is asked of a product.

    Attributes
    ----------
    kind : str
        PURITY, by moles of the rare earths, or RECOVERY.
    stage, phase : int
        Stage (0-based) that the product leaves, in its aqueous (0) or organic (1) line.
    component : int
        The element.
    value : float
        The minimum.
    """

    kind: str
    stage: int
    phase: int
    component: int
    value: float

    @property
    def allowed(self) -> float:
        """Loss that it allows: impurity over purity, or 1 - recovery."""
        lost = 1.0 - self.value
        return lost / self.value if self.kind == PURITY else lost


@dataclass(frozen=True, eq=False)
class Targeted:
    """One random cascade with two targets and two free flows.

    Attributes
    ----------
    seed, number, attempt : int
        What it was drawn from; earlier attempts were not solved or no separation worth asking for.
    kind : str
        One of KINDS.
    case : Case
        The cascade by the words that people use for it, without soap section and reflux; what it says of saponification
        does not hold of the unsaponified kinds.
    chemistry : Chemistry
    plan : Plan
        With the typed flows; what solves it with free quantities writes into it, so take `with_flows`.
    targets : tuple of Target
        One at the product of the organic for the heavier key, the last element before the cut, or one at the raffinate
        for the lighter key, the first after it; one of the two is helped by more scrub, the other by less.
    organic_m3_h, scrub_m3_h : float
        The typed flows.
    organic_scale_m3_h, scrub_scale_m3_h : float
        The flows that closed forms say for a sharp cut with endless stages.
    loss : (2,) array
        Impurity over purity, or 1 - recovery, of the targets with the typed flows.
    """

    seed: int
    number: int
    attempt: int
    kind: str
    case: Case
    chemistry: Chemistry
    plan: Plan
    targets: tuple[Target, ...]
    organic_m3_h: float
    scrub_m3_h: float
    organic_scale_m3_h: float
    scrub_scale_m3_h: float
    loss: Floats

    @property
    def equations(self) -> free.Equations:
        """The targets as the kernels take them, with the organic free before the scrub."""
        return equations_of(self.targets, self.elements, self.chemistry.ln_K.shape[1])

    @property
    def elements(self) -> int:
        """Components that are rare earths, the first ones."""
        return len(self.case.log10_K)

    @property
    def scrub_feed(self) -> int:
        """Place of the scrub among the feeds."""
        return SCRUB

    @property
    def allowed(self) -> Floats:
        """Losses that the targets allow, (2,)."""
        return MARGIN * self.loss

    def with_flows(self, organic_m3_h: float, scrub_m3_h: float) -> Plan:
        """A plan of its own with these flows."""
        inlet, volume = self.plan.inlet.copy(), self.plan.feed_volume.copy()
        inlet[0], volume[SCRUB] = organic_m3_h, scrub_m3_h
        return self.plan._replace(
            inlet=inlet,
            feed_volume=volume,
            feed_acid=self.plan.feed_acid.copy(),
            split_fraction=self.plan.split_fraction.copy(),
            draw_volume=self.plan.draw_volume.copy(),
        )

    def scaled(self, factor: float) -> Targeted:
        """The same with so many times the losses allowed, of both targets."""
        targets = tuple(_asking(target, factor * target.allowed) for target in self.targets)
        return replace(self, targets=targets, loss=factor * self.loss)

    def __str__(self) -> str:
        asked = ", ".join(
            f"{target.kind} of element {target.component} at stage {target.stage + 1} loss {loss:.3g}"
            for target, loss in zip(self.targets, self.loss, strict=True)
        )
        return (
            f"{self.kind}, attempt {self.attempt}, {asked}, typed O/scrub {self.organic_m3_h:.4g}/{self.scrub_m3_h:.4g}"
            f" m3/h, splits {self.plan.split_fraction}; {self.case}"
        )


SCRUB = 1  # place among the feeds, after the feed proper


def equations_of(targets: tuple[Target, ...], elements: int, n: int) -> free.Equations:
    """The targets as bounds for the kernels, n components; the organic is free, and made least, before the scrub."""
    above, below = np.zeros((len(targets), n)), np.zeros((len(targets), n))
    for row, target in enumerate(targets):
        below[row, target.component] = 1.0
        if target.kind == PURITY:
            above[row, :elements] = 1.0 - below[row, :elements]
        else:
            above[row, target.component] = 1.0
    kinds = {PURITY: free.SHARE, RECOVERY: free.LOSS}
    return free.Equations(
        free_kind=np.array([free.ORGANIC_VOLUME, free.FEED_VOLUME], np.int64),
        free_index=np.array([0, SCRUB], np.int64),
        target_kind=np.array([kinds[target.kind] for target in targets], np.int64),
        target_stage=np.array([target.stage for target in targets], np.int64),
        target_phase=np.array([target.phase for target in targets], np.int64),
        target_exact=np.zeros(len(targets), np.int64),
        target_value=np.array([target.allowed for target in targets]),
        above=above,
        below=below,
        sense=1.0,
    )


def solve_plain(law: Chemistry, layout: Plan, start: State | None = None) -> tuple[bool, Network, State]:
    """Solve flows as they stand, from nothing or first from a state, which is left as it is; whether it is solved."""
    N, n = law.ln_K.shape
    k = count_links(layout)
    network, state = make_network(N, n, k), make_state(N, n, k)
    if start is not None:
        for values, before in zip(state, start, strict=True):
            values[:] = before
    found = solve_case(law, layout, no_equations(n), network, state, 0 if start is None else 1)
    return found.status == SOLVED, network, state


def _product(layout: Plan, network: Network, state: State, stage: int, phase: int) -> Floats:
    """Components in the product that leaves a stage in its aqueous (0) or organic (1) line [kmol/h]."""
    wet, dry = layout.entrained_aq[stage], layout.entrained_org[stage]
    # what leaves is L + wet V of aqueous and V + dry L of organic, L and V being the two lines
    L = (network.aq_out[stage] - wet * network.org_out[stage]) / (1.0 - wet * dry)
    V = network.org_out[stage] - dry * L
    if phase == 1:
        return V * (state.y[stage] + wet * state.x[stage])
    kept = 1.0 - layout.split_fraction[layout.split_from == stage].sum()
    return kept * L * (state.x[stage] + dry * state.y[stage])


def losses(targets: tuple[Target, ...], elements: int, layout: Plan, network: Network, state: State) -> Floats:
    """Impurity over purity, or 1 - recovery, of each target at a solution, in plain numpy."""
    fed = layout.feed_volume @ layout.feed_concentration
    found = []
    for target in targets:
        amount = _product(layout, network, state, target.stage, target.phase)[:elements]
        own = amount[target.component]
        if target.kind == RECOVERY:
            found.append(1.0 - own / fed[target.component])
        else:
            found.append((amount[: target.component].sum() + amount[target.component + 1 :].sum()) / own)
    return np.array(found)


def start_factors(seed: int, number: int, count: int) -> Floats:
    """Multipliers of the typed organic and scrub flows, (count, 2), 0.25-5 (log): starts for a search."""
    rng = np.random.default_rng([seed, number, 0, STARTS])
    return np.exp(rng.uniform(math.log(0.25), math.log(5.0), (count, 2)))


def draw_targeted(seed: int, number: int) -> Targeted:
    """Draw one case; the same two numbers give the same case for ever.

    Parameters
    ----------
    seed, number : int
        Each case has streams of random numbers of its own, so any of them can be drawn alone. The kind is chosen once;
        an attempt that is not solved, or that is no separation worth asking for, is followed by the next.

    Returns
    -------
    Targeted

    Raises
    ------
    RuntimeError
        No attempt gave a case worth asking for.

    Notes
    -----
    "log" is uniform in the logarithm. Elements 2-6; separation factors of neighbours 1.2-10 (log); the cut anywhere;
    stages of each section 1-60 (log), of a soap section 2-4; feed fractions in parts of 0.05-1 (log), feed 0.01-1 mol/L
    (log) with 0.001-0.3 mol/L free acid (log); extractant 0.5-1.8 mol/L, saponified 0.05-0.4; acids 1-6 mol/L (log);
    S 1.02-3 times S_min (log), W = S - f_A, in half of the cases moved by 1e-4 to 0.3 (log) of the smaller share of the
    feed; strip acid 1.05-3 times stoichiometric (log). The mean log10 K of the two keys is -5 to 1; without base it
    follows from the organic, 0.3-10 times the aqueous (log), at which the extraction factors of the keys at the
    raffinate lie on both sides of 1. Fresh organic goes to a strip section in half of the cases, else the loaded
    organic is the product. The soap section gets 0.6-1 of the part of the raffinate that the base can take up; the
    reflux makes 0.1-0.8 of W. Efficiency 0.6-1; entrainment 0-1 % of the carrying phase both ways, cut where the
    receiving flow would get more than a tenth of itself.

    Either target is a purity where enough of the impurity comes from beyond the cut, or a recovery, by chance. Losses
    of the targets are 1e-7 to 0.3, in half of the cases to 0.03, recoveries of both keys above a half.
    """
    chooser = np.random.default_rng([seed, number, 0, CHOICE])
    kind = str(chooser.choice(list(KINDS), p=list(KINDS.values())))
    most = LOSS[1] if chooser.random() < 0.5 else SMALL_LOSS
    for attempt in range(DRAWS):
        targeted = _attempt(seed, number, attempt, kind)
        if targeted is not None and targeted.loss.max() < most:
            return targeted
    raise RuntimeError(f"{kind} {number} of seed {seed}: no case worth asking for in {DRAWS} draws")


def _log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return float(math.exp(rng.uniform(math.log(low), math.log(high))))


def _attempt(seed: int, number: int, attempt: int, kind: str) -> Targeted | None:
    """One draw, solved; None when it is not worth asking for."""
    rng = np.random.default_rng([seed, number, attempt])
    drawn = _draw_flows(rng, seed, number, kind)
    if drawn is None:
        return None
    case, organic, reflux = drawn
    law, layout = chemistry(case), plan(case)
    elements, front = len(case.log10_K), 0
    layout.inlet[0] = organic
    if kind.startswith("unsaponified"):
        law, layout = without_base(law, layout)
    if kind == "soap":
        front = int(rng.integers(2, 5))
        taken = case.S / (case.S + sum(case.fraction[case.cut :]))
        law, layout = with_soap(law, layout, front, taken * float(rng.uniform(0.6, 1.0)))
    if reflux > 0.0:
        layout = with_split(layout, case.stages[0] + case.stages[1], case.stages[0] + case.stages[1] - 1, reflux)
    solved, network, state = solve_plain(law, layout)
    if not solved:
        return None
    stripped = len(case.stages) == 3
    heavy = (front + case.stages[0] + case.stages[1], 0) if stripped else (layout.aq_to.size - 1, 1)
    targets = _ask(rng, case, layout, network, state, heavy, front)
    if targets is None:
        return None
    loss = losses(targets, elements, layout, network, state)
    targets = tuple(_asking(target, MARGIN * lost) for target, lost in zip(targets, loss, strict=True))
    share = case.S_min / case.S
    extracted = sum(case.fraction[: case.cut])
    return Targeted(
        seed=seed,
        number=number,
        attempt=attempt,
        kind=kind,
        case=case,
        chemistry=law,
        plan=layout,
        targets=targets,
        organic_m3_h=organic,
        scrub_m3_h=case.scrub_m3_h,
        organic_scale_m3_h=organic * share,
        scrub_scale_m3_h=3.0 * case.feed_mol_L * max(case.S_min - extracted, LEAST_SHARE) / case.scrub_mol_L,
        loss=loss,
    )


def _asking(target: Target, allowed: float) -> Target:
    """The target with the minimum that allows this loss."""
    return replace(target, value=1.0 / (1.0 + allowed) if target.kind == PURITY else 1.0 - allowed)


def _ask(
    rng: np.random.Generator,
    case: Case,
    layout: Plan,
    network: Network,
    state: State,
    heavy: tuple[int, int],
    raffinate: int,
) -> tuple[Target, Target] | None:
    """One target that more scrub helps and one that it harms, as yet without values; None when not worth asking.

    `heavy` is stage and phase of the organic's product, `raffinate` the stage of the other.
    """
    elements, cut = len(case.log10_K), case.cut
    A, B = cut - 1, cut
    places = {A: heavy, B: (raffinate, 0)}
    for key, (stage, phase) in places.items():
        amount = _product(layout, network, state, stage, phase)[:elements]
        if not amount[key] > LEAST_RECOVERY * (layout.feed_volume @ layout.feed_concentration)[key]:
            return None
    sided = {}
    for key, (stage, phase) in places.items():
        amount = _product(layout, network, state, stage, phase)[:elements]
        beyond = amount[cut:].sum() if key == A else amount[:cut].sum()
        sided[key] = beyond > OWN_SHARE * (amount.sum() - amount[key])
    # more scrub helps purity of A and recovery of B, less of it recovery of A and purity of B
    helped, harmed = rng.random(2) < PURITIES
    up = Target(PURITY, *heavy, A, 0.0) if helped and sided[A] else Target(RECOVERY, raffinate, 0, B, 0.0)
    down = Target(PURITY, raffinate, 0, B, 0.0) if harmed and sided[B] else Target(RECOVERY, *heavy, A, 0.0)
    targets = (up, down) if rng.random() < 0.5 else (down, up)
    loss = losses(targets, elements, layout, network, state)
    return targets if loss.min() > LOSS[0] and loss.max() < LOSS[1] else None


def _draw_flows(rng: np.random.Generator, seed: int, number: int, kind: str) -> tuple[Case, float, float] | None:
    """A case, its organic flow and the part of the strip liquor that goes back; None for what is no cascade."""

    def log_uniform(low: float, high: float) -> float:
        return _log_uniform(rng, low, high)

    def stages() -> int:
        return max(1, round(log_uniform(0.75, 60.0)))

    elements = int(rng.integers(2, 7))
    recycled = "open" not in kind
    has_strip = recycled or bool(rng.random() < 0.5)
    shape = (stages(), stages(), stages()) if has_strip else (stages(), stages())
    steps = np.log10([log_uniform(1.2, 10.0) for _ in range(elements - 1)])
    below_first = np.concatenate(([0.0], -np.cumsum(steps)))
    cut = int(rng.integers(1, elements))
    parts = np.array([log_uniform(0.05, 1.0) for _ in range(elements)])
    fraction = parts / parts.sum()
    extracted = float(fraction[:cut].sum())
    least = minimum_sharp_cut(10.0 ** (below_first - below_first[-1]), fraction, cut).S
    S = least * log_uniform(1.02, 3.0)
    feed, feed_acid = log_uniform(0.01, 1.0), log_uniform(1e-3, 0.3)
    extractant, saponified = float(rng.uniform(0.5, 1.8)), float(rng.uniform(0.05, 0.4))
    scrub, strip = log_uniform(1.0, 6.0), log_uniform(1.0, 6.0)
    W = max(S - extracted, LEAST_SHARE * S)
    if rng.random() < 0.5:
        sign = 1.0 if rng.random() < 0.5 else -1.0
        W = max(W + sign * log_uniform(1e-4, 0.3) * min(extracted, 1.0 - extracted), LEAST_SHARE * S)
    back = W * float(rng.uniform(0.1, 0.8)) if kind == "reflux" else 0.0
    excess = log_uniform(1.05, 3.0)
    strip_flow = 3.0 * feed * max(extracted + back, LEAST_SHARE) / strip * excess if has_strip else 0.0
    reflux = back / (extracted + back)
    # the reflux brings the acid that the strip did not use
    scrub_flow = 3.0 * feed * (W - back) / scrub
    scrub_flow = max(scrub_flow - 3.0 * feed * back * (excess - 1.0) / scrub, LEAST_SHARE * scrub_flow)
    level = float(rng.uniform(-5.0, 1.0))
    organic_flow = 3.0 * S * feed / (saponified * extractant)
    if kind.startswith("unsaponified"):
        # all acid leaves with the raffinate; the keys lie on both sides of an extraction factor of 1 there
        L = 1.0 + scrub_flow
        organic_flow = L * log_uniform(0.3, 10.0)
        h = (feed_acid + 3.0 * feed * extracted + scrub_flow * scrub) / L
        F = extractant / 2.0 - 3.0 * S * feed / organic_flow
        if F < 0.1 * extractant / 2.0:
            return None
        level = math.log10(L / organic_flow * (h / F) ** 3)
        if not -5.0 < level < 1.0:
            return None
    aqueous_flows = (scrub_flow, scrub_flow + 1.0, strip_flow) if has_strip else (scrub_flow, scrub_flow + 1.0)
    extra = kind not in ("plain", "efficiency", "entrained")
    O_in_A = A_in_O = 0.0
    efficiency = 1.0
    if kind == "efficiency" or (extra and rng.random() < 0.25):
        efficiency = float(rng.uniform(0.6, 1.0))
    if kind == "entrained" or (extra and rng.random() < 0.25):
        O_in_A = min(float(rng.uniform(0.0, 0.01)), LARGEST_CARRIED * organic_flow / max(aqueous_flows))
        A_in_O = min(float(rng.uniform(0.0, 0.01)), LARGEST_CARRIED * min(aqueous_flows) / organic_flow)
    case = Case(
        seed=seed,
        number=number,
        excluded=0,
        stages=shape,
        log10_K=tuple((below_first - below_first[cut - 1 : cut + 1].mean() + level).tolist()),
        log10_K_counter_ion=float(rng.uniform(-4.5, -2.5)),
        cut=cut,
        fraction=tuple(fraction.tolist()),
        feed_mol_L=feed,
        feed_acid_mol_L=feed_acid,
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
    return case, organic_flow, reflux
