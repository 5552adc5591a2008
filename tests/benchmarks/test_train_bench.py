"""The benchmark of the trains runs at its smallest size."""

import json

from benchmarks import train


def test_the_smallest_train_is_timed(monkeypatch, capsys, tmp_path):
    file = tmp_path / "train.json"
    monkeypatch.setattr("sys.argv", ["train", "--small", "--json", str(file)])
    assert train.main() == 0
    figures = json.loads(file.read_text())
    assert figures["nd_pr_in_two_cuts"]["met"] == 1.0
    assert "limit 10 s" in capsys.readouterr().out
