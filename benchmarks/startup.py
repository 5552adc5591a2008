"""Speed of the model in time: the rigorous start-up beside scipy's integrators, and the shaking model.

``python -m benchmarks.startup [--small] [--json FILE]`` prints a table and writes JSON. All integrators see the same
equations, with settlers (the model as it is used) and with stages in one lump. The peers get their rates and their
banded Jacobian as machine code, see `startup_peer`: solve_ivp's BDF factorises it sparsely, with the corner of the
returning organic; LSODA and VODE take the band alone. The error is the largest of a mole fraction in the aqueous that
leaves any stage after the run, against sxsim's integrator at 1e-9, with which the peers agree at their tightest.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray

from benchmarks.startup_peer import jacobian, make_peer, rates, water
from sxsim.cascade.compile import compile_cascade
from sxsim.cascade.solving import solve_quietly
from sxsim.definition import Cascade, load
from sxsim.definition.startup_tables import HoldUp
from sxsim.kernels.shaking import shake_many, shake_two
from sxsim.startup.course import Course
from sxsim.startup.fills import composed_fill, feed_shares, steady_fill, steady_point
from sxsim.startup.holdups import hold_ups
from sxsim.theory.timescales import phase_totals

Floats = NDArray[np.float64]
DEFAULT_TOLERANCE = 1e-4


class Row(TypedDict):
    """A run: tolerance, best time [s], steps or evaluations, error."""

    tolerance: float
    s: float
    work: int
    error: float


def case(small: bool) -> Cascade:
    cascade = load("nd_pr_p507")
    stages = (4, 4, 2) if small else (27, 27, 6)
    names = ("extraction", "scrubbing", "stripping")
    changes: dict[str, object] = {f"section.{name}.stages": count for name, count in zip(names, stages, strict=True)}
    changes |= {"organic.flow_m3_h": 18.0, "stream.scrub.flow_m3_h": 2.517}
    return cascade.replace(changes)


def course_of(cascade: Cascade, tolerance: float, model: HoldUp) -> Course:
    result = solve_quietly(cascade)
    problem = compile_cascade(result.solved_cascade)
    vessels, cells = hold_ups(result, model)
    point = steady_point(problem, result)
    amount = composed_fill(problem, steady_fill(vessels, cells, point), feed_shares(problem))
    return Course(problem, vessels, amount, point, tolerance)


def timed(cascade: Cascade, tolerance: float, hours: float, model: HoldUp) -> tuple[float, Floats, int]:
    best, course = np.inf, course_of(cascade, tolerance, model)
    for _ in range(5):
        course = course_of(cascade, tolerance, model)
        begin = time.perf_counter()
        course.run_to(hours)
        best = min(best, time.perf_counter() - begin)
    return best, shares(course.outlet_mol_L), course.counts["steps"]


def shares(outlet: Floats) -> Floats:
    held = outlet[0, :, :2]
    return np.asarray(held / held.sum(axis=1, keepdims=True))


def with_peer(cascade: Cascade, method: str, rtol: float, hours: float, model: HoldUp) -> tuple[float, Floats, int]:
    """Best time of three [s], mole fractions at the end, and evaluations of the rates."""
    from scipy.integrate import ode, solve_ivp
    from scipy.sparse import csc_array, dia_array

    peer = make_peer(course_of(cascade, 1e-4, model))
    start, free = peer.start.ravel().copy(), peer.free.copy()
    size, width = start.size, peer.start.shape[1]
    reach = 2 * width - 1
    rows, columns = np.meshgrid(np.arange(width), np.arange(size - width, size), indexing="ij")
    calls = 0

    def rate(_: float, state: Floats) -> Floats:
        nonlocal calls
        calls += 1
        answer = np.empty(size)
        rates(peer, state, answer)
        return answer

    def band(_: float, state: Floats) -> Floats:
        filled = np.zeros((2 * reach + 1, size))
        jacobian(peer, state, np.zeros((width, width)), filled)
        return filled

    def sparse(_: float, state: Floats) -> Any:
        filled, corner = np.zeros((2 * reach + 1, size)), np.zeros((width, width))
        jacobian(peer, state, corner, filled)
        places = reach - np.arange(2 * reach + 1)
        returning = csc_array((corner.ravel(), (rows.ravel(), columns.ravel())), shape=(size, size))
        return csc_array(dia_array((filled, places), shape=(size, size)) + returning)

    def run() -> Floats:
        if method == "VODE":
            solver = ode(rate, band).set_integrator(
                "vode", method="bdf", lband=reach, uband=reach, rtol=rtol, atol=1e-3 * rtol, nsteps=100_000
            )
            return np.asarray(solver.set_initial_value(start, 0.0).integrate(hours))
        how = {"jac": sparse} if method == "BDF" else {"jac": band, "lband": reach, "uband": reach}
        return np.asarray(solve_ivp(rate, (0.0, hours), start, method, rtol=rtol, atol=1e-3 * rtol, **how).y[:, -1])

    best, end = np.inf, start
    band(0.0, start)  # compiles
    for _ in range(3):
        peer.free[:], calls = free, 0
        begin = time.perf_counter()
        end = run()
        best = min(best, time.perf_counter() - begin)
    held = water(peer, end)[:, :2]
    return best, held / held.sum(axis=1, keepdims=True), calls


def at_error(runs: list[Row], error: float) -> float:
    """Time that a method takes to an error [s], between its runs evenly in the logarithms; beyond them its ends."""
    ordered = sorted(runs, key=lambda row: row["error"])
    logs = np.log([[row["error"] for row in ordered], [row["s"] for row in ordered]])
    return float(np.exp(np.interp(np.log(error), *logs)))


def shaking(steps: int) -> dict[str, float]:
    speeds = {}
    organic, aqueous = phase_totals(29, 29, 4.0884810432592555, 3.3382307930090054)
    held = np.full(58, 4.0884810432592555), np.r_[np.full(29, 4.3382307930090054), np.full(29, 3.3382307930090054)]
    for elements in (2, 3, 5, 15):
        best = np.inf
        for _ in range(3):
            history = np.zeros((0, 3)) if elements == 2 else np.zeros((0, 2, elements))
            if elements == 2:
                amount, x, space = (held[0] + held[1]) * 0.75, np.zeros(58), np.zeros((4, 58))
                begin = time.perf_counter()
                shake_two(1.5, 28, 0.75, 1.0, steps, 1, 28, organic, aqueous, *held, amount, x, space, history)
            else:
                alpha = 1.5 ** np.arange(elements, dtype=float)[::-1]
                feed = np.full(elements, 1.0 / elements)
                many = np.outer(held[0] + held[1], feed)
                x, y = np.zeros((58, elements)), np.zeros((58, elements))
                out = np.zeros(elements), np.zeros(elements)
                begin = time.perf_counter()
                shake_many(
                    alpha,
                    28,
                    feed,
                    1.0,
                    steps // 10,
                    1,
                    organic,
                    aqueous,
                    *held,
                    many,
                    np.ones(58),
                    x,
                    y,
                    *out,
                    history,
                )
            spent = time.perf_counter() - begin
            best = min(best, spent / (steps if elements == 2 else steps // 10))
        speeds[f"{elements}_elements_stage_shakes_per_s"] = 58.0 / best
    return speeds


def main(arguments: list[str] | None = None) -> dict[str, object]:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="the smallest size")
    parser.add_argument("--json", type=Path, help="write the figures here")
    chosen = parser.parse_args(arguments)
    hours = 24.0 if chosen.small else 720.0
    cascade = case(chosen.small)
    figures: dict[str, object] = {"stages": cascade.total_stages, "hours": hours}
    print(f"{cascade.total_stages} stages, {hours / 24:g} plant days, error of a mole fraction at the end")
    print(f"{'hold-up':16s}{'method':16s}{'tolerance':>11s}{'time ms':>10s}{'work':>8s}{'error':>11s}")
    for model in (HoldUp(), HoldUp(model="lumped")):
        exact = timed(cascade, 1e-6 if chosen.small else 1e-9, hours, model)[1]
        rows: dict[str, list[Row]] = {}
        for tolerance in (1e-3, 1e-4) if chosen.small else (1e-2, 1e-3, 1e-4, 1e-5, 1e-6):
            for method in ("sxsim", "BDF", "LSODA", "VODE"):
                if method == "sxsim":
                    spent, found, work = timed(cascade, tolerance, hours, model)
                else:
                    spent, found, work = with_peer(cascade, method, tolerance, hours, model)
                error = float(np.abs(found - exact).max())
                rows.setdefault(method, []).append({"tolerance": tolerance, "s": spent, "work": work, "error": error})
                line = f"{model.model:16s}{method:16s}{tolerance:>11.0e}{1e3 * spent:>10.2f}{work:>8d}{error:>11.1e}"
                print(line, flush=True)
        usual = next(row for row in rows["sxsim"] if row["tolerance"] == DEFAULT_TOLERANCE)
        ratios = {m: at_error(runs, usual["error"]) / usual["s"] for m, runs in rows.items() if m != "sxsim"}
        told = ", ".join(f"{ratio:.1f} x {method}" for method, ratio in ratios.items())
        print(f"{model.model:16s}at the error {usual['error']:.1e} of the default tolerance faster by {told}")
        figures[model.model] = {"runs": rows, "faster_at_default_error": ratios}
    shaken = shaking(200 if chosen.small else 200_000)
    for name, speed in shaken.items():
        print(f"shaking, {name.replace('_', ' ')}: {speed / 1e6:.1f} million")
    figures |= shaken
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return figures


if __name__ == "__main__":
    main()
