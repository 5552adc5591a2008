"""The folder of compiled code follows the sources, and nothing goes wrong where none can be kept."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import numba
import numpy as np
import pytest

from sxsim.kernels import _jit


def sources(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "one.py").write_text("x = 1\n")
    (folder / "two.py").write_text(text)
    return folder


def test_a_change_in_any_source_changes_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "cache"))
    first = _jit._cache_folder(sources(tmp_path / "kernels", "y = 1\n"))
    same = _jit._cache_folder(tmp_path / "kernels")
    other = _jit._cache_folder(sources(tmp_path / "kernels", "y = 2\n"))
    assert first == same != other
    assert first is not None
    assert Path(first).parent == tmp_path / "cache" / "sxsim"


def test_bounds_checks_have_a_folder_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = sources(tmp_path / "kernels", "")
    plain = _jit._digest(folder)
    monkeypatch.setattr(_jit.numba.config, "BOUNDSCHECK", 1 if not _jit.numba.config.BOUNDSCHECK else None)
    assert _jit._digest(folder) != plain


def test_user_cache_is_used_without_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert _jit._base_folder() == tmp_path / "sxsim"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert _jit._base_folder() == tmp_path / ".cache" / "sxsim"


def test_no_folder_when_nothing_can_be_read_or_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _jit._cache_folder(tmp_path / "archive.zip" / "kernels") is None
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(blocked))
    assert _jit._cache_folder(sources(tmp_path / "kernels", "")) is None


def test_old_folders_go_and_recent_ones_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    base = tmp_path / "sxsim"
    for age_h in range(6):
        (base / f"kernels-{age_h}").mkdir(parents=True)
        used = time.time() - 3600.0 * (age_h + 0.5)
        os.utime(base / f"kernels-{age_h}", (used, used))
    (base / "other").mkdir()
    os.utime(base / "other", (0, 0))
    new = _jit._cache_folder(sources(tmp_path / "kernels", ""))
    assert new is not None
    assert {path.name for path in base.iterdir()} == {"other", "kernels-0", "kernels-1", Path(new).name}
    _jit._clean_up(tmp_path / "nowhere")


def test_digest_is_quick() -> None:
    folder = Path(_jit.__file__).parent
    assert min(_timed(folder) for _ in range(5)) < 0.003


def _timed(folder: Path) -> float:
    start = time.perf_counter()
    _jit._digest(folder)
    return time.perf_counter() - start


@pytest.mark.kernel
def test_kernels_divide_as_floats_do_and_compile_from_a_prompt() -> None:
    space: dict[str, object] = {"kernel": _jit.kernel}
    exec(compile("@kernel()\ndef ratio(a, b):\n    return a / b\n", "<prompt>", "exec"), space)
    ratio = space["ratio"]
    assert callable(ratio)
    if hasattr(ratio, "signatures"):
        assert ratio(1.0, 0.0) == float("inf")
        assert len(ratio.signatures) == 1
    assert ratio(3.0, 2.0) == 1.5


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="the compiler is off")
def test_a_kernel_without_reference_counts_reads_views_and_may_not_make_an_array() -> None:
    space: dict[str, object] = {"kernel": _jit.kernel, "np": np}
    source = (
        "@kernel(counted=False)\ndef last(a):\n    row = a[1]\n    return row[-1]\n\n"
        "@kernel(counted=False)\ndef made(a):\n    return np.zeros(3)[0]\n"
    )
    exec(compile(source, "<prompt>", "exec"), space)
    last, made = space["last"], space["made"]
    assert callable(last)
    assert callable(made)
    array = np.arange(6.0).reshape(2, 3)
    held = sys.getrefcount(array)
    assert last(array) == 5.0
    assert sys.getrefcount(array) == held
    with pytest.raises(numba.errors.TypingError):
        made(array)
