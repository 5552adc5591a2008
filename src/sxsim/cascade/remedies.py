"""Changes that give typed flows a steady state, each of them tried before it is told."""

from __future__ import annotations

import math
from collections.abc import Iterator

from sxsim.cascade.cures import Cure
from sxsim.cascade.solving import steady_state
from sxsim.definition import Cascade
from sxsim.errors import ConvergenceError, InputError

__all__ = ["with_remedies"]

FACTORS = (1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0, 100.0)
"""By how much a quantity is changed in turn until there is a steady state."""

COARSE = (1.25, 2.0, 5.0, 20.0, 100.0)
"""The same where a cascade is large."""

LARGE = 600
"""Stages times components from which a try takes its time."""

TOLD = 3
"""Most changes that are told."""


def with_remedies(cascade: Cascade, failure: ConvergenceError) -> ConvergenceError:
    """The failure of a solve of typed flows with the changes that were found to help, the least change first.

    Parameters
    ----------
    cascade : Cascade
        Clean definition without a steady state that was found.
    failure : ConvergenceError
        What `solving.steady_state` said: a cause, a semicolon, and what may help.

    Returns
    -------
    ConvergenceError
        To be raised.
    """
    cause, _, _ = failure.diagnosis.rpartition("; ")
    size = sum(int(part.stages) for part in cascade.section) * (len(cascade.elements) + 1)
    found: list[tuple[float, Cure]] = []
    tried: list[str] = []
    for path, now, up, most in _levers(cascade):
        tried.append(path)
        for factor in COARSE if size > LARGE else FACTORS:
            to = float(f"{now * factor if up else now / factor:.4g}")
            if to > most:
                break
            if _settles(cascade, path, to):
                found.append((abs(math.log(factor)), Cure({path: (now, to)})))
                break
    cures = [cure for _, cure in sorted(found, key=lambda each: each[0])[:TOLD]]
    if cures:
        text = f"{cause}; it was tried that there is one with " + ", or ".join(str(cure) for cure in cures)
    elif tried:
        text = f"{cause}; none was found by changing one of {', '.join(tried)} alone"
    else:
        text = failure.diagnosis
    return ConvergenceError(text, failure.result, cures=cures)


def _settles(cascade: Cascade, path: str, to: float) -> bool:
    """Whether the changed cascade has a steady state in which no organic is overloaded."""
    try:
        result = steady_state(cascade.replace({path: to}))
    except (ConvergenceError, InputError):
        return False
    return float(result.stage.loading_fraction.max()) <= 1.0


def _levers(cascade: Cascade) -> Iterator[tuple[str, float, bool, float]]:
    """Quantities that may help: path, value, whether more of it may, and the most of it that there is."""
    organic = cascade.organic
    for key in ("saponified_fraction", "base_kmol_h"):
        value = getattr(organic, key)
        if value:
            yield f"organic.{key}", value, False, math.inf
    yield "organic.flow_m3_h", float(organic.flow_m3_h), True, math.inf
    yield "organic.flow_m3_h", float(organic.flow_m3_h), False, math.inf
    yield "organic.extractant_mol_L", organic.extractant_mol_L, True, math.inf
    for part in cascade.section:
        stream = cascade.stream.get(part.aqueous_in)
        if part.kind not in ("scrubbing", "stripping") or stream is None:
            continue
        if stream.acid_mol_L:
            yield f"stream.{part.aqueous_in}.acid_mol_L", stream.acid_mol_L, True, math.inf
        if isinstance(stream.flow_m3_h, float) and stream.flow_m3_h > 0.0:
            yield f"stream.{part.aqueous_in}.flow_m3_h", stream.flow_m3_h, True, math.inf
    for name, stream in cascade.stream.items():
        flows = isinstance(stream.flow_m3_h, float) and stream.flow_m3_h > 0.0
        if flows and (stream.alkali_mol_L > 0.0 or any(stream.concentration_mol_L.values())):
            yield f"stream.{name}.flow_m3_h", float(stream.flow_m3_h), False, math.inf
