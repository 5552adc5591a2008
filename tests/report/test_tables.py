"""Tables of the report: what they show, and what they leave out."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest
from rich.console import Console

from sxsim.cascade.result import Result, TargetResult
from sxsim.cascade.solving import solve_quietly
from sxsim.definition import Cascade, load
from sxsim.report.grids.cells import shown
from sxsim.report.grids.solved import found_grid, target_grid
from sxsim.report.layout import number, percent
from sxsim.report.tables import found_table, section_table, solve_report, stream_table, target_table


@pytest.fixture(scope="module")
def contact() -> Result:
    return solve_quietly(load("single_contact"))


def text_of(*parts, columns=100):
    console = Console(file=io.StringIO(), width=columns, highlight=False)
    for part in parts:
        console.print(part)
    return console.file.getvalue()


def rows_of(part):
    return [line.split() for line in text_of(part).splitlines()]


@pytest.mark.parametrize(
    ("fraction", "written"),
    [
        (None, "-"),
        (float("nan"), "-"),
        (0.0, "0.00"),
        (1.234e-7, "1.23e-05"),
        (0.0999, "9.99"),
        (0.25, "25.00"),
        (0.999, "99.900"),
        (0.999 + 1e-10, "99.900"),
        (0.99998, "99.99800"),
        (1.0 - 1e-10, "100.00"),
        (1.0, "100.00"),
    ],
)
def test_percent_keeps_its_nines(fraction, written):
    assert percent(fraction) == written


def test_number():
    assert [number(value) for value in (None, float("inf"), 0.0, 1234.56, 1e-9)] == ["-", "-", "0", "1235", "1.000e-09"]


def test_streams_show_flow_composition_and_recovery(contact):
    rows = rows_of(stream_table(contact))
    start = next(index for index, row in enumerate(rows) if row[:1] == ["loaded_organic"])
    organic = contact.stream["loaded_organic"]
    mol_L = organic.concentration_mol_L["Nd"]
    expected = ["loaded_organic", "1.000", "-", "Nd", f"{mol_L:.4g}", f"{mol_L * 168.2385:.4g}", "100.00"]
    assert rows[start] == [*expected, f"{100 * organic.recovery['Nd']:.2f}"]
    feed = next(index for index, row in enumerate(rows) if row[:1] == ["feed"])
    assert ["inlet,", "aqueous", "acid", "0.1000"] in rows[feed : feed + 3]


def test_a_stream_without_an_element_has_no_line_for_it(contact):
    empty = replace(contact.stream["feed"], name="water", concentration_mol_L={"Nd": 0.0}, purity={}, acid_mol_L=0.0)
    text = text_of(stream_table(replace(contact, stream={"water": empty})))
    assert "Nd" not in text
    assert "acid" in text


def test_targets_and_found_values(contact):
    targets = (
        TargetResult("raffinate", "Nd", "purity", 0.99, 0.9951, 0.9951, 0.4, True, 0.5125),
        TargetResult("raffinate", "Nd", "recovery", 0.5, 0.4, 0.9951, 0.4, False, -0.2),
        TargetResult("raffinate", "Nd", "concentration", 0.01, 0.01, 0.9951, 0.4, True, 1e-12),
        TargetResult("raffinate", "Pr+Nd", "impurity", 0.02, 0.01, 0.01, 0.4, True, 0.505),
        TargetResult("raffinate", "Nd", "purity", 0.99, 0.1, 0.1, 0.4, False, -890.0),
        TargetResult("empty", "Nd", "purity", 0.99, None, None, None, False),
    )
    rows = rows_of(target_table(replace(contact, targets=targets)))
    assert ["raffinate", "Nd", "purity", "%", ">=", "99.00", "99.510", "51.2", "%", "met,", "with", "room"] in rows
    assert ["raffinate", "Nd", "recovery", "%", ">=", "50.00", "40.00", "-20", "%", "no"] in rows
    assert ["raffinate", "Nd", "mol/L", "<=", "0.01000", "0.01000", "binds", "yes"] in rows
    assert ["raffinate", "Pr+Nd", "impurity", "%", "<=", "2.00", "1.00", "50.5", "%", "met,", "with", "room"] in rows
    assert ["raffinate", "Nd", "purity", "%", ">=", "99.00", "10.00", "-89000", "%", "no"] in rows
    assert ["empty", "Nd", "purity", "%", ">=", "99.00", "-", "-", "no"] in rows
    assert ["organic.flow_m3_h", "17.9912"] in rows_of(
        found_table(replace(contact, found={"organic.flow_m3_h": 17.99123}))
    )


def test_sections_show_the_load_and_pH_at_both_ends(contact):
    pH, load_ = f"{contact.stage.pH[0]:.2f}", f"{100 * contact.stage.loading_fraction[0]:.1f}"
    organic = f"{contact.stage.organic_mol_L[0, 0]:.3g}"
    expected = ["extraction", "1", "1.00", load_, "to", load_, organic, "to", organic, pH, "to", pH]
    assert expected in rows_of(section_table(contact))


def test_what_is_left_of_nothing_is_no_number(contact):
    stage = replace(contact.stage, organic_mol_L=[[1e-30]])
    assert "<1e-12 to <1e-12" in text_of(section_table(replace(contact, stage=stage)))


def test_brackets_in_names_and_warnings_are_just_brackets(contact):
    told = replace(contact, warnings=("[bold]pH[/bold] out of range",))
    assert "- [bold]pH[/bold] out of range" in text_of(*solve_report(told))


def test_the_report_of_a_clean_result_speaks_of_no_warnings(contact):
    text = text_of(*solve_report(replace(contact, warnings=())))
    assert "What to know" not in text
    assert f"close to {contact.closure:.1e} of what enters" in text


def test_the_table_says_what_was_made_least_and_what_was_fixed():
    cascade = load("nd_pr_p507")
    found = solve_quietly(cascade)
    assert rows_of(found_table(found))[4][2:] == ["least"]
    data = cascade.to_data()
    data["solve"] = {**data["solve"], "most": "stream.scrub.flow_m3_h"}
    most = rows_of(found_table(replace(found, cascade=Cascade.from_data(data))))
    assert [row[2:] for row in most[4:6]] == [[], ["most"]]
    fixed = replace(found, cascade=cascade.replace({"organic.flow_m3_h": 18.5}), branch="stationary")
    text = text_of(*solve_report(fixed))
    assert "\nfixed: organic.flow_m3_h\n" in text
    assert "Fewer targets bind than quantities are free" in text


def test_a_group_is_weighed_as_its_target_says_and_an_exact_figure_has_its_own_sign():
    data = load("nd_pr_p507").to_data()
    data["target"] = [
        {"stream": "raffinate", "elements": ["Pr", "Nd"], "concentration_max_g_L": 100.0, "basis": "oxide"},
        {"stream": "raffinate", "element": "Pr", "purity_min": 0.99, "equation": True},
    ]
    targets = (
        TargetResult("raffinate", "Pr+Nd", "concentration", 100.0, 12.0, None, None, True, 0.88),
        TargetResult("raffinate", "Pr", "purity", 0.99, 0.99, 0.99, 0.4, True, 0.0),
    )
    result = replace(solve_quietly(load("nd_pr_p507")), cascade=Cascade.from_data(data), targets=targets)
    rows = rows_of(target_table(result))
    assert ["raffinate", "Pr+Nd", "g/L", "<=", "100.0", "12.00", "88", "%", "met,", "with", "room"] in rows
    assert ["raffinate", "Pr", "purity", "%", "=", "99.00", "99.00", "binds", "yes"] in rows
    grid = target_grid({"solve": result.to_dict()}, "/solve")
    words = [[shown(each) for each in row] for row in grid.rows]
    assert words[0] == ["raffinate", "Pr+Nd", "concentration", "g/L", "at most", "100.0", "12.00", "88.00", "yes"]
    assert words[1] == ["raffinate", "Pr", "purity", "%", "exactly", "99.00", "99.00", "binds", "yes"]
    assert [shown(row[-1]) for row in found_grid({"solve": result.to_dict()}, "/solve").rows] == ["least", ""]


def test_a_result_comes_back_from_json_with_room_branch_and_what_was_fixed():
    found = solve_quietly(load("dy_tb_p507").replace({"organic.flow_m3_h": 23.0, "stream.scrub.flow_m3_h": 1.4}))
    told = replace(found, branch="edge", targets=(*found.targets, replace(found.targets[0], room=None)))
    again = Result.from_json(told.to_json())
    assert again == told
    assert (again.branch, again.cascade.fixed) == ("edge", ("organic.flow_m3_h", "stream.scrub.flow_m3_h"))
    assert [target.room for target in again.targets] == [target.room for target in told.targets]
    old = {key: value for key, value in told.to_dict().items() if key not in ("branch", "fixed")}
    assert Result.from_json(json.dumps(old)).branch == ""
