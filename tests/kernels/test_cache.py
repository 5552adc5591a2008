"""The folders of machine code follow the sources and the processor, and nothing goes wrong where none can be kept."""

from __future__ import annotations

import importlib.util
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numba
import pytest
from numba.core import event

import sxsim
from sxsim.errors import InputError
from sxsim.kernels import _cache, _jit, prepare
from sxsim.kernels._cache import Folders, KernelCache, digest_of, folders_for
from sxsim.kernels.linked import Linked

COMPILED = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="the compiler is off")
POSIX = pytest.mark.skipif(os.name != "posix", reason="users and modes are those of POSIX")


def sources(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "one.py").write_text("x = 1\n")
    (folder / "two.py").write_text(text)
    return folder


@pytest.fixture
def chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place for folders that the user chose; home and temp directory lie elsewhere."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "chosen"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temp"))
    (tmp_path / "temp").mkdir()
    return tmp_path / "chosen" / "sxsim"


def test_a_change_in_any_source_changes_the_folder_and_the_place_of_the_sources_does_not(
    tmp_path: Path, chosen: Path
) -> None:
    first = folders_for(sources(tmp_path / "kernels", "y = 1\n"))
    assert first == folders_for(tmp_path / "kernels") == folders_for(sources(tmp_path / "else" / "where", "y = 1\n"))
    other = folders_for(sources(tmp_path / "kernels", "y = 2\n"))
    assert first != other
    assert first.kept is not None
    assert first.read == (first.kept,)
    assert Path(first.kept).parent == chosen


@pytest.mark.parametrize("name", ["BOUNDSCHECK", "CPU_NAME", "CPU_FEATURES", "OPT"])
def test_what_decides_the_machine_code_has_a_folder_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    folder = sources(tmp_path / "kernels", "")
    plain = digest_of(folder)
    monkeypatch.setattr(numba.config, name, 1 if name == "BOUNDSCHECK" and not numba.config.BOUNDSCHECK else "another")
    assert digest_of(folder) != plain


def test_another_processor_has_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = sources(tmp_path / "kernels", "")
    plain = digest_of(folder)
    monkeypatch.setattr("llvmlite.binding.get_host_cpu_name", lambda: "another")
    assert digest_of(folder) != plain


