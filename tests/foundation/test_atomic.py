import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from sxsim.foundation import atomic
from sxsim.foundation.atomic import atomic_path, staged, sweep_up, write_bytes, write_text
from sxsim.foundation.places import unwritable


def test_text_is_utf_8_with_the_line_ends_as_given(tmp_path):
    path = tmp_path / "new" / "deeper" / "table.csv"
    write_text(path, "β,°C\r\n1,2\n")
    assert path.read_bytes() == "β,°C\r\n1,2\n".encode()


def test_bytes_replace_what_was_there_and_leave_nothing_else(tmp_path):
    path = tmp_path / "figure.png"
    write_bytes(str(path), b"old")
    write_bytes(path, b"new")
    assert [entry.name for entry in tmp_path.iterdir()] == ["figure.png"]
    assert path.read_bytes() == b"new"


def test_a_failed_write_leaves_the_old_file_and_no_rubbish(tmp_path):
    path = tmp_path / "result.json"
    write_text(path, "old")

    def fail():
        with atomic_path(path) as temporary:
            temporary.write_text("half")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        fail()
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["result.json"]


def test_the_old_file_stands_until_the_block_ends(tmp_path):
    path = tmp_path / "result.json"
    write_text(path, "old")
    with atomic_path(path) as temporary:
        assert temporary.parent == path.parent
        assert temporary.suffix == ".json"
        temporary.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"


def test_a_block_that_writes_nothing_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError), atomic_path(tmp_path / "result.json"):
        pass


@pytest.mark.skipif(os.name != "posix", reason="file modes are those of POSIX")
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_what_is_no_regular_file_is_written_into_and_never_replaced(tmp_path):
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    reader = subprocess.Popen([sys.executable, "-c", f"print(open({str(pipe)!r}).read())"], stdout=subprocess.PIPE)
    write_bytes(pipe, b"whole")
    assert reader.communicate(timeout=60)[0].split() == [b"whole"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    before = os.stat(os.devnull).st_mode
    write_bytes(os.devnull, b"nothing")
    assert os.stat(os.devnull).st_mode == before
    assert stat.S_ISCHR(before)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pipe.json"]


def test_the_file_has_the_usual_mode(tmp_path):
    write_text(tmp_path / "atomic.txt", "x")
    (tmp_path / "plain.txt").write_text("x")
    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("atomic.txt", "plain.txt")}
    assert len(modes) == 1


def test_a_name_as_long_as_names_may_be_can_be_written(tmp_path):
    name = f"{'n' * 251}.txt"
    write_text(tmp_path / name, "x")
    assert [entry.name for entry in tmp_path.iterdir()] == [name]


def _tree(folder):
    """What stands in a folder: text of each file by its name."""
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


BEFORE = {"a.txt": "old a", "c.txt": "old c", "store.zarr/one": "old one", "mine.txt": "mine"}
AFTER = {"a.txt": "new a", "b.txt": "new b", "c.txt": "new c", "store.zarr/two": "new two", "mine.txt": "mine"}


@pytest.fixture
def folder(tmp_path):
    """A folder with files of an earlier run, and one of somebody else."""
    for name, text in BEFORE.items():
        write_text(tmp_path / "out" / name, text)
    return tmp_path / "out"


def _write(stage):
    for name, text in AFTER.items():
        if name != "mine.txt":
            write_text(stage / name, text)


def test_staged_files_take_their_places_together(folder):
    with staged(folder) as stage:
        _write(stage)
        assert {name: text for name, text in _tree(folder).items() if not name.startswith(".")} == BEFORE
    assert _tree(folder) == AFTER
    assert not list(folder.glob(".*"))


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt(), ValueError()])
def test_a_failed_stage_leaves_everything_as_it_was(folder, tmp_path, error):
    def fail(stage):
        _write(stage)
        raise error

    for place in (folder, tmp_path / "new" / "deeper"):
        with pytest.raises(type(error)), staged(place) as stage:
            fail(stage)
    assert _tree(folder) == BEFORE
    assert not list(folder.glob(".*"))
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("name", "moved"),
    [(name, moved) for name in ("a.txt", "c.txt", "store.zarr") for moved in ("aside", "in")] + [("b.txt", "in")],
)
def test_one_file_that_is_open_elsewhere_keeps_all_from_their_places(folder, monkeypatch, name, moved):
    """As Windows refuses to move a file that another program holds open."""
    rename = Path.rename

    def refusing(self, target):
        step = "back" if ".before" in self.parts else "aside" if ".before" in Path(target).parts else "in"
        if (self.name, step) == (name, moved):
            raise PermissionError(errno.EACCES, "in use")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refusing)
    with pytest.raises(PermissionError) as caught, staged(folder) as stage:
        _write(stage)
    assert caught.value.filename == str(folder / name)
    assert f"--out: {folder / name} cannot be written: in use" in str(unwritable("--out", folder, caught.value))
    assert _tree(folder) == BEFORE
    assert not list(folder.glob(".*"))


