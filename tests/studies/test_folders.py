"""The folder of a sweep: it belongs to one study and one run, and what is no good there never counts."""

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.studies.cases import contact, contacts

from sxsim.errors import InputError
from sxsim.foundation.atomic import write_text
from sxsim.foundation.locking import locked
from sxsim.studies import Range, run
from sxsim.studies.study import make_study


@pytest.fixture(scope="module")
def table():
    """The whole table of `contacts`."""
    return run(contacts())


def other():
    """Another study of the same shape."""
    cascade = contact().replace({"organic.extractant_mol_L": 1.2})
    return make_study(cascade, {"stream.feed.pH": Range(1.0, 3.0, 12)}, chunk_cases=3)


def begun(folder, study=None, cases=6):
    """Begin a study and interrupt it; its folder."""

    def interrupt(progress):
        if progress.done >= cases:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(study or contacts(), out=folder, progress=interrupt)
    return folder


def chunks(folder):
    return sorted((folder / "chunks").iterdir())


def carried_on(folder):
    """Carry on with `contacts`: its table, and what was told first."""
    told = []
    table = run(contacts(), out=folder, progress=told.append)
    return table, told[0]


FAULTS = {
    "cut short": lambda file, _: file.write_bytes(file.read_bytes()[:-100]),
    "cut to nothing": lambda file, _: file.write_bytes(b""),
    "one bit": lambda file, _: _with_another_bit(file, 500),
    "something else": lambda file, _: file.write_text("no table"),
    "of another study": lambda file, foreign: shutil.copy(chunks(foreign)[0], file),
    "of another study, its name too": lambda file, foreign: (
        file.unlink(),
        shutil.copy(chunks(foreign)[0], file.parent),
    ),
    "another chunk": lambda file, _: shutil.copy(chunks(file.parents[1])[1], file),
    "another chunk under its number": lambda file, _: (
        shutil.copy(chunks(file.parents[1])[1], file.with_name(file.name[:6] + chunks(file.parents[1])[1].name[6:])),
        file.unlink(),
    ),
    "a row less": lambda file, _: _without_a_row(file),
}


def _with_another_bit(file, place):
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)


def _without_a_row(file):
    from pyarrow import parquet

    parquet.write_table(parquet.read_table(file).slice(0, 2), file)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_chunk_that_is_no_good_is_run_again(table, tmp_path, fault):
    folder, foreign = begun(tmp_path / "out"), begun(tmp_path / "foreign", other())
    FAULTS[fault](chunks(folder)[0], foreign)
    found, first = carried_on(folder)
    assert found.equals(table)
    assert (first.kept, first.dropped) == (3, 1)


def test_a_chunk_more_than_there_are_does_not_count(table, tmp_path):
    folder = begun(tmp_path)
    shutil.copy(chunks(folder)[0], folder / "chunks" / f"000099-{'0' * 16}.parquet")
    shutil.copy(chunks(folder)[0], folder / "chunks" / "notes.parquet")
    found, first = carried_on(folder)
    assert found.equals(table)
    assert (first.kept, first.dropped) == (6, 2)


@pytest.mark.parametrize("fault", [name for name in FAULTS if "another" not in name])
def test_a_table_that_is_no_good_is_run_again(table, tmp_path, fault):
    run(contacts(), out=tmp_path)
    before = (tmp_path / "sweep.parquet").read_bytes()
    FAULTS[fault](tmp_path / "sweep.parquet", None)
    found, first = carried_on(tmp_path)
    assert found.equals(table)
    assert (first.kept, first.dropped) == (0, 1)
    assert (tmp_path / "sweep.parquet").read_bytes() == before


def test_a_table_of_another_study_is_run_again(table, tmp_path):
    for name, study in (("out", contacts()), ("foreign", other())):
        run(study, out=tmp_path / name)
    shutil.copy(tmp_path / "foreign" / "sweep.parquet", tmp_path / "out")
    assert carried_on(tmp_path / "out")[0].equals(table)
    (tmp_path / "out" / "sweep.parquet").unlink()
    found, first = carried_on(tmp_path / "out")
    assert found.equals(table)
    assert first.dropped == 1