def test_user_cache_is_used_without_the_variable(chosen: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert next(_cache._bases()) == tmp_path / "sxsim"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert next(_cache._bases()) == tmp_path / "home" / ".cache" / "sxsim"


def test_the_next_place_is_taken_where_one_cannot_be_written_to(
    chosen: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernels = sources(tmp_path / "kernels", "")
    (tmp_path / "chosen").write_text("no folder")
    at_home = folders_for(kernels)
    assert at_home.kept is not None
    assert Path(at_home.kept).parent == tmp_path / "home" / ".cache" / "sxsim"
    shutil.rmtree(tmp_path / "home")
    (tmp_path / "home").write_text("no folder")
    private = folders_for(kernels)
    if os.name == "posix":
        assert private.kept is not None
        assert Path(private.kept).parent == tmp_path / "temp" / f"sxsim-{os.getuid()}"
        assert (tmp_path / "temp" / f"sxsim-{os.getuid()}").stat().st_mode & 0o777 == 0o700
        shutil.rmtree(tmp_path / "temp")
    assert folders_for(kernels) == Folders((), None)


def test_no_folder_where_the_sources_cannot_be_read(tmp_path: Path, chosen: Path) -> None:
    assert folders_for(tmp_path / "archive.zip" / "kernels") == Folders((), None)
    assert not chosen.exists()


@POSIX
@pytest.mark.parametrize("fault", ["open to others", "a link", "of another user"])
def test_a_folder_in_the_temp_directory_that_others_could_write_to_is_not_used(
    chosen: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    folder = tmp_path / "temp" / f"sxsim-{os.getuid()}"
    if fault == "a link":
        (tmp_path / "others").mkdir()
        folder.symlink_to(tmp_path / "others")
    else:
        folder.mkdir()
        folder.chmod(0o777 if fault == "open to others" else 0o700)
    if fault == "of another user":
        monkeypatch.setattr(os, "getuid", lambda: 4321)
        folder.rename(tmp_path / "temp" / "sxsim-4321")
    assert _cache._private() is None


def test_old_folders_go_and_recent_ones_stay(tmp_path: Path, chosen: Path) -> None:
    for age_h in range(6):
        (chosen / f"kernels-{age_h}").mkdir(parents=True)
        used = time.time() - 3600.0 * (age_h + 0.5)
        os.utime(chosen / f"kernels-{age_h}", (used, used))
    (chosen / "other").mkdir()
    os.utime(chosen / "other", (0, 0))
    new = folders_for(sources(tmp_path / "kernels", "")).kept
    assert new is not None
    assert {path.name for path in chosen.iterdir()} == {"other", "kernels-0", "kernels-1", Path(new).name}
    _cache._clean_up(tmp_path / "nowhere")


def test_digest_is_quick() -> None:
    folder = Path(_jit.__file__).parent
    assert min(_timed(folder) for _ in range(5)) < 0.003


def _timed(folder: Path) -> float:
    start = time.perf_counter()
    digest_of(folder)
    return time.perf_counter() - start


class Counting(event.Listener):
    """Counts what is really compiled."""

    count = 0

    def on_start(self, event: object) -> None:
        self.count += 1

    def on_end(self, event: object) -> None: ...


@pytest.fixture
def counting() -> Iterator[Counting]:
    with event.install_listener("numba:compile", Counting()) as listener:
        yield listener


def module(folder: Path, text: str = "def twice(x):\n    return 2.0 * x\n") -> ModuleType:
    """A module with a function, read anew from its file."""
    (folder / "kept.py").write_text(text)
    spec = importlib.util.spec_from_file_location("kept", folder / "kept.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def called(place: ModuleType, folders: Folders) -> float:
    compiled = numba.njit(place.twice)
    compiled._cache = KernelCache(place.twice, folders)
    return float(compiled(3.0))


@COMPILED
def test_code_is_kept_and_read_from_any_of_the_folders(tmp_path: Path, counting: Counting) -> None:
    one, two = str(tmp_path / "one"), str(tmp_path / "two" / "deeper")
    assert called(module(tmp_path), Folders((one,), one)) == 6.0
    assert called(module(tmp_path), Folders((one,), one)) == 6.0
    assert called(module(tmp_path), Folders((one, two), two)) == 6.0
    assert counting.count == 1
    assert not Path(two).exists()
    changed = "def twice(x):\n    return 3.0 * x\n"
    assert called(module(tmp_path, changed), Folders((one, two), two)) == 9.0
    assert counting.count == 2
    assert len(list(Path(two).glob("kept.twice-1.*.nbc"))) == 1


@COMPILED
@pytest.mark.parametrize("ending", ["nbc", "nbi"])
@pytest.mark.parametrize("content", [b"", b"no code", None])
def test_code_that_was_cut_short_is_compiled_again(
    tmp_path: Path, counting: Counting, ending: str, content: bytes | None
) -> None:
    one = str(tmp_path / "one")
    called(module(tmp_path), Folders((one,), one))
    (file,) = Path(one).glob(f"*.{ending}")
    file.write_bytes(content if content is not None else file.read_bytes()[:-20])
    assert called(module(tmp_path), Folders((one,), one)) == 6.0
    assert counting.count == 2


@COMPILED
def test_code_that_cannot_be_kept_runs_all_the_same(tmp_path: Path, counting: Counting) -> None:
    blocked = tmp_path / "file" / "kernels"
    (tmp_path / "file").write_text("no folder")
    for _ in range(2):
        assert called(module(tmp_path), Folders((str(blocked),), str(blocked))) == 6.0
        assert called(module(tmp_path), Folders((str(blocked),), None)) == 6.0
    assert counting.count == 4


READING = """
import sys
from numba.core import event

class Counting(event.Listener):
    count = 0
    def on_start(self, event): self.count += 1
    def on_end(self, event): pass

with event.install_listener("numba:compile", Counting()) as counting:
    import sxsim
    from sxsim.kernels._jit import FOLDERS
    sxsim.solve(sxsim.load("single_contact"))
    from sxsim.cascade.solving import solve_quietly
    solve_quietly(sxsim.load("nd_pr_p507"))
    print(counting.count, FOLDERS.kept == sys.argv[1], FOLDERS.read[0].startswith(sys.argv[2]))
"""


@COMPILED
@POSIX
def test_a_prebuilt_folder_that_can_only_be_read_compiles_nothing(tmp_path: Path) -> None:
    """As another user of an image; the superuser is one here once it may write no more than modes say."""
    other = ["setpriv", "--bounding-set", "-dac_override"] if os.getuid() == 0 else []
    if other and shutil.which(other[0]) is None:
        pytest.skip("nobody here whom modes could stop")
    sxsim.prepare()
    folder = Path(_jit.FOLDERS.read[0])
    image, home = tmp_path / "image", tmp_path / "home"
    shutil.copytree(folder, image / "sxsim" / folder.name)
    for place in (image, *image.rglob("*")):
        place.chmod(0o555 if place.is_dir() else 0o444)
    home.mkdir()
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(image), "HOME": str(home), "PYTHONWARNINGS": "ignore"}
    environment |= {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    environment.pop("XDG_CACHE_HOME", None)
    kept = home / ".cache" / "sxsim" / folder.name
    command = [*other, sys.executable, "-c", READING, str(kept), str(image)]
    told = subprocess.run(command, env=environment, capture_output=True, text=True)
    for place in (image, *image.rglob("*")):
        place.chmod(0o755)
    assert (told.stdout.split(), told.stderr) == (["0", "True", "True"], "")
    assert list(home.iterdir()) == []


@COMPILED
def test_preparing_leaves_nothing_to_compile(counting: Counting) -> None:
    assert sxsim.prepare() == _jit.FOLDERS.kept
    assert prepare.missing(prepare.EVERYTHING, _jit.FOLDERS.read) == []
    assert {kernel.symbol for kernel in prepare.missing(prepare.SOLVE, ())} >= {"sxsim.kernels.ladder.climb"}
    counting.count = 0
    sxsim.prepare()
    assert counting.count == 0


def test_preparing_without_a_compiler_or_a_folder_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(numba.config, "DISABLE_JIT", 0)
        patch.setattr(_jit, "FOLDERS", Folders((), None))
        with pytest.raises(InputError, match=r"no folder can be written to .*set NUMBA_CACHE_DIR"):
            sxsim.prepare()
    monkeypatch.setattr(numba.config, "DISABLE_JIT", 1)
    with pytest.raises(InputError, match="the compiler is off"):
        sxsim.prepare()


@COMPILED
@pytest.mark.parametrize(("kept", "more"), [("somewhere", ""), (None, "; no folder to keep them in")])
def test_the_first_call_from_python_says_that_it_compiles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, kept: str | None, more: str
) -> None:
    from sxsim.kernels.ladder import climb

    assert isinstance(climb, Linked)
    for each in prepare._below(climb):
        monkeypatch.setattr(each, "_ready", None)
    monkeypatch.setattr(climb, "_door", None)
    told: list[object] = []
    monkeypatch.setattr(Linked, "ready", lambda self: lambda *_: told.append(self))
    monkeypatch.setattr(prepare, "FOLDERS", Folders((), kept))
    climb(1)
    climb(2)
    assert told == [climb, climb]
    ((name, level, text),) = caplog.record_tuples
    assert (name, level) == ("sxsim", logging.WARNING)
    assert text.startswith("compiling kernels (first call, about ")
    assert more in text
    caplog.clear()
    monkeypatch.setattr(climb, "_door", None)
    for each in prepare._below(climb):
        (tmp_path / f"{each.symbol.removeprefix('sxsim.kernels.')}-1.py3.1.nbc").touch()
    monkeypatch.setattr(prepare, "FOLDERS", Folders((str(tmp_path),), kept))
    climb(3)  # the code is there: nothing to say
    assert caplog.record_tuples == []