@pytest.mark.parametrize(("name", "kind"), [("a.txt", IsADirectoryError), ("store.zarr", NotADirectoryError)])
def test_a_folder_in_the_place_of_a_file_stays(folder, name, kind):
    (folder / "other").mkdir()
    (folder / "b.txt").write_text("file")
    with pytest.raises(kind) as caught, staged(folder) as stage:
        (stage / "b.txt").mkdir() if name == "store.zarr" else (stage / "other").write_text("x")
    assert caught.value.filename in (str(folder / "b.txt"), str(folder / "other"))
    assert _tree(folder) == {**BEFORE, "b.txt": "file"}
    assert (folder / "other").is_dir()


def _killed(folder, where):
    """Let another process end without a word in the middle of a stage."""
    code = (
        "import os, sys; sys.path.insert(0, sys.argv[3]); from sxsim.foundation import atomic\n"
        "from tests.foundation.test_atomic import _write\n"
        "move = atomic._move\n"
        "def moving(stage, name, folder):\n"
        "    if name == sys.argv[2]: os._exit(9)\n"
        "    move(stage, name, folder)\n"
        "atomic._move = moving\n"
        "with atomic.staged(sys.argv[1]) as stage:\n"
        "    _write(stage)\n"
        "    if sys.argv[2] == 'block': os._exit(9)\n"
    )
    root = str(Path(__file__).parents[2])
    assert subprocess.run([sys.executable, "-c", code, folder, where, root]).returncode == 9


@pytest.mark.parametrize("where", ["block", "a.txt", "b.txt", "c.txt"])
def test_what_a_killed_process_left_is_swept_up_at_the_next_start(folder, where):
    """What was written half goes; what was complete takes its place."""
    _killed(folder, where)
    assert len(list(folder.glob(".unfinished-*"))) == 1
    stood = BEFORE if where == "block" else AFTER
    with staged(folder):
        assert {name: text for name, text in _tree(folder).items() if not name.startswith(".")} == stood
    assert _tree(folder) == stood
    assert not list(folder.glob(".*"))


def test_what_others_are_writing_is_not_swept_up(folder):
    with staged(folder) as one, staged(folder) as other:
        write_text(one / "a.txt", "of one")
        write_text(other / "b.txt", "of the other")
        sweep_up(folder)
    assert _tree(folder) == {**BEFORE, "a.txt": "of one", "b.txt": "of the other"}


def test_single_files_are_swept_up_once_they_are_old_or_nobody_else_writes(tmp_path):
    young, old = tmp_path / ".unfinished-1.png", tmp_path / ".unfinished-2.png"
    for file in (young, old):
        file.touch()
    os.utime(old, (0, 0))
    sweep_up(tmp_path)
    assert list(tmp_path.iterdir()) == [young]
    sweep_up(tmp_path, all_files=True)
    assert list(tmp_path.iterdir()) == []
    sweep_up(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError(errno.ENOSPC, "No space left"), "No space left (allowed: a place you may write to); make room there"),
        (OSError(errno.ENAMETOOLONG, "File name too long"), "choose a shorter name"),
        (
            OSError(errno.EACCES, "denied", "out/a.txt"),
            "out/a.txt cannot be written: denied (allowed: a place you may write to)",
        ),
        (OSError(errno.EACCES, "denied", f"out/{atomic.UNFINISHED}1/a.txt"), "out cannot be written: denied"),
        (OSError("odd"), "out cannot be written: odd"),
        (
            ValueError("embedded null byte"),
            "embedded null byte (allowed: a place you may write to); choose a name without it",
        ),
    ],
)
def test_the_cause_and_a_cure_are_said(error, says):
    assert says in str(unwritable("--out", "out", error))
