"""Sweeps: cases a second in this process, on local workers and on a Dask cluster, and what the cluster adds.

``python -m benchmarks.sweep [--small] [--cases N] [--json FILE]`` prints a table and writes JSON. All four tables have
to be the same to the last bit. What a case costs is told twice: the whole, and the part that the compiled solver takes
without the interpreter, which is all that a second thread could take over.

The overhead of the cluster is what a chunk of 1,000 cases takes there, one worker, beside what the worker itself spends
on its cases: scheduling, carrying the cases and the rows. A shared machine drifts by more than that from one minute to
the next, so both are taken from the same runs, and the least of several is told.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from sxsim.definition import load
from sxsim.kernels import solve
from sxsim.studies import Range
from sxsim.studies.cases import Rows, run_chunk
from sxsim.studies.cluster import Cluster
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


@contextmanager
def cluster_of(workers: int) -> Iterator[Any]:
    """A Dask cluster of processes with one thread each."""
    from distributed import LocalCluster

    options = {"n_workers": workers, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with LocalCluster(**options) as cluster:
        yield cluster


def parts(study: Study, repeats: int) -> dict[str, float]:
    """What a case takes in one thread, and the compiled part of that [ms]."""
    inside, climb = [0.0], solve.climb

    def clocked(*arguments: Any) -> Any:
        began = time.perf_counter()
        answer = climb(*arguments)
        inside[0] += time.perf_counter() - began
        return answer

    run_chunk(study, study.chunk(0))
    solve.climb = clocked
    found = []
    try:
        for _ in range(repeats):
            inside[0] = 0.0
            whole, _ = timed(study, study.chunk(0))
            found.append((whole, inside[0]))
    finally:
        solve.climb = climb
    whole, compiled = (1e3 * figure / len(study.chunk(0).values) for figure in min(found))
    return {"case [ms]": whole, "of which compiled [ms]": compiled}


def in_two_threads(study: Study, chunks: Iterable[Chunk]) -> Iterator[Rows]:
    """Run chunks in two threads of this process: what that brings, or does not, is why `in_process` has one."""
    with ThreadPoolExecutor(2) as pool:
        yield from pool.map(partial(run_chunk, study), chunks)


def rates(study: Study) -> dict[str, float]:
    """Cases a second [1/s], start of local workers included; the tables are the same."""
    found, tables = {}, []
    with cluster_of(2) as cluster:
        ways = {
            "in process": in_process,
            "2 threads": in_two_threads,
            "2 workers": LocalWorkers(2),
            "cluster of 2": Cluster(cluster.scheduler_address),
        }
        for name, executor in ways.items():
            began = time.perf_counter()
            tables.append(run(study, executor=executor))
            found[f"{name} [cases/s]"] = len(study) / (time.perf_counter() - began)
    if not all(table.equals(tables[0]) for table in tables):
        raise RuntimeError("workers give another table")
    return found


def overhead(study: Study, repeats: int) -> dict[str, float]:
    """What a cluster of one worker adds to the time that the worker spends on a chunk [-]."""
    from distributed import Client

    shares, spent = [], []
    with cluster_of(1) as cluster, Client(cluster, set_as_default=False) as client:
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
    parser.add_argument(
        "--cases", type=int, help="cases of the sweep that is run in all four ways; 10,000 when left out"
    )
    parser.add_argument("--json", type=Path, default=Path("out/sweep.json"))
    asked = parser.parse_args(arguments)
    cases, chunk = (40, 20) if asked.small else (asked.cases or 10 * CHUNK, CHUNK)
    repeats = 1 if asked.small else 5
    figures: dict[str, Any] = {"cases": cases}
    figures |= rates(study_of(cases, max(chunk // 4, 1)))
    figures |= parts(study_of(chunk, chunk), repeats)
    figures |= overhead(study_of(chunk, chunk), repeats)
    for name, figure in figures.items():
        print(f"{name:30s} {figure:.4g}")
    asked.json.parent.mkdir(parents=True, exist_ok=True)
    asked.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return figures


if __name__ == "__main__":
    main()
