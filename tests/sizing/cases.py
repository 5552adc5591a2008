"""Cascades for the tests of this folder."""

from __future__ import annotations

from typing import Any

from sxsim.definition import Cascade, load

PAIRS = {"nd_pr_p507": ("Nd", "Pr"), "dy_tb_p507": ("Dy", "Tb")}


def asked(name: str, purity: float, other: float | None = None, **changes: Any) -> Cascade:
    """A bundled cascade with other purities (of both products, or of each)."""
    A, B = PAIRS[name]
    targets = {
        f"target.strip_liquor.{A}.purity_min": purity,
        f"target.raffinate.{B}.purity_min": purity if other is None else other,
    }
    return load(name).replace({**targets, **changes})


def undecided(name: str) -> Cascade:
    """The same with every number of stages and every flow but the feed's left to design."""
    data = load(name).to_data()
    for section in data["section"]:
        section["stages"] = "design"
    data["organic"]["flow_m3_h"] = "design"
    for stream in ("scrub", "strip_acid"):
        data["stream"][stream]["flow_m3_h"] = "design"
    del data["solve"]
    return Cascade.from_data(data)


def with_design(cascade: Cascade, **settings: Any) -> Cascade:
    """The same with a [design] table."""
    return Cascade.from_data({**cascade.to_data(), "design": settings})


def with_traces() -> Cascade:
    """Nd/Pr with La, Ce and Sm."""
    data = load("nd_pr_p507").to_data()
    data["elements"] = ["La", "Ce", "Pr", "Nd", "Sm"]
    assay = {"La": 0.001, "Ce": 0.002, "Pr": 0.25, "Nd": 0.746, "Sm": 0.0005}
    data["stream"]["feed"] = {"flow_m3_h": 1.0, "pH": 2.0, "assay_mol_L": assay}
    data["target"][1]["purity_min"] = 0.97
    return Cascade.from_data(data)


def heavy() -> Cascade:
    """Dy/Tb with Gd, Ho and Y."""
    data = load("dy_tb_p507").to_data()
    data["elements"] = ["Gd", "Tb", "Dy", "Ho", "Y"]
    assay = {"Gd": 0.001, "Tb": 0.15, "Dy": 0.847, "Ho": 0.001, "Y": 0.0005}
    data["stream"]["feed"] = {"flow_m3_h": 1.0, "pH": 2.0, "assay_mol_L": assay}
    data["target"][0]["purity_min"], data["target"][1]["purity_min"] = 0.997, 0.98
    return Cascade.from_data(data)
