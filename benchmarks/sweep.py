"""Sweeps: cases a second in this process, on local workers and on a Dask cluster, and what the cluster adds.

``python -m benchmarks.sweep [--small] [--cases N] [--json FILE]`` prints a table and writes JSON. All four tables have
to be the same to the last bit. What a case costs is told twice: the whole, and the part that machine code takes without
the interpreter, which is what further threads can take over.

Lines of typed flows are run twice in turn: each case from nothing, and each from where those before it point to.

The overhead of the cluster is what a chunk of 1,000 cases takes there, one worker, beside what the worker itself spends
on its cases: scheduling, carrying the cases and the rows. A shared machine drifts by more than that from one minute to
the next, so both are taken from the same runs, and the least of several is told.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.timing import in_turn
from sxsim.cascade.solving import solve_quietly
from sxsim.cascade.together import pose_together
from sxsim.definition import load
from sxsim.studies import Range
from sxsim.studies.cases import Rows, finish_chunk, run_chunk
from sxsim.studies.cluster import Cluster
from sxsim.studies.executors import LocalWorkers, in_process
from sxsim.studies.study import Chunk, Study, make_study
from sxsim.studies.sweeping import run
from sxsim.studies.together import Ahead, lines_of

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
    """What a case takes in one thread, and the part of that which leaves the interpreter to other threads [ms]."""
    found = []
    for _ in range(repeats + 1):  # the first one loads the kernels
        began = time.perf_counter()
        ahead = Ahead(study, study.chunk(0))
        ready = time.perf_counter()
        ahead.run()
        solved = time.perf_counter()
        finish_chunk(ahead)
        found.append((time.perf_counter() - began, solved - ready))
    whole, compiled = (1e3 * figure / len(study.chunk(0).values) for figure in min(found[1:]))
    return {"case [ms]": whole, "of which machine code [ms]": compiled}


def by_one_thread(study: Study, chunks: Iterable[Chunk]) -> Iterator[Rows]:
    """Run chunks one after the other, whatever the machine has."""
    return (run_chunk(study, chunk) for chunk in chunks)


def rates(study: Study, repeats: int) -> dict[str, float]:
    """Cases a second [1/s], start of local workers included; the tables are the same.

    One thread and all cores of one process are run in turn, and their ratio is the median.
    """
    found, tables, spent = {}, [], []
    with cluster_of(2) as cluster:
        ways = {"2 workers": LocalWorkers(2), "cluster of 2": Cluster(cluster.scheduler_address)}
        for name, executor in ways.items():
            began = time.perf_counter()
            tables.append(run(study, executor=executor))
            found[f"{name} [cases/s]"] = len(study) / (time.perf_counter() - began)
    for _ in range(repeats + 1):
        pair = []
        for way in (by_one_thread, in_process):
            began = time.perf_counter()
            tables.append(run(study, executor=way))
            pair.append(time.perf_counter() - began)
        spent.append(pair)
    alone, all_cores = zip(*spent[1:], strict=True)
    found["one thread [cases/s]"] = len(study) / min(alone)
    found["in process [cases/s]"] = len(study) / min(all_cores)
    found["in process / one thread [-]"] = float(np.median(np.divide(alone, all_cores)))
    if not all(table.equals(tables[0]) for table in tables):
        raise RuntimeError("workers give another table")
    return found


def lines(count: int, repeats: int) -> dict[str, float]:
    """Typed flows along one quantity in so many steps: a case from nothing over one from those before it [-]."""
    met = solve_quietly(load("nd_pr_p507")).solved_cascade
    found = {}
    for path, low, high in (
        ("stream.feed.pH", 1.5, 2.5),
        ("organic.saponified_fraction", 0.34, 0.365),
        ("organic.extractant_mol_L", 1.42, 1.52),
        ("beta.Nd/Pr", 1.45, 1.55),
    ):
        study = make_study(met, {path: Range(low, high, count)}, outputs=["closure"])
        drawn = [study.case(number) for number in range(count)]
        cascades = [study.cascade_of(values) for values in drawn]
        (cold,) = pose_together(cascades)
        (followed,) = pose_together(cascades, lines_of(drawn))
        slow, fast, ratio = in_turn(cold.run, followed.run, repeats + 1)
        name = f"{path} {low:g} to {high:g} in {count}"
        found |= {f"{name}: cold [us]": 1e6 * slow / count, f"{name}: followed [us]": 1e6 * fast / count}
        found[f"{name}: cold / followed [-]"] = ratio
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
    figures |= rates(study_of(cases, max(chunk // 4, 1)), repeats)
    figures |= parts(study_of(chunk, chunk), repeats)
    figures |= lines(12 if asked.small else 125, repeats)
    if not asked.small:
        figures |= lines(25, repeats)
    figures |= overhead(study_of(chunk, chunk), repeats)
    for name, figure in figures.items():
        print(f"{name:70s} {figure:.4g}")
    asked.json.parent.mkdir(parents=True, exist_ok=True)
    asked.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return figures


if __name__ == "__main__":
    main()
