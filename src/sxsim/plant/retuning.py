"""What a train changes of its cuts so that every product meets its specification for what arrives."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sxsim.definition.target_tables import FIGURES

if TYPE_CHECKING:
    from sxsim.cascade import Result

__all__ = ["Retuned", "Tuning", "retuned", "strip_streams", "strips_weakly", "tuned"]

WEAK = 0.2
"""What the organic keeps of metals past the strip, beside what of them soils another product: then acid may help."""


@dataclass(slots=True)
class Tuning:
    """What differs from the tables of one cut.

    Attributes
    ----------
    strip : float
        Factor on the strip acids [-].
    raised : int
        How often that was raised for the sake of a product.
    split : dict of str to float
        Fraction of a split by the product it divides [-].
    losses : dict of int to float
        Factor on what a target lets be lost, by its place in the file [-].
    why : dict of int to list of str
        Products for which a target was tightened.
    """

    strip: float = 1.0
    raised: int = 0
    split: dict[str, float] = field(default_factory=dict)
    losses: dict[int, float] = field(default_factory=dict)
    why: dict[int, list[str]] = field(default_factory=dict)

    def copy(self) -> Tuning:
        """An equal one that can be changed."""
        return Tuning(self.strip, self.raised, dict(self.split), dict(self.losses), dict(self.why))


@dataclass(frozen=True, slots=True)
class Retuned:
    """One value of a cut that is not the typed one.

    Attributes
    ----------
    cascade, path : str
        Where: the cut, and a dotted path of its definition.
    typed, used : float
        For what arrives, as the file has it, and as it is used.
    """

    cascade: str
    path: str
    typed: float
    used: float

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {key: getattr(self, key) for key in self.__slots__}

    def __str__(self) -> str:
        return f"{self.cascade}: {self.path} {self.used:.6g} instead of {self.typed:.6g}"


def strip_streams(data: Mapping[str, Any], inlets: Mapping[str, str]) -> list[str]:
    """Acids that strip and are the cut's own: they do not come from the train, and are not free.

    Parameters
    ----------
    data : mapping
        Tables of the cut.
    inlets : mapping of str to str
        Streams that come from the train.
    """
    free = (data.get("solve") or {}).get("free", ())
    names = [part.get("aqueous_in") for part in data.get("section", []) if part.get("kind") == "stripping"]
    typed = data.get("stream", {})
    return [
        str(name) for name in names if name in typed and name not in inlets and f"stream.{name}.flow_m3_h" not in free
    ]


def tuned(data: Mapping[str, Any], tuning: Tuning, inlets: Mapping[str, str]) -> dict[str, Any]:
    """Tables of a cut with what is changed of them.

    Parameters
    ----------
    data : mapping
        As the file has them, for what arrives.
    tuning : Tuning
        The changes.
    inlets : mapping of str to str
        Streams that come from the train.
    """
    tables = dict(data)
    if tuning.strip != 1.0:
        streams = {name: dict(table) for name, table in data["stream"].items()}
        for name in strip_streams(data, inlets):
            streams[name]["flow_m3_h"] = float(streams[name]["flow_m3_h"]) * tuning.strip
        tables["stream"] = streams
    if tuning.split:
        tables["split"] = [
            {**split, "fraction": tuning.split.get(str(split.get("from")), split.get("fraction"))}
            for split in data["split"]
        ]
    if tuning.losses:
        tables["target"] = [
            _tightened(target, tuning.losses[place]) if place in tuning.losses else dict(target)
            for place, target in enumerate(data["target"])
        ]
    return tables


def _tightened(target: Mapping[str, Any], factor: float) -> dict[str, Any]:
    """A target that lets so many times as much be lost [-]."""
    key = next(key for key in FIGURES if target.get(key) is not None)
    asked, figure = float(target[key]), FIGURES[key]
    if figure == "recovery":
        changed = 1.0 - factor * (1.0 - asked)
    elif figure == "purity":
        changed = asked / (asked + factor * (1.0 - asked))
    elif figure == "impurity":
        changed = factor * asked / (1.0 - asked + factor * asked)
    else:
        changed = factor * asked
    return {**target, key: changed}


def retuned(name: str, typed: Mapping[str, Any], tuning: Tuning, inlets: Mapping[str, str]) -> list[Retuned]:
    """What a tuning changes, value by value.

    Parameters
    ----------
    name : str
        The cut.
    typed : mapping
        Its tables for what arrives, as the file has them.
    tuning : Tuning
        The changes.
    inlets : mapping of str to str
        Streams that come from the train.
    """
    used = tuned(typed, tuning, inlets)
    found = []
    if tuning.strip != 1.0:
        for each in strip_streams(typed, inlets):
            pair = (float(tables["stream"][each]["flow_m3_h"]) for tables in (typed, used))
            found.append(Retuned(name, f"stream.{each}.flow_m3_h", *pair))
    for before, after in zip(typed.get("split", []), used.get("split", []), strict=True):
        if str(before["from"]) in tuning.split:
            found.append(Retuned(name, f"split.{before['from']}.fraction", before["fraction"], after["fraction"]))
    for place in sorted(tuning.losses):
        before, after = typed["target"][place], used["target"][place]
        key = next(key for key in FIGURES if before.get(key) is not None)
        about = before.get("element") or "+".join(before.get("elements", ()))
        found.append(Retuned(name, f"target.{before['stream']}.{about}.{key}", before[key], after[key]))
    return found


def strips_weakly(result: Result, elements: list[str], stream: str) -> bool:
    """Whether of some metals the organic keeps so much past the strip that it may be what soils a product.

    Parameters
    ----------
    result : Result
        A state of the cut.
    elements : list of str
        The metals.
    stream : str
        The product in which they are foreign; not one of the strip.
    """
    if not result.cascade.organic.recycled or "stripped_organic" not in result.stream:
        return False
    strips = {part.aqueous_out for part in result.cascade.section if part.kind == "stripping"}
    if stream in strips or not strips:
        return False
    kept = math.fsum(result.stream["stripped_organic"].amount_kmol_h(name) for name in elements)
    return kept > WEAK * math.fsum(result.stream[stream].amount_kmol_h(name) for name in elements)
