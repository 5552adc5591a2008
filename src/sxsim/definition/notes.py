"""What a change of a cascade means besides the values that it sets: what it fixed, froze, freed, and put aside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sxsim.foundation.paths import get

if TYPE_CHECKING:
    from sxsim.definition.cascade import Cascade

__all__ = ["notes_of", "told_anew"]

ACIDITIES: Mapping[str, tuple[str, ...]] = {
    "pH": ("acid_mol_L", "acid", "base_mol_L", "base"),
    "acid_mol_L": ("pH", "base_mol_L", "base"),
    "base_mol_L": ("pH", "acid_mol_L", "acid"),
}
"""Keys that tell how acid a stream is, and those that would tell it a second time."""


def told_anew(cascade: Cascade, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the changes with what has to give way to them: an acidity told anew takes the place of the old one.

    Parameters
    ----------
    cascade : Cascade
        Definition that is changed.
    changes : mapping of str to value
        Dotted paths and their new values.

    Returns
    -------
    dict of str to value
        The same, and None for each key that told the acidity of such a stream otherwise and is not assigned itself.
    """
    told = dict(changes)
    for path, value in changes.items():
        table, name, key = path.split(".") if path.count(".") == 2 else ("", "", "")
        stream = cascade.stream.get(name) if table == "stream" else None
        beside = stream is not None and (stream.acid_beside_pH or f"stream.{name}.acid_beside_pH" in changes)
        if stream is None or key not in ACIDITIES or value is None or (beside and key != "base_mol_L"):
            continue
        said = {other for other in ACIDITIES if f"stream.{name}.{other}" in changes}
        if said != {key}:
            continue
        for other in ACIDITIES[key]:
            if getattr(stream, other) is not None and f"stream.{name}.{other}" not in cascade.free:
                told.setdefault(f"stream.{name}.{other}", None)
    return told


def notes_of(before: Cascade, after: Cascade, changes: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what a reader of the changed cascade must know, one sentence each.

    Parameters
    ----------
    before, after : Cascade
        The definition, and the copy that the changes made of it.
    changes : mapping of str to value
        What was assigned, as `told_anew` completes it.

    Returns
    -------
    tuple of str
        Quantities that are no longer free, with what the targets are met with instead; quantities that are free now;
        keys that gave way.
    """
    said = []
    for path, value in changes.items():
        name, _, key = path.removeprefix("stream.").rpartition(".")
        if value is None and path.startswith("stream.") and key in ACIDITIES:
            was = getattr(before.stream[name], key)
            said.append(f"{path} = {was:g} gave way: the acidity of {name} is told anew")
    lost = [path for path in before.free if path not in after.free]
    if lost:
        fixed = [path for path in lost if changes.get(path) is not None and changes[path] != "design"]
        frozen = [path for path in lost if path not in changes]
        text = [f"{path} was free and is fixed at {changes[path]:g}" for path in fixed]
        text += [f"{path} was free and is frozen as typed, at {get(after.to_data(), path):g}" for path in frozen]
        watched = [target.path for target in after.target if target.enforced]
        if text and after.free:
            said.append(f"{'; '.join(text)}; the targets are met with {', '.join(after.free)}")
        elif text and watched:
            said.append(
                f"{'; '.join(text)}; nothing is free, so the flows are simulated as typed and {_watched(watched)}"
            )
        elif text:
            said.append("; ".join(text))
    gained = [path for path in after.free if path not in before.free]
    if gained:
        are = "is" if len(gained) == 1 else "are"
        said.append(f"{', '.join(gained)} {are} free now: the value that is typed decides nothing")
    return tuple(said)


def _watched(paths: list[str]) -> str:
    """Targets that are no longer met but told."""
    are = "is" if len(paths) == 1 else "are"
    return f"{', '.join(paths)} {are} only watched"
