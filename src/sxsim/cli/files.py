"""Files of a run: all of them or none, and one message when they cannot be written."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sxsim.errors import Finding, InputError
from sxsim.foundation.atomic import atomic_path

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["json_text", "save_figure", "staged_folder"]


@contextmanager
def staged_folder(folder: Path) -> Iterator[Path]:
    """Lend an empty folder inside `folder`; its files take their places in `folder` when the block ends well.

    The folder is made before the block runs, so that a place nobody can write to is found before any work is done;
    when the block fails, a folder that was not there before is removed again.

    Raises
    ------
    InputError
        The place cannot be written to.
    """
    stage = folder / f".unfinished-{secrets.token_hex(4)}"
    new = not folder.exists()
    done = False
    try:
        stage.mkdir(parents=True)
        yield stage
        for file in sorted(stage.iterdir()):
            if file.is_dir() and (folder / file.name).is_dir():
                shutil.rmtree(folder / file.name)
            file.replace(folder / file.name)
        done = True
    except OSError as error:
        raise _unwritable("--out", folder, error) from None
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        if new and not done:
            with suppress(OSError):
                folder.rmdir()


def save_figure(figure: Figure, path: Path, option: str) -> None:
    """Write a figure whole or not at all; its format follows the suffix (PNG, PDF, SVG).

    Raises
    ------
    InputError
        The suffix is no picture format, or the place cannot be written to.
    """
    formats = figure.canvas.get_supported_filetypes()
    if path.suffix.lstrip(".").lower() not in formats:
        offence = f"{path.name!r} does not end in a picture format"
        raise InputError(Finding(option, offence, ".png, .pdf, .svg", f"write {path.stem}.png"))
    try:
        with atomic_path(path) as temporary:
            figure.savefig(temporary, dpi=150)
    except OSError as error:
        raise _unwritable(option, path, error) from None


def json_text(command: str, input_hash: str | None, body: Mapping[str, Any]) -> str:
    """Write one JSON object, a line for each of its keys: command, version and input_hash first, then the body.

    Raises
    ------
    ValueError
        The body holds NaN or infinity, which JSON does not know.
    """
    from sxsim import __version__

    told = {"command": command, "version": __version__, "input_hash": input_hash, **body}
    lines = [f"{json.dumps(key)}: {json.dumps(value, allow_nan=False)}" for key, value in told.items()]
    return "{\n " + ",\n ".join(lines) + "\n}"


def _unwritable(option: str, path: Path, error: OSError) -> InputError:
    return InputError(
        Finding(option, f"{path} cannot be written: {error.strerror}", cure="name a place you may write to")
    )
