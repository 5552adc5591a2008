"""The tree of an order of cuts and its rows."""

from __future__ import annotations

import pytest

from sxsim.plant.synthesis import synthesize
from sxsim.report.synthesis_plots import cut_tree
from sxsim.report.synthesis_tables import cut_rows

FEED = {"La": 0.28, "Ce": 0.5, "Pr": 0.05, "Nd": 0.17}


def test_tree_names_every_cut_and_product() -> None:
    found = synthesize(FEED)
    axes = cut_tree(found.best[0], "best")
    said = "\n".join(text.get_text() for text in axes.texts)
    assert all(cut.name in said for cut in found.best[0].cuts)
    assert {"La", "Ce", "Pr", "Nd"} <= set(said.splitlines())
    assert f"{found.best[0].passes:.2f} passes" in axes.get_title()
    assert len(axes.lines) == 6  # two lines leave each cut


@pytest.mark.parametrize("yardstick", ["inventory", "minimum"])
def test_rows_carry_units_and_add_up(yardstick: str) -> None:
    found = synthesize(FEED, yardstick=yardstick)
    rows = cut_rows(found)
    assert sum(row["S_mol_per_mol"] for row in rows) == pytest.approx(found.best[0].passes)
    assert rows[0]["amount_mol_per_mol"] == pytest.approx(1.0)
    assert (rows[0]["stages"] == "") is (yardstick == "minimum")
