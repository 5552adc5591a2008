"""One batch contact of two phases: the shake-out flask of the laboratory."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sxsim.chemistry.parameters import Parameters, parameters
from sxsim.definition.system import SystemFile
from sxsim.errors import ConvergenceError

__all__ = ["Contact", "equilibrate", "single_contact"]

TRACE_MOL_L = 1e-14
STEP_LIMIT = 3.0
TOLERANCE = 1e-12
ITERATIONS = 80


class Contact(NamedTuple):
    """Two phases at equilibrium.

    Attributes
    ----------
    names : tuple of str
        Components, the counter-ion last.
    h_mol_L, free_extractant_mol_L, anion_mol_L : float
        Proton, free extractant (dimer or molecule) and free anion [mol/L].
    aqueous_mol_L, organic_mol_L, D : ndarray, shape (n,)
        Concentrations [mol/L] and distribution ratios [-].
    acid_organic_mol_L : float
        Acid taken up by the organic [mol/L].
    iterations : int
        Newton steps taken.
    """

    names: tuple[str, ...]
    h_mol_L: float
    free_extractant_mol_L: float
    anion_mol_L: float
    aqueous_mol_L: NDArray[np.float64]
    organic_mol_L: NDArray[np.float64]
    D: NDArray[np.float64]
    acid_organic_mol_L: float
    iterations: int

    @property
    def pH(self) -> float:
        """Minus log10 of the proton concentration [-]."""
        return -math.log10(self.h_mol_L)


class _Flask(NamedTuple):
    law: Parameters
    total: NDArray[np.float64]
    ratio: float
    acid: float
    extractant: float
    salt: float
    released0: float
    sulfate: float


def single_contact(
    system: SystemFile,
    feed_mol_L: Mapping[str, float],
    acid_initial_mol_L: float,
    extractant_mol_L: float,
    *,
    saponified_fraction: float = 0.0,
    counter_ion: str | None = None,
    phase_ratio_O_A: float = 1.0,
    salt_mol_L: float = 0.0,
) -> Contact:
    """Equilibrium of a batch contact: mass, ligand, proton and charge balances with the extraction law.

    Parameters
    ----------
    system : SystemFile
        The extraction system.
    feed_mol_L : mapping of str to float
        Elements in the aqueous before contact [mol/L].
    acid_initial_mol_L : float
        Acid in the aqueous before contact (with bisulfate in a sulfate system) [mol/L].
    extractant_mol_L : float
        Formal extractant, monomer [mol/L].
    saponified_fraction : float
        Share of the extractant turned into the counter-ion's salt [-].
    counter_ion : {"NH4", "Na"}, optional
        Needed when the extractant is saponified.
    phase_ratio_O_A : float
        Organic over aqueous volume [-].
    salt_mol_L : float
        Anion of inert background salt, e.g. NaCl [mol/L].

    Returns
    -------
    Contact
        The equilibrium.

    Raises
    ------
    InputError
        An element or the counter-ion is unknown.
    ConvergenceError
        Newton's method found no equilibrium (a contact that cannot be, such as more base than extractant).

    Examples
    --------
    >>> from sxsim.definition.system import load_system_file
    >>> flask = single_contact(load_system_file("p507-chloride"), {"Nd": 0.1}, 0.05, 1.0)
    >>> round(flask.pH, 2)
    0.92
    """
    law = parameters(system, tuple(feed_mol_L), counter_ion)
    total = np.array([*feed_mol_L.values(), *([0.0] if counter_ion else [])], dtype=np.float64)
    organic0 = np.zeros_like(total)
    if counter_ion:
        organic0[-1] = saponified_fraction * extractant_mol_L
    return equilibrate(law, total, organic0, acid_initial_mol_L, extractant_mol_L, phase_ratio_O_A, salt_mol_L)


def equilibrate(
    law: Parameters,
    feed_mol_L: NDArray[np.float64],
    organic_initial_mol_L: NDArray[np.float64],
    acid_initial_mol_L: float,
    extractant_mol_L: float,
    phase_ratio_O_A: float = 1.0,
    salt_mol_L: float = 0.0,
    sulfate_mol_L: float | None = None,
) -> Contact:
    """Equilibrium of a batch contact from ready parameters; see `single_contact`.

    Parameters
    ----------
    law : Parameters
        Constants of the law.
    feed_mol_L, organic_initial_mol_L : ndarray, shape (n,)
        Concentrations before contact in the water and in the organic [mol/L].
    acid_initial_mol_L, extractant_mol_L, salt_mol_L : float
        As in `single_contact` [mol/L].
    phase_ratio_O_A : float
        Organic over aqueous volume [-].
    sulfate_mol_L : float, optional
        All sulfate and bisulfate in the water [mol/L]; by default what makes the feed neutral.

    Returns
    -------
    Contact
        The equilibrium.

    Raises
    ------
    ConvergenceError
        No equilibrium was found.

    Notes
    -----
    Unknowns are ln h, ln F and ln [anion]; with y_i = T_i D_i/(1 + r D_i) the balances are, derived from the
    conservation of acid, extractant and charge,

    h + r sum z_i y0_i + r y_acid = h0 + r sum z_i y_i,  F + sum s_i y_i + s_acid y_acid = C,
    [anion] = h + sum charge_i x_i + salt,

    in sulfate with h + [HSO4] for h and the sulfate of the feed conserved. Newton's method runs on the logarithms of
    the two sides over each other, which are nearly linear in the unknowns.
    """
    total = np.asarray(feed_mol_L + phase_ratio_O_A * organic_initial_mol_L, dtype=np.float64)
    acid = max(acid_initial_mol_L, TRACE_MOL_L)
    released0 = float(law.z @ organic_initial_mol_L)
    neutral = 0.5 * (acid + float(law.charge @ feed_mol_L) + salt_mol_L) if law.medium == "sulfate" else 0.0
    sulfate = neutral if sulfate_mol_L is None else sulfate_mol_L
    flask = _Flask(law, total, phase_ratio_O_A, acid, extractant_mol_L / law.divisor, salt_mol_L, released0, sulfate)
    found = _settle(flask, _start(flask, 0.5))
    if np.any(law.d > 0.0) and (found is None or found[0][0] > 0.0):
        # beyond 1 mol/L of protons D may fall as the free extractant grows: of several roots the freest organic holds
        freer = _settle(flask, _start(flask, 0.99))
        if freer is not None and (found is None or freer[0][1] > found[0][1]):
            found = freer
    if found is None:
        raise ConvergenceError(
            f"no equilibrium of the contact was found: acid {acid_initial_mol_L:g} mol/L, extractant "
            f"{extractant_mol_L:g} mol/L; check the concentrations and the saponified fraction"
        )
    return _result(flask, *found)


def _settle(flask: _Flask, unknown: NDArray[np.float64]) -> tuple[NDArray[np.float64], int] | None:
    """Newton's method from a start: what it finds and its iterations, or None."""
    residual, jacobian = _balances(flask, unknown)
    merit = float(residual @ residual)
    for iteration in range(ITERATIONS):
        try:
            step = np.linalg.solve(jacobian, -residual)
        except np.linalg.LinAlgError:
            return None
        largest = float(np.abs(step).max())
        if not math.isfinite(largest):
            return None
        if largest > STEP_LIMIT:
            step *= STEP_LIMIT / largest
        for _ in range(40):
            trial = unknown + step
            residual, jacobian = _balances(flask, trial)
            trial_merit = float(residual @ residual)
            if trial_merit < merit or trial_merit < TOLERANCE**2:
                break
            step *= 0.5
        unknown, merit = trial, trial_merit
        if merit < TOLERANCE**2 or (largest < TOLERANCE and merit < 1e-18):
            return unknown, iteration + 1
    return None


