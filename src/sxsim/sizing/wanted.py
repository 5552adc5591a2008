"""Targets as the closed forms take them: purities and recoveries of the two groups of a cut."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations

from sxsim.definition import Cascade
from sxsim.definition.tables import Target
from sxsim.elements import ELEMENTS
from sxsim.errors import InputError, UnreachableTarget
from sxsim.theory.specification import Split, split

__all__ = ["best_purities", "side_meant", "side_of", "wanted_of"]

ASSUMED = 0.99
"""Recovery that is assumed where the targets tell the theory one figure only [-]."""


def side_of(cascade: Cascade, product: str) -> int:
    """+1 for a product of the organic side of the cut, -1 for one of the aqueous side, 0 for anything else."""
    place = cascade.products[product]
    if place.kind == "draw":
        return 0
    if place.phase == "organic":
        return 0 if any(section.kind == "stripping" for section in cascade.section) else 1
    return {"stripping": 1, "extraction": -1}.get(cascade.section_named(place.section).kind, 0)


def side_meant(cascade: Cascade, target: Target) -> int:
    """Side of the cut on which a target wants its elements: what has to stay out of a product goes to the other."""
    side = side_of(cascade, target.stream)
    return side if target.at_least else -side


def _weight(target: Target, symbol: str) -> float:
    return ELEMENTS[symbol].equivalent_mass_g_mol("oxide") if target.purity_basis == "oxide" else 1.0


def _weighed(target: Target, fractions: Mapping[str, float], names: Sequence[str]) -> float:
    return math.fsum(_weight(target, name) * fractions[name] for name in names)


def best_purities(
    cascade: Cascade,
    targets: Sequence[Target],
    fractions: Mapping[str, float],
    organic: Sequence[str],
    aqueous: Sequence[str],
) -> dict[str, float]:
    """Highest purity of each product whose purity is asked, by ``stream.element`` [-]."""
    found = {}
    for target in targets:
        group = organic if side_of(cascade, target.stream) > 0 else aqueous
        own = [name for name in target.symbols if name in group]
        if target.purity_min is not None and own:
            found[f"{target.stream}.{target.name}"] = _weighed(target, fractions, own) / _weighed(
                target, fractions, group
            )
    return found


def wanted_of(
    targets: Sequence[Target],
    cascade: Cascade,
    fractions: Mapping[str, float],
    organic: Sequence[str],
    aqueous: Sequence[str],
    neighbours: tuple[str, str],
) -> Split:
    """The targets as figures of the two groups: the two that take most stages where there are more.

    Raises
    ------
    UnreachableTarget
        Companions leave no room for an impurity, or exact figures contradict the balances of two products.
    """
    asked: dict[str, float] = {}
    f_A = math.fsum(fractions[name] for name in organic)
    of_the_feed = {"purity_A": f_A, "purity_B": 1.0 - f_A}
    exact = True
    for target in targets:
        figure = _figure(target, cascade, fractions, (organic, aqueous), neighbours)
        if figure is not None and figure[1] > of_the_feed.get(figure[0], 0.0) + 1e-9:
            asked[figure[0]] = max(asked.get(figure[0], 0.0), figure[1])
            exact = exact and target.exact
    pairs = [{key: asked[key] for key in keys} for keys in combinations(asked, 2)]
    pairs = [pair for pair in pairs if _hardness(f_A, pair) > 0.0]
    if asked and not pairs:
        if exact and len(asked) == 2:
            said = ", ".join(f"{key} {value:.6g}" for key, value in asked.items())
            raise UnreachableTarget(
                f"the targets ({said}, by moles) contradict the balances of a feed with {f_A:.4%} for the organic: "
                f"{_nearest(asked, f_A)}"
            )
        # as minimums they do not: what one of them implies is more than the other asks
        pairs = [{key: value} | _assumed(key) for key, value in asked.items()]
    pairs = [pair for pair in pairs if _hardness(f_A, pair) > 0.0] or [{"recovery_A": ASSUMED, "recovery_B": ASSUMED}]
    return split(f_A, **max(pairs, key=lambda pair: _hardness(f_A, pair)))


def _assumed(key: str) -> dict[str, float]:
    """A second figure to go with the only one: how much is recovered of what is to be pure, or of the other side."""
    figure, letter = key.split("_")
    other = letter if figure == "purity" else {"A": "B", "B": "A"}[letter]
    return {f"recovery_{other}": ASSUMED}


def _hardness(f_A: float, pair: Mapping[str, float]) -> float:
    """How many stages of total reflux two figures take, times ln beta; 0 when they make no separation."""
    try:
        wanted = split(f_A, **pair)
    except InputError:
        return 0.0
    product = float(wanted.factor_a * wanted.factor_b)
    return math.log(product) if math.isfinite(product) else 0.0


def _figure(
    target: Target,
    cascade: Cascade,
    fractions: Mapping[str, float],
    groups: tuple[Sequence[str], Sequence[str]],
    neighbours: tuple[str, str],
) -> tuple[str, float] | None:
    """One target as a purity or recovery of a group; None where the theory has no such figure."""
    side = side_of(cascade, target.stream)
    if side == 0:
        return None
    up = side > 0
    letter, group, foreign = ("A", groups[0], neighbours[1]) if up else ("B", groups[1], neighbours[0])
    whole = math.fsum(fractions[name] for name in group)
    if target.at_least:
        own = [name for name in target.symbols if name in group]
        if not own:
            return None
        if target.figure == "recovery":
            return f"recovery_{letter}", target.asked
        has = _weighed(target, fractions, own)
        room = has / target.asked - _weighed(target, fractions, group)
        intruder = room / _weight(target, foreign)
        if intruder <= 1e-12 * whole:
            companions = ", ".join(name for name in group if name not in own)
            raise UnreachableTarget(
                f"{target.stream}: {target.name} {target.asked:.6%} leaves no room beside {companions}, which leave "
                f"with it; nearest reachable {has / _weighed(target, fractions, group):.6%}; take {companions} out in "
                "a cut of their own"
            )
        return f"purity_{letter}", whole / (whole + intruder)
    if not all(name in fractions and name not in group for name in target.symbols):
        return None
    if target.figure == "impurity":
        intruder = target.asked / (1.0 - target.asked) * _weighed(target, fractions, group) / _weight(target, foreign)
        return f"purity_{letter}", whole / (whole + intruder)
    return None


def _nearest(asked: Mapping[str, float], f_A: float) -> str:
    """What the balances allow of a purity and the other side's recovery."""
    for letter, other, share in (("A", "B", f_A), ("B", "A", 1.0 - f_A)):
        purity, recovery = asked.get(f"purity_{letter}"), asked.get(f"recovery_{other}")
        if purity is not None and recovery is not None and share < purity < 1.0:
            factor = purity / (1.0 - purity) * (1.0 - share) / share
            sides = {"A": "organic", "B": "aqueous"}
            return (
                f"a purity of {purity:.4%} on the {sides[letter]} side leaves no more than {1.0 / factor:.4%} of the "
                f"other side's elements there; nearest reachable: their recovery between {1.0 - 1.0 / factor:.4%} and "
                "100 %; ask for that, or for a lower purity"
            )
    return "no product may be less pure than the feed"
