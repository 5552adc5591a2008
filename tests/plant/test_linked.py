"""Linked extraction: the rigorous stage graph against cascades, theory and published minima."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from benchmarks.linked import main, system_with

from sxsim.cascade.solving import solve_quietly
from sxsim.definition import load
from sxsim.errors import ConvergenceError, InputError, UnreachableTarget
from sxsim.plant.linked import Linked, fully_linked, load_linked, solve_linked, three_outlets
from sxsim.plant.linked.columns import linked_loads, preferred_split
from sxsim.plant.linked.comparison import saving
from sxsim.report.synthesis_linked import linked_profile
from sxsim.theory.multicomponent import minimum_ends, minimum_linked, minimum_sharp_cut
from sxsim.theory.network import linked_three

ORGANIC: dict[str, Any] = {
    "extractant": "P507",
    "extractant_mol_L": 1.5,
    "saponified_fraction": 0.36,
    "saponifier": "NH4",
    "temperature_C": 25.0,
    "system": "p507-chloride",
}
EQUAL = {"Nd": 1.0, "Pr": 1.0, "Ce": 1.0}
S_LINKED = 1.3657225135694966  # case ref-linked-A/B/C_2,2_equal


@pytest.fixture(scope="module")
def two_and_two(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The organic of a system whose separation factors are 2 and 2."""
    folder: Path = tmp_path_factory.mktemp("system")
    return ORGANIC | {"system": system_with({"Nd/Pr": 2.0, "Pr/Ce": 2.0}, folder)}


def as_linked(name: str) -> dict[str, Any]:
    """A bundled cascade as a file of sections and lines."""
    data = load(name).to_data()
    sections = data.pop("section")
    names = [part["name"] for part in sections]
    for place, part in enumerate(sections):
        data["stream"][part.pop("aqueous_in")]["section"] = part["name"]
        part["aqueous_to"] = part.pop("aqueous_out")
        part["organic_to"] = names[place + 1] if place + 1 < len(names) else "stripped_organic"
    return data | {"section": sections}


def test_an_unlinked_graph_is_the_cascade() -> None:
    cascade = solve_quietly(load("nd_pr_p507"))
    linked = solve_linked(Linked.from_data(as_linked("nd_pr_p507")))
    assert linked.purity("strip_liquor", "Nd") == pytest.approx(0.999, abs=1e-9)
    assert linked.found == pytest.approx(dict(cascade.found), rel=1e-6)
    order = [cascade.stage.place(j) for j in range(len(cascade.stage.section))]
    assert [linked.stage.place(j) for j in range(len(order))] == order
    assert linked.stage.pH == pytest.approx(cascade.stage.pH, abs=1e-6)


def test_the_order_of_sections_in_the_file_does_not_matter() -> None:
    linked = load_linked("nd_pr_ce")
    data = linked.replace({path: value for path, value in solve_linked(linked).found.items()}).to_data()
    data["section"] = [data["section"][0], *data["section"][:0:-1]]
    one, other = solve_linked(Linked.from_data(data)), solve_linked(linked)
    for product in ("ce_raffinate", "pr_draw", "nd_liquor"):
        assert one.stream[product].pH == pytest.approx(other.stream[product].pH, abs=1e-7)


@pytest.mark.parametrize("name", ["nd_pr_ce", "nd_pr_ce_la"])
def test_bundled_files_meet_their_targets(name: str) -> None:
    linked = load_linked(name)
    result = solve_linked(linked)
    assert result.met
    assert result.closure < 1e-10
    assert result.equilibrium_residual < 1e-8
    assert Linked.from_data(linked.to_data()) == linked
    again = solve_linked(linked, start=result)
    assert again.found == pytest.approx(result.found, rel=1e-6)
    assert again.iterations < result.iterations


