"""What the products have to reach, and what may be moved for it: `[[target]]` and `[solve]`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from sxsim.definition.values import Listed, Positive, Table
from sxsim.elements import ELEMENTS, g_L_to_mol_L
from sxsim.errors import Finding, InputError

__all__ = ["FIGURES", "ORGANIC_FLOW", "Solve", "Target"]

Figure = Literal["purity", "recovery", "impurity", "concentration"]
Share = Annotated[float, Field(gt=0.0, lt=1.0)]

FIGURES: Mapping[str, Figure] = MappingProxyType(
    {
        "purity_min": "purity",
        "recovery_min": "recovery",
        "impurity_max": "impurity",
        "concentration_max_mol_L": "concentration",
        "concentration_max_g_L": "concentration",
    }
)
"""Keys of which a target states one, and what each is about."""

ORGANIC_FLOW = "organic.flow_m3_h"
"""What a search makes least when the file does not say."""


class Target(Table):
    """A figure that one product has to reach: at least or at most, exactly, or only watched.

    Attributes
    ----------
    stream : str
        Product.
    element : str or None
        Element the figure is about.
    elements : tuple of str
        Elements the figure is about, counted together; instead of `element`. A group of one is read as `element`.
    purity_min : float or None
        Least share of the element or group in the product's rare earths, 0-1.
    recovery_min : float or None
        Least share of the element or group fed that leaves in the product, 0-1.
    impurity_max : float or None
        Largest share of the element or group in the product's rare earths, 0-1.
    concentration_max_mol_L : float or None
        Largest concentration in the product, of a group the sum [mol/L].
    concentration_max_g_L : float or None
        Largest concentration in the product, of a group the sum [g/L]; `basis` says what is weighed.
    basis : {"oxide", "element"} or None
        What `concentration_max_g_L` weighs.
    purity_basis : {"oxide", "mol"}
        Shares by oxide mass or by moles: purity, impurity, and what counts as the recovery of a group.
    equation : bool or None
        None asks for a minimum or maximum, True for exactly that figure; False only watches it.
    """

    stream: str
    element: str | None = None
    elements: Annotated[tuple[str, ...], Listed] = ()
    purity_min: Share | None = None
    recovery_min: Share | None = None
    impurity_max: Share | None = None
    concentration_max_mol_L: Positive | None = None
    concentration_max_g_L: Positive | None = None
    basis: Literal["oxide", "element"] | None = None
    purity_basis: Literal["oxide", "mol"] = "oxide"
    equation: bool | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_is_no_group(cls, data: Any) -> Any:
        """A group of one element is that element."""
        if not isinstance(data, Mapping) or data.get("element") is not None:
            return data
        match data.get("elements"):
            case [str() as symbol]:
                return {**{key: value for key, value in data.items() if key != "elements"}, "element": symbol}
        return data

    @property
    def symbols(self) -> tuple[str, ...]:
        """The element, or the group in the order of the file."""
        return self.elements if self.element is None else (self.element,)

    @property
    def name(self) -> str:
        """What people and paths call the element or the group: ``Nd``, ``Nd+Pr``."""
        return "+".join(self.symbols)

    @property
    def key(self) -> str:
        """The key that states the figure, e.g. ``purity_min``.

        Raises
        ------
        InputError
            The target states none.
        """
        for key in FIGURES:
            if getattr(self, key) is not None:
                return key
        place = f"target.{self.stream}.{self.name}"
        raise InputError(
            Finding(place, "a target without a figure", f"exactly one of {', '.join(FIGURES)}", cure="state one")
        )

    @property
    def path(self) -> str:
        """Dotted path of the figure, e.g. ``target.strip_liquor.Nd.purity_min``."""
        return f"target.{self.stream}.{self.name}.{self.key}"

    @property
    def figure(self) -> Figure:
        """What is asked for."""
        return FIGURES[self.key]

    @property
    def asked(self) -> float:
        """The figure: a share [-] or a concentration, in the `unit`."""
        value: float = getattr(self, self.key)
        if self.concentration_max_g_L is None or self.basis is None or len(self.symbols) != 1:
            return value
        return g_L_to_mol_L(value, self.symbols[0], self.basis)

    @property
    def unit(self) -> Literal["", "mol/L", "g/L"]:
        """Unit of `asked`: grams of one element are told in moles, those of a group are not."""
        if self.figure != "concentration":
            return ""
        return "g/L" if self.concentration_max_g_L is not None and len(self.symbols) != 1 else "mol/L"

    @property
    def at_least(self) -> bool:
        """Whether more of the figure is better; otherwise less is."""
        return self.figure in ("purity", "recovery")

    @property
    def enforced(self) -> bool:
        """Whether a search has to meet the target."""
        return self.equation is not False

    @property
    def exact(self) -> bool:
        """Whether a search has to hit the figure rather than reach it."""
        return self.equation is True

    def weights(self) -> dict[str, float]:
        """Return what a mole of each of the target's elements counts in the figure.

        Returns
        -------
        dict of str to float
            Element to mass [g/mol], or to 1 where moles are counted: shares by `purity_basis`, concentrations so that
            their weighted sum has the `unit` of `asked`.

        Examples
        --------
        >>> Target(stream="raffinate", elements=("Nd", "Pr"), concentration_max_mol_L=0.01).weights()
        {'Nd': 1.0, 'Pr': 1.0}
        """
        if self.figure == "concentration":
            basis = self.basis if self.unit == "g/L" else None
        else:
            basis = "oxide" if self.purity_basis == "oxide" else None
        return {
            symbol: ELEMENTS[symbol].equivalent_mass_g_mol(basis) if basis is not None else 1.0
            for symbol in self.symbols
        }


class Solve(Table):
    """What may be moved so that the targets are met, and what of it is to be least or most.

    Attributes
    ----------
    free : tuple of str
        Paths of the free quantities; what the file types for them only hints.
    least, most : str or None
        The free quantity to make least, or most; without either the organic flow where it is free, else the first.
    """

    free: Annotated[tuple[str, ...], Listed, Field(min_length=1)]
    least: str | None = None
    most: str | None = None

    @property
    def objective(self) -> tuple[str, int]:
        """Path of the quantity to make least (+1) or most (-1), with that sign.

        Examples
        --------
        >>> Solve(free=("stream.scrub.flow_m3_h", "organic.flow_m3_h")).objective
        ('organic.flow_m3_h', 1)
        """
        if self.least is not None:
            return self.least, 1
        if self.most is not None:
            return self.most, -1
        return (ORGANIC_FLOW if ORGANIC_FLOW in self.free else self.free[0]), 1
