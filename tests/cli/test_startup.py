"""``sxsim startup``: report, JSON, files, a run that is carried on, and what is refused."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from PIL import Image

REPORT = ("report.html", "report.xlsx")
TINY = [
    *("--set", "section.extraction.stages=6"),
    *("--set", "section.scrubbing.stages=4"),
    *("--set", "section.stripping.stages=3"),
    *("--set", "target.strip_liquor.Dy.purity_min=0.93"),
    *("--set", "target.raffinate.Tb.purity_min=0.90"),
    *("--set", "startup.impurity_factor=2"),
]


@pytest.fixture
def start(sxsim):
    """Start a Dy/Tb cut of 13 stages up."""
    return lambda *arguments: sxsim("startup", "dy_tb_p507", *TINY, *arguments)


def test_the_report(start):
    result = start("--policy", "one-sided", "--days", "20")
    assert result.exit_code == 0, result.output
    for said in (
        "policy one-sided",
        "Products",
        "strip_liquor",
        "raffinate",
        "Spent until",
        "Watch extraction",
        "tau_1",
    ):
        assert said in result.stdout
    assert "Traceback" not in result.output


def test_json_holds_the_times_and_the_balance(start, parsed):
    result = start("--policy", "matched-reflux", "--days", "60", "--json")
    assert result.exit_code == 0, result.output
    told = parsed(result, "startup")
    assert told["status"] == "on specification"
    assert 0.0 < told["opened_h"] <= told["time_to_spec_h"] <= told["lasting_spec_h"] < told["days"] * 24.0
    assert told["closure"] < 1e-10
    assert told["time_to_spec_h"] == max(product["reached_h"] for product in told["products"])
    assert all(product["purity"] >= product["purity_min"] for product in told["products"])
    assert 0.0 < told["tau_2_h"] < told["tau_1_h"]


def test_files_and_a_run_that_is_carried_on(start, parsed, tmp_path, monkeypatch):
    import xarray as xr

    from sxsim.report import startup_plots

    monkeypatch.setattr(startup_plots, "mp4_can_be_written", lambda: False)

    first = start("--policy", "open", "--days", "0.75", "--out", tmp_path / "half", "--animation", "--zarr")
    assert first.exit_code == 0, first.output
    files = {file.name for file in (tmp_path / "half").iterdir()}
    assert files == {
        "startup.json",
        "startup.nc",
        "startup.png",
        "checkpoint.npz",
        "profile.gif",
        "startup.zarr",
        *REPORT,
    }
    with Image.open(tmp_path / "half" / "profile.gif") as moving:
        assert moving.n_frames > 5
    with Image.open(tmp_path / "half" / "startup.png") as picture:
        assert np.ptp(np.asarray(picture.convert("L"))) == 255
    assert "the animation is a GIF" in first.stderr
    with (
        xr.open_dataset(tmp_path / "half" / "startup.nc") as data,
        xr.open_zarr(tmp_path / "half" / "startup.zarr") as store,
    ):
        xr.testing.assert_identical(data.load(), store.load())
        assert data["concentration"].attrs["units"] == "mol L-1"
        assert data.sizes["stage"] == 13
        assert float(data["time"][-1]) == pytest.approx(18.0)
        assert np.isfinite(data["concentration"].values).all()
    assert json.loads((tmp_path / "half" / "startup.json").read_text())["days"] == 0.75
    checkpoint = tmp_path / "half" / "checkpoint.npz"
    rest = parsed(start("--policy", "open", "--days", "1.5", "--resume", checkpoint, "--json"), "startup")
    whole = parsed(start("--policy", "open", "--days", "1.5", "--json"), "startup")
    assert any("carried on from day 0.75" in warning for warning in rest["warnings"])
    for one, other in zip(rest["products"], whole["products"], strict=True):
        assert one["purity"] == pytest.approx(other["purity"], rel=1e-3)
    assert rest["spent_until_spec"]["base_kmol"] == pytest.approx(whole["spent_until_spec"]["base_kmol"] / 2.0)
    again = start("--policy", "open", "--days", "0.75", "--resume", checkpoint)
    assert (again.exit_code, "stands at 0.75 days already" in again.stderr) == (2, True)
    other = start("--policy", "reflux", "--days", "1.5", "--resume", checkpoint)
    assert (other.exit_code, "was run with the policy 'open'" in other.stderr) == (2, True)


def test_all_policies_beside_each_other_and_a_trace_is_no_product(start, parsed, tmp_path):
    result = start("--compare", "--days", "1", "--json", "--out", tmp_path / "all")
    assert result.exit_code == 0, result.output
    told = parsed(result, "startup")
    assert list(told["policies"]) == ["open", "organic-first", "reflux", "one-sided", "matched-reflux", "feedback"]
    assert {run["status"] for run in told["policies"].values()} <= {"on specification", "not on specification"}
    assert json.loads((tmp_path / "all" / "startup.json").read_text()) == told
    table = pd.read_csv(tmp_path / "all" / "comparison.csv")
    assert list(table["policy"]) == list(told["policies"])
    assert list(table["opened_h"].dropna()) == [
        run["opened_h"] for run in told["policies"].values() if run["opened_h"] is not None
    ]
    assert table["strip_liquor_Dy_purity"].iloc[0] == pytest.approx(told["policies"]["open"]["products"][0]["purity"])
    with Image.open(tmp_path / "all" / "comparison.png") as picture:
        assert np.ptp(np.asarray(picture.convert("L"))) == 255
    assert {file.name for file in (tmp_path / "all").iterdir()} == {
        "startup.json",
        "comparison.csv",
        "comparison.png",
        *REPORT,
    }
    # a day fills the first stages: what leaves a metal-free fill is pure and next to nothing
    empty = told["policies"]["organic-first"]
    assert empty["products"][0]["purity"] > empty["products"][0]["purity_min"]
    assert empty["time_to_spec_h"] is None
    # a preparation takes no more than half of the run
    assert told["policies"]["one-sided"]["opened_h"] == pytest.approx(12.0)


def test_the_comparison_as_a_table(start):
    result = start("--compare", "--days", "1")
    assert result.exit_code == 0, result.output
    for policy in ("open", "organic-first", "matched-reflux", "feedback", "not on specification"):
        assert policy in result.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--policy", "refux"), "did you mean reflux"),
        (("--days", "0"), "above 0, at most 36500"),
        (("--days", "nan"), "above 0, at most 36500"),
        (("--animation",), "name one by --out"),
        (("--zarr",), "name one by --out"),
        (("--compare", "--policy", "open"), "--compare makes one of every policy"),
        (("--resume", "nowhere.npz"), "there is no such file"),
        (("--set", "section.scrubbing.stages=0"), "section.scrubbing.stages"),
    ],
)
def test_bad_input_ends_with_2_before_anything_is_written(start, tmp_path, arguments, said):
    folder = () if {"--animation", "--zarr"} & {*arguments} else ("--out", tmp_path / "run")
    result = start(*arguments, *folder)
    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert result.stdout == ""
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("content", [b"", b"none", b"PK\x03\x04 and no more"])
def test_a_file_that_is_no_checkpoint_is_bad_input(start, tmp_path, content):
    (tmp_path / "no.npz").write_bytes(content)
    result = start("--resume", tmp_path / "no.npz")
    assert result.exit_code == 2
    assert "is no checkpoint" in result.stderr