@pytest.mark.parametrize("cases", [6, 12])
def test_a_folder_that_lost_its_manifest_is_refused(tmp_path, cases):
    folder = begun(tmp_path) if cases < 12 else tmp_path
    if cases == 12:
        run(contacts(), out=folder)
    kept = {file: file.read_bytes() for file in folder.rglob("*.parquet")}
    (folder / "manifest.json").unlink()
    with pytest.raises(InputError, match=r"manifest.json is missing, so nobody can say .* put it back, or"):
        run(contacts(), out=folder)
    assert {file: file.read_bytes() for file in folder.rglob("*.parquet")} == kept
    assert not (folder / "manifest.json").exists()


def test_a_table_of_somebody_else_stays(tmp_path):
    (tmp_path / "sweep.parquet").write_text("mine")
    with pytest.raises(InputError, match=r"nobody can say which study sweep\.parquet is of"):
        run(contacts(), out=tmp_path)
    assert (tmp_path / "sweep.parquet").read_text() == "mine"


def test_a_manifest_of_another_study_is_refused(tmp_path):
    folder, foreign = begun(tmp_path / "out"), begun(tmp_path / "foreign", other())
    shutil.copy(foreign / "manifest.json", folder)
    with pytest.raises(InputError, match=r"holds another study; what differs: cascade .* name another folder"):
        run(contacts(), out=folder)
    # and told that this is the right one, it takes nothing of what is there
    found, first = run(other(), out=folder, progress=(told := []).append), told[0]
    assert found.equals(run(other()))
    assert (first.kept, first.dropped) == (0, 2)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"study": 3, "chunk_cases": 1}', "[" * 9000, "\0", '{"study": {}}'])
def test_a_folder_with_another_manifest_is_refused(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(InputError, match=r"no manifest of a sweep|another study"):
        run(contacts(), out=tmp_path)


@pytest.mark.parametrize("size", [0, -3, "3", 2.5, None])
def test_a_manifest_with_a_chunk_size_that_is_none_is_refused(tmp_path, size):
    manifest = begun(tmp_path) / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"chunk_cases": size}))
    with pytest.raises(InputError, match="no manifest of a sweep"):
        run(contacts(), out=tmp_path)


def test_a_manifest_with_another_chunk_size_takes_no_wrong_chunk(table, tmp_path):
    manifest = begun(tmp_path) / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"chunk_cases": 2}))
    found, first = carried_on(tmp_path)
    assert found.equals(table)
    assert first.kept == 0


def test_files_that_a_study_names_are_part_of_it(tmp_path):
    """A price set or a system of the user's own that was edited makes another study, wherever it lies."""
    mine = tmp_path / "mine.toml"
    for price in ("0.21", "0.42"):
        write_text(
            mine, f'base = "china-2024"\ntitle = "mine"\n[price.HCl]\nusd_per_unit = {price}\nsource = "offer"\n'
        )
        axes = {"economics.price_set": ["china-2024", str(mine)]}
        study = make_study(contact(), axes, action="cost", outputs=["usd_per_kg_oxide"])
        if price == "0.21":
            run(study, out=tmp_path / "out")
            continue
        with pytest.raises(InputError, match="another study; what differs: files"):
            run(study, out=tmp_path / "out")


def test_a_folder_in_use_is_refused_and_says_by_whom(table, tmp_path):
    with locked(begun(tmp_path) / ".lock"):
        with pytest.raises(InputError, match=rf"is in use by process {os.getpid()} on .*; wait for its end, or"):
            run(contacts(), out=tmp_path)
        assert len(chunks(tmp_path)) == 2
    assert carried_on(tmp_path)[0].equals(table)


def test_two_runs_in_one_folder_one_runs_and_the_other_is_told(table, tmp_path):
    refusals = []

    def meanwhile(_):
        with pytest.raises(InputError, match="is in use by") as refusal:
            run(contacts(), out=tmp_path)
        refusals.append(refusal)

    assert run(contacts(), out=tmp_path, progress=meanwhile).equals(table)
    assert len(refusals) == 5
    assert sorted(file.name for file in tmp_path.iterdir()) == ["manifest.json", "sweep.parquet"]


