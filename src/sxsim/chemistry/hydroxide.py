"""When an element precipitates from a liquor as hydroxide."""

from __future__ import annotations

import math
from functools import lru_cache

from sxsim.chemistry.tables import data_files

__all__ = ["WATCHED_pH", "hydroxide_onset_pH"]

WATCHED_pH = 5.0
"""Below it no rare earth precipitates as hydroxide, whatever its concentration."""


def hydroxide_onset_pH(symbol: str, concentration_mol_L: float) -> float | None:
    r"""PH at which the amorphous hydroxide of an element begins to precipitate.

    Parameters
    ----------
    symbol : str
        Element.
    concentration_mol_L : float
        Of the free ion [mol/L].

    Returns
    -------
    float or None
        None where the shipped data hold no solubility constant.

    Notes
    -----
    :math:`pH = (\log_{10} {}^*K_s - \log_{10} c)/3` for Ln(OH)3 + 3 H+ = Ln3+ + 3 H2O, ideal and without complexing;
    crystalline solids begin 0.5 to 1.5 lower. Constants: `data/distribution_coeffs/stability_constants`.

    Examples
    --------
    >>> round(hydroxide_onset_pH("Nd", 0.1), 1)
    7.2
    """
    onset = _onset_of_one_mol(symbol)
    return None if onset is None else onset - math.log10(concentration_mol_L) / 3.0


@lru_cache(maxsize=32)
def _onset_of_one_mol(symbol: str) -> float | None:
    """The onset at 1 mol/L, the lowest of the data files that know the amorphous solid."""
    values = [
        float(row["value"]) / 3.0
        for file in data_files("stability_constants")
        for row in file.rows
        if row.get("ligand_or_solid") == f"{symbol}(OH)3(am)" and row.get("unit", "").startswith("log10 *Ks")
    ]
    return min(values, default=None)
