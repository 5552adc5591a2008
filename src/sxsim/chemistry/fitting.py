"""Regression of a system's numbers from shake-out data, proton release and loading included."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sxsim.chemistry.freedom import Freedom, free_names, law_at, moved, start_values
from sxsim.chemistry.parameters import Parameters
from sxsim.chemistry.points import Point, contacts, read_points
from sxsim.chemistry.prediction import (
    ErrorSummary,
    Prediction,
    predict,
    predict_contact,
    summarise,
    why_left_out,
)
from sxsim.definition.system import SystemFile, load_system_file
from sxsim.definition.system_writing import write_system_file
from sxsim.errors import Finding, InputError
from sxsim.foundation.freezing import Record

__all__ = ["FitResult", "fit", "fit_file"]

STEP = 1e-4
ROBUST_SCALE = 0.05
"""Residual in log10 D from which a point begins to lose weight: about twice the scatter of one careful laboratory."""

NO_EQUILIBRIUM = 5.0
"""Residual given to a trial at which a contact has no equilibrium: decades off."""


@dataclass(frozen=True, slots=True, eq=False)
class FitResult(Record):
    """Fitted numbers with their uncertainty.

    Attributes
    ----------
    system : SystemFile
        The start with the fitted numbers.
    names : tuple of str
        Free numbers: log10 K, log10 beta (for separation factors too) or exponents.
    values, standard_errors : ndarray, shape (p,)
        Fitted values and their standard errors.
    correlation : ndarray, shape (p, p)
        Correlation matrix.
    predictions : tuple of Prediction
        Every point used, with its residual.
    rms : float
        Weighted root mean square of the residuals in log10 D, corrected for the free numbers [-].
    left_out : tuple of str
        Names of the points that could not be used.
    cross_validation : mapping of str to tuple of ErrorSummary
        Source left out to the errors of its points under a fit of the others (elements that these have too); empty
        with one source.
    """

    system: SystemFile
    names: tuple[str, ...]
    values: NDArray[np.float64]
    standard_errors: NDArray[np.float64]
    correlation: NDArray[np.float64]
    predictions: tuple[Prediction, ...]
    rms: float
    left_out: tuple[str, ...]
    cross_validation: dict[str, tuple[ErrorSummary, ...]]


def fit(
    points: Sequence[Point],
    system: SystemFile,
    free: Sequence[str] = ("levels",),
    *,
    cross_validate: bool = True,
) -> FitResult:
    """Fit numbers of a system to points.

    Parameters
    ----------
    points : sequence of Point
        Shake-outs; those the system cannot predict (unknown element, D = 0, no acidity) are left out.
    system : SystemFile
        Start, and everything that stays fixed.
    free : sequence of str
        What may move, see `free_names`: ``levels``, ``level.Nd``, ``separation_factor.Nd/Pr``, ``law.a``, ...
    cross_validate : bool
        Fit again without each source in turn.

    Returns
    -------
    FitResult
        Fitted system, standard errors, correlation, residuals.

    Raises
    ------
    InputError
        A name in `free` is unknown, or there are too few usable points.

    Notes
    -----
    Minimises sum rho(r^2) of r = predicted - measured log10 D with rho(u) = 2 s^2 (sqrt(1 + u/s^2) - 1), s = 0.05, so
    that a gross error in a table does not pull the rest. Each contact is solved whole, so the pH is an outcome.
    Covariance: s_w^2 (J' W J)^-1 with the weights W of the last step.
    """
    usable = {id(entry.point) for entry in predict(points, system)}
    used = [point for point in points if id(point) in usable]
    names = free_names(system, [point.element for point in used], free)
    if len(used) <= len(names):
        noun = f"point ({used[0].point})" if len(used) == 1 else "points"
        said = f"{len(names)} number{'s' if len(names) > 1 else ''} ({', '.join(names)})"
        offence = f"{len(used)} usable {noun} cannot determine {said}" if names else f"none of {len(points)} is usable"
        cure = "add points (element known to the system, D above 0, acid and feed given), or free fewer numbers"
        left_out = [f"{point.point} ({why_left_out(point, system)})" for point in points if id(point) not in usable]
        if left_out:
            cure += f"; not usable as they stand: {', '.join(left_out[:5])}{' ...' if left_out[5:] else ''}"
        raise InputError(Finding("points", offence, f"at least {len(names) + 1}", cure))
    present = {(point.source, point.contact) for point in used}
    flasks = [point for point in points if (point.source, point.contact) in present]
    elements = [symbol for symbol in system.elements if any(point.element == symbol for point in flasks)]
    freedom = start_values(system, elements, names)
    problem = _Problem(flasks, used, freedom)
    values, weights, jacobian = _least_squares(problem, freedom.start)
    residuals = problem.residuals(values)
    spread = math.sqrt(float(weights @ residuals**2) / (len(used) - len(names)))
    covariance = spread**2 * np.linalg.pinv(jacobian.T @ (weights[:, None] * jacobian))
    errors = np.sqrt(np.diag(covariance))
    scale = np.where(errors > 0.0, errors, 1.0)
    sources = tuple(sorted({point.source for point in used}))
    note = f"fitted to {len(used)} points, weighted rms {spread:.3f} in log10 D"
    fitted = moved(system, names, values, errors, sources, note)
    held_out = _cross_validation(flasks, system, freedom) if cross_validate and len(sources) > 1 else {}
    return FitResult(
        fitted,
        names,
        values,
        errors,
        covariance / np.outer(scale, scale),
        tuple(predict(flasks, fitted)),
        spread,
        tuple(point.point for point in points if id(point) not in usable),
        held_out,
    )


def _cross_validation(
    flasks: Sequence[Point], system: SystemFile, freedom: Freedom
) -> dict[str, tuple[ErrorSummary, ...]]:
    """Errors of each source under a fit of the others, for the elements that the others have measured too."""
    held_out: dict[str, tuple[ErrorSummary, ...]] = {}
    for source in sorted({point.source for point in flasks}):
        rest = [point for point in flasks if point.source != source]
        told = {point.element for point in rest}
        rows = freedom.levels[[symbol in told for symbol in freedom.elements]]
        names = [name for name, column in zip(freedom.names, rows.T, strict=True) if column.any() or name[:4] == "law."]
        try:
            without = fit(rest, system, names, cross_validate=False)
        except InputError:
            continue  # the other sources alone do not determine the numbers: nothing to validate with
        left = predict([point for point in flasks if point.source == source], without.system)
        held_out[source] = tuple(summarise(entry for entry in left if entry.point.element in told))
    return held_out


def fit_file(
    csv_path: str | Path, system: str | Path | SystemFile, out_path: str | Path, free: Sequence[str] = ("levels",)
) -> FitResult:
    """Fit a system to a CSV of points and write the system file that ``solve`` accepts.

    Parameters
    ----------
    csv_path : str or Path
        Points; see `read_points`.
    system : str, Path or SystemFile
        Start: a shipped system, a file or an object.
    out_path : str or Path
        The TOML to write; its stem becomes the name of the system.
    free : sequence of str
        What may move.

    Returns
    -------
    FitResult
        As from `fit`; its system carries the new name.

    Raises
    ------
    InputError
        The CSV, the system or the names are not usable.
    """
    start = system if isinstance(system, SystemFile) else load_system_file(system)
    points = read_points(csv_path, start.extractants[0], start.medium)
    result = fit(points, start, free)
    out_path = Path(out_path)
    named = result.system.model_copy(update={"name": out_path.stem, "title": f"{start.title}, fitted"})
    lines = [f"Fitted to {Path(csv_path).name}, starting from {start.name}: {len(result.predictions)} points,"]
    lines += [f"weighted rms {result.rms:.3f} in log10 D. Fitted numbers carry two standard errors as their range."]
    write_system_file(named, out_path, lines)
    changes: dict[str, Any] = {"system": named}
    return FitResult(**{name: changes.get(name, getattr(result, name)) for name in FitResult.__slots__})


class _Problem:
    """Residuals of the points as a function of the free numbers; contacts solved one by one."""

    def __init__(self, flasks: Sequence[Point], used: Sequence[Point], freedom: Freedom) -> None:
        self.freedom = freedom
        self.rows = {id(point): row for row, point in enumerate(used)}
        order = {symbol: index for index, symbol in enumerate(freedom.elements)}
        self.groups: list[tuple[tuple[Point, ...], NDArray[np.intp]]] = []
        for group in contacts(flasks).values():
            self.groups.append((group, np.array([order[point.element] for point in group])))

    def residuals(self, values: NDArray[np.float64], touched: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
        """Residuals [-]; with `touched`, only of the contacts that hold a touched element (the others stay 0)."""
        law = law_at(self.freedom, values)
        found = np.zeros(len(self.rows))
        for group, index in self.groups:
            if touched is not None and not touched[index].any():
                continue
            mine = [self.rows[id(point)] for point in group if id(point) in self.rows]
            found[mine] = NO_EQUILIBRIUM
            for entry in predict_contact(group, _part(law, index)):
                found[self.rows[id(entry.point)]] = entry.error
        return found

    def jacobian(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Derivatives of the residuals by central differences."""
        columns = []
        for j, name in enumerate(self.freedom.names):
            touched = None if name.startswith("law.") else self.freedom.levels[:, j] != 0.0
            step = np.zeros(len(values))
            step[j] = STEP
            above, below = self.residuals(values + step, touched), self.residuals(values - step, touched)
            columns.append((above - below) / (2.0 * STEP))
        return np.column_stack(columns)


def _part(law: Parameters, index: NDArray[np.intp]) -> Parameters:
    """Constants of the elements of one contact."""
    fields = ("ln_K", "a", "b", "c", "d", "s", "z", "charge", "beta1", "beta2")
    names = tuple(law.names[i] for i in index)
    return law._replace(names=names, **{field: getattr(law, field)[index] for field in fields})


def _least_squares(
    problem: _Problem, start: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Robust least squares; returns the values, the weights of the points and the Jacobian there."""
    from scipy.optimize import least_squares  # heavy: only a fit needs it

    residuals: Callable[..., Any] = problem.residuals
    solution = least_squares(
        residuals, start, jac=problem.jacobian, loss="soft_l1", f_scale=ROBUST_SCALE, xtol=1e-8, ftol=1e-8
    )
    values = np.asarray(solution.x, dtype=np.float64)
    weights = 1.0 / np.sqrt(1.0 + (problem.residuals(values) / ROBUST_SCALE) ** 2)
    return values, weights, problem.jacobian(values)
