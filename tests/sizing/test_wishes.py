"""Designs of all kinds of wishes: strong extraction, groups, impurities, feeds that vary, no prices, no way."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from tests.sizing.cases import asked, with_design

from sxsim.cascade.solving import steady_state
from sxsim.definition import Cascade, load
from sxsim.economics import CostModel
from sxsim.errors import InputError, SxsimError, UnreachableTarget
from sxsim.foundation.files import shipped
from sxsim.sizing import Plan, design
from sxsim.sizing.cut import find_cut
from sxsim.sizing.margin import feed_cases, with_feed
from sxsim.sizing.merit import merit_of
from sxsim.sizing.task import numbered

DATA = Path(__file__).parent / "data"


def _proof(name: str, stages: tuple[int, ...], strip_m3_h: float) -> Cascade:
    """A data file with typed stages and strip acid, which is known to meet its targets."""
    cascade = load(DATA / f"{name}.toml")
    streams = [part.aqueous_in for part in cascade.section]
    numbers = {f"section.{part.name}.stages": n for part, n in zip(cascade.section, stages, strict=True)}
    numbers |= {f"stream.{streams[1]}.flow_m3_h": 1.0, "organic.flow_m3_h": 1.0}
    numbers[f"stream.{streams[2]}.flow_m3_h"] = strip_m3_h
    return numbered(cascade, numbers, ("organic.flow_m3_h", f"stream.{streams[1]}.flow_m3_h"))


@pytest.mark.parametrize(
    ("name", "stages", "strip_m3_h"),
    [
        ("design_crash", (3, 3, 8), 0.1),
        ("design_dear", (2, 3, 6), 0.198138),
        ("design_refused", (3, 1, 6), 0.3),
        ("y_dy_design", (12, 14, 6), 0.4),
    ],
)
def test_no_design_is_dearer_than_a_plant_that_is_known_to_do(name, stages, strip_m3_h):
    made = design(load(DATA / f"{name}.toml"))
    known = steady_state(_proof(name, stages, strip_m3_h))
    assert made.result.met
    assert made.result.closure < 1e-9
    assert made.merit.annual_usd <= merit_of(known, CostModel.of(known.cascade)).annual_usd


def test_the_dear_solution_is_not_taken():
    made = design(load(DATA / "design_dear.toml"))
    assert made.flows_m3_h["organic"] < 0.3  # with the same targets 13.4 m3/h are a solution, too


def test_both_targets_may_stand_at_one_product():
    made = design(load("la_from_pr_nd_naphthenic"))
    assert made.result.met
    typed = steady_state(load("la_from_pr_nd_naphthenic"))
    assert made.merit.annual_usd < merit_of(typed, CostModel.of(typed.cascade)).annual_usd


def test_no_neighbour_of_a_small_design_is_cheaper():
    made = design(load(DATA / "design_crash.toml"))
    model = CostModel.of(made.cascade)
    names = [f"section.{part.name}.stages" for part in made.cascade.section[:2]]
    for step in ((-1, 0), (1, 0), (0, 1), (1, 1), (1, -1), (-1, 1)):
        numbers = {path: made.stages[path.split(".")[1]] + by for path, by in zip(names, step, strict=True)}
        if min(numbers.values()) < 1:
            continue
        try:
            other = steady_state(numbered(made.cascade, numbers))
        except SxsimError:
            continue
        assert merit_of(other, model).annual_usd >= made.merit.annual_usd * (1.0 - 1e-6)


def _light(targets: list[dict[str, object]], **settings: object) -> Cascade:
    data = load("nd_pr_p507").to_data()
    data["elements"] = ["La", "Ce", "Pr", "Nd"]
    assay = {"La": 0.1, "Ce": 0.3, "Pr": 0.1, "Nd": 0.5}
    data["stream"]["feed"] = {"flow_m3_h": 1.0, "pH": 2.0, "assay_mol_L": assay}
    return Cascade.from_data({**data, "target": targets, "design": settings})


def test_groups_and_impurities_are_wishes():
    made = design(
        _light(
            [
                {"stream": "strip_liquor", "elements": ["La", "Ce"], "impurity_max": 0.002},
                {"stream": "strip_liquor", "elements": ["Pr", "Nd"], "recovery_min": 0.995},
            ]
        )
    )
    assert made.result.met
    assert all(target.room == pytest.approx(0.0, abs=1e-6) for target in made.result.targets)
    assert made.cut.name == "Pr|Ce"


def test_what_stays_behind_is_a_wish():
    made = design(
        _light(
            [
                {"stream": "strip_liquor", "elements": ["Pr", "Nd"], "purity_min": 0.99},
                {"stream": "raffinate", "elements": ["Pr", "Nd"], "concentration_max_g_L": 0.5, "basis": "oxide"},
            ]
        )
    )
    assert made.result.met


def test_more_wishes_than_quantities_are_met_with_room():
    made = design(
        _light(
            [
                {"stream": "strip_liquor", "elements": ["Pr", "Nd"], "purity_min": 0.99},
                {"stream": "strip_liquor", "elements": ["Pr", "Nd"], "recovery_min": 0.9},
                {"stream": "raffinate", "elements": ["La", "Ce"], "purity_min": 0.99},
            ]
        )
    )
    assert made.result.met
    assert any("met with room" in remark for remark in made.remarks)


def test_a_design_with_a_margin_stands_every_corner_of_the_feed():
    plain = with_design(asked("dy_tb_p507", 0.98, 0.95), objective="stages")
    few = design(plain)
    made = design(with_design(asked("dy_tb_p507", 0.98, 0.95), objective="stages", feed_margin=0.1))
    assert made.merit.stages >= few.merit.stages
    assert made.worst_feed is not None
    assert made.to_dict()["worst_feed"]["organic_ratio"] > 1.0
    assert any("within 10%" in remark for remark in made.remarks)
    cases = feed_cases(made.cut, 0.1)
    assert len(cases) == 3 * (1 + 4) - 1
    assert len(feed_cases(made.cut, 0.2)) == 3 * (1 + 3) - 1  # Dy has 85 %: no share above 100 % is tried
    flow = made.flows_m3_h["strip_acid"]
    for case in cases:
        fed = with_feed(made.cascade, case)
        assert find_cut(fed).feed_kmol_h == pytest.approx(case.grade, rel=1e-6)
        result = steady_state(numbered(fed, {"stream.strip_acid.flow_m3_h": 2.0 * flow}))
        assert all(target.met for target in result.targets)


def _without_price(folder: Path) -> Cascade:
    """The magnet scrap with an extractant whose price and density nobody tells."""
    text = shipped("data", "distribution_coeffs", "systems", "p507-chloride.toml").read_text(encoding="utf-8")
    (folder / "other.toml").write_text(text.replace('"P507"', '"Cyanex 572"'), encoding="utf-8")
    data = load(DATA / "design_dear.toml").to_data()
    data["organic"] |= {"extractant": "Cyanex 572", "system": str(folder / "other.toml")}
    return Cascade.from_data(data)


@pytest.mark.parametrize("objective", ["stages", "reagent"])
def test_what_has_no_price_is_designed_for_stages_or_reagents(tmp_path, objective):
    made = design(with_design(_without_price(tmp_path), stages_max=20), objective=objective)
    assert made.result.met
    assert made.to_dict()["annual_usd"] is None
    assert any("no price" in remark for remark in made.remarks)
    assert len(made.curve) >= 2


def test_what_has_no_price_has_no_least_cost(tmp_path):
    with pytest.raises(InputError, match='objective = "stages" or "reagent"'):
        design(_without_price(tmp_path))


def test_a_refusal_tells_proof_and_nearest_after_the_most_stages():
    lines: list[str] = []
    with pytest.raises(UnreachableTarget) as caught:
        design(with_design(load("nd_pr_p507"), stages_max=30), progress=lines.append)
    assert caught.value.proof.kind in {"total reflux", "fold", "unbounded flow"}
    assert caught.value.best > 1.0
    assert "nearest reachable with" in caught.value.diagnosis
    tried = [sum(map(int, line.split(" ")[0].split("+"))) for line in lines if "stages:" in line]
    assert max(tried) >= 30 - 18


def _drawn(rng: random.Random) -> Cascade:
    """Two to four neighbours, saponified or not, with any two wishes."""
    series = ["La", "Ce", "Pr", "Nd", "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Er"]
    count = rng.choice([2, 2, 3, 4])
    first = rng.randrange(len(series) - count + 1)
    names = series[first : first + count]
    at = rng.randrange(1, count)
    total = 10.0 ** rng.uniform(-1.0, 0.0)
    shares = [rng.uniform(0.1, 1.0) for _ in names]
    data = load(DATA / "design_dear.toml").to_data()
    data["elements"] = names
    data["organic"]["recycled"] = rng.random() < 0.8
    if rng.random() < 0.5:
        data["organic"] |= {"saponified_fraction": rng.uniform(0.1, 0.4), "saponifier": "NH4"}
    assay = {name: total * share / sum(shares) for name, share in zip(names, shares, strict=True)}
    data["stream"]["feed"] = {"flow_m3_h": 1.0, "pH": 2.0, "assay_mol_L": assay}
    data["stream"]["scrubacid"]["acid_mol_L"] = rng.choice([0.3, 1.0, 3.0])
    figures = [
        {"stream": "strip_liquor", "elements": names[at:], "purity_min": 1.0 - 10.0 ** rng.uniform(-3, -1)},
        {"stream": "raffinate", "elements": names[:at], "purity_min": 1.0 - 10.0 ** rng.uniform(-3, -1)},
        {"stream": "raffinate", "elements": names[:at], "recovery_min": 1.0 - 10.0 ** rng.uniform(-3, -1)},
        {"stream": "strip_liquor", "elements": names[at:], "recovery_min": 1.0 - 10.0 ** rng.uniform(-3, -1)},
    ]
    data["target"] = rng.sample(figures, 2)
    return Cascade.from_data(data)


@pytest.mark.parametrize("seed", range(8))
def test_any_wish_ends_with_a_plan_or_a_proof(seed):
    cascade = _drawn(random.Random(seed))
    made: Plan | UnreachableTarget
    try:
        made = design(cascade)
    except UnreachableTarget as refusal:
        made = refusal
    if isinstance(made, Plan):
        assert made.result.met
        assert sum(made.stages.values()) <= 200
    else:
        assert made.proof is not None
