"""The frozen answer of a solve: streams, profiles, targets, balances, warnings, sources."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sxsim.cascade.evidence import Reference
from sxsim.cascade.profiles import Stages, profile_columns
from sxsim.cascade.streams import Stream
from sxsim.definition import Cascade
from sxsim.errors import Finding, InputError
from sxsim.foundation.deferring import Deferred
from sxsim.foundation.freezing import Record
from sxsim.foundation.suggestions import one_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Load", "Result", "TargetResult"]


@dataclass(frozen=True, slots=True)
class TargetResult:
    """A target beside what was reached.

    Attributes
    ----------
    stream, element : str
        Product, and element or group (``Nd+Pr``).
    figure : {"purity", "recovery", "impurity", "concentration"}
        What the target is about.
    asked, value : float or None
        What is asked and what was reached: shares 0-1, or a concentration [mol/L], of a group in the unit of its
        target; None when the product holds nothing to judge by.
    purity, recovery : float or None
        Purity (on the basis the target states) and recovery of the element in the product.
    met : bool
        Whether value >= asked - 1e-9 (a maximum: value <= asked).
    room : float or None
        Share of the loss that is allowed (of the impurity, of what is not recovered, of a concentration) that is left
        over: 0 where the target binds, negative where it is missed.
    """

    stream: str
    element: str
    figure: str
    asked: float
    value: float | None
    purity: float | None
    recovery: float | None
    met: bool
    room: float | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """What one section carries, the S and W of constant-load theory as they are.

    Attributes
    ----------
    S_kmol_h, S_lowest_kmol_h, S_highest_kmol_h : float
        Rare earths in the organic leaving a stage: mean, lowest and highest of the section [kmol/h].
    W_kmol_h : float
        Rare earths in the aqueous leaving a stage, mean of the section [kmol/h].
    S_per_mol_feed, W_per_mol_feed : float
        The means beside all rare earths fed [mol/mol].
    """

    S_kmol_h: float
    S_lowest_kmol_h: float
    S_highest_kmol_h: float
    W_kmol_h: float
    S_per_mol_feed: float
    W_per_mol_feed: float


@dataclass(frozen=True, eq=False)
class Result(Record):
    """A solved cascade. What of it may take a while is worked out when it is first asked for.

    Attributes
    ----------
    cascade : Cascade
        The definition, as given.
    status : str
        `converged`, or what kept the solver from it.
    method : str
        Which step of the solver's ladder succeeded.
    iterations : int
        Newton steps taken.
    components : tuple of str
        Elements, then the counter-ion.
    found : mapping of str to float
        Free quantities by path.
    stage : Stages
        Concentrations and flows of every stage.
    stream : mapping of str to Stream
        Everything that enters, leaves or returns.
    closure : float
        Worst of `closure_by_component` [-].
    closure_by_component : mapping of str to float
        Relative balance error of each component, of the acid and of sulfate, from the streams alone [-].
    equilibrium_residual : float
        Worst ln(y/(D x)) of all stages, without its sign, stage efficiency accounted for [-].
    charge_relation : float
        Worst error, over all stages, of the relation between organic load and aqueous acid, beside the charge that
        enters [-].
    load : mapping of str to Load
        Loads by section.
    targets : tuple of TargetResult
        In the order of the definition.
    warnings : tuple of str
        What a reader of the numbers must know.
    sources : tuple of Reference
        What the numbers rest on.
    branch : str
        What decides a found answer: ``cheap`` where as many targets bind as quantities are free, ``stationary`` where
        fewer do, ``edge`` where a quantity is at the end of its range; empty when nothing was searched.

    Examples
    --------
    >>> from sxsim.cascade import solve
    >>> from sxsim.definition import load
    >>> contact = solve(load("single_contact"))
    >>> contact.status, round(contact.recovery("loaded_organic", "Nd"), 2)
    ('converged', 0.22)
    """

    cascade: Cascade
    status: str
    method: str
    iterations: int
    components: tuple[str, ...]
    found: Mapping[str, float]
    stage: Deferred[Stages] = Deferred()
    stream: Deferred[Mapping[str, Stream]] = Deferred()
    closure: Deferred[float] = Deferred()
    closure_by_component: Deferred[Mapping[str, float]] = Deferred()
    equilibrium_residual: Deferred[float] = Deferred()
    charge_relation: Deferred[float] = Deferred()
    load: Deferred[Mapping[str, Load]] = Deferred()
    targets: Deferred[tuple[TargetResult, ...]] = Deferred()
    warnings: Deferred[tuple[str, ...]] = Deferred()
    sources: Deferred[tuple[Reference, ...]] = Deferred()
    branch: str = ""

    def purity(self, stream: str, element: str, basis: str = "oxide") -> float:
        """Share of an element in the rare earths of a stream.

        Parameters
        ----------
        stream, element : str
            Names.
        basis : {"oxide", "mol"}
            By mass of traded oxides, or by moles.

        Returns
        -------
        float
            0-1; NaN for a stream without rare earths.

        Raises
        ------
        InputError
            There is no such stream or basis, or the element is not among the cascade's.
        """
        return self._stream(stream).shares(basis).get(self._element(element), float("nan"))

    def recovery(self, stream: str, element: str) -> float:
        """Share of what is fed of an element that leaves in a product.

        Parameters
        ----------
        stream, element : str
            Names.

        Returns
        -------
        float
            0-1.

        Raises
        ------
        InputError
            There is no such stream or it is no product, or the element is not among the cascade's or is not fed.
        """
        held, symbol = self._stream(stream), self._element(element)
        if held.kind != "product":
            products = [name for name, each in self.stream.items() if each.kind == "product"]
            offence = f"{stream!r} is no product: nothing is recovered in what enters or returns"
            raise InputError(Finding("stream", offence, ", ".join(products), "ask for a product"))
        if symbol not in held.recovery:
            fed = ", ".join(held.recovery)
            raise InputError(Finding("element", f"no {symbol} is fed, so none can be recovered", fed, "feed some"))
        return held.recovery[symbol]

    @property
    def streams(self) -> pd.DataFrame:
        """Table of the streams: flow, pH, acid, concentrations, purities and recoveries; one row a stream."""
        import pandas as pd

        from sxsim.cascade.storage import stream_columns

        return pd.DataFrame(stream_columns(self)).set_index("stream")

    def profile(self, phase: str = "organic") -> pd.DataFrame:
        """Table along the stages.

        Parameters
        ----------
        phase : {"organic", "aqueous"}
            Which phase.

        Returns
        -------
        DataFrame
            One row a stage (1-based, along the organic): section, stage within it, flow [m3/h], concentrations
            [mol/L], mole fractions among the rare earths, phase ratio, and pH (aqueous) or loading fraction and free
            extractant [mol/L] (organic).

        Raises
        ------
        InputError
            There is no such phase.
        """
        import pandas as pd

        return pd.DataFrame(profile_columns(self.components, self.stage, phase)).set_index("stage")

    @property
    def S(self) -> dict[str, float]:
        """Rare earths in the organic of each section, per mole of rare earths fed [mol/mol]."""
        return {name: load.S_per_mol_feed for name, load in self.load.items()}

    @property
    def W(self) -> dict[str, float]:
        """Rare earths in the aqueous of each section, per mole of rare earths fed [mol/mol]."""
        return {name: load.W_per_mol_feed for name, load in self.load.items()}

    @property
    def met(self) -> bool:
        """Whether every target is met."""
        return all(target.met for target in self.targets)

    @property
    def solved_cascade(self) -> Cascade:
        """The definition with the found values typed in and no quantity free."""
        return self.cascade.simulated(self.found) if self.found else self.cascade

    @property
    def stats(self) -> dict[str, Any]:
        """How the answer was found and how good it is."""
        return {
            "status": self.status,
            "method": self.method,
            "iterations": self.iterations,
            "stages": len(self.stage.section),
            "components": len(self.components),
            "closure": self.closure,
            "equilibrium_residual": self.equilibrium_residual,
            "charge_relation": self.charge_relation,
        }

    def to_dict(self) -> dict[str, Any]:
        """Plain data, flat at the top; None for what is undefined."""
        from sxsim.cascade.storage import to_dict

        return to_dict(self)

    def to_json(self, indent: int | None = None) -> str:
        """JSON text that `from_json` reads back to the last digit."""
        from sxsim.cascade.storage import to_json

        return to_json(self, indent)

    @classmethod
    def from_json(cls, text: str) -> Result:
        """Restore a result.

        Parameters
        ----------
        text : str
            What `to_json` gave; further top-level keys are left alone.

        Raises
        ------
        InputError
            The text is no JSON of a result.
        """
        from sxsim.cascade.storage import from_json

        return from_json(text)

    def write_csv(self, folder: str | os.PathLike[str]) -> list[str]:
        """Write streams, profiles, targets and figures as CSV files, every number to the last digit.

        Parameters
        ----------
        folder : path-like
            Where to; made if missing.

        Returns
        -------
        list of str
            Names of the files written.
        """
        from sxsim.cascade.storage import write_csv

        return write_csv(self, folder)

    def _stream(self, name: str) -> Stream:
        """A stream by name, or what was probably meant."""
        if name in self.stream:
            return self.stream[name]
        cure = one_of(name, self.stream)
        raise InputError(Finding("stream", f"there is no stream named {name!r}", ", ".join(self.stream), cure))

    def _element(self, symbol: str) -> str:
        """An element of the cascade, or what was probably meant."""
        elements = self.cascade.elements
        if symbol in elements:
            return symbol
        cure = one_of(symbol, elements)
        raise InputError(Finding("element", f"{symbol} is not among the elements", ", ".join(elements), cure))