def test_what_a_killed_run_left_unfinished_is_swept_up(tmp_path):
    folder = begun(tmp_path)
    for place in (folder, folder / "chunks"):
        (place / ".unfinished-0.parquet").write_text("half")
    (folder / ".lock").write_text("process 1 on nowhere")
    carried_on(folder)
    assert sorted(file.name for file in folder.iterdir()) == ["manifest.json", "sweep.parquet"]


@pytest.mark.parametrize("lost", ["before the manifest", "before the chunks went"])
def test_a_run_killed_at_its_very_end_is_ended(table, tmp_path, monkeypatch, lost):
    name = "sxsim.studies.storage.Store._write_manifest" if "manifest" in lost else "shutil.rmtree"
    with monkeypatch.context() as patch:
        patch.setattr(name, lambda *_, **__: None)
        run(contacts(), out=tmp_path / "dry" if "manifest" in lost else tmp_path)
    if "manifest" in lost:
        folder = begun(tmp_path, cases=9)
        shutil.copy(tmp_path / "dry" / "sweep.parquet", folder)
        shutil.rmtree(tmp_path / "dry")
    assert carried_on(tmp_path)[0].equals(table)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["manifest.json", "sweep.parquet"]


def test_chunks_that_go_while_the_study_runs_are_missed(tmp_path):
    def taking(progress):
        if progress.done == 12:
            chunks(tmp_path)[1].unlink()

    with pytest.raises(InputError, match=r"chunk 1 of .* was removed or altered while the study ran"):
        run(contacts(), out=tmp_path, progress=taking)
    assert not (tmp_path / "sweep.parquet").exists()


def test_a_whole_table_is_read_where_nothing_can_be_written(table, tmp_path, monkeypatch):
    run(contacts(), out=tmp_path)

    def refused(_):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("sxsim.studies.storage.locked", refused)
    assert carried_on(tmp_path)[0].equals(table)
    with pytest.raises(InputError, match="elsewhere cannot be written: Read-only file system"):
        run(contacts(), out=tmp_path / "elsewhere")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("n" * 300, r"File name too long .*choose a shorter name"),
        ("a\0b", r"embedded null byte .*choose a name without it"),
        ("/dev/full", r"cannot be written: .*name a "),
    ],
)
def test_places_that_are_none_are_refused(tmp_path, monkeypatch, name, says):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=says):
        run(contacts(), out=name)


@pytest.mark.skipif(os.name != "posix", reason="limits are those of POSIX")
def test_a_full_disk_is_said_and_what_is_finished_is_kept(table, tmp_path):
    """As far as a limit on the size of a file is one: the second table is too large for it."""
    sizes = [file.stat().st_size for file in chunks(begun(tmp_path / "first", cases=9))]
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))\n"
        "from tests.studies.cases import contact, contacts; from sxsim.studies import run\n"
        "run(contacts(), out=sys.argv[1])\n"
    )
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", code, tmp_path / "out", str(max(sizes) + 200)]
    path = os.pathsep.join([str(root), os.environ.get("PYTHONPATH", str(root / "src"))])
    told = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True)
    assert "InputError: --out: " in told.stderr
    assert "File too large; what is finished is kept, and the same call carries on" in told.stderr
    assert not list((tmp_path / "out").rglob(".unfinished*"))
    found, first = carried_on(tmp_path / "out")
    assert found.equals(table)
    assert first.kept == 12


def test_no_altered_byte_of_a_chunk_passes(tmp_path):
    folder = begun(tmp_path)
    file, random = chunks(folder)[0], np.random.default_rng(1)
    from sxsim.studies.storage import opened

    content = file.read_bytes()
    for place in random.integers(0, len(content), 50):
        changed = bytearray(content)
        changed[place] ^= 1 << random.integers(0, 8)
        file.write_bytes(changed)
        with opened(folder, contacts()) as store:
            assert store.finished == {1}
            assert not file.exists()
