"""Sweeps: the rows, failures among them, interruption, and what is refused."""

import json
import pickle

import pytest
from tests.studies.cases import contact, contacts, flows

import sxsim
from sxsim.cascade.solving import solve_quietly
from sxsim.definition import Cascade, load
from sxsim.errors import InputError
from sxsim.foundation.program import program_digest
from sxsim.plant import load_train
from sxsim.studies import Range, run, sweep
from sxsim.studies.points import Sampling
from sxsim.studies.storage import schema_of
from sxsim.studies.study import make_study


@pytest.fixture(scope="module")
def table():
    """The whole table of `flows`, in this process and in memory."""
    return run(flows())


def test_a_row_is_what_solve_says_of_its_case(table):
    frame = table.to_pandas()
    row = frame[(frame["organic.saponified_fraction"] == 0.34) & (frame["stream.feed.pH"] == 1.5)].iloc[0]
    alone = solve_quietly(load("nd_pr_p507").replace({"organic.saponified_fraction": 0.34, "stream.feed.pH": 1.5}))
    assert row["found.organic.flow_m3_h"] == alone.found["organic.flow_m3_h"]
    assert row["targets.raffinate.Pr.purity"] == pytest.approx(0.99, abs=1e-10)
    assert row.status == "converged"
    assert table["reason"].to_pylist()[-1] is None


def test_typed_flows_do_not_matter_to_cases_with_targets(table):
    """Typed flows bring more base than the loop can take at 0.39; the search does not begin there."""
    frame = table.to_pandas()
    high = frame[frame["organic.saponified_fraction"] > 0.385]
    assert set(high.status) == {"converged"}
    assert (high["found.organic.flow_m3_h"] < 17.0).all()
    study = flows()
    typed = study.cascade.to_data()
    typed["organic"]["flow_m3_h"], typed["stream"]["scrub"]["flow_m3_h"] = 60.0, 0.3
    axes = {path: list(values)[-2:] for path, values in study.cases.items()}
    other = run(make_study(Cascade.from_data(typed), axes, sampling=Sampling("rows"))).to_pandas()
    assert other["found.organic.flow_m3_h"].tolist() == frame["found.organic.flow_m3_h"].tolist()[-2:]


def test_a_free_quantity_as_an_axis_is_fixed_and_the_targets_stay():
    study = make_study(load("nd_pr_p507"), {"organic.flow_m3_h": [17.0, 18.1]})
    frame = run(study).to_pandas()
    assert study.fixed == ("organic.flow_m3_h",)
    assert list(frame.status) == ["not reachable", "converged"]
    assert frame["targets.strip_liquor.Nd.purity"][1] >= 0.999 - 1e-9
    assert frame["targets.raffinate.Pr.purity"][1] >= 0.99 - 1e-9
    alone = solve_quietly(load("nd_pr_p507").replace({"organic.flow_m3_h": 18.1}))
    assert frame["found.stream.scrub.flow_m3_h"][1] == alone.found["stream.scrub.flow_m3_h"]
    both = {"organic.flow_m3_h": [17.0], "stream.scrub.flow_m3_h": [2.4]}
    assert make_study(load("nd_pr_p507"), both, outputs=["closure"]).fixed == tuple(both)


def test_a_failed_case_is_a_row_with_its_reason(table):
    frame = table.to_pandas()
    assert list(frame.case) == list(range(12))
    failed = frame[frame["organic.saponified_fraction"] < 0.3]
    assert set(failed.status) == {"not reachable"}
    assert len(failed) == 6
    assert failed.reason.str.contains(r"cannot be reached .*times those asked for; nearest").all()
    assert failed["found.organic.flow_m3_h"].isna().all()


def test_bad_input_and_no_steady_state_are_rows_too():
    cascade = load("nd_pr_p507")
    axes = {
        "organic.flow_m3_h": [18.0, -1.0, 18.0],
        "stream.scrub.flow_m3_h": [2.517] * 3,
        "organic.saponified_fraction": [0.36, 0.36, 0.37],
    }
    frame = sweep(cascade, axes, outputs=["closure"], method="rows")
    assert list(frame.status) == ["converged", "bad input", "not converged"]
    assert "negative" in frame.reason[1]
    assert "raise organic.flow_m3_h" in frame.reason[2]


def test_a_fault_of_the_program_is_a_row_too(monkeypatch):
    study = contacts(3)
    for solver in ("actions.steady_state", "together.pose_together"):
        monkeypatch.setattr(f"sxsim.studies.{solver}", lambda *_: 1 / 0)
    assert set(run(study)["reason"].to_pylist()) == {"ZeroDivisionError: division by zero"}


