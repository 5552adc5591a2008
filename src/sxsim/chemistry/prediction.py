"""What a system says about measured points, and by how much it misses them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from sxsim.chemistry.contact import Contact, equilibrate
from sxsim.chemistry.parameters import LN10, Parameters, parameters
from sxsim.chemistry.points import Point, contacts
from sxsim.definition.system import SystemFile
from sxsim.errors import ConvergenceError

__all__ = ["ErrorSummary", "Prediction", "predict", "predict_contact", "summarise", "why_left_out"]


@dataclass(frozen=True, slots=True)
class Prediction:
    """A point beside its prediction.

    Attributes
    ----------
    point : Point
        The measured row.
    log10_D : float
        Predicted log10 of the distribution ratio [-].
    error : float
        Predicted minus measured log10 D [-].
    pH : float
        Predicted, or measured where the point gives its equilibrium pH only [-].
    way : {"shake-out", "at measured pH"}
        Whether the whole contact was solved, or the law read at the measured acidity.
    """

    point: Point
    log10_D: float
    error: float
    pH: float
    way: str


@dataclass(frozen=True, slots=True)
class ErrorSummary:
    """Errors of log10 D for one element (and source; empty when all sources)."""

    element: str
    source: str
    count: int
    median_absolute: float
    median_signed: float
    worst: float


def predict(points: Iterable[Point], system: SystemFile) -> list[Prediction]:
    """Predict log10 D of every point that the system knows and the paper describes fully enough.

    Parameters
    ----------
    points : iterable of Point
        Rows of one mixed feed are solved together.
    system : SystemFile
        The system.

    Returns
    -------
    list of Prediction
        In the order of the contacts. Left out: D = 0 (below detection), contacts with an element unknown to the system,
        an unknown phase ratio without measured pH and loading.
    """
    found: list[Prediction] = []
    for group in contacts(points).values():
        elements = [point.element for point in group]
        if all(symbol in system.elements for symbol in elements):
            found.extend(predict_contact(group, parameters(system, elements)))
    return found


def why_left_out(point: Point, system: SystemFile) -> str:
    """Say what keeps a point from being predicted.

    Parameters
    ----------
    point : Point
        One that `predict` left out.
    system : SystemFile
        The system.
    """
    if point.element not in system.elements:
        return f"{point.element} is unknown to {system.name}"
    if not point.D > 0.0:
        return "D is not above 0"
    columns = ("acid_initial_mol_L", "feed_mol_L", "phase_ratio_O_A")
    missing = [name for name in columns if not math.isfinite(getattr(point, name))]
    return f"no {', '.join(missing)}" if missing else "a row of its contact cannot be used, or has no equilibrium"


def predict_contact(group: Sequence[Point], law: Parameters) -> list[Prediction]:
    """Predict the rows of one contact with ready parameters (in the order of the rows)."""
    first = group[0]
    solved: Contact | None = None
    if (
        all(point.feed_mol_L > 0.0 for point in group)
        and first.acid_initial_mol_L >= 0.0
        and first.phase_ratio_O_A > 0.0
    ):
        feed = np.array([point.feed_mol_L for point in group])
        try:
            solved = equilibrate(
                law,
                feed,
                np.zeros_like(feed),
                first.acid_initial_mol_L,
                first.extractant_mol_L,
                first.phase_ratio_O_A,
            )
        except ConvergenceError:
            return []
    free = first.extractant_mol_L / law.divisor
    if first.rare_earth_feed_mol_L != 0.0:  # a tracer binds no extractant
        free -= float(law.s @ [point.organic_mol_L for point in group])
    found = []
    for index, point in enumerate(group):
        if not math.isfinite(point.log10_D):
            continue
        if solved is not None:
            value, pH, way = math.log10(solved.D[index]), solved.pH, "shake-out"
        else:
            value, pH, way = _at_pH(point, law, index, free), point.pH_eq, "at measured pH"
        if math.isfinite(value):
            found.append(Prediction(point, value, value - point.log10_D, pH, way))
    return found


def _at_pH(point: Point, law: Parameters, index: int, free: float) -> float:
    """log10 D at the measured pH; NaN when the loading of the organic, and with it F, is not known."""
    if not free > 0.0 or law.c[index] != 0.0 or law.beta1[index] > 0.0:
        return math.nan
    slope = law.b[index] + law.d[index] * free
    return float((law.ln_K[index] + law.a[index] * math.log(free)) / LN10 + slope * point.pH_eq)


def summarise(
    predictions: Iterable[Prediction], by_source: bool = False, keep: Callable[[Point], bool] = lambda point: True
) -> list[ErrorSummary]:
    """Median absolute, median signed and worst error for each element.

    Parameters
    ----------
    predictions : iterable of Prediction
        From `predict`.
    by_source : bool
        One row for each element and source instead of each element.
    keep : callable
        Which points count.

    Returns
    -------
    list of ErrorSummary
        Sorted by element, then source.
    """
    groups: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for entry in predictions:
        if keep(entry.point):
            groups[(entry.point.element, entry.point.source if by_source else "")].append(entry.error)
    return [
        ErrorSummary(element, source, len(errors), median(map(abs, errors)), median(errors), max(errors, key=abs))
        for (element, source), errors in sorted(groups.items())
    ]
