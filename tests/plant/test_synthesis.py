"""Orders of cuts: against brute force, against independent closed-form figures, and rigorously."""

from __future__ import annotations

import math
from collections.abc import Iterator
from io import StringIO

import pytest
from rich.console import Console

from sxsim.cascade.solving import solve_quietly
from sxsim.economics.feeds import feed
from sxsim.errors import InputError, UnreachableTarget
from sxsim.plant.synthesis import design_sequence, synthesize
from sxsim.plant.synthesis.cuts import Cut, estimate_cut
from sxsim.plant.synthesis.rigorous import cut_cascade
from sxsim.plant.synthesis.sequences import best_sequences, named_sequences, number_of_sequences
from sxsim.plant.synthesis.task import Task, make_task
from sxsim.report.synthesis_tables import synthesis_report
from sxsim.theory.design import inventory_optimal_solvent
from sxsim.theory.multicomponent import minimum_conventional

# The trade's ladder for P507 in chloride, recalled, not found in any source read: unverified.
RECALLED = {
    "Ce/La": 6.83, "Pr/Ce": 2.03, "Nd/Pr": 1.55, "Sm/Nd": 10.6, "Eu/Sm": 2.35, "Gd/Eu": 1.46, "Tb/Gd": 5.82,
    "Dy/Tb": 2.82, "Ho/Dy": 2.0, "Y/Ho": 1.74, "Er/Y": 1.47, "Tm/Er": 3.36, "Yb/Tm": 3.12, "Lu/Yb": 1.82,
}  # fmt: skip
LIGHT = {"La": 0.28, "Ce": 0.5, "Pr": 0.05, "Nd": 0.15, "Sm": 0.02}


def recalled(elements: dict[str, float]) -> dict[str, float]:
    """The ladder's factors of neighbours that a feed has."""
    held = [pair for pair in RECALLED if set(pair.split("/")) <= set(elements)]
    return {pair: RECALLED[pair] for pair in held}


def every_tree(task: Task, first: int, last: int, yardstick: str) -> Iterator[tuple[Cut, ...]]:
    """All orders of cuts, one by one."""
    if last - first < 2:
        yield ()
    for cut in range(first + 1, last):
        own = estimate_cut(task, first, cut, last, yardstick)
        for upper in every_tree(task, first, cut, yardstick):
            for lower in every_tree(task, cut, last, yardstick):
                yield (own, *upper, *lower)


@pytest.mark.parametrize("objective", ["passes", "stages", "inventory"])
def test_the_best_orders_are_those_of_brute_force(objective: str) -> None:
    task = make_task(LIGHT, "p507-chloride")
    trees = list(every_tree(task, 0, 5, "xu"))
    assert len(trees) == number_of_sequences(5) == 14
    key = {"passes": "S", "stages": "stages", "inventory": "inventory"}[objective]
    sums = sorted(math.fsum(getattr(cut, key) for cut in tree) for tree in trees)

    def estimate(first: int, cut: int, last: int) -> Cut:
        return estimate_cut(task, first, cut, last, "xu")

    best = best_sequences(estimate, 5, objective, 14)
    assert [getattr(each, objective) for each in best] == pytest.approx(sums, rel=1e-12)
    assert len({each.order for each in best}) == 14
    worst = named_sequences(estimate, 5, objective)[-1]
    assert getattr(worst, objective) == pytest.approx(sums[-1], rel=1e-12)


@pytest.mark.parametrize(
    ("name", "products", "best", "poor", "rule"),
    [
        ("bayan_obo_usgs", ["La", "Ce", "Pr", "Nd", "SEG=Sm-Dy"], 3.45, 6.2, "heaviest first"),
        ("mid_y_rich_eu", [], 5.8, 20.8, "heaviest first"),
        ("longnan_usgs", [], 8.0, 32.9, "lightest first"),
    ],
)
def test_passes_of_independent_figures(name: str, products: list[str], best: float, poor: float, rule: str) -> None:
    """Xu's optimum of each key pair, nearly sharp, with the recalled ladder: best and poor order of three feeds."""
    fed = dict(feed(name).mole_fraction)
    found = synthesize(fed, products=products, purity=0.99999, factors=recalled(fed), yardstick="xu", count=1)
    assert found.best[0].passes == pytest.approx(best, abs=0.05)
    named = {sequence.label: sequence for sequence in found.named}
    assert named[rule].passes == pytest.approx(poor, abs=0.05)
    assert named["worst"].passes >= named[rule].passes
    assert found.task.status == "unverified"
    if name == "bayan_obo_usgs":
        assert found.best[0].order == "Ce|La, Pr|Ce, Sm|Nd, Nd|Pr"
        assert named["heaviest first"].order == "Sm|Nd, Nd|Pr, Pr|Ce, Ce|La"
        assert named["lightest first"].passes == pytest.approx(3.517, abs=2e-3)


