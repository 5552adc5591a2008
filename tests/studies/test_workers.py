"""Workers of this machine and of a cluster: the same table to the last bit, whoever dies on the way."""

import multiprocessing
import threading

import pytest
from tests.studies.cases import contacts, flows

from sxsim.errors import InputError, SxsimError
from sxsim.studies import executors, run
from sxsim.studies.executors import LocalWorkers


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
def test_a_cluster_of_processes_one_of_them_killed_gives_the_table_of_one_process():
    distributed = pytest.importorskip("distributed")
    from sxsim.studies.cluster import Cluster

    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with distributed.LocalCluster(**options, silence_logs=50) as cluster:
        killed = []

        def kill(progress):
            if progress.done and not killed:
                killed.append(next(iter(cluster.workers.values())))
                killed[0].process.process.kill()

        table = run(contacts(chunk_cases=1), executor=Cluster(cluster.scheduler_address), progress=kill)
    assert len(killed) == 1
    assert table.equals(run(contacts()))


@pytest.mark.cluster
def test_a_scheduler_that_does_not_answer_is_said(monkeypatch):
    pytest.importorskip("distributed")
    from sxsim.studies import cluster

    monkeypatch.setattr(cluster, "PATIENCE_S", 0.2)
    with pytest.raises(InputError, match=r"no scheduler answers at tcp://127\.0\.0\.1:9"):
        run(contacts(), executor=cluster.Cluster("tcp://127.0.0.1:9"))
