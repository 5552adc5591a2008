"""The figures of docs/data.md are those the program computes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sxsim.chemistry.parameters import log10_K
from sxsim.chemistry.points import load_points
from sxsim.chemistry.prediction import predict, summarise
from sxsim.definition.system import load_system_file, system_names


@pytest.fixture(scope="module")
def page(checkout: Path) -> str:
    return (checkout / "docs" / "data.md").read_text(encoding="utf-8")


def test_the_tables_of_errors(page: str) -> None:
    points = load_points("PC88A", "chloride")
    pattern = r"^\| ([A-Z][a-z]?) \| (\w+) \| (\d+) \| ([\d.]+) \| ([+-][\d.]+) \| ([\d.]+) \| ([+-][\d.]+) \|$"
    printed = {(m[0], m[1]): (int(m[2]), *map(float, m[3:])) for m in re.findall(pattern, page, re.MULTILINE)}
    computed: dict[tuple[str, str], list[float]] = {}
    for name in ("pc88a-chloride-laboratory", "p507-chloride"):
        found = predict(points, load_system_file(name))
        rows = summarise(found, keep=lambda point: point.elements_in_feed == 1) + summarise(found, by_source=True)
        for row in rows:
            line = computed.setdefault((row.element, row.source or "all"), [row.count])
            line += [row.median_absolute, row.median_signed]
    assert printed.keys() == computed.keys()
    for key, line in computed.items():
        assert printed[key] == pytest.approx(line, abs=6e-4), key


def test_the_ladder_printed_is_the_ladder(page: str) -> None:
    row = re.search(r"^\| ladder \|(.*)\|$", page, re.MULTILINE)
    assert row
    system = load_system_file("p507-chloride")
    levels = [log10_K(system, symbol) for symbol in ("La", "Ce", "Pr", "Nd", "Sm", "Dy", "Y")]
    assert [float(cell) for cell in row[1].split("|")] == pytest.approx(levels, abs=6e-3)


def test_every_system_is_introduced(page: str) -> None:
    for name in system_names():
        assert name in page, name
