"""Constants of the split controller from the model: a small step, read as an integrator with a delay."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sxsim.cascade.compile import Problem
from sxsim.definition.startup_tables import Controller
from sxsim.errors import Finding, InputError
from sxsim.kernels.packed import Point
from sxsim.kernels.transient_stage import Vessels
from sxsim.startup.course import Course
from sxsim.startup.split import Split, strong_fraction

__all__ = ["Tuning", "tune"]

Floats = NDArray[np.float64]
STEP = 1e-3
"""Change of the split, beside the smaller product."""
PRECISION = 1e-6
"""Tolerance of the step response."""
WATCHED = 16.0
"""Multiples of the analysis' dead time for which the step response is watched."""
SMOOTH = 3.0
"""Time constant of the closed loop in dead times: smooth rather than tight, for an analysis has noise."""


class Tuning(NamedTuple):
    """Constants of a controller and what they rest on.

    Attributes
    ----------
    gain : float
        Change of the share of the feed that leaves with the organic, per change of the monitored mole fraction [-].
    integral_h : float
        Integral time [h].
    slope_per_h : float
        Fall of the monitored mole fraction an hour, per change of that share [1/h].
    dead_time_h : float
        Analysis delay, half a sampling interval, and the delay of the cascade itself [h].
    """

    gain: float
    integral_h: float
    slope_per_h: float
    dead_time_h: float


def tune(
    problem: Problem, vessels: Vessels, rest: Floats, point: Point, split: Split, watch: int, table: Controller
) -> Tuning:
    r"""Choose gain and integral time by the SIMC rules.

    Parameters
    ----------
    problem : Problem
        Compiled cascade with the flows of its steady state.
    vessels : Vessels
        Hold-ups [m3].
    rest : (1 + 2 C, N, n + 2) array
        Contents of the steady state [kmol].
    point : Point
        The steady state.
    split : Split
        How the product split is set.
    watch : int
        Monitored stage (0-based).
    table : Controller
        Its sampling, delay, and what it adjusts.

    Returns
    -------
    Tuning
        With a closed loop three times as slow as its dead time.

    Raises
    ------
    InputError
        The split cannot be set, or the monitored stage does not answer to it.

    Notes
    -----
    The monitored mole fraction z answers to a step of the share u like an integrator with a delay, because the slowest
    mode, in which the whole profile moves, takes months:

    .. math:: \frac{dz}{dt} = -k' u(t - \theta), \qquad K_c = \frac{1}{k' (\tau_c + \theta)}, \qquad
        \tau_I = 4 (\tau_c + \theta)

    with tau_c = 3 theta. k' is the secant of the second half of the response and meets zero after the delay of the
    cascade, to which half a sampling interval and the delay of the analysis are added.

    References
    ----------
    Skogestad, S., J. Process Control 13 (2003) 291, doi 10.1016/S0959-1524(02)00062-8.
    """
    waiting = table.delay_h + 0.5 * table.sample_h
    course = Course(problem, vessels, rest.copy(), point, PRECISION)
    change = STEP * min(split.share, 1.0 - split.share)
    if table.adjusts == "scrub":
        course.set(f"stream.{split.scrub}.flow_m3_h", split.scrub_for(split.share + change))
    else:
        organic = course.valves.get("organic.flow_m3_h")
        course.set("organic.flow_m3_h", split.organic_for(split.share + change, organic))
    fallen = [0.0, 0.0]
    begin = float(strong_fraction(split, course.outlet_mol_L[0, watch, :-2]))
    horizon = WATCHED * waiting
    for part in range(2):
        course.run_to(0.5 * horizon * (part + 1))
        fallen[part] = (begin - float(strong_fraction(split, course.outlet_mol_L[0, watch, :-2]))) / change
    slope = (fallen[1] - fallen[0]) / (0.5 * horizon)
    if not slope > 0.0:
        offence = "the monitored stage does not answer to the split"
        raise InputError(
            Finding("startup.controller", offence, "a stage that answers", "name another stage, or a gain")
        )
    dead_time = waiting + max(horizon - fallen[1] / slope, 0.0)
    loop = (1.0 + SMOOTH) * dead_time
    integral_h = table.integral_h if table.integral_h is not None else 4.0 * loop
    return Tuning(1.0 / (slope * loop), integral_h, slope, dead_time)
