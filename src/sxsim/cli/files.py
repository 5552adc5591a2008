"""Files of a run: all of them or none, and one message when they cannot be written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sxsim.errors import Finding, InputError
from sxsim.foundation.atomic import atomic_path, staged, sweep_up
from sxsim.foundation.places import unwritable

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["json_text", "save_figure", "staged_folder"]


@contextmanager
def staged_folder(folder: Path) -> Iterator[Path]:
    """Lend an empty folder inside `folder`; its files take their places in `folder` when the block ends well.

    See `foundation.atomic.staged`: all files take their places, or none.

    Raises
    ------
    InputError
        The place, or one of its files, cannot be written to.
    """
    try:
        with staged(folder) as stage:
            yield stage
    except OSError as error:
        raise unwritable("--out", folder, error, "nothing was written") from None


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
    sweep_up(path.parent)
    try:
        with atomic_path(path) as temporary:
            figure.savefig(temporary, dpi=150)
    except OSError as error:
        raise unwritable(option, path, error) from None


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
