"""Checkpoints: of this cascade, policy and program, whole and unaltered, or refused."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.startup.cases import small, steady

from sxsim.errors import InputError
from sxsim.startup import checkpoint, start_up
from sxsim.startup.outcome import StartUp


@pytest.fixture(scope="module")
def run() -> StartUp:
    """Half a day of a small cascade."""
    return start_up(small(), policy="open", days=0.5, steady=steady(), time_scales=False)


@pytest.fixture
def file(run: StartUp, tmp_path: Path) -> Path:
    """Its checkpoint."""
    run.save_checkpoint(tmp_path / "half.npz")
    return tmp_path / "half.npz"


def resumed(file: Path) -> StartUp:
    return start_up(small(), policy="open", days=1.0, steady=steady(), resume=file, time_scales=False)


def parts(file: Path) -> dict[str, np.ndarray]:
    with np.load(file) as held:
        return {name: held[name] for name in held.files}


def test_what_was_cut_short_anywhere_is_refused(file: Path) -> None:
    content = file.read_bytes()
    for length in (*range(0, len(content), len(content) // 40), len(content) - 1):
        file.write_bytes(content[:length])
        with pytest.raises(InputError, match=r"is no checkpoint, or was cut short or altered .*name a file"):
            checkpoint.read(file, small().input_hash, "open")


def test_no_altered_byte_gives_another_course(file: Path, run: StartUp) -> None:
    """Some bytes of an archive, such as its dates, mean nothing."""
    content, random, refused = file.read_bytes(), np.random.default_rng(1), 0
    kept = checkpoint.read(file, small().input_hash, "open")
    for place in random.integers(0, len(content), 200):
        changed = bytearray(content)
        changed[place] ^= 1 << int(random.integers(0, 8))
        file.write_bytes(changed)
        try:
            found = checkpoint.read(file, small().input_hash, "open")
        except InputError:
            refused += 1
            continue
        assert {**found, "course": None} == {**kept, "course": None}
        assert all(np.array_equal(found["course"][name], kept["course"][name]) for name in kept["course"])
    assert refused > 150


@pytest.mark.parametrize(
    "change",
    [
        lambda held: held.pop("digest"),
        lambda held: held.pop("plain"),
        lambda held: held.pop("amount"),
        lambda held: held.update(amount=held["amount"] * 1.0001),
        lambda held: held.update(amount=held["amount"][:-1]),
        lambda held: held.update(amount=held["amount"].astype(np.float32)),
        lambda held: held.update(more=np.zeros(3)),
        lambda held: held.update(plain=np.array(str(held["plain"]).replace("open", "closed"))),
        lambda held: held.update(plain=np.array("{}")),
        lambda held: held.update(plain=np.array("[" * 9000)),
        lambda held: held.update(plain=np.array(3)),
    ],
)
def test_parts_that_do_not_belong_together_are_refused(file: Path, change: Callable[[dict[str, object]], None]) -> None:
    held: dict[str, object] = dict(parts(file))
    change(held)
    np.savez(file, **held)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="is no checkpoint, or was cut short or altered"):
        resumed(file)


def test_an_array_that_claims_to_be_huge_is_refused(file: Path) -> None:
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "<f8", "fortran_order": False, "shape": (10**15,)})
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("huge.npy", head.getvalue())
    with pytest.raises(InputError, match="is no checkpoint, or was cut short or altered"):
        resumed(file)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (
            "program_digest",
            r"computed by sxsim [\d.]+ with other sources, data, numba or numpy, and this is .*anew",
        ),
        ("__version__", r"was computed by sxsim [\d.]+, and this is another .*; carry on with that program, or start"),
    ],
)
def test_a_course_is_not_carried_on_by_another_program(
    file: Path, monkeypatch: pytest.MonkeyPatch, changed: str, says: str
) -> None:
    monkeypatch.setattr(checkpoint, "program_digest", lambda: "another")
    monkeypatch.setattr(checkpoint, "__version__", "another" if changed == "__version__" else checkpoint.__version__)
    with pytest.raises(InputError, match=says):
        resumed(file)


def test_a_checkpoint_of_another_cascade_is_refused(file: Path) -> None:
    other = small().replace({"organic.extractant_mol_L": 1.4})
    with pytest.raises(InputError, match="is a checkpoint of another cascade"):
        start_up(other, policy="open", days=1.0, resume=file, time_scales=False)


def test_a_run_killed_while_it_saves_leaves_the_checkpoint_that_was_there(file: Path) -> None:
    before = file.read_bytes()
    code = (
        "import os, sys, json; import numpy as np; from types import SimpleNamespace as Run\n"
        "from sxsim.startup import checkpoint\n"
        "whole = np.savez_compressed\n"
        "def killed(file, **parts): whole(file, **parts); file.flush(); os._exit(9)\n"
        "np.savez_compressed = killed\n"
        "cascade = Run(input_hash='')\n"
        "run = Run(state={'course': {'amount': np.ones(9)}}, policy='open', steady=Run(cascade=cascade))\n"
        "checkpoint.save(run, sys.argv[1])\n"
    )
    source = os.pathsep.join(filter(None, sys.path))
    ended = subprocess.run([sys.executable, "-c", code, str(file)], env={**os.environ, "PYTHONPATH": source})
    assert ended.returncode == 9
    assert len(list(file.parent.iterdir())) == 2  # what was being written, for whoever sweeps up
    assert file.read_bytes() == before
    assert resumed(file).time_h[0] == 12.0


@pytest.mark.parametrize(
    ("name", "says"),
    [("n" * 300, "cannot be read: File name too long"), ("a\0b", "is no"), ("", "annot be read|is no")],
)
def test_places_that_are_none_are_refused(run: StartUp, name: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        checkpoint.read(name, "", "open")
    if name:
        with pytest.raises(InputError, match=r"checkpoint: .* cannot be written"):
            run.save_checkpoint(name)


def test_what_is_told_of_the_program_stands_in_the_file(file: Path) -> None:
    plain = json.loads(str(parts(file)["plain"]))
    assert (plain["policy"], plain["version"]) == ("open", checkpoint.__version__)