def test_cases_that_run_together_have_the_rows_of_cases_alone(monkeypatch):
    """To the last bit with targets; along a line to what the solver leaves."""
    targets, typed = run(flows()), run(contacts(300, 80)).to_pandas()
    monkeypatch.setattr("sxsim.studies.together.runs_together", lambda _: False)
    assert targets.equals(run(flows()))
    alone = run(contacts(300, 80)).to_pandas()
    for name in alone.columns[2:]:
        if name == "closure":
            assert typed[name].max() < 1e-12
        elif name not in ("status", "reason"):
            assert typed[name].to_numpy() == pytest.approx(alone[name].to_numpy(), rel=1e-11), name
    assert set(typed.status) == {"converged"}


@pytest.mark.parametrize("chunk_cases", [1, 7, 60])
def test_a_line_does_not_depend_on_how_its_cases_are_handed_out(chunk_cases):
    """A chunk that begins within a line solves what lies before it too."""
    axes = {"organic.flow_m3_h": [1.0, 1.2], "stream.feed.pH": Range(1.0, 3.0, 75)}
    tables = [run(make_study(contact(), axes, chunk_cases=size)) for size in (150, chunk_cases)]
    assert tables[0].equals(tables[1])


def test_what_no_column_tells_is_asked_of_each_case(monkeypatch):
    """Warnings, prices, inlets and words are not told together; the rows are there all the same."""
    monkeypatch.setattr("sxsim.studies.together.pose_together", lambda *_: pytest.fail("ran together"))
    axis = {"stream.feed.pH": [1.0, 2.0]}
    assert set(sweep(contact(), axis, outputs=["charge_relation"]).status) == {"converged"}
    assert set(sweep(contact(), {"organic.system": ["p507-chloride"]}, outputs=["closure"]).status) == {"converged"}
    inlet = sweep(contact(), axis, outputs=["streams.feed.pH", "closure"])
    assert inlet["streams.feed.pH"].is_monotonic_increasing


@pytest.mark.parametrize("chunk_cases", [1, 5, 12])
def test_rows_do_not_depend_on_how_cases_are_handed_out(table, chunk_cases):
    assert run(flows(chunk_cases)).equals(table)


def _interrupted_at(done):
    """Tells of a run until so many cases are recorded, and ends it there."""

    def interrupt(progress):
        if progress.done == done:
            raise KeyboardInterrupt

    return interrupt


def test_interrupted_and_resumed_gives_the_same_table_and_repeats_nothing(table, tmp_path):
    told = []

    def interrupt(progress):
        told.append(progress)
        if progress.done == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(flows(), out=tmp_path, progress=interrupt)
    kept = {file.name: file.stat().st_mtime_ns for file in (tmp_path / "chunks").iterdir()}
    assert len(kept) == 2
    told.clear()
    # another chunk size gives way to the one begun with
    assert run(flows(chunk_cases=5), out=tmp_path, progress=told.append).equals(table)
    assert [(each.done, each.kept) for each in told] == [(6, 6), (9, 6), (12, 6)]
    assert told[-1].left_s == 0.0
    assert told[-1].rate_per_s > 0.0
    assert told[0].left_s is None
    assert sorted(file.name for file in tmp_path.iterdir()) == ["manifest.json", "sweep.parquet"]


def test_a_finished_sweep_is_read_and_not_run_again(tmp_path, monkeypatch):
    first = run(contacts(), out=tmp_path)
    monkeypatch.setattr("sxsim.studies.executors.run_chunk", lambda *_: pytest.fail("ran again"))
    assert run(contacts(), out=tmp_path).equals(first)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (lambda c: make_study(c, {"stream.feed.pH": Range(1.0, 2.0, 12)}), r"axes \(stream.feed.pH\)"),
        (lambda c: make_study(c, {"stream.feed.pH": Range(1.0, 3.0, 12)}, outputs=["closure"]), "outputs"),
        (
            lambda c: make_study(c.replace({"organic.extractant_mol_L": 1.2}), {"stream.feed.pH": Range(1.0, 3.0, 12)}),
            "cascade",
        ),
    ],
)
def test_a_changed_study_is_refused_by_the_folder_of_another(tmp_path, changed, says):
    run(contacts(), out=tmp_path)
    with pytest.raises(InputError, match=f"what differs: .*{says}.*name another folder"):
        run(changed(contact()), out=tmp_path)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ("sxsim.studies.study.program_digest", r"sxsim [\d.]+ with other sources, data, numba or numpy"),
        ("sxsim.studies.study.__version__", r"sxsim [\d.]+, and this is <another>"),
    ],
)
def test_a_table_is_not_carried_on_by_another_program(tmp_path, monkeypatch, changed, says):
    with pytest.raises(KeyboardInterrupt):
        run(contacts(), out=tmp_path, progress=_interrupted_at(6))
    monkeypatch.setattr(changed, (lambda: "another") if changed.endswith("digest") else "<another>")
    with pytest.raises(InputError, match=f"{says}.*; carry on with that program, or name another folder"):
        run(contacts(), out=tmp_path)


