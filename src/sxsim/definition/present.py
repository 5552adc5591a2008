"""Which of the elements of a cascade really enter it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sxsim.foundation.remembering import remembered

if TYPE_CHECKING:
    from sxsim.definition.cascade import Cascade
    from sxsim.definition.tables import Stream

__all__ = ["data_without", "elements_present", "without_absent"]

TRACE = 1e-9
"""Concentration [mol/L or g/L] and flow [m3/h] at which something stands that an event of a run raises from nothing."""


@remembered
def elements_present(cascade: Cascade) -> frozenset[str]:
    """Return the elements that something brings in.

    Parameters
    ----------
    cascade : Cascade
        Definition whose single values are valid.

    Returns
    -------
    frozenset of str
        Elements with more than nothing in a stream that flows, or whose flow is free or left to `design`, or in the
        fresh organic.
    """
    found: set[str] = set()
    for name, stream in cascade.stream.items():
        if stream.flow_m3_h != 0.0 or f"stream.{name}.flow_m3_h" in cascade.free:
            found |= _held(stream)
    if not cascade.organic.recycled:
        found |= {symbol for symbol, value in cascade.organic.assay_mol_L.items() if value > 0.0}
    return frozenset(found)


def without_absent(cascade: Cascade) -> Cascade:
    """Return the cascade that runs in time: without the elements that nothing brings in, at the start or later.

    Parameters
    ----------
    cascade : Cascade
        Clean definition with decided flows.

    Returns
    -------
    Cascade
        The same one where every element enters. What an event of `[startup]` raises from nothing is there as a trace
        from the beginning; targets on elements that never enter are left out.
    """
    absent = set(cascade.elements) - elements_present(cascade)
    if not absent:
        return cascade
    changes: dict[str, Any] = {}
    for event in cascade.startup.event if cascade.startup is not None else ():
        table, name, *rest = event.path.split(".")
        if table != "stream":
            continue
        raised = absent & (
            {rest[1]} if len(rest) == 2 else _held(cascade.stream[name]) if rest == ["flow_m3_h"] else set()
        )
        if raised:
            changes[event.path] = TRACE
            absent -= raised
    if len(absent) == len(cascade.elements):
        return cascade
    return type(cascade).from_data(data_without(cascade.to_data(), absent)).replace(changes)


def data_without(data: dict[str, Any], absent: set[str]) -> dict[str, Any]:
    """Plain data of a definition without some elements, and without targets on nothing but those.

    Parameters
    ----------
    data : dict
        Tables of a cascade or linked extraction, as its `to_data` gives them; they are changed.
    absent : set of str
        Symbols.
    """
    data["elements"] = [symbol for symbol in data["elements"] if symbol not in absent]
    for holder in (data["organic"], *data["stream"].values()):
        for key in ("assay_mol_L", "assay_g_L"):
            if key in holder:
                holder[key] = {symbol: value for symbol, value in holder[key].items() if symbol not in absent}
        if not holder.get("assay_g_L"):
            holder.pop("basis", None)
    data["target"] = [left for target in data.get("target", []) if (left := _without(target, absent))]
    return data


def _without(target: Mapping[str, Any], absent: set[str]) -> dict[str, Any]:
    """A target of a file without some elements; nothing where none is left."""
    if target.get("element") in absent:
        return {}
    group = [symbol for symbol in target.get("elements", ()) if symbol not in absent]
    return {**target, **({"elements": group} if group else {})} if group or "element" in target else {}


@remembered
def _held(stream: Stream) -> frozenset[str]:
    """Elements of which a stream holds more than nothing."""
    assays = (stream.assay_g_L, stream.assay_mol_L)
    return frozenset(symbol for assay in assays for symbol, value in assay.items() if value > 0.0)
