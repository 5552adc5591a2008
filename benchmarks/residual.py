"""The residual of a steady state in numpy, written from the balances alone: it shares no code with the kernels."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import scipy.sparse
import scipy.sparse.linalg
from numpy.typing import NDArray

from sxsim.kernels.flows import Plan
from sxsim.kernels.model import Chemistry

__all__ = ["Residual", "volumes", "worst_residual"]

Floats = NDArray[np.float64]

SMALL_ACID = 1e-7
"""Share of the charge of a liquor below which its acid, being what the metals leave of it, is told by rounding."""

TRACE_mol_L = 1e-25
"""Below it a concentration is noise, and the law is not checked on it."""

SMALL_SHARE = 1e-3
"""A balance of a stage is measured against what flows through, and at least this share of what enters the cascade."""


class Residual(NamedTuple):
    """Worst relative errors of a state.

    Attributes
    ----------
    closure : float
        Of the components and the acid over the whole cascade, relative to what enters.
    balance : float
        Of any balance of any stage, relative to what flows through it.
    equilibrium : float
        Of the distribution law with its Murphree efficiency (as a logarithm) and of the extractant balance.
    """

    closure: float
    balance: float
    equilibrium: float

    @property
    def good(self) -> bool:
        """Whether the state is a steady state: closure to 1e-10, any stage to 1e-9, law to 1e-8."""
        return self.closure <= 1e-10 and self.balance <= 1e-9 and self.equilibrium <= 1e-8


def volumes(plan: Plan) -> tuple[Floats, Floats]:
    """Aqueous and organic of the lines leaving each stage [m3/h], from one sparse linear system."""
    N = plan.aq_to.size
    stage = np.arange(N)
    L, V = stage, N + stage  # places of the two unknowns of a stage
    joins = plan.aq_to >= 0
    target = plan.aq_to[joins]
    terms = [
        (L, L, np.ones(N)),
        (V, V, np.ones(N)),
        (L, V, plan.entrained_aq),
        (V, L, plan.entrained_org),
        (target, L[joins], -np.ones(target.size)),
        (N + target, L[joins], -plan.entrained_org[joins]),
        (V[1:], V[:-1], -np.ones(N - 1)),
        (L[1:], V[:-1], -plan.entrained_aq[:-1]),
    ]
    if plan.recycled:
        terms.append((L[:1], V[-1:], -plan.entrained_aq[-1:]))
    row, column, value = (np.concatenate(part) for part in zip(*terms, strict=True))
    enters = np.bincount(plan.feed_stage + N * plan.feed_phase, plan.feed_volume, 2 * N)
    enters[N] += plan.inlet[0]
    matrix = scipy.sparse.csc_matrix((value, (row, column)), (2 * N, 2 * N))
    found = scipy.sparse.linalg.spsolve(matrix, enters)
    return found[:N], found[N:]


def worst_residual(chemistry: Chemistry, plan: Plan, x: Floats, y: Floats, h: Floats, F: Floats) -> Residual:
    """Check a steady state of a cascade of aqueous feeds without draws, splits, sulfate or aqueous complexes.

    Parameters
    ----------
    chemistry, plan
        The problem.
    x, y : (N, n) arrays
        Concentrations leaving each stage [mol/L].
    h, F : (N,) arrays
        Protons and free extractant [mol/L].

    Returns
    -------
    Residual
        NaN where the state is not finite, which is never good.

    Raises
    ------
    ValueError
        The plan has something that this check does not know.

    Notes
    -----
    Components: in - out = 0 with the volumes of `volumes`. Acid: h L in - out + sum z (V y out - V y in) = 0. Law:
    y = E y* + (1 - E) y_in, y* = K x F^a / h^b, with y_in the mean of the organic line; F + sum s y* = extractant. A
    closed loop takes up base only as far as the extractant that comes back is free.
    """
    if (
        plan.draw_stage.size
        or plan.split_from.size
        or plan.feed_phase.any()
        or chemistry.Ka2
        or any(values.any() for values in (chemistry.c, chemistry.d, chemistry.beta1, chemistry.beta2))
    ):
        raise ValueError("only aqueous feeds, cation exchange, no draws and no splits")
    L, V = volumes(plan)
    N, n = x.shape
    last = plan.aq_to < 0
    # what leaves a stage by its two lines, organic in the organic line, and organic drops in the aqueous line
    aqueous_line, organic_line = L[:, None] * x, V[:, None] * y
    drops, wet = (L * plan.entrained_org)[:, None] * y, (V * plan.entrained_aq)[:, None] * x
    by_aqueous, by_organic = aqueous_line + drops, organic_line + wet
    acid_by_aqueous, acid_by_organic = L * h, V * plan.entrained_aq * h

    enters, acid_enters = np.zeros((N, n)), np.zeros(N)
    np.add.at(enters, plan.feed_stage, plan.feed_volume[:, None] * plan.feed_concentration)
    acid = plan.feed_Q - plan.feed_concentration @ chemistry.z + plan.acid_protons * plan.feed_acid
    np.add.at(acid_enters, plan.feed_stage, plan.feed_volume * acid)
    fresh = np.zeros(n) if plan.recycled else plan.inlet[0] * plan.organic
    base = plan.inlet[0] * plan.inlet[1] + plan.inlet[2]
    if plan.recycled:
        base = min(base, plan.inlet[0] * chemistry.extractant - organic_line[-1] @ chemistry.s)
    fresh[plan.base_component] += base
    enters[0] += fresh

    into, acid_into, organic_into, drops_into = enters.copy(), acid_enters.copy(), np.zeros((N, n)), np.zeros((N, n))
    target = plan.aq_to[~last]
    np.add.at(into, target, by_aqueous[~last])
    np.add.at(acid_into, target, acid_by_aqueous[~last])
    np.add.at(drops_into, target, drops[~last])
    organic_into[1:] = organic_line[:-1]
    organic_into[0] = organic_line[-1] + fresh if plan.recycled else fresh
    into[1:] += by_organic[:-1]
    acid_into[1:] += acid_by_organic[:-1]
    if plan.recycled:
        into[0] += by_organic[-1]
        acid_into[0] += acid_by_organic[-1]
    out = by_aqueous + by_organic
    acid_out = acid_by_aqueous + acid_by_organic
    released = (organic_line + drops - organic_into - drops_into) @ chemistry.z

    total = enters.sum(axis=0)
    balance = np.abs(into - out) / (into + out + SMALL_SHARE * total)
    charge = L * (h + x @ chemistry.z)
    acid_scale = acid_into + acid_out + np.abs(released) + SMALL_SHARE * acid_enters.sum() + SMALL_ACID * charge
    acid_balance = np.abs(acid_into - acid_out + released) / acid_scale

    leaves, acid_leaves = by_aqueous[last].sum(axis=0), acid_by_aqueous[last].sum()
    exchanged = (drops[last].sum(axis=0) - fresh) @ chemistry.z
    if not plan.recycled:
        leaves = leaves + by_organic[-1]
        acid_leaves += acid_by_organic[-1]
        exchanged += organic_line[-1] @ chemistry.z
    closure = np.abs(total - leaves) / total
    acid_closure = abs(acid_enters.sum() + exchanged - acid_leaves) / (acid_enters.sum() + abs(exchanged))

    before = organic_into / np.concatenate((plan.inlet[:1], V[:-1]))[:, None]
    with np.errstate(all="ignore"):
        ln_D = chemistry.ln_K + chemistry.a * np.log(F)[:, None] - chemistry.b * np.log(h)[:, None]
        y_star = np.exp(ln_D) * x
        expected = chemistry.efficiency * y_star + (1.0 - chemistry.efficiency) * before
        law = np.where(expected > TRACE_mol_L, np.abs(np.log(y / expected)), np.abs(y - expected))
    extractant = np.abs(F + y_star @ chemistry.s - chemistry.extractant) / chemistry.extractant
    return Residual(
        closure=float(max(closure.max(), acid_closure)),
        balance=float(max(balance.max(), acid_balance.max())),
        equilibrium=float(max(law.max(), extractant.max())),
    )
