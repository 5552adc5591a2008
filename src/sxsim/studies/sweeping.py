"""Running a study: chunks to an executor, rows to a table, progress to whoever asked."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sxsim.errors import Finding, InputError
from sxsim.studies.actions import action_named
from sxsim.studies.axes import Axis, Range, Value
from sxsim.studies.executors import MOST_WORKERS, Executor, LocalWorkers, cores, in_process
from sxsim.studies.points import Method, Sampling
from sxsim.studies.storage import Store, opened, table_of
from sxsim.studies.study import Definition, Study, make_study

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

__all__ = ["Progress", "executor_for", "run", "sweep"]

WORTH_SPAWNING_S = 6.0
"""Work from which further processes, which take two to three seconds to begin, are worth their while [s]."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a study is.

    Attributes
    ----------
    done, total : int
        Cases recorded, those of an earlier run included, and all.
    kept : int
        Cases of an earlier run.
    elapsed_s : float
        Time of this run [s].
    dropped : int
        Files of an earlier run that were cut short, altered or of another study: their cases are run again.
    """

    done: int
    total: int
    kept: int
    elapsed_s: float
    dropped: int = 0

    @property
    def rate_per_s(self) -> float:
        """Cases a second in this run [1/s]; 0 before the first."""
        return (self.done - self.kept) / self.elapsed_s if self.elapsed_s > 0.0 else 0.0

    @property
    def left_s(self) -> float | None:
        """Time left at this rate [s]; None before the first case."""
        return (self.total - self.done) / self.rate_per_s if self.rate_per_s > 0.0 else None


def run(
    study: Study,
    *,
    out: str | os.PathLike[str] | None = None,
    executor: Executor = in_process,
    progress: Callable[[Progress], None] | None = None,
) -> pa.Table:
    """Run a study, or what is left of it.

    Parameters
    ----------
    study : Study
        What to do.
    out : path-like, optional
        Folder into which chunks are written as they are done, and the whole as ``sweep.parquet`` at the end. What
        stands there of the same study is not run again; it belongs to this run alone while it lasts. Without it
        everything stays in memory.
    executor : callable, optional
        Where chunks are run.
    progress : callable, optional
        Told before the first and after each chunk.

    Returns
    -------
    pyarrow.Table
        One row a case, in order: case, axes, status, reason, outputs.

    Raises
    ------
    InputError
        `out` is in use, holds another study or cannot be written to, or an output does not exist.
    SxsimError
        Workers died again and again.
    """
    if out is None:
        return _run(study, None, executor, progress)
    with opened(out, study) as store:
        return _run(replace(study, chunk_cases=store.chunk_cases), store, executor, progress)


def _run(
    study: Study, store: Store | None, executor: Executor, progress: Callable[[Progress], None] | None
) -> pa.Table:
    """Run what is left of a study."""
    import pyarrow as pa

    if store is not None and store.complete:
        if progress is not None:
            progress(Progress(len(study), len(study), len(study), 0.0))
        return store.read()
    finished = store.finished if store is not None else set()
    kept = sum(len(study.chunk(number).values) for number in finished)
    dropped = store.dropped if store is not None else 0
    begun, done = time.perf_counter(), kept
    tables: dict[int, pa.Table] = {}

    def tell() -> None:
        if progress is not None:
            progress(Progress(done, len(study), kept, time.perf_counter() - begun, dropped))

    tell()
    for rows in executor(study, (chunk for chunk in study.chunks() if chunk.number not in finished)):
        if rows.refused:
            raise InputError(rows.refused)
        table = table_of(study, study.chunk(rows.number), rows)
        if store is not None:
            store.add(rows.number, table)
        else:
            tables[rows.number] = table
        done += len(table)
        tell()
    if store is not None:
        store.join(study.chunk_count)
        return store.read()
    return pa.concat_tables([tables[number] for number in range(study.chunk_count)])


def executor_for(study: Study, workers: int | None, cluster: str | None) -> Executor:
    """Choose where a study runs.

    Parameters
    ----------
    study : Study
        What is to be run.
    workers : int or None
        Processes of this machine; None takes all cores when there is enough to do for them.
    cluster : str or None
        Address of a Dask scheduler.

    Returns
    -------
    callable
        An executor.

    Raises
    ------
    InputError
        Both are asked for, or workers is below 1 or more than the system takes.
    """
    if cluster is not None:
        if workers is not None:
            raise InputError(
                Finding(
                    "--workers",
                    "says nothing to a cluster",
                    cure="leave --workers or --cluster out",
                    allowed="one of the two",
                )
            )
        from sxsim.studies.cluster import Cluster

        return Cluster(cluster)
    if workers is None:
        enough = len(study) * action_named(study.action).usual_s > WORTH_SPAWNING_S
        workers = min(cores(), MOST_WORKERS) if enough else 1
    if not 1 <= workers <= MOST_WORKERS:
        cure = f"write --workers {min(cores(), MOST_WORKERS)}: one for each core of this machine"
        raise InputError(Finding("--workers", f"is {workers}", f"1 to {MOST_WORKERS}", cure))
    workers = min(workers, study.chunk_count)  # more would have nothing to do
    return LocalWorkers(workers) if workers > 1 else in_process


def sweep(
    cascade: Definition,
    axes: Mapping[str, Range | Sequence[Value] | np.ndarray] | Sequence[Axis],
    *,
    action: str = "solve",
    outputs: Sequence[str] | None = None,
    method: Method = "grid",
    samples: int | None = None,
    seed: int = 0,
    out: str | os.PathLike[str] | None = None,
    workers: int | None = 1,
    cluster: str | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> pd.DataFrame:
    """Do one thing with many variants of a cascade.

    Parameters
    ----------
    cascade : Cascade or Train
        With what all cases share.
    axes : mapping of str to values
        Dotted path (or ``beta.Nd/Pr``, or in a train ``cascade.NAME.set.PATH``) to its values: any sequence, or a
        `Range`.
    action : {"solve", "design", "cost", "startup", "train"}
        What is done with each case.
    outputs : sequence of str, optional
        Paths of the figures to record, as in the JSON of the command.
    method : {"grid", "rows", "latin-hypercube", "sobol"}
        How cases are taken from the axes.
    samples : int, optional
        Cases of a Latin hypercube or a Sobol sequence.
    seed : int
        Start of their random numbers.
    out : path-like, optional
        Folder that keeps what is done; the same call carries on from there.
    workers : int or None
        Processes of this machine. With more than one, the caller's script needs ``if __name__ == "__main__":``; None
        takes all cores when there is enough to do.
    cluster : str, optional
        Address of a Dask scheduler.
    progress : callable, optional
        Takes a `Progress`.

    Returns
    -------
    DataFrame
        One row a case, in order: case, axes, status, reason (missing where there are figures), outputs.

    Raises
    ------
    InputError
        The study makes no sense, or `out` holds another.
    SxsimError
        Workers died again and again.

    Notes
    -----
    A case with targets depends on nothing but itself: it is the cold search that `solve` makes of it. Flows as typed
    are solved along lines of the table. So the table is the same to the last bit whoever runs it, and however often
    it was interrupted. An axis that is a free quantity fixes it; the targets are met with what is still free.

    Examples
    --------
    >>> from sxsim.definition import load
    >>> table = sweep(load("single_contact"), {"stream.feed.acid_mol_L": [0.1, 0.2]}, outputs=["closure"])
    >>> table.shape, set(table.status)
    ((2, 5), {'converged'})
    """
    sampling = Sampling(method, samples, seed)
    study = make_study(cascade, axes, action=action, outputs=outputs, sampling=sampling)
    chosen = executor_for(study, None if cluster is not None and workers == 1 else workers, cluster)
    table: Any = run(study, out=out, executor=chosen, progress=progress)
    frame: pd.DataFrame = table.to_pandas()
    return frame
