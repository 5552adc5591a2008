"""The benchmark of the teaching page runs at its smallest size."""

from __future__ import annotations

import json

import pytest
from benchmarks.page import main, parts_s

pytest.importorskip("streamlit")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # streamlit's own
def test_it_prints_a_table_and_writes_json(capsys, tmp_path):
    file = tmp_path / "page.json"
    assert main(["--stages", "20", "--moves", "2", "--json", str(file)]) in (0, 1)  # 1 on a machine that is busy
    figures = json.loads(file.read_text())
    assert figures["stages"] == 20
    assert 0.0 < figures["theory [s]"] < figures["whole rerun, least [s]"] < 5.0
    assert "limit [s]" in capsys.readouterr().out


def test_every_part_is_timed():
    assert list(parts_s(12, 1)) == ["theory", "rigorous solution and cost", "figures"]