def test_the_balances_of_every_product_close() -> None:
    result = solve_linked(load_linked("nd_pr_ce_la"))
    fed = result.stream["feed"]
    products = [stream for stream in result.stream.values() if stream.kind == "product"]
    for element in result.linked.elements:
        out = sum(stream.amount_kmol_h(element) for stream in products)
        assert out == pytest.approx(fed.amount_kmol_h(element), rel=1e-10)
    assert sum(stream.flow_m3_h for stream in products) == pytest.approx(
        sum(stream.flow_m3_h for stream in result.stream.values() if stream.kind == "inlet"), rel=1e-12
    )


def test_reaches_four_nines_above_the_linked_minimum_and_fails_below(two_and_two: dict[str, Any]) -> None:
    """Base over three is S; 1.05 and 0.96 of S_linked with 40 stages a section."""
    worst = {}
    for ratio, asked, ends in ((1.05, 0.9999, ("Pr", "Ce")), (0.96, 0.97, ("Nd", "Ce"))):
        sides = None if ratio > 1.0 else 1.02
        layout = fully_linked(EQUAL, organic=two_and_two, stages=40, S_over_S_min=ratio, sides=sides, purity=asked)
        data = layout.to_data()
        data["target"] = [target for target in data["target"] if target["element"] in ends]
        data["solve"]["free"].remove("organic.flow_m3_h")
        result = solve_linked(Linked.from_data(data))
        assert result.base_mol_per_mol / 3.0 == pytest.approx(ratio * S_LINKED, rel=1e-9)
        pairs = (("nd_liquor", "Nd"), ("pr_draw", "Pr"), ("ce_raffinate", "Ce"))
        worst[ratio] = min(result.purity(product, element, "mol") for product, element in pairs)
    assert worst[1.05] > 0.9999 - 1e-9
    assert 0.96 < worst[0.96] < 0.98


def test_a_recovery_is_a_target_too() -> None:
    data = load_linked("nd_pr_ce").to_data()
    data["target"] = [{"stream": "nd_liquor", "element": "Nd", "recovery_min": 0.999}]
    data["solve"]["free"] = ["stream.scrub.flow_m3_h"]
    result = solve_linked(Linked.from_data(data))
    assert result.stream["nd_liquor"].recovery["Nd"] == pytest.approx(0.999, abs=1e-9)
    assert result.targets[0].met


def test_saving_beside_theory(two_and_two: dict[str, Any]) -> None:
    found = saving(EQUAL, two_and_two, total_stages=120, figure=0.99)
    assert found.theory == pytest.approx(0.341, abs=1e-3)
    assert found.theory - 0.02 < found.measured < found.theory + 0.01
    assert found.S_linked == pytest.approx(S_LINKED, rel=0.05)
    assert len(found.cascades) == 2


def test_loads_of_three_elements_are_those_of_the_known_network() -> None:
    alpha, f = [3.1465, 2.03, 1.0], [0.3713, 0.1842, 0.4445]
    ends = minimum_ends(alpha, f)
    loads = linked_loads(alpha, f, 1.05)
    net = linked_three(f, 1, loads.S, 1.05 * ends.S, 1.05 * ends.S - float(ends.organic_outlet.sum()))
    organic, aqueous = np.array(loads.organic[1]), np.array(loads.aqueous[1])
    assert organic[:3] == pytest.approx(net.organic[:3])
    assert aqueous[1:] == pytest.approx([net.aqueous[1], net.aqueous[2], net.aqueous[3]])
    assert loads.organic[0] == pytest.approx(tuple(net.organic[4:]))
    assert loads.aqueous[0] == pytest.approx(tuple(net.aqueous[4:]))


