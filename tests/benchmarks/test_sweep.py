"""The benchmark of sweeps runs at its smallest size."""

import json

import pytest
from benchmarks import sweep


@pytest.mark.cluster
def test_workers_and_cluster_are_measured(tmp_path):
    pytest.importorskip("distributed")
    figures = sweep.main(["--small", "--json", str(tmp_path / "sweep.json")])
    assert json.loads((tmp_path / "sweep.json").read_text()) == figures
    assert figures["2 workers [cases/s]"] > 0.0
    assert figures["compute [s]"] > 0.0
    assert figures["overhead [-]"] > 0.0
