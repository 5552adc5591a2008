"""A cascade with a third outlet in its extraction section, solved rigorously, beside the bound of its purity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sxsim.cascade.result import Result
from sxsim.cascade.solving import solve_quietly
from sxsim.definition import Cascade
from sxsim.errors import Finding, InputError
from sxsim.plant.linked.fully import alphas
from sxsim.theory.minimum import third_outlet_bound

__all__ = ["ThreeOutlets", "three_outlets"]


@dataclass(frozen=True, slots=True)
class ThreeOutlets:
    """A solved cascade that draws its middle element from the extraction section.

    Attributes
    ----------
    result : Result
        Products `raffinate`, `middle` (the draw) and `strip_liquor`.
    element : str
        The middle element.
    purity : float
        Its mole share in the draw [-].
    bound : float
        What the closed form allows at the flows just above the draw, as they are [-].
    S, L : float
        Rare earths of organic and aqueous there [mol per mol feed].
    """

    result: Result
    element: str
    purity: float
    bound: float
    S: float
    L: float


def three_outlets(
    feed_fractions: Mapping[str, float],
    organic: Mapping[str, Any],
    *,
    S: float,
    stages: int = 30,
    drawn: float = 0.98,
    purity: float = 0.999,
) -> ThreeOutlets:
    """Solve a cascade of three products from one aqueous feed.

    Parameters
    ----------
    feed_fractions : mapping of str to float
        Three elements to their mole fractions [-].
    organic : mapping
        Table `[organic]` without its flow.
    S : float
        Solvent [mol per mol feed].
    stages : int
        Between raffinate and draw, draw and feed, feed and scrub, each.
    drawn : float
        Amount drawn over what is fed of the middle element [-].
    purity : float
        Of the most extracted element in the strip liquor, by moles; the scrub is found by it [-].

    Returns
    -------
    ThreeOutlets
        Purity of the draw beside its bound.

    Raises
    ------
    InputError
        When there are not three elements.
    ConvergenceError
        When no steady state is found.

    Notes
    -----
    The least extracted element must pass the draw on its way to the raffinate, so it stays in what is drawn:
    P <= 1 - f_C/(L - S/alpha), :func:`sxsim.theory.minimum.third_outlet_bound`. A third outlet enriches, it does not
    purify.
    """
    if len(feed_fractions) != 3:
        raise InputError(
            Finding("feed_fractions", f"{len(feed_fractions)} elements", "three", cure="give three fractions")
        )
    order, alpha = alphas(organic["system"], list(feed_fractions))
    total = sum(feed_fractions.values())
    f = [feed_fractions[name] / total for name in order]
    load = organic["extractant_mol_L"] * organic["saponified_fraction"] / 3.0
    sections = (
        ("extraction", 2 * stages, "feed", "raffinate"),
        ("scrubbing", stages, "scrub", "extraction"),
        ("stripping", 8, "strip_acid", "strip_liquor"),
    )
    cascade = Cascade.from_data(
        {
            "schema": 1,
            "title": f"{'/'.join(order)} with a third outlet, S = {S:g}",
            "elements": order[::-1],
            "organic": {**organic, "flow_m3_h": S / load, "recycled": True},
            "section": [
                {"name": name, "kind": name, "stages": count, "aqueous_in": enters, "aqueous_out": leaves}
                for name, count, enters, leaves in sections
            ],
            "stream": {
                "feed": {"flow_m3_h": 1.0, "pH": 2.0, "assay_mol_L": dict(zip(order, f, strict=True))},
                "scrub": {"flow_m3_h": 3.0 * (S - f[0]) / 2.94, "acid": "HCl", "acid_mol_L": 3.0},
                "strip_acid": {"flow_m3_h": 1.02 * 3.0 * f[0] / 3.6, "acid": "HCl", "acid_mol_L": 4.0},
            },
            "draw": [
                {
                    "name": "middle",
                    "section": "extraction",
                    "stage": stages,
                    "phase": "aqueous",
                    "flow_m3_h": drawn * f[1] / 0.98,
                }
            ],
            "target": [{"stream": "strip_liquor", "element": order[0], "purity_min": purity, "purity_basis": "mol"}],
            "solve": {"free": ["stream.scrub.flow_m3_h"]},
        }
    )
    result = solve_quietly(cascade)
    at = stages - 1
    rare = [result.components.index(name) for name in order]
    stage = result.stage
    carried = float(stage.organic_m3_h[at] * stage.organic_mol_L[at, rare].sum())
    falling = float(stage.aqueous_m3_h[at + 1] * stage.aqueous_mol_L[at + 1, rare].sum())
    return ThreeOutlets(
        result=result,
        element=order[1],
        purity=result.purity("middle", order[1], "mol"),
        bound=float(third_outlet_bound(alpha[1], f[2], falling, carried)),
        S=carried,
        L=falling,
    )