@pytest.mark.parametrize("t", [3, 4, 6])
def test_preferred_splits_bracket_the_known_ones_and_flows_balance(t: int) -> None:
    alpha, f = 1.7 ** np.arange(t - 1, -1, -1), np.arange(1, t + 1) / (t * (t + 1) / 2)
    ends = preferred_split(alpha, f, 0, t - 1)
    assert ends.S == pytest.approx(minimum_ends(alpha, f).S, rel=1e-9)
    assert ends.organic_outlet == pytest.approx(minimum_ends(alpha, f).organic_outlet, abs=1e-9)
    for cut in range(1, t):
        assert preferred_split(alpha, f, cut - 1, cut).S == pytest.approx(minimum_sharp_cut(alpha, f, cut).S, rel=1e-9)
    loads = linked_loads(alpha, f, 1.1)
    assert loads.S_min == pytest.approx(minimum_linked(alpha, f))
    net = np.array(loads.organic[-1]) - np.array(loads.aqueous[-1])
    assert net[-1] == pytest.approx(f[0])
    assert net[0] == pytest.approx(-f[-1])
    with pytest.raises(InputError, match="light before heavy"):
        preferred_split(alpha, f, 1, 1)


def test_five_elements_are_one_graph_too() -> None:
    feed = {"Sm": 0.1, "Nd": 0.2, "Pr": 0.1, "Ce": 0.35, "La": 0.25}
    result = solve_linked(fully_linked(feed, organic=ORGANIC, stages=15, S_over_S_min=1.3))
    assert len(result.linked.section) == 21
    assert result.closure < 1e-10
    pairs = zip(("sm_liquor", "nd_draw", "pr_draw", "ce_draw", "la_raffinate"), feed, strict=True)
    assert all(result.purity(product, element, "mol") > 0.8 for product, element in pairs)


def test_a_third_outlet_stays_below_its_bound(two_and_two: dict[str, Any]) -> None:
    feed = {"Nd": 0.4, "Pr": 0.2, "Ce": 0.4}
    found = [three_outlets(feed, two_and_two, S=S) for S in (2.0, 8.0)]
    for each in found:
        assert each.purity < each.bound
        assert each.result.closure < 1e-10
    assert found[0].purity == pytest.approx(0.72, abs=0.01)  # 0.722 at constant load
    assert found[1].purity > found[0].purity
    with pytest.raises(InputError, match="three"):
        three_outlets(EQUAL | {"La": 1.0}, two_and_two, S=2.0)


def wrong(changes: dict[str, Any]) -> str:
    """What is said of a bundled file with changes at its dotted paths, or to its data."""
    data = load_linked("nd_pr_ce").to_data()
    for path, value in changes.items():
        *way, key = path.split("/")
        table: Any = data
        for step in way:
            table = table[int(step)] if step.isdecimal() else table[step]
        if value is None:
            del table[int(key) if key.isdecimal() else key]
        else:
            table[int(key) if key.isdecimal() else key] = value
    with pytest.raises(InputError) as caught:
        Linked.from_data(data, "changed.toml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"section/0/organic_tu": "x"},
            "section.c2_1.organic_tu: unknown key (allowed: name, kind, stages, organic_to",
        ),
        ({"branch/0/from": "c2_9"}, "there is no section named 'c2_9'"),
        ({"branch/0/fraction": 1.5}, "out of range"),
        ({"branch/0/to": "c2_1"}, "its organic leads back into itself"),
        ({"section/1/name": "c2_1"}, "2 of them are named 'c2_1'"),
        ({"section/0/aqueous_to": "nd_liquor"}, "2 lines leave as product 'nd_liquor'"),
        ({"section/0/aqueous_to": "feed"}, "is the name of a stream that enters and of a product"),
        ({"section/4/organic_to": "c2_2"}, "no organic leaves: a loop without an outlet"),
        (
            {"section/6/organic_to": "elsewhere"},
            "2 organic products (stripped_organic, elsewhere) while the organic returns",
        ),
        ({"stream/scrub/section": "c9"}, "no section named 'c9'"),
        ({"stream/feed/section": None}, "stream.feed.section: missing"),
        ({"stream/feed/stage": 400}, "stage 400 of 'c1_1'"),
        ({"stream/feed/flow_m3_h": "design"}, "is left to design"),
        ({"target/0/stream": "nd_liqour"}, "there is no product named 'nd_liqour'"),
        ({"target/0/element": "La"}, "La is not among the elements"),
        ({"solve/free": ["organic.flow_m3_h"]}, "1 free quantities for 3 target equations"),
        (
            {"solve/free": ["organic.flow", "stream.scrub.flow_m3_h", "branch.pr_draw.fraction"]},
            "organic.flow cannot be",
        ),
        ({"elements": ["Ce", "Pr", "Xx"]}, "Xx"),
        ({"organic/system": "p508"}, "p508"),
    ],
)
def test_findings(changes: dict[str, Any], said: str) -> None:
    message = wrong(changes)
    assert said in message
    assert message.startswith("changed.toml: ")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("schema = = 1", encoding="utf-8")
    with pytest.raises(InputError, match="is not TOML"):
        load_linked(broken)
    with pytest.raises(InputError, match="did you mean nd_pr_ce"):
        load_linked("nd_pr_cee")


