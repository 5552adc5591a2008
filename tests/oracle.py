"""The rigorous model once more, slowly: plain loops over lines of flow, written from the balances alone.

It shares no code with the kernels. A cascade is a list of lines; each line leaves one stage (or comes from outside),
enters another (or leaves for good), and carries some volume of each phase. Every balance is then the same loop:

    sum of what the lines bring - sum of what the lines take = 0

for each component, for the acid (with the protons that the organic releases), and for sulfate. Beside it stand the
distribution law, the extractant balance of the equilibrium organic and the Murphree relation. The system is solved by
a damped Newton method in logarithms with an exact Jacobian (complex step) and `scipy.sparse`.

Acid that the extractant takes up is no component here but part of the proton balance: K h [anion] F^a in the organic.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse
import scipy.sparse.linalg

OUTSIDE = -1


@dataclass
class Line:
    """A flow from one stage to another; `main` is the phase whose line it is, `share` its part of that line."""

    source: int
    target: int
    main: str
    aqueous: float = 0.0
    organic: float = 0.0


@dataclass
class Uptake:
    """Acid in the organic, exp(ln_K) h [anion] F^a, each binding s of the extractant."""

    ln_K: np.ndarray  # (N,)
    a: float
    s: float

    def organic(self, j, h, anion, F):
        return np.exp(self.ln_K[j]) * h * anion * F**self.a


@dataclass
class Oracle:
    """Lines of a cascade with known volumes, and what enters from outside."""

    chemistry: object
    plan: object
    lines: list
    outside_amount: np.ndarray  # (N, n) in any phase [kmol/h]
    outside_organic: np.ndarray  # (N, n) in organic lines [kmol/h]
    outside_organic_volume: np.ndarray  # (N,)
    outside_acid: np.ndarray  # (N,) total acid [kmol/h]
    outside_sulfate: np.ndarray  # (N,) [kmol/h]
    sulfate: np.ndarray  # (N,) [mol/L]
    uptake: Uptake | None


def volumes(plan):
    """Aqueous and organic line leaving each stage, from one dense linear system."""
    N = len(plan.aq_to)
    A, b = np.eye(2 * N), np.zeros(2 * N)
    for j in range(N):
        L, V = j, N + j
        # volume balances of stage j: what leaves in both lines is what enters; unknowns are the lines' own phases
        A[L, V] += plan.entrained_aq[j]
        A[V, L] += plan.entrained_org[j]
        if plan.aq_to[j] >= 0:
            A[plan.aq_to[j], L] -= 1.0
            A[N + plan.aq_to[j], L] -= plan.entrained_org[j]
        if j + 1 < N:
            A[V + 1, V] -= 1.0
            A[L + 1, V] -= plan.entrained_aq[j]
    for source, target, share in zip(plan.split_from, plan.split_to, plan.split_fraction, strict=True):
        A[target, source] -= share
        A[N + target, source] -= share * plan.entrained_org[source]
    if plan.recycled:
        A[0, 2 * N - 1] -= plan.entrained_aq[N - 1]  # its organic is made up to the inlet flow
    b[N] += plan.inlet[0]
    for stage, phase, volume in zip(plan.feed_stage, plan.feed_phase, plan.feed_volume, strict=True):
        b[stage + N * phase] += volume
    for stage, phase, volume in zip(plan.draw_stage, plan.draw_phase, plan.draw_volume, strict=True):
        b[stage + N * phase] -= volume
    answer = np.linalg.solve(A, b)
    return answer[:N], answer[N:]


def without_acid(chemistry, plan):
    """Chemistry and plan in which the acid is acid again and no component, and the law of its uptake."""
    at = plan.acid_component
    if at < 0:
        return chemistry, plan, None
    uptake = Uptake(chemistry.ln_K[:, at], chemistry.a[at], chemistry.s[at])
    fed = np.where(plan.feed_phase == 0, plan.feed_concentration[:, at], 0.0)
    per_component = [name for name, value in chemistry._asdict().items() if np.ndim(value)]
    chemistry = chemistry._replace(**{k: np.delete(getattr(chemistry, k), at, axis=-1) for k in per_component})
    held = np.delete(plan.feed_concentration, at, axis=1)
    return (
        chemistry,
        plan._replace(
            feed_concentration=held,
            feed_Q=fed + held @ chemistry.z,
            acid_protons=1.0,
            organic=np.delete(plan.organic, at),
            acid_component=-1,
        ),
        uptake,
    )


def build(chemistry, plan):
    """Lines and inlets of a plan."""
    chemistry, plan, uptake = without_acid(chemistry, plan)
    N, n = len(plan.aq_to), len(plan.organic)
    L, V = volumes(plan)
    lines = []
    for j in range(N):
        split = sum(share for source, share in zip(plan.split_from, plan.split_fraction, strict=True) if source == j)
        lines.append(aqueous_line(plan, j, int(plan.aq_to[j]), (1.0 - split) * L[j]))
        target = j + 1 if j + 1 < N else (0 if plan.recycled else OUTSIDE)
        lines.append(Line(j, target, "organic", plan.entrained_aq[j] * V[j], V[j]))
    for source, target, share in zip(plan.split_from, plan.split_to, plan.split_fraction, strict=True):
        lines.append(aqueous_line(plan, source, target, share * L[source]))
    for stage, phase, volume in zip(plan.draw_stage, plan.draw_phase, plan.draw_volume, strict=True):
        main = "organic" if phase else "aqueous"
        lines.append(Line(stage, OUTSIDE, main, **{main: volume}))
    amount, organic = np.zeros((N, n)), np.zeros((N, n))
    acid, sulfate, volume = np.zeros(N), np.zeros(N), np.zeros(N)
    fresh = np.zeros(n) if plan.recycled else plan.inlet[0] * plan.organic
    if plan.base_component >= 0:
        fresh[plan.base_component] += plan.inlet[0] * plan.inlet[1] + plan.inlet[2]
    amount[0] += fresh
    organic[0] += fresh
    # made-up organic carries nothing: what a closed loop lost to entrainment and draws returns as fresh diluent
    volume[0] = plan.inlet[0] - (V[N - 1] if plan.recycled else 0.0)
    for q in range(len(plan.feed_stage)):
        j, flow, held = plan.feed_stage[q], plan.feed_volume[q], plan.feed_concentration[q]
        amount[j] += flow * held
        if plan.feed_phase[q]:
            organic[j] += flow * held
            volume[j] += flow
        else:
            acid[j] += flow * (plan.feed_Q[q] - chemistry.z @ held + plan.acid_protons * plan.feed_acid[q])
            sulfate[j] += flow * (plan.feed_sulfate[q] + plan.acid_sulfate * plan.feed_acid[q])
    A = np.zeros((N, N))
    for line in lines:
        A[line.source, line.source] += line.aqueous
        if line.target != OUTSIDE:
            A[line.target, line.source] -= line.aqueous
    held_sulfate = np.linalg.solve(A, sulfate) if chemistry.Ka2 > 0.0 else np.zeros(N)
    return Oracle(chemistry, plan, lines, amount, organic, volume, acid, sulfate, held_sulfate, uptake)


def aqueous_line(plan, source, target, volume):
    return Line(source, target, "aqueous", volume, volume * plan.entrained_org[source])


def law(chemistry, j, x, h, F, sulfate):
    """Total acid, anion and distribution ratios of one stage."""
    acid = h + sulfate * h / (chemistry.Ka2 + h) if chemistry.Ka2 > 0.0 else h
    anion = acid + sum(chemistry.charge[i] * x[i] for i in range(len(x)))
    ligand = sulfate * chemistry.Ka2 / (chemistry.Ka2 + h) if chemistry.Ka2 > 0.0 else anion
    D = []
    for i in range(len(x)):
        if chemistry.ln_K[j, i] == -np.inf:
            D.append(0.0)
            continue
        ln_D = chemistry.ln_K[j, i] + chemistry.a[i] * np.log(F) - (chemistry.b[i] + chemistry.d[i] * F) * np.log(h)
        if chemistry.c[i] != 0.0:
            ln_D = ln_D + chemistry.c[i] * np.log(anion)
        D.append(np.exp(ln_D) / (1.0 + chemistry.beta1[i] * ligand + chemistry.beta2[i] * ligand**2))
    return acid, anion, np.array(D)


def residuals(oracle, x, y, h, F):
    """Relative residuals (N, 2 n + 2): components, Murphree relation, acid, extractant."""
    chemistry = oracle.chemistry
    N, n = x.shape
    kind = np.result_type(x, y, h, F)
    balance, gross = oracle.outside_amount.astype(kind), oracle.outside_amount.astype(float)
    protons, acid_gross = oracle.outside_acid.astype(kind), oracle.outside_acid.astype(float)
    entering, entering_volume = oracle.outside_organic.astype(kind), oracle.outside_organic_volume.copy()
    stages = [law(chemistry, j, x[j], h[j], F[j], oracle.sulfate[j]) for j in range(N)]
    uptake = oracle.uptake
    taken_up = [uptake.organic(j, h[j], stages[j][1], F[j]) if uptake else 0.0 for j in range(N)]
    for line in oracle.lines:
        j = line.source
        carried = line.aqueous * x[j] + line.organic * y[j]
        balance[j] = balance[j] - carried
        gross[j] += np.abs(carried)
        acid = line.aqueous * stages[j][0] + line.organic * taken_up[j]
        protons[j] = protons[j] - acid
        acid_gross[j] += abs(acid)
        if line.target == OUTSIDE:
            continue
        balance[line.target] = balance[line.target] + carried
        protons[line.target] = protons[line.target] + acid
        if line.main == "organic":
            entering[line.target] = entering[line.target] + line.organic * y[j]
            entering_volume[line.target] += line.organic
    # protons that the organic gives off: one stage takes up z for each metal it extracts
    for j in range(N):
        taken = -oracle.outside_organic[j].astype(kind)
        for line in oracle.lines:
            if line.source == j:
                taken = taken + line.organic * y[j]
            if line.target == j:
                taken = taken - line.organic * y[line.source]
        protons[j] = protons[j] + chemistry.z @ taken
        acid_gross[j] += abs(chemistry.z @ taken)
    found = np.zeros((N, 2 * n + 2), kind)
    for j in range(N):
        D = stages[j][2]
        y_in = entering[j] / entering_volume[j] if entering_volume[j] > 0.0 else np.zeros(n)
        bound = uptake.s * taken_up[j] if uptake else 0.0
        for i in range(n):
            E = chemistry.efficiency[j, i]
            y_star = D[i] * x[j, i]
            expected = E * y_star + (1.0 - E) * y_in[i]
            found[j, i] = balance[j, i] / max(gross[j, i], 1e-30)
            found[j, n + i] = np.log(y[j, i] / expected) if np.real(expected) > 0.0 else y[j, i]
            bound = bound + chemistry.s[i] * y_star
        found[j, 2 * n] = protons[j] / acid_gross[j]
        found[j, 2 * n + 1] = (F[j] + bound - chemistry.extractant) / chemistry.extractant
    return found


def unpack(unknown, N, n):
    """(x, y, h, F) from the logarithms of all unknowns."""
    table = np.exp(unknown).reshape(N, 2 * n + 2)
    return table[:, :n], table[:, n : 2 * n], table[:, 2 * n], table[:, 2 * n + 1]


def pack(x, y, h, F):
    return np.log(np.hstack([x, y, h[:, None], F[:, None]])).ravel()


def start(oracle):
    """Feed everywhere, half the extractant free: no knowledge of the answer."""
    N, n = oracle.outside_amount.shape
    through = sum(line.aqueous for line in oracle.lines) / N + sum(line.organic for line in oracle.lines) / N
    mean = np.maximum(oracle.outside_amount.sum(axis=0) / through, 1e-8)
    F = 0.5 * oracle.chemistry.extractant
    h = max(oracle.outside_acid.sum() / sum(line.aqueous for line in oracle.lines), 1e-2)
    y = np.minimum(mean, 0.5 * oracle.chemistry.extractant / (n * np.maximum(oracle.chemistry.s, 1e-9)))
    return pack(np.tile(mean, (N, 1)), np.tile(y, (N, 1)), np.full(N, h), np.full(N, F))


def solve(chemistry, plan, guess=None, tolerance=1e-11, limit=400):
    """Steady state (x, y, h, F) by damped Newton; raises when it is not found. Acid that is taken up is no column here.

    Every component must be extracted (D > 0), as its organic concentration is sought in logarithms.
    """
    oracle = build(chemistry, plan)
    N, n = oracle.outside_amount.shape
    if guess is None and ((chemistry.efficiency < 1.0).any() or plan.entrained_org.any() or plan.entrained_aq.any()):
        none = np.zeros(N)  # ideal stages first: their profile is near enough
        ideal = plan._replace(entrained_org=none, entrained_aq=none)
        guess = solve(chemistry._replace(efficiency=np.ones_like(chemistry.efficiency)), ideal)
    unknown = start(oracle) if guess is None else pack(*guess)

    def value(at):
        return residuals(oracle, *unpack(at, N, n)).ravel()

    now = value(unknown)
    for _ in range(limit):
        norm = np.linalg.norm(now)
        if np.abs(now).max() < tolerance:
            return unpack(unknown, N, n)
        jacobian = np.empty((now.size, unknown.size))
        for column in range(unknown.size):
            moved = unknown.astype(complex)
            moved[column] += 1e-30j
            jacobian[:, column] = value(moved).imag / 1e-30
        step = scipy.sparse.linalg.spsolve(scipy.sparse.csc_matrix(jacobian), -now)
        local = np.abs(step.reshape(N, -1)[:, 2 * n :]).max()  # protons and free extractant: the rest is nearly linear
        length = min(1.0, 2.0 / local, 20.0 / np.abs(step).max())
        for _ in range(12):
            with np.errstate(all="ignore"):
                trial = value(unknown + length * step)
            if np.isfinite(trial).all() and np.linalg.norm(trial) < norm * (1.0 - 1e-4 * length):
                break
            length *= 0.5
        unknown = unknown + length * step
        now = value(unknown)
    raise AssertionError(f"the oracle found no steady state: {np.abs(now).max():.1e}")
