"""What linking saves beside separate cascades, like for like: figures of docs/linked.md, and failures that are said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from benchmarks.linked import CASES, measure

from sxsim.errors import InputError, UnreachableTarget
from sxsim.plant.linked.comparison import conventional
from sxsim.plant.synthesis import synthesize

PAGE = Path(__file__).parents[2] / "docs" / "linked.md"
ORGANIC = {
    "extractant": "P507",
    "extractant_mol_L": 1.5,
    "saponified_fraction": 0.36,
    "saponifier": "NH4",
    "temperature_C": 25.0,
    "system": "p507-chloride",
}
FOUR = {"Nd": 0.17, "Pr": 0.05, "Ce": 0.5, "La": 0.28}
ROWS = {
    "the same": "Nd/Pr/Ce, factors of p507-chloride, 240",
    "A/B/C equal, 2 and 2": "A/B/C equal, 2 and 2",
}
"""Rows of the page that take seconds; ``python -m benchmarks.linked`` recomputes all of them."""


def row_of_page(name: str) -> list[float]:
    """Stages, passes of both layouts, and shares saved, as the page has them."""
    (line,) = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith(f"| {name} |")]
    return [float(number) for number in re.findall(r"[\d.]+", line.removeprefix(f"| {name} |"))]


@pytest.mark.parametrize("name", ROWS)
def test_rows_of_the_page_are_what_is_measured(name: str) -> None:
    stages, linked, apart, saved, by_minima = row_of_page(name)
    found = measure(*CASES[ROWS[name]], 0.999)
    assert found["stages"] == stages
    assert found["S_linked"] == pytest.approx(linked, abs=6e-4)
    assert found["S_conventional"] == pytest.approx(apart, abs=6e-4)
    assert 100.0 * found["saving"] == pytest.approx(saved, abs=0.06)
    assert 100.0 * found["saving_min"] == pytest.approx(by_minima, abs=0.06)
    assert found["failed"] == {}


def test_both_layouts_are_asked_for_purity_alone() -> None:
    """Each product has the purity, and recoveries are what they are: below it where little is fed."""
    apart = conventional({"Nd": 0.3713, "Pr": 0.1842, "Ce": 0.4445}, ORGANIC, 60, 0.999)
    last = apart.cascades[-1]
    assert last.purity("strip_liquor", "Pr", "mol") == pytest.approx(0.9995, abs=2e-5)  # half of the impurity each
    by_recovery = conventional({"Nd": 0.3713, "Pr": 0.1842, "Ce": 0.4445}, ORGANIC, 60, 0.999, "recovery")
    first = by_recovery.cascades[0]
    assert first.recovery("strip_liquor", "Nd") == pytest.approx(0.999, abs=1e-5)


def test_orders_whose_cuts_fail_are_said() -> None:
    said = r"no order of cascades of 12 \+ 12 stages .*: Nd.Pr, .* \(Nd.Pr: fewer stages than total reflux takes"
    with pytest.raises(UnreachableTarget, match=said):
        conventional(FOUR, ORGANIC, 12, 0.999)


def test_what_linking_could_save_does_not_depend_on_how_many_orders_are_listed() -> None:
    found = {count: synthesize(FOUR, purity=0.99, count=count).saving_linked for count in (1, 2, 5)}
    assert len(set(found.values())) == 1
    every = synthesize(FOUR, purity=0.99, yardstick="minimum", count=5)
    assert every.S_min == pytest.approx(every.best[0].S_min, rel=1e-12)


@pytest.mark.parametrize("objective", ["stages", "inventory"])
def test_the_minimum_ranks_by_passes_alone(objective: str) -> None:
    with pytest.raises(InputError, match="stages without end"):
        synthesize(FOUR, yardstick="minimum", objective=objective)  # type: ignore[arg-type]
