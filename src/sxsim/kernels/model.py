"""The arrays that every rigorous kernel reads: the chemistry of each stage and the network of flows.

Shapes: N stages, n components (elements first, then the counter-ion), k links. Units: m3, h, kmol, so mol/L = kmol/m3.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sxsim.kernels.packed import AQUEOUS, ENTRAINED, ORGANIC

__all__ = ["AQUEOUS", "ENTRAINED", "ORGANIC", "Chemistry", "Network", "State"]


Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


class Chemistry(NamedTuple):
    """Parameters of the distribution law, for every stage.

    Attributes
    ----------
    ln_K : (N, n) array
        Natural logarithm of the extraction constant [mol/L based]; -inf for a component that is not extracted.
    a, b, c, d : (n,) arrays
        Exponents of free extractant, proton and anion, and the coefficient of F ln h [L/mol].
    s, z, charge : (n,) arrays
        Extractant molecules bound and protons released per ion, and the charge of the aqueous ion.
    beta1, beta2 : (n,) arrays
        Cumulative stability constants with the medium's ligand [L/mol, L2/mol2]; 0 for none.
    efficiency : (N, n) array
        Murphree efficiency, organic side.
    extractant : float
        Total extractant per organic volume, in the units of F (dimers or monomers) [mol/L].
    Ka2 : float
        Second dissociation constant of sulfuric acid [mol/L]; 0 in media without bisulfate.
    """

    ln_K: Floats
    a: Floats
    b: Floats
    c: Floats
    d: Floats
    s: Floats
    z: Floats
    charge: Floats
    beta1: Floats
    beta2: Floats
    efficiency: Floats
    extractant: float
    Ka2: float


class Network(NamedTuple):
    """Flows between the stages and into them.

    Attributes
    ----------
    aq_from_next, org_from_next : (N,) arrays
        Volume of aqueous (and of the organic entrained in it) that stage j receives from stage j+1 [m3/h].
    org_from_previous, aq_from_previous : (N,) arrays
        Volume of organic (and of the aqueous entrained in it) that stage j receives from stage j-1 [m3/h].
    aq_out, org_out : (N,) arrays
        Volume of each phase that leaves stage j, in whatever line [m3/h].
    org_in : (N,) array
        Volume of all organic that enters as organic line: the upstream stage, links and feeds [m3/h].
    link_from, link_to, link_phase : (k,) integer arrays
        Stages joined outside the chain (0-based) and what flows: AQUEOUS, ORGANIC (a line) or ENTRAINED organic.
    link_volume : (k,) array
        Its flow [m3/h].
    feed, org_feed : (N, n) arrays
        What all feeds bring, and the part of it that organic feeds bring [kmol/h].
    feed_Q : (N,) array
        Conserved aqueous charge that the feeds bring: total acid plus z x [kmol/h].
    feed_sulfate : (N,) array
        Total sulfate that the feeds bring [kmol/h].
    """

    aq_from_next: Floats
    org_from_next: Floats
    org_from_previous: Floats
    aq_from_previous: Floats
    aq_out: Floats
    org_out: Floats
    org_in: Floats
    link_from: Integers
    link_to: Integers
    link_phase: Integers
    link_volume: Floats
    feed: Floats
    org_feed: Floats
    feed_Q: Floats
    feed_sulfate: Floats


class State(NamedTuple):
    """What the solver seeks.

    Attributes
    ----------
    x, y : (N, n) arrays
        Aqueous and organic concentrations leaving each stage [mol/L].
    y_star : (N, n) array
        Organic in equilibrium with the leaving aqueous [mol/L]; equal to y where the efficiency is 1.
    h, F : (N,) arrays
        Protons in the aqueous; free extractant of the organic that is in equilibrium with it [mol/L].
    m : (k, n) array
        What each link carries [kmol/h].
    Q, sulfate : (N,) arrays
        Conserved charge and total sulfate of the aqueous [mol/L].
    """

    x: Floats
    y: Floats
    y_star: Floats
    h: Floats
    F: Floats
    m: Floats
    Q: Floats
    sulfate: Floats
