"""Purity targets that no number of stages can reach, because an impurity leaves with the product."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sxsim.definition.system import SystemFile
from sxsim.elements import ELEMENTS, RARE_EARTHS
from sxsim.errors import Finding
from sxsim.foundation.remembering import remembered

if TYPE_CHECKING:
    from sxsim.definition.cascade import Cascade
    from sxsim.definition.tables import Target

__all__ = ["extraction_ladder", "unreachable_purities"]


@remembered
def extraction_ladder(system: SystemFile) -> Mapping[str, float]:
    """Return how strongly each rare earth is extracted beside the others.

    Parameters
    ----------
    system : SystemFile
        Levels and separation factors.

    Returns
    -------
    mapping of str to float
        Element to ln K; differences are ln beta. Elements with exponents of their own are left out, as their place
        in the order depends on the acid.
    """
    ladder: dict[str, float] = {}
    for symbol, steps in system.tree().items():
        law = system.law_of(symbol)
        if symbol in RARE_EARTHS and law.a is None and law.b is None and law.d is None:
            level = system.root(symbol).log10_K.value * math.log(10.0)
            ladder[symbol] = level + sum(sign * math.log(system.separation_factor[at].value) for at, sign in steps)
    return ladder


def unreachable_purities(cascade: Cascade, ladder: Mapping[str, float]) -> list[Finding]:
    r"""Return the purity targets that an impurity on the product's own side of the cut makes unreachable.

    Parameters
    ----------
    cascade : Cascade
        Clean definition.
    ladder : mapping of str to float
        Element to ln D beside a common reference; elements that are missing are taken as no impurity.

    Returns
    -------
    list of Finding
        Only the clear cases of one feed and two products.

    Notes
    -----
    In counter-current contact an element that is extracted at least as strongly as A follows A into the product of
    the organic side at least as completely, so A's share of the two cannot rise above its share in the feed; the same
    holds at the aqueous side for elements that are extracted no more than B. Hence, with f the shares of the feed,

    .. math:: P_A \le f_A / (f_A + \sum_{D_i \ge D_A} f_i)
    """
    fed = [stream for stream in cascade.stream.values() if sum(stream.concentration_mol_L.values()) > 0.0]
    strips = [section for section in cascade.section if section.kind == "stripping"]
    unclear = (
        len(fed) != 1
        or cascade.draw
        or any(cascade.organic.assay_mol_L.values())
        or len(strips) > 1
        or (strips and not cascade.organic.recycled)
    )
    if unclear:
        return []
    amounts = fed[0].concentration_mol_L
    findings = (_capped(cascade, target, amounts, ladder) for target in cascade.target)
    return [finding for finding in findings if finding is not None]


def _capped(
    cascade: Cascade, target: Target, amounts: Mapping[str, float], ladder: Mapping[str, float]
) -> Finding | None:
    """Return the finding of one target that lies above what its companions allow."""
    side = _side(cascade, target.stream)
    own = target.element
    if target.purity_min is None or side == 0 or own not in ladder or not amounts.get(own):
        return None
    companions = [
        symbol
        for symbol, amount in amounts.items()
        if symbol != own and amount > 0.0 and symbol in ladder and side * (ladder[symbol] - ladder[own]) >= 0.0
    ]

    def weight(symbol: str) -> float:
        factor = ELEMENTS[symbol].equivalent_mass_g_mol("oxide") if target.purity_basis == "oxide" else 1.0
        return amounts[symbol] * factor

    most = weight(own) / (weight(own) + sum(weight(symbol) for symbol in companions))
    if target.purity_min <= most:
        return None
    named = ", ".join(companions)
    word = "more" if side > 0 else "less"
    return Finding(
        f"target.{target.stream}.{own}.purity_min",
        f"{target.purity_min:g} cannot be reached: {named} is extracted {word} than {own} and leaves with it",
        f"at most {most:.6g}",
        f"lower the target, or take {named} out in a cut of its own",
    )


def _side(cascade: Cascade, product: str) -> int:
    """Return +1 for a product that leaves with the organic side of the cut, -1 for the aqueous side, 0 if unclear."""
    place = cascade.products[product]
    if place.kind == "organic":
        return 0 if any(section.kind == "stripping" for section in cascade.section) else 1
    return {"stripping": 1, "extraction": -1, "soap": -1}.get(cascade.section_named(place.section).kind, 0)
