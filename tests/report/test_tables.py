"""Tables of the report: what they show, and what they leave out."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from sxsim.cascade.result import Result, TargetResult
from sxsim.cascade.solving import solve_quietly
from sxsim.definition import load
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
        TargetResult("raffinate", "Nd", "purity", 0.99, 0.9951, 0.9951, 0.4, True),
        TargetResult("raffinate", "Nd", "recovery", 0.5, 0.4, 0.9951, 0.4, False),
        TargetResult("raffinate", "Nd", "concentration", 0.01, 0.004, 0.9951, 0.4, True),
        TargetResult("empty", "Nd", "purity", 0.99, None, None, None, False),
    )
    rows = rows_of(target_table(replace(contact, targets=targets)))
    assert ["raffinate", "Nd", "purity", "%", ">=", "99.00", "99.510", "yes"] in rows
    assert ["raffinate", "Nd", "recovery", "%", ">=", "50.00", "40.00", "no"] in rows
    assert ["raffinate", "Nd", "mol/L", "<=", "0.01000", "0.004000", "yes"] in rows
    assert ["empty", "Nd", "purity", "%", ">=", "99.00", "-", "no"] in rows
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
