"""Running chunks on a Dask cluster that exists already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sxsim import __version__
from sxsim.errors import Finding, InputError, SxsimError
from sxsim.studies.cases import Rows, run_chunk
from sxsim.studies.study import Chunk, Study

__all__ = ["Cluster"]

PATIENCE_S = 10
"""How long a scheduler may take to answer [s]."""


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
            A chunk ended every worker that took it.
        """
        distributed = _distributed()
        try:
            client = distributed.Client(self.address, timeout=PATIENCE_S, set_as_default=False)
        except (OSError, ValueError) as error:
            cure = "start one by `dask scheduler`, and workers by `dask worker ADDRESS`"
            raise InputError(
                Finding("--cluster", f"no scheduler answers at {self.address}: {error}", "", cure)
            ) from None
        with client:
            _same_version(client)
            known = client.scatter(study, broadcast=True, hash=False)
            futures = [client.submit(run_chunk, known, chunk, pure=False) for chunk in chunks]
            try:
                done = distributed.as_completed(futures, with_results=True, loop=client.loop)
                for future, rows in done:
                    future.release()
                    yield rows
            except distributed.KilledWorker as error:
                raise SxsimError(
                    f"workers of the cluster died again and again: {error}; what was finished is kept, and the same "
                    "call carries on"
                ) from None
            finally:
                client.cancel(futures, reason="the sweep ended")


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
        raise InputError(Finding("--cluster", "dask.distributed is not installed", "", cure)) from None
    return distributed


def _version() -> str:
    """Version of sxsim where this runs."""
    return __version__


def _same_version(client: Any) -> None:
    """Refuse workers that would compute by another program.

    Raises
    ------
    InputError
        There are some, or there are no workers at all.
    """
    found = client.run(_version)
    if not found:
        cure = "start some by `dask worker ADDRESS`"
        raise InputError(Finding("--cluster", "the scheduler has no workers", "", cure))
    others = sorted({version for version in found.values() if version != __version__})
    if others:
        cure = "install the same version on all"
        raise InputError(Finding("--cluster", f"workers have sxsim {', '.join(others)}", __version__, cure))
