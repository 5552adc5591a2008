"""The kinds of value a definition holds: frozen tables, names, numbers, and numbers left to `design`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NoReturn

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from sxsim.definition.extractants import EXTRACTANTS, canonical_extractant
from sxsim.foundation.freezing import FrozenTable
from sxsim.foundation.suggestions import one_of

__all__ = [
    "MOST_STAGES",
    "Assay",
    "Extractant",
    "FlowOrDesign",
    "Fraction",
    "FreeAcid_mol_L",
    "FrozenTable",
    "Listed",
    "Name",
    "NotNegative",
    "Positive",
    "RareEarths_mol_L",
    "Stages",
    "StagesOrDesign",
    "Table",
    "refuse",
]

MOST_STAGES = 5_000
"""Stages of one section; the longest plants have a few hundred."""
_WHOLE = "write the number of stages, 20 say"
_BEYOND = 1e300
"""Numbers that are infinite for any cascade; whole numbers of TOML may be larger than a float can hold."""


def refuse(offence: str, allowed: str = "", cure: str = "") -> NoReturn:
    """Refuse a value in a validator, in the three parts of a finding.

    Raises
    ------
    pydantic_core.PydanticCustomError
        Always; `translation` turns it into a `Finding` with its place.
    """
    raise PydanticCustomError("sxsim", "{offence}", {"offence": offence, "allowed": allowed, "cure": cure})


class Table(BaseModel):
    """Base of every table of a definition: strict, frozen, no unknown keys, no NaN or infinity."""

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        validate_default=False,
        populate_by_name=True,
        hide_input_in_errors=True,
    )


def _listed(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _stages(value: Any) -> Any:
    if value == "design":
        return value
    if isinstance(value, bool) or not isinstance(value, int):
        whole = isinstance(value, float) and value.is_integer()
        cure = f"write {value:.0f}" if whole else "drop the quotes" if f"{value!s:.40}".isdecimal() else _WHOLE
        refuse(f"{value!r:.60} is not a whole number", 'a whole number of at least 1, or "design"', cure)
    if value < 1:
        refuse(
            f"{value} stages", 'a whole number of at least 1, or "design"', "leave the section out to have no stages"
        )
    if value > MOST_STAGES:
        offence, allowed = "more stages than any section has", f'1 to {MOST_STAGES:,}, or "design"'
        refuse(offence, allowed, f"write {MOST_STAGES} or fewer, or divide the section in two")
    return value


def _flow(value: Any) -> Any:
    allowed = 'a number of at least 0 m3/h, or "design"'
    if value == "design":
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        refuse(f"{value!r:.60} is not a number", allowed, cure='write a number without quotes or unit, or "design"')
    if not abs(value) < _BEYOND:
        refuse(f"{value!s:.20} is not a finite number", allowed, cure='write the flow itself, or "design"')
    if value < 0:
        refuse(f"{value} m3/h is negative", allowed, "flows are counted in the phase's own direction, so drop the sign")
    return float(value)


def _extractant(value: str) -> str:
    name = canonical_extractant(value)
    if name is None:
        every = [spelling for canonical, others in EXTRACTANTS.items() for spelling in (canonical, *others)]
        refuse(f"unknown extractant {value!r}", ", ".join(EXTRACTANTS), one_of(value, every))
    return name


def _name(value: str) -> str:
    if not value or not value.replace("-", "_").isidentifier():
        refuse(
            f"{value!r} is not a usable name",
            "letters, digits, _ and -, beginning with a letter",
            cure="rename it, and what refers to it",
        )
    return value


def _rare_earths(value: float) -> float:
    if value > RARE_EARTHS_MOST_mol_L:
        cure = f"g/L of oxides? {value:g} g/L is about {value / 168.0:.3g} mol/L"
        refuse(f"{value:g} mol/L: no liquor holds as much", f"above 0, at most {RARE_EARTHS_MOST_mol_L:g} mol/L", cure)
    return value


def _free_acid(value: float) -> float:
    if value > ACID_MOST_mol_L:
        cure = f"g/L of HCl? {value:g} g/L is {value / 36.46:.3g} mol/L"
        refuse(f"{value:g} mol/L: no acid is as strong", f"0 to {ACID_MOST_mol_L:g} mol/L", cure)
    return value


Listed = BeforeValidator(_listed)
"""Lets a TOML list become a tuple although types are strict."""

Name = Annotated[str, AfterValidator(_name)]
"""The name of a section, stream or product; it stands in dotted paths, so it holds no dot or space."""

RARE_EARTHS_MOST_mol_L = 6.0
"""Rare earths of a saturated nitrate, the strongest liquor there is, with room [mol/L]."""

ACID_MOST_mol_L = 24.0
"""Molarity of pure nitric acid, the strongest there is [mol/L]."""

Positive = Annotated[float, Field(gt=0.0)]
NotNegative = Annotated[float, Field(ge=0.0)]
RareEarths_mol_L = Annotated[float, Field(gt=0.0), AfterValidator(_rare_earths)]
FreeAcid_mol_L = Annotated[float, Field(ge=0.0), AfterValidator(_free_acid)]
Fraction = Annotated[float, Field(ge=0.0, le=1.0)]
Stages = Annotated[int, Field(ge=1, le=MOST_STAGES)]
"""A number of stages, or a stage of a section counted from 1 along the organic."""
StagesOrDesign = Annotated[int | Literal["design"], BeforeValidator(_stages)]
FlowOrDesign = Annotated[float | Literal["design"], BeforeValidator(_flow)]
Extractant = Annotated[str, AfterValidator(_extractant)]
Assay = Annotated[Mapping[str, NotNegative], AfterValidator(FrozenTable)]
"""Element to concentration; the key that holds it says the unit."""
