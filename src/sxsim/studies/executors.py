"""Where chunks are run: in this process, or in processes of this machine. See `cluster` for others.

An executor takes a study and the chunks to run and gives rows as they are done, in any order. Rows depend on their
case alone, so it does not matter which executor ran them, nor how many workers there were.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import active_children

from sxsim.errors import SxsimError
from sxsim.studies.cases import Rows, finish_chunk, run_chunk
from sxsim.studies.study import Chunk, Study
from sxsim.studies.together import Ahead, runs_together

__all__ = ["MOST_WORKERS", "Executor", "LocalWorkers", "cores", "in_process"]

Executor = Callable[[Study, Iterable[Chunk]], Iterator[Rows]]

BREAKDOWNS = 3
"""Times in a row that workers may die without a chunk coming through."""

MOST_WORKERS = 61 if sys.platform == "win32" else 1024
"""Windows waits for 63 things at once, of which a pool of processes takes two; elsewhere it is only more than helps."""

AHEAD = 2
"""Chunks that wait for each worker."""


def cores() -> int:
    """Cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not every system tells
        return os.cpu_count() or 1


def in_process(study: Study, chunks: Iterable[Chunk]) -> Iterator[Rows]:
    """Run chunks in this process, on all its cores where the cases run together.

    This thread makes chunks ready and tells what came of them, others run the machine code: two that both wanted the
    interpreter would only pass it to and fro.
    """
    threads = cores() if runs_together(study) else 1
    if threads == 1:
        for chunk in chunks:
            yield run_chunk(study, chunk)
        return
    with ThreadPoolExecutor(threads) as pool:
        under_way: deque[tuple[Ahead, Future[None]]] = deque()
        try:
            for chunk in chunks:
                ahead = Ahead(study, chunk)
                under_way.append((ahead, pool.submit(ahead.run)))
                while under_way and (len(under_way) > threads or under_way[0][1].done()):
                    yield _finished(*under_way.popleft())
            while under_way:
                yield _finished(*under_way.popleft())
        finally:
            pool.shutdown(cancel_futures=True)


def _finished(ahead: Ahead, running: Future[None]) -> Rows:
    """Rows of a chunk that another thread runs, once it is done."""
    running.result()
    return finish_chunk(ahead)


class LocalWorkers:
    """Run chunks in spawned processes of this machine.

    A worker that dies takes only its chunk with it, and that is run again.

    Parameters
    ----------
    workers : int
        How many.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def __call__(self, study: Study, chunks: Iterable[Chunk]) -> Iterator[Rows]:
        """Run the chunks.

        Raises
        ------
        SxsimError
            Workers died again and again.
        """
        left = iter(chunks)
        lost: list[Chunk] = []
        breakdowns = 0
        while True:
            waiting: dict[Future[Rows], Chunk] = {}
            others = active_children()
            pool = self._pool(study)
            try:
                while self._fill(pool, waiting, lost, left):
                    done, _ = wait(waiting, return_when=FIRST_COMPLETED)
                    for future in [future for future in done if not _broken(future)]:
                        rows = future.result()
                        del waiting[future]
                        breakdowns = 0
                        yield rows
                    if any(_broken(future) for future in done):
                        break
                else:
                    return
            except BaseException:  # interrupted, or nobody wants more: what the workers are at is of no use
                for worker in active_children():
                    if worker not in others:
                        worker.terminate()
                raise
            finally:
                pool.shutdown(wait=True, cancel_futures=True)
            breakdowns += 1
            lost += waiting.values()
            if breakdowns == BREAKDOWNS:
                first, last = min(c.first for c in lost), max(c.first + len(c.values) for c in lost) - 1
                raise SxsimError(
                    f"worker processes died {breakdowns} times in a row while cases {first} to {last} were run; they "
                    "may be short of memory, or the script that called has no `if __name__ == '__main__':`; what was "
                    "finished is kept, and the same call carries on"
                )

    def _fill(
        self, pool: ProcessPoolExecutor, waiting: dict[Future[Rows], Chunk], lost: list[Chunk], left: Iterator[Chunk]
    ) -> bool:
        """Hand out chunks, those that were lost first; whether any is waited for."""
        while len(waiting) < AHEAD * self.workers:
            chunk = lost.pop() if lost else next(left, None)
            if chunk is None:
                break
            try:
                with _deaf():
                    waiting[pool.submit(_run, chunk)] = chunk
            except BrokenProcessPool as error:
                never: Future[Rows] = Future()
                never.set_exception(error)
                waiting[never] = chunk
                break
        return bool(waiting)

    def _pool(self, study: Study) -> ProcessPoolExecutor:
        """Processes that know the study."""
        from multiprocessing import get_context

        return ProcessPoolExecutor(self.workers, get_context("spawn"), initializer=_begin, initargs=(study,))


def _broken(future: Future[Rows]) -> bool:
    """Whether a future came to nothing because its worker died."""
    return isinstance(future.exception(), BrokenProcessPool)


@contextmanager
def _deaf() -> Iterator[None]:
    """Let processes that are begun meanwhile hear no interrupt: it goes to all of a terminal, and is for the parent."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_given: dict[str, Study] = {}
"""The study of a worker process."""


def _begin(study: Study) -> None:
    """Take the study, leave interrupts to the parent, use one thread, and end when the parent is gone."""
    import numba

    _given["study"] = study
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    numba.set_num_threads(1)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Wait for the end of the parent; a pool alone would wait for its next task for ever."""
    from multiprocessing import parent_process
    from multiprocessing.connection import wait as wait_for

    parent = parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)


def _run(chunk: Chunk) -> Rows:
    """Run a chunk in a worker."""
    return run_chunk(_given["study"], chunk)
