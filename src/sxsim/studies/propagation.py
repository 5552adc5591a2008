"""What the data leave open, carried through a design: purity, stages needed, cost, the margin that is safe."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from sxsim.cascade.solving import solve_quietly, steady_state
from sxsim.definition import Cascade
from sxsim.economics.costing import cost
from sxsim.errors import Finding, InputError
from sxsim.sizing.cut import find_cut
from sxsim.sizing.trials import feed_load
from sxsim.studies.error_law import error_laws, stages_for
from sxsim.studies.indices import sobol_indices, swings
from sxsim.studies.margin import draw_margin, with_added
from sxsim.studies.monte_carlo import Draws, draw_all
from sxsim.studies.outcome import Uncertainty
from sxsim.studies.quantities import EFFICIENCY, Quantity, factors_of_cut, quantities_of
from sxsim.theory.specification import Split

__all__ = ["uncertainty"]

SOBOL_SAMPLES = 64


def uncertainty(
    cascade: Cascade,
    *,
    samples: int = 100,
    seed: int = 0,
    efficiency: tuple[float, float] | None = None,
    sobol_samples: int = SOBOL_SAMPLES,
    progress: Callable[[str, int, int], None] | None = None,
) -> Uncertainty:
    """Carry the ranges of the data through a designed cascade.

    Parameters
    ----------
    cascade : Cascade
        With stages decided, two targets, and flows that are free to meet them.
    samples : int
        Draws.
    seed : int
        Start of the random numbers; the same seed gives the same numbers.
    efficiency : (float, float), optional
        Lowest and highest factor on the stage efficiencies; 0.9 to 1, unverified, when left out.
    sobol_samples : int
        Base samples of the Sobol indices, a power of 2; 0 leaves these out.
    progress : callable, optional
        Takes what is done, how many of it, and of how many.

    Returns
    -------
    Uncertainty
        Distributions, error laws, margin, tornado and indices.

    Raises
    ------
    InputError
        No flow is free to meet the targets, or a number is out of range.
    ConvergenceError
        The design itself has no solution.

    Notes
    -----
    Levels and separation factors are drawn from their ranges as `chemistry.factors.sample` says, with one uniform
    number each, so the central value is the median. "As built" keeps the flows of the design; "retuned" finds the flows
    with the least organic (or whatever ``[solve]`` makes least) at which the targets are met again, as analysis and
    trimming do in a plant, with more strip acid where stripping falls short: a search of its own for each draw, which
    gives what `solve` gives for that cascade. A draw that nothing serves is counted and told as missing. The margin is
    drawn with the separation factors of the cut alone; cost is that of the cascade with as many stages added as serve
    every one of those draws.
    """
    _refuse(cascade, samples, sobol_samples)
    quantities = quantities_of(cascade, efficiency)
    if not quantities:
        cure = "give an efficiency below 1, or a system whose numbers have ranges"
        raise InputError(
            Finding(
                "organic.system",
                "leaves nothing open: no number has a range",
                cure=cure,
                allowed="a system with a range",
            )
        )
    base = solve_quietly(cascade)
    cut = find_cut(cascade)
    S, _ = feed_load(base, cut)
    ratio = S / float(cut.minimum.S)

    def tell(what: str) -> Callable[[int, int], None]:
        return lambda done, total: progress(what, done, total) if progress is not None else None

    factors = factors_of_cut(cascade, cut.A, cut.B)
    margin = draw_margin(base, factors, samples, seed, tell("draws of the separation factor"))
    serving = [at for at, share in enumerate(margin.share[-1]) if share == 1.0]
    costed_with = margin.added[serving[0] if serving else -1]
    safe = steady_state(with_added(base.cascade, costed_with)) if costed_with else base
    draws = draw_all(base, safe.cascade, costed_with, quantities, samples, seed, efficiency, tell("draws"))
    moved = swings(safe, quantities, efficiency)
    indices = (
        sobol_indices(safe, quantities, moved, sobol_samples, seed, efficiency, tell("cases of the Sobol indices"))
        if sobol_samples
        else ()
    )
    return Uncertainty(
        cascade=cascade,
        samples=samples,
        seed=seed,
        quantities=quantities,
        draws=draws,
        stages=_stages(draws, quantities, cut.wanted, S, ratio),
        laws=error_laws(cut.beta, cut.wanted, ratio, seed=seed) if ratio > 1.0 else (),
        margin=margin,
        swings=moved,
        indices=indices,
        usd_per_kg_oxide=cost(safe).usd_per_kg_oxide,
        warnings=_warnings(base.warnings, quantities, draws, ratio, bool(sobol_samples and not indices)),
    )


def _refuse(cascade: Cascade, samples: int, sobol_samples: int) -> None:
    """Refuse what cannot be studied.

    Raises
    ------
    InputError
        With every finding.
    """
    findings = []
    if samples < 2:
        findings.append(Finding("samples", f"are {samples}", "at least 2", cure="draw more"))
    if sobol_samples < 0 or sobol_samples & (sobol_samples - 1):
        findings.append(
            Finding("sobol_samples", f"are {sobol_samples}", "a power of 2, or 0 for no indices", cure="write 64, say")
        )
    if cascade.solve is None:
        cure = "name free flows under [solve], and the targets that they meet"
        findings.append(Finding("solve", "is missing: no flow can be retuned", "free flows", cure))
    if cascade.undecided:
        cure = "study what `design` made of the cascade"
        findings.append(Finding(cascade.undecided[0], "is left to design", "a number", cure))
    if findings:
        raise InputError(findings)


def _stages(
    draws: Draws,
    quantities: Sequence[Quantity],
    wanted: Split,
    S: float,
    ratio: float,
) -> dict[str, NDArray[np.float64]]:
    """Stages that each draw takes, by theory, over its stage efficiency."""
    names = [each.name for each in quantities]
    factor = np.ones(len(draws.beta))
    if EFFICIENCY in names:
        at = names.index(EFFICIENCY)
        factor = quantities[at].low + draws.share[:, at] * (quantities[at].high - quantities[at].low)
    return {held: count / factor for held, count in stages_for(draws.beta, wanted, S, max(ratio, 1.0 + 1e-6)).items()}


def _warnings(
    solved: Sequence[str], quantities: Sequence[Quantity], draws: Draws, ratio: float, no_indices: bool
) -> tuple[str, ...]:
    """What a reader of the numbers must know."""
    said = list(solved)
    doubtful = [each.name for each in quantities if each.status == "unverified"]
    if doubtful:
        said.append(f"ranges that nobody could check: {', '.join(doubtful)}")
    if still := int(np.any([np.isnan(values) for values in draws.purity.values()], axis=0).sum()):
        said.append(f"{still} draws have no purity as built: at the flows of the design they have no steady state")
    if short := int(np.isnan(draws.organic_m3_h).sum()):
        said.append(f"{short} draws have no retuned flows: nothing meets the targets with the stages of the design")
    lost = int(np.isnan(draws.usd_per_kg_oxide).sum())
    if lost:
        said.append(f"{lost} draws have no cost: no flows meet the targets even with {draws.costed_with} stages more")
    if ratio <= 1.0:
        said.append("the design works below the S_min of constant load, by unsaponified extractant: no slopes are told")
    if no_indices:
        said.append("no Sobol indices: some of their cases meet the targets with no flows, or the cost does not move")
    return tuple(said)
