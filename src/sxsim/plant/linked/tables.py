"""The tables of a linked-extraction file; every field name is the TOML key, dimensional ones end in their unit."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sxsim.definition.values import Name, Stages, Table

__all__ = ["Branch", "LinkedSection"]


class LinkedSection(Table):
    """A run of stages between two places where something enters or leaves.

    Attributes
    ----------
    name : str
        Name by which streams, branches, paths and results call it.
    kind : {"extraction", "scrubbing", "stripping", "washing"}
        Its duty; the flows do not depend on it.
    stages : int
        Number of mixer-settlers.
    organic_to, aqueous_to : str
        Where the organic of its last stage and the aqueous of its first stage go, less what branches take: a section,
        whose first (organic) or last (aqueous) stage they enter, or the name of a product.
    stage_efficiency : float
        Murphree efficiency of the organic side, above 0 and up to 1.
    """

    name: Name
    kind: Literal["extraction", "scrubbing", "stripping", "washing"]
    stages: Stages
    organic_to: Name
    aqueous_to: Name
    stage_efficiency: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0


class Branch(Table):
    """A share of what leaves a section in one phase that goes elsewhere.

    Attributes
    ----------
    name : str
        Name in paths.
    from_ : str
        Section it leaves (key `from`).
    phase : {"organic", "aqueous"}
        What is branched off: organic of the last stage, or aqueous of the first.
    to : str
        A section, or the name of a product.
    fraction : float
        Its share of all that leaves there in this phase, above 0 and below 1.
    """

    name: Name
    from_: Annotated[str, Field(alias="from")]
    phase: Literal["organic", "aqueous"]
    to: Name
    fraction: Annotated[float, Field(gt=0.0, lt=1.0)]
