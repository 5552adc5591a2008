"""Speed of the model in time: the rigorous start-up beside scipy's BDF, and the shaking model.

``python benchmarks/startup.py [--small] [--json FILE]`` prints a table and writes JSON. Both integrators see the same
equations of lumped stages; scipy's gets them as the rates of the contents, each of whose evaluations brings the mixers
to equilibrium, with the pattern of the block-tridiagonal Jacobian (and the corner of
the returning organic), by which it groups columns as for a band and factorises sparsely.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sxsim.cascade.compile import compile_cascade
from sxsim.cascade.solving import solve_quietly
from sxsim.definition import Cascade, load
from sxsim.definition.startup_tables import HoldUp
from sxsim.kernels.shaking import shake_many, shake_two
from sxsim.kernels.transient import implicit_euler
from sxsim.startup.course import Course
from sxsim.startup.fills import composed_fill, feed_shares, steady_fill, steady_point
from sxsim.startup.holdups import hold_ups
from sxsim.startup.settings import flows_of
from sxsim.theory.timescales import phase_totals

Floats = NDArray[np.float64]


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
    for _ in range(3):
        course = course_of(cascade, tolerance, model)
        begin = time.perf_counter()
        course.run_to(hours)
        best = min(best, time.perf_counter() - begin)
    return best, shares(course.outlet_mol_L), course.counts["steps"]


def shares(outlet: Floats) -> Floats:
    held = outlet[0, :, :2]
    return np.asarray(held / held.sum(axis=1, keepdims=True))


def with_scipy(cascade: Cascade, rtol: float, hours: float) -> tuple[float, Floats, int]:
    from scipy.integrate import solve_ivp

    course = course_of(cascade, 1e-4, HoldUp(model="lumped"))
    work, twin, _ = course._space
    flows = flows_of(course.problem, course.valves.plan, course._network)
    shape = course.amount.shape
    n = shape[2] - 2
    after, g = np.zeros(shape), 1e-7

    def state(held: Floats) -> Floats:
        amount = course.amount.copy()
        amount[0, :, : n + 1] = held.reshape(shape[1], n + 1)
        spent = implicit_euler(
            course._law, flows, course.vessels, amount, g, course.point, work, twin, course._none, 60, 1e-6, after
        )
        return amount if spent >= 0 else np.full_like(amount, np.nan)

    def rate(_: float, held: Floats) -> Floats:
        amount = state(held)
        return np.asarray((after - amount)[0, :, : n + 1].ravel() / g)

    start = course.amount[0, :, : n + 1].ravel().copy()
    blocks = np.eye(shape[1]) + np.eye(shape[1], k=1) + np.eye(shape[1], k=-1)
    blocks[0, -1] = 1.0  # the organic that returns
    pattern = np.kron(blocks, np.ones((n + 1, n + 1)))
    begin = time.perf_counter()
    answer = solve_ivp(rate, (0.0, hours), start, method="BDF", rtol=rtol, atol=1e-8, jac_sparsity=pattern)
    spent = time.perf_counter() - begin
    state(answer.y[:, -1])
    return spent, shares(np.stack((course.point.c[0], course.point.c[1]))), int(answer.nfev)


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
    lumped = HoldUp(model="lumped")
    exact = timed(cascade, 1e-8, hours, lumped)[1]
    rows = []
    for tolerance in (1e-3, 1e-4, 1e-5):
        for name, model in (("sxsim, mixer-settler", HoldUp()), ("sxsim, lumped", lumped)):
            spent, found, steps = timed(cascade, tolerance, hours, model)
            error = float(np.abs(found - exact).max()) if model is lumped else None
            rows.append({"method": name, "tolerance": tolerance, "s": spent, "steps": steps, "error": error})
    for rtol in (1e-3,) if chosen.small else (1e-3, 1e-4):
        spent, found, calls = with_scipy(cascade, rtol, hours)
        error = float(np.abs(found - exact).max())
        rows.append({"method": "scipy BDF, lumped", "tolerance": rtol, "s": spent, "steps": calls, "error": error})
    shaken = shaking(200 if chosen.small else 200_000)
    print(f"{'method':24s}{'tolerance':>11s}{'time s':>10s}{'steps':>8s}{'error':>11s}   {hours / 24:g} plant days")
    for row in rows:
        error = "" if row["error"] is None else f"{row['error']:.1e}"
        print(f"{row['method']:24s}{row['tolerance']:>11.0e}{row['s']:>10.3f}{row['steps']:>8d}{error:>11s}")
    for name, speed in shaken.items():
        print(f"shaking, {name.replace('_', ' ')}: {speed / 1e6:.1f} million")
    figures: dict[str, object] = {"stages": cascade.total_stages, "hours": hours, "runs": rows, **shaken}
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return figures


if __name__ == "__main__":
    main()
