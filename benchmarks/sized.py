"""The same separation at any size: a cut in the middle of a row of neighbours, in a closed organic loop."""

from __future__ import annotations

import numpy as np

from benchmarks.cases import Case
from sxsim.theory.multicomponent import minimum_sharp_cut

__all__ = ["sized_case"]

BETA = 1.5
RESERVE = 1.2  # S over S_min


def sized_case(stages: int, elements: int) -> Case:
    """A cascade of so many stages in all, 45 % extraction, 45 % scrubbing, the rest stripping.

    Notes
    -----
    Equal parts of each element, 1 mol/L in all; neighbours at beta 1.5; log10 K -2.2 at the cut; 1.5 mol/L extractant,
    36 % saponified; scrub 3 mol/L, strip 4 mol/L at 1.3 times stoichiometric; S = 1.2 S_min, W = S - f_A.
    """
    half = round(0.45 * stages)
    cut = elements // 2
    place = np.arange(elements) - (cut - 0.5)
    log10_K = -2.2 - place * np.log10(BETA)
    fraction = np.full(elements, 1.0 / elements)
    least = minimum_sharp_cut(BETA ** -np.arange(elements, dtype=float), fraction, cut).S
    S, extracted = RESERVE * least, cut / elements
    return Case(
        seed=0,
        number=0,
        excluded=0,
        stages=(half, half, stages - 2 * half),
        log10_K=tuple(log10_K.tolist()),
        log10_K_counter_ion=-3.5,
        cut=cut,
        fraction=tuple(fraction.tolist()),
        feed_mol_L=1.0,
        feed_acid_mol_L=0.01,
        extractant_mol_L=1.5,
        saponified_fraction=0.36,
        S=S,
        S_min=least,
        scrub_mol_L=3.0,
        scrub_m3_h=(S - extracted),
        strip_mol_L=4.0,
        strip_m3_h=1.3 * 3.0 * extracted / 4.0,
        recycled=True,
        efficiency=1.0,
        entrainment_O_in_A=0.0,
        entrainment_A_in_O=0.0,
    )
