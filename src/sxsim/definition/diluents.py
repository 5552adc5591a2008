"""Diluents by their kind: constants of one aliphatic oil are taken as those of another."""

from __future__ import annotations

import re

__all__ = ["family", "same_diluent"]

GRADED = ("escaid", "exxsol", "shellsol d", "isopar", "solvesso", "shellsol a")
"""Trade names that a grade follows."""

FAMILIES: dict[str, tuple[str, ...]] = {
    "aliphatic": (
        *("kerosene", "kerosine", "sulfonated kerosene", "sulphonated kerosene", "paraffin", "aliphatic"),
        *("escaid", "exxsol", "shellsol d", "isopar", "hydrogenated tetrapropene"),
        *("hexane", "cyclohexane", "heptane", "octane", "isooctane", "decane", "dodecane", "isododecane"),
    ),
    "aromatic": ("toluene", "benzene", "xylene", "solvesso", "shellsol a", "aromatic"),
    "alcohol": ("octanol", "isooctanol", "decanol", "isodecanol", "tridecanol", "2-ethylhexanol"),
    "chlorinated": ("chloroform", "dichloromethane", "carbon tetrachloride", "dichloroethane"),
}
"""Kind to names, without what tells isomers and grades apart."""


def family(diluent: str) -> str:
    """Return the kind of a diluent, or its own name in lower case where it is not known.

    Parameters
    ----------
    diluent : str
        As written in a file; isomers (n-, o-) and grades (D80, 110) do not matter.

    Examples
    --------
    >>> family("n-Heptane"), family("Exxsol D80"), family("Toluene"), family("olive oil")
    ('aliphatic', 'aliphatic', 'aromatic', 'olive oil')
    """
    name = " ".join(diluent.casefold().replace("_", " ").split())
    bare = re.sub(r"^(n|o|m|p|iso)-", "", name)
    for kind, names in FAMILIES.items():
        if bare in names or bare.startswith(tuple(each for each in names if each in GRADED)):
            return kind
    return name


def same_diluent(first: str, second: str) -> bool:
    """Whether constants found in one diluent are taken to hold in another: both of one kind."""
    return family(first) == family(second)
