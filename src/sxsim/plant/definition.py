"""The definition of a train: feeds, cascades, steps between them, products and waste."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, PrivateAttr, ValidationError

from sxsim.definition.system import with_system
from sxsim.definition.translation import findings_of_validation
from sxsim.definition.values import Listed, Table
from sxsim.definition.writing import toml_text
from sxsim.errors import Finding, InputError
from sxsim.foundation.hashing import input_hash as digest
from sxsim.foundation.paths import assign
from sxsim.foundation.plain import plain
from sxsim.foundation.reading import plain_findings
from sxsim.plant.tables import Economics, Step, TrainCascade, TrainFeed, TrainProduct

__all__ = ["Train"]


class Train(Table):
    """Cascades joined by streams: from the feeds to products and waste.

    Every stream is made once and used once. A feed or a step makes the stream of its own name; a cascade makes
    ``name.product`` for each of its products, a `reprecipitate` also ``name.mother_liquor``, a `split` ``name.part``
    and ``name.rest``.

    Attributes
    ----------
    schema_version : int
        Key `schema` of the file.
    title, description : str
        What the train is.
    waste : tuple of str
        Streams that are thrown away.
    feed : tuple of TrainFeed
        What enters.
    cascade : tuple of TrainCascade
        Cascades.
    step : tuple of Step
        What happens between them.
    product : tuple of TrainProduct
        What is sold.
    economics : Economics or None
        Prices and choices of a costing.
    """

    schema_version: Annotated[Literal[1], Field(alias="schema")]
    title: str
    description: str = ""
    waste: Annotated[tuple[str, ...], Listed] = ()
    feed: Annotated[tuple[TrainFeed, ...], Listed, Field(min_length=1)]
    cascade: Annotated[tuple[TrainCascade, ...], Listed, Field(min_length=1)]
    step: Annotated[tuple[Step, ...], Listed] = ()
    product: Annotated[tuple[TrainProduct, ...], Listed, Field(min_length=1)]
    economics: Economics | None = None
    _folder: str | None = PrivateAttr(default="")

    @classmethod
    def from_data(cls, data: Mapping[str, Any], source: str = "", folder: str | None = "") -> Train:
        """Build and check a train from plain data, as TOML gives it.

        Parameters
        ----------
        data : mapping
            Tables, lists and values.
        source : str
            File that error messages name.
        folder : str or None
            Where cascade files are looked for first; None looks for bundled ones only.

        Returns
        -------
        Train
            Without findings.

        Raises
        ------
        InputError
            With every finding at once.
        """
        if beyond := plain_findings(data):
            raise InputError(beyond, source)
        data = plain(data)
        try:
            train = cls.model_validate(dict(data))
        except ValidationError as error:
            raise InputError(findings_of_validation(error, data, cls), source) from None
        train._folder = folder
        if findings := train.check():
            raise InputError(findings, source)
        return train

    def check(self) -> list[Finding]:
        """Return everything that is wrong with the train; an empty list when it is clean."""
        from sxsim.plant.checks import findings_of

        return findings_of(self)

    def replace(self, changes: Mapping[str, Any]) -> Train:
        """Return a changed copy.

        Parameters
        ----------
        changes : mapping of str to value
            Dotted paths and their new values, e.g. ``{"feed.ore.oxide_kg_h": 500.0}``; paths into a cascade go through
            its `set` table: ``{"cascade.nd_pr.set": {...}}``.

        Raises
        ------
        InputError
            A path that leads nowhere, or a value that is not allowed.
        """
        data = self.to_data()
        for path, value in changes.items():
            data = assign(data, path, value)
        return type(self).from_data(data, folder=self._folder)

    def scaled(self, factor: float) -> Train:
        """Return the train with every flow of it times a factor [-].

        Examples
        --------
        >>> from sxsim.plant import load_train
        >>> load_train("nd_pr_in_two_cuts").scaled(2.0).feed[0].oxide_kg_h
        336.0
        """
        data = self.to_data()
        for feed in data["feed"]:
            feed["oxide_kg_h"] *= factor
        for cascade in data["cascade"]:
            if "reference_kmol_h" not in cascade:  # else its flows follow what arrives
                cascade["scale"] = cascade.get("scale", 1.0) * factor
        return type(self).from_data(data, folder=self._folder)

    def to_data(self) -> dict[str, Any]:
        """Return plain tables, lists and values: only what was typed, in the order of the schema."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude_none=True)

    def to_toml(self) -> str:
        """Return the text of a train file that loads into an equal train."""
        return toml_text(self.to_data())

    @property
    def folder(self) -> str | None:
        """Where cascade files are looked for first; None for a bundled train."""
        return self._folder

    @property
    def input_hash(self) -> str:
        """Digest of everything that is defined, the cascades and systems of files included."""
        from sxsim.plant.cascades import raw_data

        cascades = {each.name: with_system(raw_data(self, each)) for each in self.cascade}
        return digest({"train": self.model_dump(mode="json", by_alias=True), "cascades": cascades})
