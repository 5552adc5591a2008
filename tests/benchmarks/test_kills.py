"""The benchmark of killed sweeps runs at its smallest size."""

import json
import os

import pytest
from benchmarks import kills


@pytest.mark.cluster
@pytest.mark.skipif(os.name != "posix", reason="signals are those of POSIX")
def test_killed_sweeps_end_in_the_same_bytes(tmp_path):
    pytest.importorskip("distributed")
    figures = kills.main(["--small", "--json", str(tmp_path / "kills.json")])
    assert json.loads((tmp_path / "kills.json").read_text()) == figures
    assert figures["kills"] == 3
    assert sum(figures.get(f"{way}, {how}", 0) for way, how in kills.KINDS) == 3
    assert figures["folders, all the same"] >= 2