def test_targets_out_of_reach_say_how_near() -> None:
    linked = load_linked("nd_pr_ce")
    few = {f"section.{part.name}.stages": 6 for part in linked.section}
    data = linked.to_data() | {"solve": {"free": list(linked.solve.free)}} if linked.solve else {}
    for part in data["section"]:
        part["stages"] = few[f"section.{part['name']}.stages"]
    with pytest.raises(UnreachableTarget, match="the targets are not met by these free quantities: nearest") as caught:
        solve_linked(Linked.from_data(data))
    assert caught.value.result.closure < 1e-8


def test_a_section_run_dry_is_said() -> None:
    with pytest.raises((InputError, ConvergenceError), match="without"):
        fully_linked({"Nd": 0.3, "Pr": 0.4, "Ce": 0.3}, organic=ORGANIC, stages=5, S_over_S_min=0.4)
    with pytest.raises(InputError, match="three or more"):
        fully_linked({"Nd": 0.3, "Ce": 0.7}, organic=ORGANIC, stages=5)


def test_the_benchmark_runs_at_its_smallest_size(tmp_path: Path) -> None:
    assert main(["--quick", "--json", str(tmp_path / "linked.json")]) == 0
    told = json.loads((tmp_path / "linked.json").read_text(encoding="utf-8"))
    assert 0.2 < told["A/B/C equal, 2 and 2"]["purity"]["saving"] < 0.35


def test_the_profile_has_a_panel_for_each_run_of_the_organic() -> None:
    figure = linked_profile(solve_linked(load_linked("nd_pr_ce")))
    titles = [[text.get_text() for text in ax.texts] for ax in figure.axes]
    assert titles == [["c2_1", "c2_2", "c2_3", "c2_4"], ["c1_1", "c1_2"]]
    drawn = [line for line in figure.axes[0].lines if len(line.get_ydata()) > 2]
    assert len({line.get_color() for line in drawn if max(line.get_ydata()) > 0.99}) == 3  # each is pure somewhere


def test_an_element_that_nothing_brings_in_changes_nothing():
    """Without any Ce the linked extraction is that of Pr and Nd; the same as written without it."""
    data = load_linked("nd_pr_ce").to_data()
    data["stream"]["feed"]["assay_mol_L"]["Ce"] = 0.0
    data.pop("solve", None)
    data["target"] = []
    lean = Linked.from_data(data)
    data = lean.to_data()
    data["elements"] = ["Pr", "Nd"]
    del data["stream"]["feed"]["assay_mol_L"]["Ce"]
    results = [solve_linked(each) for each in (lean, Linked.from_data(data))]
    assert results[0].closure < 1e-10
    assert results[0].profile("organic").equals(results[1].profile("organic"))


def test_a_liquor_of_another_medium_and_a_foreign_diluent():
    """Linked sections pass their liquors on, so that all of them have one medium; warnings are those of a cascade."""
    with pytest.raises(InputError, match="HNO3 does not fit the chloride medium"):
        load_linked("nd_pr_ce").replace({"stream.scrub.acid": "HNO3"})
    result = solve_linked(load_linked("nd_pr_ce").replace({"organic.diluent": "toluene"}))
    assert any(text.startswith("diluent toluene") for text in result.warnings)