def _start(flask: _Flask, share: float) -> NDArray[np.float64]:
    """A share of the extractant free, and the proton that this leaves."""
    free = share * flask.extractant
    carried = float(flask.law.z @ flask.total) if flask.total.size else 0.0
    bound = max(flask.extractant - free, 0.0) * flask.ratio
    proton = max(flask.acid + min(carried, bound) - flask.ratio * flask.released0, 1e-3 * flask.acid, 1e-9)
    anion = flask.acid + float(np.abs(flask.law.charge) @ flask.total) + flask.salt
    return np.log([proton, free, max(anion, TRACE_MOL_L)])


def _balances(flask: _Flask, unknown: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Logarithms of the balances' two sides over each other, and their derivatives by the unknowns."""
    law, r = flask.law, flask.ratio
    with np.errstate(over="ignore", invalid="ignore"):
        h, free, anion = np.exp(np.clip(unknown, -120.0, 60.0))
        ratio_D, by = _law(law, unknown, free, anion)
        y = flask.total * ratio_D / (1.0 + r * ratio_D)
        y = np.where(np.isfinite(y), y, flask.total / r)
        dy = (y / (1.0 + r * ratio_D))[:, None] * by
        acid_y = math.exp(min(law.acid_ln_K + unknown[0] + unknown[2] + law.acid_a * unknown[1], 300.0))
        dacid = acid_y * np.array([1.0, law.acid_a, 1.0])
        x = flask.total - r * y
        if flask.sulfate > 0.0:
            share = h / (law.bisulfate_Ka2_mol_L + h)
            acid, dacid_aq = h + flask.sulfate * share, h + flask.sulfate * share * (1.0 - share)
            ions, dions = flask.sulfate * (1.0 - share), np.array([-flask.sulfate * share * (1.0 - share), 0.0, 0.0])
        else:
            acid, dacid_aq = h, h
            ions = h + float(law.charge @ x) + flask.salt
            dions = np.array([h, 0.0, 0.0]) - r * (law.charge @ dy)
    given = acid + r * (flask.released0 + acid_y)
    taken = flask.acid + r * float(law.z @ y)
    bound = free + float(law.s @ y) + law.acid_s * acid_y
    residual = np.log([given / taken, bound / flask.extractant, anion / ions])
    jacobian = np.vstack(
        [
            (np.array([dacid_aq, 0.0, 0.0]) + r * dacid) / given - r * (law.z @ dy) / taken,
            (np.array([0.0, free, 0.0]) + law.s @ dy + law.acid_s * dacid) / bound,
            np.array([0.0, 0.0, 1.0]) - dions / ions,
        ]
    )
    return residual, jacobian


def _law(
    law: Parameters, unknown: NDArray[np.float64], free: float, anion: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    ln_h, ln_F, ln_A = unknown
    slope = law.b + law.d * free
    alpha = 1.0 + law.beta1 * anion + law.beta2 * anion * anion
    ln_D = law.ln_K + law.a * ln_F - slope * ln_h + law.c * ln_A - np.log(alpha)
    bound = (law.beta1 * anion + 2.0 * law.beta2 * anion * anion) / alpha
    by = np.column_stack([-slope, law.a - law.d * free * ln_h, law.c - bound])
    return np.exp(np.clip(ln_D, -300.0, 300.0)), by


def _result(flask: _Flask, unknown: NDArray[np.float64], iterations: int) -> Contact:
    h, free, anion = (float(value) for value in np.exp(unknown))
    ratio_D, _ = _law(flask.law, unknown, free, anion)
    aqueous = flask.total / (1.0 + flask.ratio * ratio_D)
    uptake = math.exp(flask.law.acid_ln_K + unknown[0] + unknown[2] + flask.law.acid_a * unknown[1])
    return Contact(flask.law.names, h, free, anion, aqueous, ratio_D * aqueous, ratio_D, uptake, iterations)
