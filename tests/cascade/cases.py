"""Small cascades that between them use every feature, for the tests of this folder."""

from __future__ import annotations

from sxsim.definition import Cascade, load

NO_EQUATIONS = {"organic.flow_m3_h": 9.0, "stream.scrub.flow_m3_h": 1.0}
SHORT = {"section.extraction.stages": 2, "section.scrubbing.stages": 2, "section.stripping.stages": 2, **NO_EQUATIONS}


def loop() -> Cascade:
    """A closed organic loop of six stages."""
    return load("nd_pr_p507").replace(SHORT)


def imperfect() -> Cascade:
    """The same with stage efficiencies and entrainment both ways."""
    changes = {}
    for name in ("extraction", "scrubbing", "stripping"):
        changes[f"section.{name}.stage_efficiency"] = 0.9
        changes[f"section.{name}.entrainment_O_in_A"] = 0.002
        changes[f"section.{name}.entrainment_A_in_O"] = 0.003
    return loop().replace(changes)


def soap() -> Cascade:
    """A soap section fed by half of the raffinate, with entrainment where the split leaves."""
    changes = {"section.soap.stages": 1, "section.scrubbing.stages": 1, "split.raffinate.fraction": 0.5}
    changes |= {"section.extraction.entrainment_O_in_A": 0.003, "section.extraction.stage_efficiency": 0.95}
    short = {key: value for key, value in SHORT.items() if "scrubbing" not in key}
    return load("nd_pr_p507_soap").replace({**short, **changes})


def open_organic() -> Cascade:
    """Fresh organic with an assay, base as a flow, no stripping, an organic feed, draws of both phases."""
    data = loop().to_data()
    data["section"] = data["section"][:2]
    del data["stream"]["strip_acid"]
    data["organic"] |= {"recycled": False, "base_kmol_h": 3.0, "assay_mol_L": {"Pr": 0.001, "Nd": 0.002}}
    del data["organic"]["saponified_fraction"]
    data["stream"]["loaded"] = {
        "flow_m3_h": 0.5,
        "phase": "organic",
        "section": "scrubbing",
        "stage": 1,
        "assay_mol_L": {"Pr": 0.02, "Nd": 0.1},
    }
    data["stream"]["second"] = {
        "flow_m3_h": 0.2,
        "pH": 1.0,
        "section": "extraction",
        "stage": 1,
        "assay_mol_L": {"Pr": 0.3},
    }
    data["draw"] = [
        {"name": "side", "section": "extraction", "stage": 2, "phase": "aqueous", "flow_m3_h": 0.3},
        {"name": "rich", "section": "scrubbing", "stage": 1, "phase": "organic", "flow_m3_h": 0.4},
    ]
    data["target"] = []
    return Cascade.from_data(data)


def sulfate() -> Cascade:
    """Sulfuric acid throughout: bisulfate buffers the pH."""
    data = loop().to_data()
    data["organic"] |= {"extractant": "P204", "system": "d2ehpa-sulfate", "extractant_mol_L": 0.3, "flow_m3_h": 6.0}
    for name in ("scrub", "strip_acid"):
        data["stream"][name] |= {"acid": "H2SO4", "acid_mol_L": 1.5}
    data["stream"]["feed"] = {"flow_m3_h": 1.0, "pH": 2.0, "assay_mol_L": {"Pr": 0.005, "Nd": 0.015}}
    del data["organic"]["saponified_fraction"]
    data["target"] = []
    return Cascade.from_data(data)


def solvating() -> Cascade:
    """TBP that takes up nitric acid: closed loop, a split, draws of both phases, efficiency and entrainment."""
    section = [
        {"name": "extraction", "kind": "extraction", "aqueous_in": "feed", "aqueous_out": "raffinate"},
        {"name": "scrubbing", "kind": "scrubbing", "aqueous_in": "scrub", "aqueous_out": "extraction"},
        {"name": "stripping", "kind": "stripping", "aqueous_in": "water", "aqueous_out": "strip_liquor"},
    ]
    usual = {"stages": 2, "stage_efficiency": 0.9, "entrainment_O_in_A": 0.002, "entrainment_A_in_O": 0.003}
    return Cascade.from_data(
        {
            "schema": 1,
            "title": "Pr/Nd by TBP in nitrate",
            "elements": ["Pr", "Nd", "Ca"],
            "organic": {
                "extractant": "TBP",
                "extractant_mol_L": 1.0,
                "diluent": "kerosene",
                "temperature_C": 25.0,
                "system": "tbp-nitrate",
                "flow_m3_h": 3.0,
                "recycled": True,
            },
            "section": [part | usual for part in section],
            "stream": {
                "feed": {
                    "flow_m3_h": 1.0,
                    "acid": "HNO3",
                    "acid_mol_L": 1.0,
                    "assay_mol_L": {"Pr": 0.4, "Nd": 0.8, "Ca": 0.5},
                },
                "scrub": {"flow_m3_h": 0.5, "acid": "HNO3", "acid_mol_L": 3.0, "assay_mol_L": {"Ca": 1.0}},
                "water": {"flow_m3_h": 0.8, "pH": 3.0, "assay_mol_L": {"Ca": 0.02}},
            },
            "split": [{"from": "strip_liquor", "to": "scrub", "fraction": 0.2}],
            "draw": [
                {"name": "side", "section": "extraction", "stage": 2, "phase": "aqueous", "flow_m3_h": 0.1},
                {"name": "rich", "section": "scrubbing", "stage": 1, "phase": "organic", "flow_m3_h": 0.2},
            ],
        }
    )


SMALL = {
    "contact": lambda: load("single_contact"),
    "loop": loop,
    "imperfect": imperfect,
    "soap": soap,
    "open": open_organic,
    "sulfate": sulfate,
    "solvating": solvating,
}
