"""Writing an extraction system as the TOML that `load_system_file` reads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sxsim.definition.system import SystemFile
from sxsim.foundation.atomic import write_text

__all__ = ["system_text", "write_system_file"]


def system_text(system: SystemFile, opening: Sequence[str] = ()) -> str:
    """Return the TOML text of a system.

    Parameters
    ----------
    system : SystemFile
        The system.
    opening : sequence of str
        Lines of the opening comment.

    Returns
    -------
    str
        TOML; reading it again gives an equal system.
    """
    import tomlkit  # heavy: only writing needs it

    document = tomlkit.document()
    for line in opening:
        document.add(tomlkit.comment(line))
    for key, value in _shortened(system.model_dump(mode="json", by_alias=True, exclude_none=True)).items():
        document.add(key, tomlkit.item(value))
    return tomlkit.dumps(document)


def write_system_file(system: SystemFile, path: str | Path, opening: Sequence[str] = ()) -> None:
    """Write a system file.

    Parameters
    ----------
    system : SystemFile
        The system.
    path : str or Path
        Where; missing folders are made.
    opening : sequence of str
        Lines of the opening comment.
    """
    write_text(path, system_text(system, opening))


def _shortened(table: Any) -> Any:
    """Drop what the reader fills in: empty notes and lists, bounds equal to the value; a pair opens its table."""
    if isinstance(table, list):
        return [_shortened(entry) for entry in table]
    if not isinstance(table, dict):
        return table
    kept = {key: _shortened(table[key]) for key in sorted(table, key=lambda key: key != "pair")}
    kept = {key: value for key, value in kept.items() if value not in ("", [])}
    if "value" in kept and kept.get("low") == kept["value"] == kept.get("high"):
        del kept["low"], kept["high"]
    return kept
