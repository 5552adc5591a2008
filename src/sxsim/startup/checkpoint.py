"""A start-up laid aside and taken up again."""

from __future__ import annotations

import json
import os
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from sxsim.errors import Finding, InputError
from sxsim.foundation.atomic import atomic_path

if TYPE_CHECKING:
    from sxsim.startup.outcome import StartUp

__all__ = ["read", "save"]

CURE = "name a file that a start-up saved"
PARTS = {"amount", "concentration", "stage", "link", "clock", "integral", "mixer", "mixed"}
"""What a course is restored from."""


def save(run: StartUp, path: str | os.PathLike[str]) -> None:
    """Write the state at the end of a run, whole or not at all."""
    plain = {key: value for key, value in run.state.items() if key != "course"}
    plain |= {"policy": run.policy, "input_hash": run.steady.cascade.input_hash}
    with atomic_path(path) as temporary, open(temporary, "wb") as file:
        np.savez_compressed(file, plain=np.array(json.dumps(plain)), **run.state["course"])


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
        The file is none, or of another cascade or policy.
    """
    source = os.fspath(path)
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as held:
            course = {name: held[name] for name in held.files if name != "plain"}
            plain = json.loads(str(held["plain"]))
        if not course.keys() >= PARTS:
            raise KeyError("plain")
    except FileNotFoundError:
        raise InputError(
            Finding("resume", "there is no such file", cure=CURE, allowed="checkpoint.npz of a start-up"), source
        ) from None
    except (OSError, ValueError, KeyError, EOFError, AttributeError, TypeError, zipfile.BadZipFile, zlib.error):
        raise InputError(
            Finding("resume", "is no checkpoint", cure=CURE, allowed="checkpoint.npz of a start-up"), source
        ) from None
    if plain["input_hash"] != input_hash:
        cure = "carry on with the cascade that it was saved from"
        raise InputError(
            Finding("resume", "is a checkpoint of another cascade", cure=cure, allowed="a checkpoint of this cascade"),
            source,
        )
    if plain["policy"] != policy:
        raise InputError(
            Finding("resume", f"was run with the policy {plain['policy']!r}", plain["policy"], cure="name that policy"),
            source,
        )
    return {**plain, "course": course}
