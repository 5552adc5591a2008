"""Every notebook runs from top to bottom, and prints what is stored in it."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[2] / "docs" / "notebooks").glob("*.ipynb"))
NUMBER = re.compile(r"-?\d[\d,]*\.?\d*(?:[eE][-+]?\d+)?")
RELATIVE, ABSOLUTE = 0.02, 0.011  # a solver's last digits, and the last digit that is printed


def printed(notebook) -> list[str]:
    """What each cell wrote to stdout."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return ["".join(out.text for out in cell.outputs if out.get("name") == "stdout") for cell in cells]


def pictures(notebook) -> list[int]:
    """How many pictures each cell drew."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [sum("image/png" in out.get("data", {}) for out in cell.outputs) for cell in cells]


def same(text: str, stored: str) -> bool:
    """Whether two outputs have the same words, and numbers that are as good as equal."""
    if NUMBER.sub("#", " ".join(text.split())) != NUMBER.sub("#", " ".join(stored.split())):
        return False
    pairs = zip(NUMBER.findall(text), NUMBER.findall(stored), strict=True)
    values = [tuple(float(number.replace(",", "")) for number in pair) for pair in pairs]
    return all(abs(new - old) <= ABSOLUTE + RELATIVE * abs(old) for new, old in values)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_does_what_it_shows(path, checkout, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(checkout / "src"))
    notebook = nbformat.read(path, as_version=4)
    stored, drawn = printed(notebook), pictures(notebook)
    assert any(stored)
    assert any(drawn)
    monkeypatch.delenv("MPLBACKEND", raising=False)  # a server of the page, tested before, sets it: no inline pictures
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert pictures(notebook) == drawn
    for new, old in zip(printed(notebook), stored, strict=True):
        assert same(new, old), f"printed\n{new}\nstored\n{old}"


def test_the_notebooks_that_were_promised_are_there():
    assert {"light_against_heavy", "nd_pr_design", "start_up"} <= {path.stem for path in NOTEBOOKS}


def test_outputs_that_differ_are_told_apart():
    assert same("S 2.733 mol", "S  2.734 mol")
    assert not same("S 2.733 mol", "S 2.9 mol")
    assert not same("S 2.733 mol", "W 2.733 mol")