def test_least_solvent_is_that_of_the_theory() -> None:
    found = synthesize(LIGHT, yardstick="minimum")
    total = sum(LIGHT.values())
    fractions = [LIGHT[name] / total for name in found.task.elements]
    assert found.best[0].passes == pytest.approx(minimum_conventional(found.task.alpha, fractions), rel=1e-12)
    assert 0.0 < found.saving_linked < 1.0
    assert found.best[0].stages == math.inf
    assert found.to_dict()["sequences"][0]["stages"] is None


def test_the_ratio_of_least_inventory_is_the_theory_s() -> None:
    task = make_task({"Nd": 0.75, "Pr": 0.25}, "p507-chloride")
    cut = estimate_cut(task, 0, 1, 2)
    own = cut.S_min  # two elements: the minimum of a sharp cut
    assert cut.S_over_S_min * cut.S_min / own == pytest.approx(cut.S / own)
    best = inventory_optimal_solvent(cut.beta, cut.wanted)
    assert cut.S == pytest.approx(best, rel=0.01)


def test_tolerances_share_what_a_product_between_two_cuts_allows() -> None:
    task = make_task({"Nd": 0.2, "Pr": 0.3, "Ce": 0.5}, "p507-chloride", ["Nd@0.9", "Pr@0.99", "Ce"], purity=0.999)
    assert task.tolerances(1) == pytest.approx((0.5 * 0.01 * 0.3, 0.5 * 0.01 * 0.3))  # Pr's loss, Pr's impurity
    assert task.tolerances(2) == pytest.approx((0.001 * 0.5, 0.001 * 0.5))  # Ce's loss, Ce's impurity


def test_designed_cut_makes_what_was_asked() -> None:
    found = synthesize({"Sm": 0.1, "Nd": 0.6, "Pr": 0.3}, products=["SmNd=Sm+Nd", "Pr"], purity=0.99)
    designed = design_sequence(found.task, found.best[0])
    assert designed.complete
    plan = designed.cuts[0].plan
    assert plan is not None
    assert plan.result.purity("raffinate", "Pr", "mol") >= 0.99 - 1e-9
    strip = plan.result.stream["strip_liquor"]
    held = {name: strip.amount_kmol_h(name) for name in ("Sm", "Nd", "Pr")}
    assert held["Pr"] / sum(held.values()) <= 0.01
    assert solve_quietly(plan.cascade).met
    assert designed.passes == pytest.approx(plan.S, rel=1e-12)
    assert designed.base > 3.0 * 0.9 * plan.S_min


def test_a_cut_that_has_no_design_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> None:
        raise UnreachableTarget("too few stages")

    monkeypatch.setattr("sxsim.plant.synthesis.rigorous.design", refuse)
    found = synthesize({"Nd": 0.5, "Pr": 0.5})
    designed = design_sequence(found.task, found.best[0])
    assert not designed.complete
    assert [each.why for each in designed.cuts] == ["too few stages"]
    told = Console(width=200, file=StringIO())
    for part in synthesis_report(found, [designed]):
        told.print(part)
    assert "no design of Nd|Pr: too few stages" in told.file.getvalue()


def test_groups_of_a_cascade_hold_at_most_four_elements() -> None:
    found = synthesize(dict(feed("longnan_usgs").mole_fraction), count=1, yardstick="xu")
    for cut in found.best[0].cuts:
        cascade = cut_cascade(found.task, cut)
        assert len(cascade.elements) <= 4
        assert sum(cascade.stream["feed"].concentration_mol_L.values()) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"products": ["DyEr=Dy+Er", "Y"]}, "Y stands between its elements in the order of extraction"),
        ({"products": ["Dy", "Y"]}, "Er of the feed is in no product"),
        ({"products": ["Dy", "Y", "Er", "Er"]}, "products Er: stands twice"),
        ({"products": ["Dy", "YEr=Y+Er", "Er"]}, "Er: is in two products"),
        ({"products": ["Dy", "Y", "Eu"]}, "'Eu' is not in the feed"),
        ({"products": ["Dy@x", "Y", "Er"]}, "'x' is no purity"),
        ({"products": ["Dy@1.5", "Y", "Er"]}, "purity 1.5"),
        ({"products": ["all=Dy-Er"]}, "there is nothing to part"),
        ({"purity": 99.9}, "for 99.9 % write 0.999"),
        ({"factors": {"Er/Dy": 3.0}}, "is no pair of neighbours"),
        ({"factors": {"Y/Dy": 0.5}}, "does not keep the order of extraction"),
    ],
)
def test_findings(arguments: dict[str, object], said: str) -> None:
    with pytest.raises(InputError) as caught:
        synthesize({"Dy": 0.2, "Y": 0.7, "Er": 0.1}, **arguments)
    assert said in str(caught.value)


def test_an_element_the_system_does_not_know() -> None:
    with pytest.raises(InputError, match="Fe is not known to p507-chloride"):
        synthesize({"Nd": 0.5, "Pr": 0.4, "Fe": 0.1})
