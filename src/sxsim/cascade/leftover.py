"""More free quantities than the search moves: what is left over is chosen for the least acid and base."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from sxsim.cascade.result import Result
from sxsim.definition import Cascade
from sxsim.definition.tables import ACID_VALENCE, Solve
from sxsim.errors import ConvergenceError, InputError, UnreachableTarget

__all__ = ["search_all", "searched_pair"]

COARSE = 9
"""Places along the range of a quantity that are looked at first."""
FINE = 28
"""Steps of the golden section between the best of them and its neighbours: to 1e-6 of the quantity."""
ROUNDS = 3
"""How often quantities are chosen in turn where more than one is left over."""
GOLDEN = 0.5 * (math.sqrt(5.0) - 1.0)


def searched_pair(cascade: Cascade) -> tuple[str, ...]:
    """Return the quantities that the search itself moves: what is made least or most, and what moves the cut.

    Parameters
    ----------
    cascade : Cascade
        With `[solve]`.

    Returns
    -------
    tuple of str
        One or two of its free paths.
    """
    assert cascade.solve is not None
    first = cascade.solve.objective[0]
    others = [path for path in cascade.solve.free if path != first]
    scrubs = {f"stream.{part.aqueous_in}" for part in cascade.section if part.kind == "scrubbing"}
    others.sort(key=lambda path: path.rpartition(".")[0] not in scrubs)
    return (first, *others[:1])


def search_all(cascade: Cascade, search: Callable[[Cascade], Result]) -> Result:
    """Search with more than two free quantities.

    Parameters
    ----------
    cascade : Cascade
        Clean definition with three free quantities or more.
    search : callable
        Solves a cascade of at most two.

    Returns
    -------
    Result
        That with the least acid and base; its `found` has all free quantities.

    Raises
    ------
    UnreachableTarget
        No value that was tried of what is left over meets the targets; the nearest refusal.

    Notes
    -----
    The targets leave a choice where fewer of them bind than quantities are free, and a strip that is fed more acid
    makes any product a little better: to make the organic least alone would feed it without end. What is left over is
    therefore chosen so that acid and base together [kmol/h] are least, by a golden section over each in turn.
    """
    assert cascade.solve is not None
    pair = searched_pair(cascade)
    others = [path for path in cascade.solve.free if path not in pair]
    solve = cascade.solve.model_dump()
    reduced = cascade.model_copy(update={"solve": Solve.model_validate({**solve, "free": pair})})
    known: dict[tuple[float, ...], Result | UnreachableTarget] = {}

    def at(values: Mapping[str, float]) -> Result | UnreachableTarget:
        key = tuple(values[path] for path in others)
        if key not in known:
            try:
                known[key] = search(_with(reduced, values))
            except UnreachableTarget as refusal:
                known[key] = refusal
            except (ConvergenceError, InputError) as error:
                known[key] = UnreachableTarget(str(error))
        return known[key]

    ranges = {path: _range(cascade, path) for path in others}
    here = {path: math.sqrt(low * high) for path, (low, high) in ranges.items()}
    for _ in range(ROUNDS if len(others) > 1 else 1):
        for path in others:
            here[path] = _best_along(path, here, ranges[path], at)
    best = at(here)
    if isinstance(best, UnreachableTarget):
        raise min(
            (each for each in known.values() if isinstance(each, UnreachableTarget)),
            key=lambda refusal: refusal.best if refusal.best is not None else math.inf,
        )
    return best


def _best_along(
    path: str,
    here: Mapping[str, float],
    limits: tuple[float, float],
    at: Callable[[Mapping[str, float]], Result | UnreachableTarget],
) -> float:
    """Value of one quantity with the least acid and base, or, where nothing is met, the nearest to that."""
    low, high = (math.log(limit) for limit in limits)

    def figure(place: float) -> tuple[int, float]:
        found = at({**here, path: math.exp(place)})
        if isinstance(found, UnreachableTarget):
            return 1, found.best if found.best is not None else math.inf
        return 0, reagents_kmol_h(found)

    places = [low + (high - low) * step / (COARSE - 1) for step in range(COARSE)]
    centre = min(range(COARSE), key=lambda step: figure(places[step]))
    left, right = places[max(centre - 1, 0)], places[min(centre + 1, COARSE - 1)]
    inner = right - GOLDEN * (right - left), left + GOLDEN * (right - left)
    for _ in range(FINE):
        if figure(inner[0]) <= figure(inner[1]):
            right = inner[1]
            inner = right - GOLDEN * (right - left), inner[0]
        else:
            left = inner[0]
            inner = inner[1], left + GOLDEN * (right - left)
    return math.exp(min((*inner, places[centre]), key=figure))


def reagents_kmol_h(result: Result) -> float:
    """Acid that enters with the liquors and base that saponifies the organic [kmol/h]."""
    cascade, found = result.cascade, result.found
    total = 0.0
    for name, stream in cascade.stream.items():
        flow = found.get(f"stream.{name}.flow_m3_h", stream.flow_m3_h)
        strength = found.get(f"stream.{name}.acid_mol_L", stream.acid_mol_L or 0.0)
        total += float(flow) * float(strength) * ACID_VALENCE.get(stream.acid or "", 1)
    organic = cascade.organic
    flow = float(found.get("organic.flow_m3_h", organic.flow_m3_h))
    share = float(found.get("organic.saponified_fraction", organic.saponified_fraction or 0.0))
    base = float(found.get("organic.base_kmol_h", organic.base_kmol_h or 0.0))
    return total + flow * share * organic.extractant_mol_L + base


def _with(cascade: Cascade, values: Mapping[str, float]) -> Cascade:
    """The same with values of what is left over; they are no longer free."""
    typed = cascade.simulated(values)
    return typed.model_copy(update={"solve": cascade.solve})


def _range(cascade: Cascade, path: str) -> tuple[float, float]:
    """Range of a quantity, from what is fed alone."""
    metals = math.fsum(
        float(stream.flow_m3_h) * math.fsum(stream.concentration_mol_L.values())
        for stream in cascade.stream.values()
        if not isinstance(stream.flow_m3_h, str)
    )
    fed = math.fsum(
        float(stream.flow_m3_h)
        for stream in cascade.stream.values()
        if any(stream.concentration_mol_L.values()) and not isinstance(stream.flow_m3_h, str)
    )
    table, *rest = path.split(".")
    if path == "organic.saponified_fraction":
        return 1e-3, 0.49
    if path == "organic.base_kmol_h":
        return 0.03 * metals, 30.0 * metals
    if table == "stream" and rest[1] == "acid_mol_L":
        return 0.3, 12.0
    if table == "stream" and (strength := cascade.stream[rest[0]].acid_mol_L):
        return 0.3 * metals / strength, 30.0 * metals / strength
    return 1e-3 * fed, 3.0 * fed
