"""A start-up laid aside and taken up again."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sxsim import __version__
from sxsim.errors import Finding, InputError
from sxsim.foundation.atomic import atomic_path
from sxsim.foundation.places import unwritable
from sxsim.foundation.program import program_digest

if TYPE_CHECKING:
    from sxsim.startup.outcome import StartUp

__all__ = ["read", "save"]

CURE = "name a file that a start-up saved"
SAVED = "checkpoint.npz of a start-up"
PARTS = {"amount", "concentration", "stage", "link", "clock", "integral", "mixer", "mixed"}
"""What a course is restored from."""


def save(run: StartUp, path: str | os.PathLike[str]) -> None:
    """Write the state at the end of a run, whole or not at all.

    Raises
    ------
    InputError
        The place cannot be written to.
    """
    plain = {key: value for key, value in run.state.items() if key != "course"}
    plain |= {"policy": run.policy, "input_hash": run.steady.cascade.input_hash}
    plain |= {"version": __version__, "program": program_digest()}
    text, course = json.dumps(plain), run.state["course"]
    try:
        with atomic_path(path) as temporary, open(temporary, "wb") as file:
            np.savez_compressed(file, plain=np.array(text), digest=np.array(_digest(text, course)), **course)
    except (OSError, ValueError) as error:
        raise unwritable("checkpoint", path, error) from None


def read(path: str | os.PathLike[str], input_hash: str, policy: str) -> dict[str, Any]:
    """Read a state.

    Parameters
    ----------
    path : path-like
        What `save` wrote.
    input_hash : str
        Of the cascade that carries on.
    policy : str
        Its policy.

    Raises
    ------
    InputError
        The file is none or was cut short or altered, or it is of another cascade, policy or program.
    """
    source = os.fspath(path)
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as held:
            course = {name: held[name] for name in held.files if name not in ("plain", "digest")}
            text, digest = str(held["plain"]), str(held["digest"])
        plain = json.loads(text)
        if not course.keys() >= PARTS or digest != _digest(text, course):
            raise KeyError("digest")
    except FileNotFoundError:
        raise _refused("there is no such file", SAVED, CURE, source) from None
    except UNREADABLE as error:
        if isinstance(error, OSError) and error.errno is not None and error.filename is not None:
            raise _refused(f"cannot be read: {error.strerror}", SAVED, CURE, source) from None
        raise _refused("is no checkpoint, or was cut short or altered", SAVED, CURE, source) from None
    if plain["input_hash"] != input_hash:
        cure = "carry on with the cascade that it was saved from"
        raise _refused("is a checkpoint of another cascade", "a checkpoint of this cascade", cure, source)
    if plain["policy"] != policy:
        raise _refused(f"was run with the policy {plain['policy']!r}", plain["policy"], "name that policy", source)
    if plain["program"] != program_digest():
        was = plain["version"]
        other = "" if was != __version__ else " with other sources, data, numba or numpy"
        offence = f"was computed by sxsim {was}{other}, and this is {__version__}"
        cure = "carry on with that program, or start up anew"
        raise _refused(offence, "a course of one program", cure, source)
    return {**plain, "course": course}


def _refused(offence: str, allowed: str, cure: str, source: str) -> InputError:
    return InputError(Finding("resume", offence, allowed, cure), source)


UNREADABLE = (
    AttributeError,
    EOFError,
    KeyError,
    MemoryError,
    NotImplementedError,
    OSError,
    OverflowError,
    RecursionError,
    SyntaxError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What reading says of a file that is none of ours, or no longer: of its archive, its arrays, or its text."""


def _digest(text: str, course: Mapping[str, Any]) -> str:
    """Digest of everything that a checkpoint holds."""
    digest = hashlib.sha256(text.encode())
    for name in sorted(course):
        array = np.ascontiguousarray(course[name])
        digest.update(f"{name} {array.dtype.str} {np.shape(course[name])} ".encode() + array.tobytes())
    return digest.hexdigest()
