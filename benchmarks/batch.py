"""Many cases at once, as a sweep does it: a stream of cases over threads or worker processes."""

from __future__ import annotations

import dataclasses
import multiprocessing
import resource
import time
from functools import partial
from typing import NamedTuple

from benchmarks.cases import Case
from benchmarks.sized import sized_case
from benchmarks.solving import prepared, solve
from sxsim.kernels.batch import pack_cases, solve_many, solve_packed
from sxsim.kernels.solve import SOLVED

__all__ = ["Throughput", "run", "run_packed", "run_threads"]


CHUNK = 100
"""Cases that a process takes at a time."""

BLOCK = 1000
"""Cases that are there at a time when threads solve them."""


class Throughput(NamedTuple):
    """Cases a second, how many of them were solved, and the largest memory of any process of the run."""

    cases_per_s: float
    solved: int
    peak_memory_MB: float


def _variant(number: int, stages: int, elements: int) -> Case:
    """One of many neighbours: acid and level differ a little from case to case."""
    case = sized_case(stages, elements)
    return dataclasses.replace(
        case,
        feed_acid_mol_L=0.01 * (1.0 + 0.1 * (number % 17)),
        log10_K_counter_ion=-3.5 - 0.01 * (number % 23),
    )


def _work(numbers: range, stages: int, elements: int) -> tuple[int, float]:
    """Solve some cases: how many were solved, and the peak memory of this process [MB]."""
    solved = sum(solve(_variant(number, stages, elements)).status == SOLVED for number in numbers)
    return solved, _peak_MB()


def _peak_MB() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


def run_threads(count: int, threads: int, stages: int = 60, elements: int = 2) -> Throughput:
    """Solve so many cases cold by threads of this process, block by block; making them up is not timed."""
    solved, spent = 0, 0.0
    for first in range(0, count, BLOCK):
        block = [prepared(_variant(number, stages, elements)) for number in range(first, min(first + BLOCK, count))]
        if first == 0:
            solve_many(block[:1], threads)  # compiles
        began = time.perf_counter()
        answers = solve_many(block, threads)
        spent += time.perf_counter() - began
        solved += sum(answer.status == SOLVED for answer in answers)
    return Throughput(count / spent, solved, _peak_MB())


def run_packed(count: int, threads: int, stages: int = 60, elements: int = 2) -> Throughput:
    """The same with all cases packed beforehand: the compiled batch alone."""
    packed = pack_cases([prepared(_variant(number, stages, elements)) for number in range(count)])
    solve_packed(packed, threads)  # compiles
    began = time.perf_counter()
    solved = solve_packed(packed, threads)
    return Throughput(count / (time.perf_counter() - began), solved, _peak_MB())


def run(count: int, workers: int, stages: int = 60, elements: int = 2) -> Throughput:
    """Solve so many cases cold; results are counted as they come, so that memory does not grow with the count.

    Parameters
    ----------
    count, workers : int
        Cases, and processes beside this one; the time starts when all of them have solved one case.
    stages, elements : int
        Size of each case.
    """
    work = partial(_work, stages=stages, elements=elements)
    work(range(1))  # compiles, so that the processes need not
    size = max(1, min(CHUNK, count // (8 * workers)))
    chunks = [range(first, min(first + size, count)) for first in range(0, count, size)]
    solved, peak = 0, 0.0
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        pool.map(work, [range(1)] * (4 * workers), chunksize=1)
        began = time.perf_counter()
        for good, memory in pool.imap_unordered(work, chunks):
            solved += good
            peak = max(peak, memory, _peak_MB())
        spent = time.perf_counter() - began
    return Throughput(count / spent, solved, peak)
