"""Synthesis: from a feed and product specifications to the order of cuts."""

from __future__ import annotations

from sxsim.foundation.lazy import load_on_use

TYPE_CHECKING = False  # type checkers read it as true
if TYPE_CHECKING:
    from sxsim.plant.synthesis.rigorous import DesignedSequence, design_sequence
    from sxsim.plant.synthesis.synthesizing import Synthesis, synthesize

__all__ = ["DesignedSequence", "Synthesis", "design_sequence", "synthesize"]

_HOMES = {
    "DesignedSequence": "rigorous",
    "Synthesis": "synthesizing",
    "design_sequence": "rigorous",
    "synthesize": "synthesizing",
}

__getattr__, __dir__ = load_on_use(__name__, globals(), _HOMES)
