"""The figures of docs/lock.md, worked out anew: two runs of the study and its turns."""

import math
from pathlib import Path

import pytest

from sxsim.definition import load
from sxsim.studies.lock import technology_lock

PAGE = (Path(__file__).parents[2] / "docs" / "lock.md").read_text(encoding="utf-8")
NAMES = ("nd_pr_p507", "dy_tb_p507")
ROWS = {
    "factor believed (true 1.5, 2.82)": ("beta", 1.0),
    "stages built": ("stages_built", 1.0),
    "stages added": ("stages_extra", 1.0),
    "of these for the error": ("stages_extra_by_error", 1.0),
    "S/S_min at last": ("S_over_S_min", 1.0),
    "reagents, kg/kg": ("reagents_all_kg_per_kg_oxide", 1.0),
    "salt thrown away, kg/kg": ("salt_kg_per_kg_oxide", 1.0),
    "rare earths held, t": ("inventory_kg_oxide", 1e-3),
    "cost, USD/kg": ("usd_per_kg_oxide", 1.0),
    "start-up alone, d": ("start_up_h", 1.0 / 24.0),
    "slow mode, eigenvalue, d": ("eigenvalue_tau_1_h", 1.0 / 24.0),
    "first fill to specification, d": ("time_to_spec_d", 1.0),
    "spent until then, million USD": ("spent_until_spec_usd", 1e-6),
}


@pytest.fixture(scope="module")
def locks():
    """Both cuts as the command runs them."""
    return {name: technology_lock(load(name)).to_dict() for name in NAMES}


def _cells(label):
    """What the page says in the row of that label."""
    lines = [line for line in PAGE.splitlines() if line.startswith(f"| {label} |")]
    assert len(lines) == 1, label
    return [cell.strip() for cell in lines[0].strip("| \n").split("|")[1:]]


def _same(cell, value):
    """Whether a printed number is the value, as far as it is printed."""
    digits = len(cell.partition(".")[2])
    return math.isclose(float(cell), value, rel_tol=0.0, abs_tol=0.501 * 10.0**-digits)


def _of(told, conclusion, assumption, value):
    """Figure of one turn."""
    (found,) = [
        each["figure"]
        for each in told["turns"]
        if (each["conclusion"], each["assumption"], each["value"]) == (conclusion, assumption, value)
    ]
    return found


def test_the_table_of_the_operators(locks):
    for label, (key, factor) in ROWS.items():
        values = [each[key] * factor for name in NAMES for each in locks[name]["operators"]]
        cells = _cells(label)
        assert [_same(cell, value) for cell, value in zip(cells, values, strict=True)] == [True] * 6, (label, values)


@pytest.mark.parametrize(
    ("label", "assumption", "value"),
    [
        ("pump_headroom = 0", "pump_headroom", "0"),
        ("pump_headroom = 0.2", "pump_headroom", "0.2"),
        ("naive_S_over_S_min = 1.2", "naive_S_over_S_min", "1.2"),
        ("naive_S_over_S_min = 2", "naive_S_over_S_min", "2"),
        ("handbook_quantile = 0.5", "handbook_quantile", "0.5"),
        ("handbook_quantile = 1", "handbook_quantile", "1"),
    ],
)
def test_the_table_of_what_would_turn_it(locks, label, assumption, value):
    cells = _cells(label)
    columns = [(name, operator) for name in NAMES for operator in ("naive", "textbook")]
    for cell, (name, operator) in zip([*cells, ""][:4], columns, strict=True):
        if not cell:
            continue
        added = _of(locks[name], f"stages of {operator}", assumption, value)
        assert cell == (f"{added:.0f}" if added is not None else "no number helps"), (name, operator)


