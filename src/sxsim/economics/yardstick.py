"""Three times the least organic load: what base constant-load practice would need."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sxsim.economics.flows import CascadeFlows

if TYPE_CHECKING:
    from sxsim.cascade import Result

__all__ = ["base_yardstick_kmol_h"]


def base_yardstick_kmol_h(result: Result, flows: CascadeFlows) -> float | None:
    """3 S_min of the sharp cut between what a cascade sends with the organic and what it leaves [kmol/h].

    Parameters
    ----------
    result : Result
        Solved cascade.
    flows : CascadeFlows
        What crosses its border.

    Returns
    -------
    float or None
        None without a base, with one element, or when the products do not split in the order of the separation
        factors.

    Notes
    -----
    S_min is Underwood's for all elements fed (`sxsim.theory.multicomponent.minimum_sharp_cut`). It is a yardstick, not
    a law: free extractant works too, and acid may leave with the raffinate.
    """
    from sxsim.chemistry.factors import separation_factor
    from sxsim.definition.system import load_system_file
    from sxsim.errors import InputError
    from sxsim.theory.multicomponent import minimum_sharp_cut

    fed = {name: amount for name, amount in flows.rare_earths_fed_kmol_h.items() if amount > 0.0}
    if flows.base_kmol_h <= 0.0 or len(fed) < 2:
        return None
    system = load_system_file(result.cascade.organic.system)
    names = list(fed)
    try:
        alpha = {name: separation_factor(system, name, names[0]).value for name in names}
    except InputError:
        return None
    order = sorted(names, key=lambda name: -alpha[name])
    carried = {name: 0.0 for name in names}
    for liquor in flows.products:
        if liquor.name in flows.stripped:
            for name in names:
                carried[name] += liquor.amount_kmol_h.get(name, 0.0)
    for out in flows.organic_out:
        for name in names:
            carried[name] += 0.0 if out.entrained else out.amount_kmol_h.get(name, 0.0)
    sides = [carried[name] > 0.5 * fed[name] for name in order]
    cut = sum(sides)
    if not 0 < cut < len(order) or sides != [True] * cut + [False] * (len(order) - cut):
        return None
    total = math.fsum(fed.values())
    if any(alpha[order[i]] <= alpha[order[i + 1]] for i in range(len(order) - 1)):
        return None
    least = minimum_sharp_cut([alpha[name] for name in order], [fed[name] / total for name in order], cut)
    return 3.0 * least.S * total
