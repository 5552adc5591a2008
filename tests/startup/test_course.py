"""What must hold of every run: balances, the steady state as its end, error control, events, resuming."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tests.startup.cases import small, steady

from sxsim.cascade.solving import solve_quietly
from sxsim.definition import load
from sxsim.definition.startup_tables import Controller, Event, HoldUp, Startup
from sxsim.errors import ConvergenceError, InputError
from sxsim.startup import compare, start_up


def test_mass_is_conserved_and_the_run_settles_on_the_steady_state() -> None:
    run = start_up(small(), policy="open", days=20000.0, steady=steady(), time_scales=False)
    assert max(run.closure.values()) < 1e-10
    assert run.distance < 1e-8


def test_the_end_of_a_run_decays_by_the_slowest_mode_of_the_linearised_model() -> None:
    cascade = small().model_copy(update={"startup": Startup(days=360.0, tolerance=1e-6)})
    run = start_up(cascade, steady=steady())
    tau, second = run.scales.tau_1_h, run.scales.tau_2_h
    assert tau is not None
    assert second is not None
    assert 0.0 < second < tau
    share = run.log.outlet[:, 0, 0, :2]
    place = [run.problem.components.index(name) for name in ("Tb", "Dy")]
    held = run.steady.stage.aqueous_mol_L[0, place]
    away = np.abs(share[:, 0] / share.sum(axis=1) - held[0] / held.sum())
    rows = np.flatnonzero(run.time_h > 5.0 * tau)
    assert rows.size > 3
    slope = np.polyfit(run.time_h[rows], np.log(away[rows]), 1)[0]
    assert -1.0 / slope == pytest.approx(tau, rel=0.05)


def test_half_the_tolerance_changes_the_time_to_specification_by_less_than_half_a_per_cent() -> None:
    table = Startup(policy="open", days=200.0, impurity_factor=1.02)
    coarse, fine = (
        start_up(
            small().model_copy(update={"startup": table.model_copy(update={"tolerance": tolerance})}),
            steady=steady(),
            time_scales=False,
        )
        for tolerance in (1e-4, 5e-5)
    )
    assert coarse.time_to_spec_h is not None
    assert coarse.time_to_spec_h == pytest.approx(fine.time_to_spec_h, rel=5e-3)


@pytest.mark.parametrize("model", [HoldUp(model="lumped"), HoldUp(settler_cells=3), HoldUp(mixer_residence_min=20.0)])
def test_every_hold_up_conserves_and_rests_at_the_steady_state(model: HoldUp) -> None:
    cascade = small().model_copy(update={"startup": Startup(policy="open", days=20000.0, hold_up=model)})
    run = start_up(cascade, steady=steady(), time_scales=False)
    assert max(run.closure.values()) < 1e-10
    assert run.distance < 1e-6


def test_metal_free_stages_fill_while_their_mixers_pass_the_end_point_of_the_titration() -> None:
    """Base on the fresh organic neutralises one mixer after the other; later what is stripped is as good as nothing."""
    run = start_up(load("nd_pr_p507"), policy="organic-first", days=12.0, time_scales=False)
    assert max(run.closure.values()) < 1e-13
    assert run.counts["refused_steps"] < 0.3 * run.counts["steps"] < 600
    assert run.log.outlet.min() >= 0.0
    protons = run.log.proton[:, 0]
    assert protons[0] > 0.1
    assert protons.min() < 1e-4


def test_events_are_hit_and_balances_hold_through_steps_ramps_and_drift() -> None:
    events = (
        Event(path="stream.feed.flow_m3_h", at_h=10.0, factor=1.05),
        Event(path="stream.feed.assay_g_L.Dy", at_h=20.0, to=170.0, over_h=5.0),
        Event(path="stream.scrub.flow_m3_h", at_h=30.0, drift_per_day=0.01, over_h=48.0),
    )
    cascade = small().model_copy(update={"startup": Startup(policy="open", days=5.0, event=events)})
    run = start_up(cascade, steady=steady(), time_scales=False)
    assert max(run.closure.values()) < 1e-10
    starts = [segment.start_h for segment in run.segments]
    assert {10.0, 20.0, 30.0} <= set(starts)
    feed = run.problem.feeds.index("feed")
    scrub = run.problem.feeds.index("scrub")
    assert run.segments[-1].feed_m3_h[feed] == pytest.approx(1.05)
    assert run.segments[-1].feed_m3_h[scrub] == pytest.approx(run.segments[0].feed_m3_h[scrub] * 1.02)


def test_mixers_that_overflow_as_mixed_conserve_lag_and_rest_where_the_others_do() -> None:
    step = Event(path="stream.scrub.flow_m3_h", at_h=1.0, factor=1.05)
    runs = {}
    for phases in ("fixed", "as-mixed"):
        table = Startup(days=2.0, event=(step,), hold_up=HoldUp(mixer_phases=phases, mixer_residence_min=20.0))
        cascade = small().model_copy(update={"startup": table})
        runs[phases] = start_up(cascade, steady=steady(), time_scales=False)
        assert max(runs[phases].closure.values()) < 1e-10
    flows: dict[str, dict[float, float]] = {
        phases: {each.end_h: each.outlets[0].aqueous_m3_h for each in run.segments} for phases, run in runs.items()
    }
    assert len(flows["fixed"]) == 2
    assert len(flows["as-mixed"]) > 10
    lagging = np.array(list(flows["as-mixed"].values()))
    assert (np.diff(lagging[1:]) >= -1e-12).all()
    assert lagging[1] < lagging[0] * 1.01
    assert lagging[-1] == pytest.approx(flows["fixed"][48.0], rel=1e-3)
    assert runs["as-mixed"].log.outlet[-1] == pytest.approx(runs["fixed"].log.outlet[-1], rel=0.03, abs=1e-6)


@pytest.mark.parametrize(("name", "days"), [("nd_pr_p507", 58.0), ("dy_tb_p507", 36.0)])
def test_feedback_tuned_by_the_model_brings_the_bundled_cuts_to_specification_and_holds_them(
    name: str, days: float
) -> None:
    """A scrub pump half a per cent too fast takes the raffinate of an unattended cut off specification."""
    pump = Event(path="stream.scrub.flow_m3_h", at_h=1.0, factor=1.005)
    table = Startup(policy="feedback", days=days, impurity_factor=2.0, event=(pump,))
    cascade = load(name).model_copy(update={"startup": table})
    run = start_up(cascade, time_scales=False)
    assert run.lasting_spec_h is not None
    assert run.tuning is not None
    assert run.tuning.dead_time_h == pytest.approx(4.0, abs=0.6)  # delay 2 h, half of 4 h between samples, the cascade
    given = table.model_copy(update={"controller": Controller(gain=1.0), "days": 1.0})
    assert start_up(load(name).model_copy(update={"startup": given}), time_scales=False).tuning is None


def test_one_sided_withdrawal_pays_where_the_inventory_is_wrong_and_reflux_makes_the_profile() -> None:
    """Dy/Tb with more organic than it needs begins with 30.7 kmol of Dy too much among 136."""
    typed = {"organic.flow_m3_h": 23.895514246536486, "stream.scrub.flow_m3_h": 1.53658173482403}
    cascade = load("dy_tb_p507").replace(typed)
    result = solve_quietly(cascade)
    reached = {}
    for policy, reflux_h in (("open", None), ("one-sided", None), ("one-sided", 120.0)):
        table = Startup(policy=policy, days=40.0, impurity_factor=2.0, reflux_h=reflux_h)  # type: ignore[arg-type]
        run = start_up(cascade.model_copy(update={"startup": table}), steady=result, time_scales=False)
        assert run.time_to_spec_h is not None
        reached[policy, reflux_h] = run.time_to_spec_h / 24.0
        names = [segment.name for segment in run.segments]
        assert ("total reflux" in names) == (reflux_h is not None)
    assert reached["one-sided", None] < 0.7 * reached["open", None]
    assert reached["one-sided", 120.0] < 0.75 * reached["one-sided", None]


def test_a_resumed_run_goes_on_as_if_it_had_not_stopped(tmp_path: Path) -> None:
    whole = start_up(small(), policy="open", days=4.0, steady=steady(), time_scales=False)
    first = start_up(small(), policy="open", days=2.0, steady=steady(), time_scales=False)
    first.save_checkpoint(tmp_path / "half.npz")
    rest = start_up(small(), policy="open", days=4.0, steady=steady(), resume=tmp_path / "half.npz", time_scales=False)
    assert rest.time_h[0] == 48.0
    assert rest.log.outlet[-1] == pytest.approx(whole.log.outlet[-1], rel=2e-3, abs=1e-6)
    assert max(rest.closure.values()) < 1e-10
    with pytest.raises(InputError, match="was run with the policy 'open'"):
        start_up(small(), policy="reflux", steady=steady(), resume=tmp_path / "half.npz")
    (tmp_path / "no.npz").write_bytes(b"none")
    with pytest.raises(InputError, match="is no checkpoint"):
        start_up(small(), policy="open", steady=steady(), resume=tmp_path / "no.npz")


def test_policies_are_compared_and_the_steady_fill_by_inventory_is_faster() -> None:
    runs = compare(small(), days=20.0, policies=("open", "matched-reflux", "organic-first", "feedback"))
    told = {policy: run if isinstance(run, str) else run.to_dict() for policy, run in runs.items()}
    assert not [run for run in told.values() if isinstance(run, str)], told
    for run in runs.values():
        assert not isinstance(run, str)
        assert all(0.0 <= each.purity.min() and each.purity.max() <= 1.0 for each in run.products)
    for run in told.values():
        assert isinstance(run, dict)
        assert run["closure"] < 1e-10
        json.dumps(run, allow_nan=False)


def test_what_cannot_be_run_is_refused() -> None:
    with pytest.raises(InputError, match="did you mean reflux"):
        start_up(small(), policy="refux")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="above 0"):
        start_up(small(), days=-1.0)
    event = Event(path="stream.strip_acid.flow_m3_h", at_h=1.0, to=0.0)
    cascade = small().model_copy(update={"startup": Startup(days=1.0, event=(event,))})
    with pytest.raises(ConvergenceError, match="stops flowing out of stage stripping"):
        start_up(cascade, steady=steady(), time_scales=False)


def test_the_dataset_carries_units_and_survives_the_disk(tmp_path: Path) -> None:
    import xarray as xr

    run = start_up(small(), policy="open", days=1.0, steady=steady(), time_scales=False)
    data = run.dataset()
    assert data["concentration"].dims == ("time", "stage", "element", "phase")
    assert {name: data[name].attrs["units"] for name in ("concentration", "held", "time")} == {
        "concentration": "mol L-1",
        "held": "kmol",
        "time": "h",
    }
    run.write_netcdf(tmp_path / "run.nc")
    with xr.open_dataset(tmp_path / "run.nc") as again:
        xr.testing.assert_identical(again.load(), data)
    run.write_zarr(tmp_path / "run.zarr")
    run.write_zarr(tmp_path / "run.zarr")  # a store is replaced, anything else is not
    with xr.open_zarr(tmp_path / "run.zarr") as again:
        xr.testing.assert_identical(again.load(), data)
    assert {file.name for file in tmp_path.iterdir()} == {"run.nc", "run.zarr"}
    (tmp_path / "notes").mkdir()
    with pytest.raises(InputError, match="is no Zarr store"):
        run.write_zarr(tmp_path / "notes")
