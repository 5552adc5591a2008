"""The published separations are posed, each in its smallest size."""

from __future__ import annotations

import json

import pytest
from benchmarks.separations import SEPARATIONS, main


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    folder = tmp_path_factory.mktemp("separations")
    assert main(["--smallest", "--json", str(folder / "rows.json"), "--markdown", str(folder / "table.md")]) == 0
    text = (folder / "table.md").read_text()
    return {int(number): rows for number, rows in json.loads((folder / "rows.json").read_text()).items()}, text


def test_every_separation_gives_a_row_and_names_what_was_assumed(rows):
    found, text = rows
    assert list(found) == [separation.number for separation in SEPARATIONS]
    assert all(len(each) == 1 for each in found.values())
    for separation in SEPARATIONS:
        assert separation.assumed
        assert separation.differs
        assert f"### {separation.number}. {separation.title}" in text
    assert text.count("Assumed (A): ") == text.count("Differs: ") == len(SEPARATIONS)


def test_what_was_called_unresolved_is_reached(rows):
    (row,) = rows[0][1]
    assert row["stages"] == "8 + 10 + 4"
    assert row["organic_m3_h"] == pytest.approx(1.2007, rel=1e-3)
    assert row["scrub_m3_h"] == pytest.approx(0.1583, rel=2e-3)


def test_the_least_organic_of_lutetium_is_found(rows):
    (row,) = rows[0][5]
    assert row["organic_m3_h"] == pytest.approx(7.445, rel=1e-3)
    assert row["scrub_m3_h"] == pytest.approx(2.433, rel=1e-3)


def test_only_some_are_posed(capsys):
    assert main(["--smallest", "--only", "14"]) == 0
    told = capsys.readouterr().out
    assert "extracted Dy / Tb / Nd" in told
    assert "Lu from Yb" not in told
