"""Workers of this machine and of a cluster: the same table to the last bit, whoever dies on the way."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from tests.studies.cases import contacts, flows

from sxsim.errors import InputError, SxsimError
from sxsim.studies import executors, run, sweeping
from sxsim.studies.executors import LocalWorkers
from sxsim.studies.sweeping import executor_for


def test_two_workers_one_of_them_killed_give_the_table_of_one_process():
    killed = []

    def kill(progress):
        if progress.done and not killed:
            killed.append(multiprocessing.active_children()[0])
            killed[0].kill()

    table = run(contacts(chunk_cases=1), executor=LocalWorkers(2), progress=kill)
    assert len(killed) == 1
    assert table.equals(run(contacts()))


@pytest.mark.parametrize("cores", [2, 3])
def test_threads_of_this_process_give_the_same_table(monkeypatch, cores):
    for study in (contacts(chunk_cases=1), flows()):
        alone = run(study)
        with monkeypatch.context() as patch:
            patch.setattr(executors, "cores", lambda: cores)
            assert run(study).equals(alone)


def test_threads_end_when_nobody_wants_more_rows(monkeypatch):
    monkeypatch.setattr(executors, "cores", lambda: 2)
    study = contacts(chunk_cases=1)
    before = set(threading.enumerate())
    taken = []
    rows = executors.in_process(study, (taken.append(chunk.number) or chunk for chunk in study.chunks()))
    next(rows)
    rows.close()
    assert len(taken) < 12
    assert set(threading.enumerate()) <= before


def test_workers_that_die_again_and_again_end_the_run_with_a_message(monkeypatch):
    monkeypatch.setattr(executors, "_begin", _die)
    monkeypatch.setattr(executors, "BREAKDOWNS", 2)
    with pytest.raises(SxsimError, match=r"died 2 times in a row while cases 0 to 5 .*the same call carries on"):
        run(contacts(), executor=LocalWorkers(1))


def _die(_study):
    import os

    os._exit(1)


@pytest.mark.cluster
@pytest.mark.parametrize("workers", [1, 2])
def test_a_cluster_of_processes_one_of_them_killed_gives_the_table_of_one_process(workers):
    """With one worker all that it held is lost, the study too, until it is begun anew."""
    distributed = pytest.importorskip("distributed")
    from sxsim.studies.cluster import Cluster

    options = {"n_workers": workers, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with distributed.LocalCluster(**options, silence_logs=50) as cluster:
        killed = []

        def kill(progress):
            if progress.done and not killed:
                killed.append(next(iter(cluster.workers.values())))
                killed[0].process.process.kill()

        table = run(contacts(chunk_cases=1), executor=Cluster(cluster.scheduler_address), progress=kill)
    assert len(killed) == 1
    assert table.equals(run(contacts()))


@pytest.fixture
def apart(tmp_path):
    """A scheduler and a worker in processes of their own, which nobody begins anew; and its address."""
    pytest.importorskip("distributed")
    root = str(Path(__file__).parents[2])
    path = os.pathsep.join([root, *filter(None, sys.path)])
    options = {"env": {**os.environ, "PYTHONPATH": path}, "stderr": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    where, command = tmp_path / "scheduler.json", [sys.executable, "-m"]
    asked = ["--no-dashboard", "--scheduler-file", str(where)]
    started = [subprocess.Popen([*command, "distributed.cli.dask_scheduler", "--port", "0", *asked], **options)]
    alone = ["--nthreads", "1", "--no-nanny", "--death-timeout", "60"]
    started.append(subprocess.Popen([*command, "distributed.cli.dask_worker", *asked, *alone], **options))
    try:
        import distributed

        with distributed.Client(scheduler_file=str(where), timeout=60, set_as_default=False) as client:
            client.wait_for_workers(1, timeout=60)
            yield client.scheduler.address, *started
    finally:
        for process in started:
            process.kill()
            process.wait()


@pytest.mark.cluster
@pytest.mark.parametrize(
    ("lost", "says"),
    [
        ("scheduler", r"the scheduler at tcp://.* is gone; what was finished is kept, and the same call carries on"),
        ("worker", r"the scheduler has had no workers for 1 s; what was finished is kept"),
    ],
)
def test_a_cluster_that_goes_is_said_and_the_study_carried_on(apart, monkeypatch, tmp_path, lost, says):
    from sxsim.studies import cluster

    monkeypatch.setattr(cluster, "WITHOUT_WORKERS_S", 1.0)
    address, *processes = apart
    finished = []

    def kill(progress):
        finished.append(progress.done)
        if len(finished) == 3:
            processes[lost == "worker"].kill()

    with pytest.raises(SxsimError, match=says):
        run(contacts(200, 1), executor=cluster.Cluster(address), out=tmp_path, progress=kill)
    told = []
    assert run(contacts(200, 1), out=tmp_path, progress=told.append).equals(run(contacts(200, 1)))
    assert told[0].kept == finished[-1] < 200


@pytest.mark.cluster
def test_workers_with_another_program_are_refused(monkeypatch):
    distributed = pytest.importorskip("distributed")
    from sxsim.studies import cluster

    with distributed.LocalCluster(n_workers=1, processes=True, dashboard_address=None, silence_logs=50) as local:
        at = cluster.Cluster(local.scheduler_address)
        with monkeypatch.context() as patch:
            patch.setattr(cluster, "program_digest", lambda: "another")
            with pytest.raises(InputError, match=r"workers have sxsim [\d.]+ \([0-9a-f]{16}\) \(allowed: .*another"):
                run(contacts(), executor=at)
            patch.setattr(cluster, "_same_program", lambda _: None)  # as of a worker that comes later
            with pytest.raises(SxsimError, match="a worker of the cluster has another program"):
                run(contacts(), executor=at)


@pytest.mark.cluster
def test_a_scheduler_that_does_not_answer_is_said(monkeypatch):
    pytest.importorskip("distributed")
    from sxsim.studies import cluster

    monkeypatch.setattr(cluster, "PATIENCE_S", 0.2)
    with pytest.raises(InputError, match=r"no scheduler answers at tcp://127\.0\.0\.1:9"):
        run(contacts(), executor=cluster.Cluster("tcp://127.0.0.1:9"))


def test_more_workers_than_the_system_takes_are_refused_and_never_chosen(monkeypatch):
    monkeypatch.setattr(sweeping, "MOST_WORKERS", 61)  # as where processes are waited for by Windows
    monkeypatch.setattr(sweeping, "cores", lambda: 96)
    monkeypatch.setattr(sweeping, "WORTH_SPAWNING_S", 0.0)
    study = contacts(count=200, chunk_cases=1)
    with pytest.raises(InputError, match=r"--workers: is 62 \(allowed: 1 to 61\); write --workers 61"):
        executor_for(study, 62, None)
    for workers in (None, 61):
        assert executor_for(study, workers, None).workers == 61
    assert executor_for(contacts(), 61, None).workers == 4  # one for each chunk


@pytest.mark.skipif(os.name != "posix", reason="signals are those of POSIX")
def test_workers_hear_no_interrupt_from_the_first_moment(monkeypatch):
    """A terminal sends it to them too, also while they still load the program."""
    blocked = []
    started = ProcessPoolExecutor._adjust_process_count

    def starting(self):
        blocked.append(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ()))
        started(self)

    monkeypatch.setattr(ProcessPoolExecutor, "_adjust_process_count", starting)
    run(contacts(), executor=LocalWorkers(1))
    assert set(blocked) == {True}
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
