"""Running chunks on a Dask cluster that exists already."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any

from sxsim import __version__
from sxsim.errors import Finding, InputError, SxsimError
from sxsim.foundation.program import program_digest
from sxsim.studies.cases import Rows, run_chunk
from sxsim.studies.study import Chunk, Study

__all__ = ["Cluster"]

PATIENCE_S = 10
"""How long a scheduler may take to answer [s]."""

WITHOUT_WORKERS_S = 60.0
"""How long a scheduler may be without workers in the middle of a study [s]; those that died may be begun again."""

KEPT = "what was finished is kept, and the same call carries on"


class Cluster:
    """Run chunks on the workers of a Dask scheduler.

    The cluster is left as it was found. A worker that dies takes only its chunk with it: the scheduler gives that to
    another.

    Parameters
    ----------
    address : str
        Of the scheduler, e.g. ``tcp://10.0.0.1:8786``.
    """

    def __init__(self, address: str) -> None:
        self.address = address

    def __call__(self, study: Study, chunks: Iterable[Chunk]) -> Iterator[Rows]:
        """Run the chunks.

        Raises
        ------
        InputError
            Dask is not installed, no scheduler answers, or its workers have another sxsim.
        SxsimError
            A chunk ended every worker that took it, the scheduler is gone, or it has no workers any more.
        """
        distributed = _distributed()
        with distributed.utils.silence_logging_cmgr(logging.CRITICAL):  # what it says of the dead, we say
            try:
                client = distributed.Client(self.address, timeout=PATIENCE_S, set_as_default=False)
            except (OSError, ValueError) as error:
                cure = "start one by `dask scheduler`, and workers by `dask worker ADDRESS`"
                offence = f"no scheduler answers at {self.address}: {error}"
                raise InputError(Finding("--cluster", offence, "the address of a scheduler that runs", cure)) from None
            with client:
                _same_program(client)
                yield from self._run(distributed, client, study, chunks)

    def _run(self, distributed: Any, client: Any, study: Study, chunks: Iterable[Chunk]) -> Iterator[Rows]:
        """Hand out all chunks, and give their rows as they come."""
        # the study is the result of a task, not data that was sent: the scheduler can make it again when workers die
        known = client.submit(_itself, study, pure=False)
        futures = [client.submit(_run_chunk, known, chunk, program_digest(), pure=False) for chunk in chunks]
        watch = _Watch(client, futures)
        try:
            done = distributed.as_completed(futures, with_results=True, loop=client.loop)
            for future, rows in done:
                if not isinstance(rows, Rows):  # Dask gives what became of a task that it took back
                    raise SxsimError(f"{watch.said or f'the scheduler at {self.address} is gone'}; {KEPT}")
                future.release()
                yield rows
        except distributed.KilledWorker as error:
            raise SxsimError(f"workers of the cluster died again and again: {error}; {KEPT}") from None
        finally:
            watch.end()
            if client.status == "running":
                client.cancel([known, *futures], reason="the sweep ended")


class _Watch:
    """Takes all tasks back when nobody is left who could run them.

    Attributes
    ----------
    said : str
        Why; empty as long as it did not.
    """

    def __init__(self, client: Any, futures: list[Any]) -> None:
        self.said = ""
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, args=(client, futures), daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Look no more."""
        self._ended.set()

    def _look(self, client: Any, futures: list[Any]) -> None:
        seen = time.monotonic()
        while not self._ended.wait(WITHOUT_WORKERS_S / 10.0):
            try:
                if client.nthreads():
                    seen = time.monotonic()
            except Exception:  # the scheduler is gone; whoever waits for the tasks is told
                return
            if time.monotonic() - seen > WITHOUT_WORKERS_S:
                self.said = f"the scheduler has had no workers for {WITHOUT_WORKERS_S:g} s"
                client.cancel(futures, force=True, reason=self.said)
                return


def _itself(study: Study) -> Study:
    """Let the study be the result of a task."""
    return study


def _run_chunk(study: Study, chunk: Chunk, program: str) -> Rows:
    """Run a chunk, in a worker.

    Raises
    ------
    SxsimError
        The worker has another program: one that was begun in the middle of the study.
    """
    if program_digest() != program:
        raise SxsimError(f"a worker of the cluster has another program than the one that swept so far; {KEPT}")
    return run_chunk(study, chunk)


def _distributed() -> Any:
    """Load dask.distributed.

    Raises
    ------
    InputError
        It is not installed.
    """
    try:
        import distributed
    except ImportError:
        cure = "install the extra: pip install 'sxsim[cluster]'"
        raise InputError(
            Finding("--cluster", "dask.distributed is not installed", "with dask.distributed", cure)
        ) from None
    return distributed


def _program() -> tuple[str, str]:
    """Version of sxsim where this runs, and the digest of its sources and data."""
    return __version__, program_digest()


def _same_program(client: Any) -> None:
    """Refuse workers that would compute by another program.

    Raises
    ------
    InputError
        There are some, or there are no workers at all.
    """
    try:
        found = client.run(_program)
    except (ImportError, AttributeError) as error:
        cure = "install the same version on all"
        raise InputError(
            Finding("--cluster", f"a worker has no sxsim, or an old one: {error}", "the same sxsim everywhere", cure)
        ) from None
    if not found:
        cure = "start some by `dask worker ADDRESS`"
        raise InputError(Finding("--cluster", "the scheduler has no workers", "at least one worker", cure))
    others = sorted({program for program in found.values() if program != _program()})
    if others:
        named = ", ".join(f"{version} ({digest})" for version, digest in others)
        here = "{} ({})".format(*_program())
        cure = "install the same version on all, with the same sources, data, numba and numpy"
        raise InputError(Finding("--cluster", f"workers have sxsim {named}", here, cure))
