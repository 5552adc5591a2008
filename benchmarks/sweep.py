"""Sweeps: cases a second in this process, on local workers and on a Dask cluster, and what the cluster adds.

``python -m benchmarks.sweep [--small] [--json FILE]`` prints a table and writes JSON. The overhead of the cluster is
what a chunk of 1,000 cases takes there, one worker, beside what the worker itself spends on its cases: scheduling,
carrying the cases and the rows. A shared machine drifts by more than that from one minute to the next, so both are
taken from the same runs, and the least of several is told.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np

from sxsim.definition import load
from sxsim.studies import Range
from sxsim.studies.cases import run_chunk
from sxsim.studies.executors import LocalWorkers, in_process
from sxsim.studies.study import Chunk, Study, make_study
from sxsim.studies.sweeping import run

CHUNK = 1000


def study_of(cases: int, chunk_cases: int) -> Study:
    """The Nd/Pr cascade with its targets as equations, over saponification and the pH of the feed."""
    axes = {"organic.saponified_fraction": Range(0.34, 0.40, 10), "stream.feed.pH": Range(1.5, 2.5, cases // 10)}
    return make_study(load("nd_pr_p507"), axes, chunk_cases=chunk_cases)


def timed(study: Study, chunk: Chunk) -> tuple[float, list[list[float | None]]]:
    """Run a chunk where this is; the time it took there [s], and its figures."""
    began = time.perf_counter()
    rows = run_chunk(study, chunk)
    return time.perf_counter() - began, rows.figures


def rates(study: Study) -> dict[str, float]:
    """Cases a second [1/s] without and with local workers, start of these included; the tables are the same."""
    found, tables = {}, []
    for name, executor in (("in process", in_process), ("2 workers", LocalWorkers(2))):
        began = time.perf_counter()
        tables.append(run(study, executor=executor))
        found[f"{name} [cases/s]"] = len(study) / (time.perf_counter() - began)
    if not tables[0].equals(tables[1]):
        raise RuntimeError("workers give another table")
    return found


def overhead(study: Study, repeats: int) -> dict[str, float]:
    """What a cluster of one worker adds to the time that the worker spends on a chunk [-]."""
    from distributed import Client, LocalCluster

    shares, spent = [], []
    options = {"n_workers": 1, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with LocalCluster(**options) as cluster, Client(cluster, set_as_default=False) as client:
        known = client.scatter(study, broadcast=True, hash=False)
        for _ in range(repeats + 1):  # the first one loads the kernels
            began = time.perf_counter()
            inside, _ = client.submit(timed, known, study.chunk(0), pure=False).result()
            shares.append((time.perf_counter() - began - inside) / inside)
            spent.append(inside)
    best = int(np.argmin(spent[1:])) + 1
    return {"chunk [cases]": len(study.chunk(0).values), "compute [s]": spent[best], "overhead [-]": min(shares[1:])}


def main(arguments: list[str] | None = None) -> dict[str, Any]:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sweep")
    parser.add_argument("--small", action="store_true", help="smallest size: does everything run?")
    parser.add_argument("--json", type=Path, default=Path("out/sweep.json"))
    asked = parser.parse_args(arguments)
    cases, chunk = (40, 20) if asked.small else (2 * CHUNK, CHUNK)
    study = study_of(cases, chunk)
    figures: dict[str, Any] = rates(study_of(cases, max(chunk // 4, 1))) | overhead(study, 1 if asked.small else 3)
    for name, figure in figures.items():
        print(f"{name:30s} {figure:.4g}")
    asked.json.parent.mkdir(parents=True, exist_ok=True)
    asked.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return figures


if __name__ == "__main__":
    main()