def test_the_program_is_known_by_every_source_that_computes(tmp_path, monkeypatch):
    known = program_digest()
    for name in ("__init__.py", "kernels/newton.py", "cascade/assemble.py", "cli/sweep.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("", encoding="utf-8")
    monkeypatch.setattr(sxsim, "__file__", str(tmp_path / "__init__.py"))
    found = [program_digest.__wrapped__()]
    for name in ("kernels/newton.py", "cascade/assemble.py", "cli/sweep.py"):
        (tmp_path / name).write_text("changed = True", encoding="utf-8")
        found.append(program_digest.__wrapped__())
    assert len({known, *found}) == 4
    assert found[2] == found[3]  # what only shows does not count


def test_the_manifest_says_what_was_run(tmp_path):
    run(contacts(), out=tmp_path)
    told = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert told["study"]["cases"] == 12
    assert list(told["study"]["axes"]) == ["stream.feed.pH"]


def test_separation_factors_are_axes():
    frame = sweep(load("nd_pr_p507"), {"beta.Nd/Pr": [1.45, 1.5, 1.55]}, outputs=["found.organic.flow_m3_h"])
    assert set(frame.status) == {"converged"}
    flow = frame["found.organic.flow_m3_h"]
    assert flow[0] > flow[1] > flow[2]


def test_costing_sweeps_and_costs_beside_solves_are_the_same_figures():
    cascade, axes = contact(), {"economics.price_set": ["china-2024", "us-2024"]}
    costs = sweep(cascade, axes, action="cost", outputs=["usd_per_kg_oxide"])
    beside = sweep(cascade, axes, outputs=["cost.usd_per_kg_oxide", "streams.raffinate.pH"])
    assert list(costs["usd_per_kg_oxide"]) == list(beside["cost.usd_per_kg_oxide"])
    assert costs["usd_per_kg_oxide"].nunique() == 2


def test_designs_and_start_ups_are_swept():
    designs = sweep(load("nd_pr_p507"), {"target.raffinate.Pr.purity_min": [0.95]}, action="design")
    assert designs["stages.scrubbing"][0] > 10
    runs = sweep(
        load("nd_pr_p507"), {"startup.policy": ["matched-reflux"], "startup.impurity_factor": [2.0]}, action="startup"
    )
    assert list(runs.status) == ["on specification"]
    assert runs["time_to_spec_h"][0] > 0.0


def test_trains_are_swept_down_into_their_cascades():
    axes = {"feed.ndpr.oxide_kg_h": [168.0], "cascade.rough.set.section.stripping.stages": [6, 7]}
    frame = sweep(load_train("nd_pr_in_two_cuts"), axes, action="train", outputs=["usd_per_kg_oxide", "stage_count"])
    assert frame["stage_count"].tolist() == [102.0, 103.0]
    assert frame["usd_per_kg_oxide"][1] > frame["usd_per_kg_oxide"][0]
    with pytest.raises(InputError, match="train for a train"):
        sweep(load_train("nd_pr_in_two_cuts"), axes)


@pytest.mark.parametrize(
    ("axes", "options", "says"),
    [
        ({"organic.flw_m3_h": [1.0]}, {}, "did you mean"),
        ({"beta.Nd/Ce": [1.0]}, {}, "holds no such pair"),
        ({"organic.flow_m3_h": [-18.0, -19.0]}, {}, "every case tried"),
        ({"stream.feed.pH": [2.0]}, {"action": "slove"}, "did you mean solve"),
        ({"stream.feed.pH": [2.0]}, {"outputs": ["stream.feed.pH"]}, "is the name of another column"),
        ({"stream.feed.pH": [2.0]}, {"outputs": []}, "there are none"),
        ({"stream.feed.pH": [2.0]}, {"outputs": ["closure", "closure"]}, "recorded twice"),
        ({"stream.feed.pH": [2.0]}, {"outputs": ["closre"]}, "outputs.closre"),
        ({"stream.feed.pH": [2.0]}, {"outputs": ["targets.raffinate.Pr"]}, "is no number"),
        ({"stream.feed.pH": [2.0]}, {"workers": 0}, "1 to "),
        ({"stream.feed.pH": [2.0]}, {"workers": 2, "cluster": "tcp://127.0.0.1:1"}, "says nothing to a cluster"),
    ],
)
def test_studies_that_make_no_sense_are_refused(axes, options, says):
    with pytest.raises(InputError, match=says):
        sweep(load("nd_pr_p507"), axes, **options)


def test_the_columns_of_a_study_are_told_once_for_all_chunks():
    study = contacts()
    assert schema_of(study) is schema_of(study)
    assert pickle.loads(pickle.dumps(study)).cases == study.cases