def test_the_verdicts_that_turn(locks):
    turned = {
        name: [(each["conclusion"], each["assumption"], each["value"]) for each in told["turns"] if each["turned"]]
        for name, told in locks.items()
    }
    stages = [each for each in turned["nd_pr_p507"] if each[0].startswith("stages")]
    assert stages == [("stages of naive", "handbook_quantile", "0.5"), ("stages of textbook", "pump_headroom", "0")]
    assert not [each for each in turned["dy_tb_p507"] if each[0].startswith("stages")]
    nothing = ("time", "trial_d and retrofit_d", "0")
    assert nothing in turned["dy_tb_p507"]
    assert nothing not in turned["nd_pr_p507"]
    for name, low, high in (("nd_pr_p507", 0.053, 0.067), ("dy_tb_p507", 0.029, 0.047)):
        usd = {each["name"]: each["usd_per_kg_oxide"] for each in locks[name]["operators"]}
        spreads = [each["figure"] for each in locks[name]["turns"] if each["conclusion"] == "cost"]
        spreads.append((max(usd.values()) - min(usd.values())) / usd["expert"])
        assert min(spreads) == pytest.approx(low, abs=0.0006)
        assert max(spreads) == pytest.approx(high, abs=0.0006)


def test_the_smaller_factor_and_the_money(locks):
    assert "lacks 20\nstages of 58, and 2 of 28" in PAGE
    assert [locks[name]["less_beta_extra"] for name in NAMES] == [20, 2]
    assert "eight (Dy/Tb) to fifteen times (Nd/Pr)" in PAGE
    for name, times in zip(NAMES, (15, 8), strict=True):
        naive, _, expert = locks[name]["operators"]
        assert round(naive["spent_until_spec_usd"] / expert["spent_until_spec_usd"]) == times
    theory = locks["dy_tb_p507"]["operators"][-1]
    assert round(theory["theory_tau_1_h"] / theory["eigenvalue_tau_1_h"]) == 8


def test_the_table_over_scale_and_delay(locks):
    curves = locks["nd_pr_p507"]["curves"]
    scale = {round(point["product_t_y"]): point for point in curves["scale"]["points"]}
    delay = {point["delay_y"]: point for point in curves["delay"]["points"]}
    prices = ("china-2024", "europe-2025", "us-2024")
    assert list(scale)[::5] == [134, 40211]
    rows = {
        "134 t/y": [scale[134][f"{each}, waste treated [usd/kg]"] for each in prices],
        "1,340 t/y": [scale[1340][f"{each}, waste treated [usd/kg]"] for each in prices],
        "40,200 t/y": [scale[40211][f"{each}, waste treated [usd/kg]"] for each in prices],
        "1,340 t/y, waste let go": [scale[1340][f"{each}, waste let go [usd/kg]"] for each in prices],
        "1,340 t/y, product 5 years after the capital": [delay[5.0][f"{each} [usd/kg]"] for each in prices],
        "7 years": [delay[7.0][f"{each} [usd/kg]"] for each in prices],
    }
    for label, values in rows.items():
        assert [_same(cell, value) for cell, value in zip(_cells(label), values, strict=True)] == [True] * 3, label


def test_each_conclusion_is_told_with_what_would_turn_it(locks):
    for told in locks.values():
        naive, textbook, cost, time, error, newcomers, *_, money = told["argument"]
        for said, named in (
            (naive, ("pump_headroom = 0.2", "naive_S_over_S_min = 1.2", "handbook_quantile = 0.5")),
            (textbook, ("pump_headroom = 0 ", "pump_headroom = 0.2")),
            (cost, ("prices = europe-2025", "prices = us-2024")),
            (time, ("trial_d and retrofit_d = 0", "impurity_factor = 1")),
            (error, ("pump_headroom = 0 ", "pump_headroom = 0.2")),
            (newcomers, ("naive_S_over_S_min = 1.2", "naive_S_over_S_min = 2")),
            (money, ("trial_d and retrofit_d = 0",)),
        ):
            assert all(name in said for name in named), said
            assert "turns with" in said or "stands whatever was tried" in said
