"""Purity targets that no number of stages can reach, because an impurity leaves with the product."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
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
    r"""Return the purities and impurities that what goes with the product makes unreachable.

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

    For a group A the sum runs over the elements that are extracted at least as strongly as each of its own. An impurity
    is what the rest of the rare earths leave, so that its least share is 1 less the largest of the rest.
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
    amounts = {name: amount for name, amount in fed[0].concentration_mol_L.items() if amount > 0.0}
    findings = (_capped(cascade, target, amounts, ladder) for target in cascade.target)
    return [finding for finding in findings if finding is not None]


def _capped(
    cascade: Cascade, target: Target, amounts: Mapping[str, float], ladder: Mapping[str, float]
) -> Finding | None:
    """Return the finding of one target that lies beyond what its companions allow."""
    side = _side(cascade, target.stream)
    if side == 0 or target.figure not in ("purity", "impurity"):
        return None
    own = [symbol for symbol in target.symbols if symbol in amounts]
    others = [symbol for symbol in amounts if symbol in RARE_EARTHS and symbol not in own]
    pure, soiling = (own, others) if target.figure == "purity" else (others, own)
    if not own or not all(symbol in ladder for symbol in pure):
        return None
    companions = [
        symbol
        for symbol in soiling
        if symbol in ladder and all(side * (ladder[symbol] - ladder[each]) >= 0.0 for each in pure)
    ]
    if not companions:
        return None
    best = _weight(target, amounts, pure) / _weight(target, amounts, (*pure, *companions))
    if target.figure == "purity":
        if target.asked <= best:
            return None
        allowed, cure = f"at most {best:.6g}", "lower the target"
    else:
        if target.asked >= (1.0 - best) * (1.0 - 1e-12):
            return None
        allowed, cure = f"at least {1.0 - best:.6g}", "raise the target"
    offence = f"{target.asked:g} cannot be reached: "
    if not pure:
        return Finding(target.path, f"{offence}no other rare earth is fed", allowed, "drop the target")
    named = ", ".join(companions)
    how, leave = ("is", "leaves") if len(companions) == 1 else ("are", "leave")
    word = "more" if side > 0 else "less"
    offence += f"{named} {how} extracted {word} than {' and '.join(pure)} and {leave} with it"
    return Finding(target.path, offence, allowed, f"{cure}, or take {named} out in a cut of its own")


def _weight(target: Target, amounts: Mapping[str, float], symbols: Sequence[str]) -> float:
    """What some elements of the feed weigh in the shares of a target."""
    if target.purity_basis == "mol":
        return math.fsum(amounts[symbol] for symbol in symbols)
    return math.fsum(amounts[symbol] * ELEMENTS[symbol].equivalent_mass_g_mol("oxide") for symbol in symbols)


def _side(cascade: Cascade, product: str) -> int:
    """Return +1 for a product that leaves with the organic side of the cut, -1 for the aqueous side, 0 if unclear."""
    place = cascade.products[product]
    if place.kind == "organic":
        return 0 if any(section.kind == "stripping" for section in cascade.section) else 1
    return {"stripping": 1, "extraction": -1, "soap": -1}.get(cascade.section_named(place.section).kind, 0)
