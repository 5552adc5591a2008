"""The report: one page that needs nothing from outside, a workbook that stays alive, both equal to the JSON."""

from __future__ import annotations

import base64
import json
import math
import re
import shutil
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import openpyxl
import pytest
from tests.report.reading import Page, agrees, recalculated

import sxsim
from sxsim.cascade.solving import solve_quietly
from sxsim.definition import Cascade, load
from sxsim.economics import cost
from sxsim.report.excel import write_workbook
from sxsim.report.flow_sheet import flow_sheet
from sxsim.report.grids.cells import at
from sxsim.report.html import Subject, page, write_report
from sxsim.sizing import design
from sxsim.startup import start_up

HOSTILE = '=cmd|"/c calc"!A1 <script>alert(1)</script> \x07'


@pytest.fixture(scope="module")
def light():
    """The Nd/Pr cascade with its soap section, costed, and two days of a start-up."""
    cascade = load("nd_pr_p507_soap")
    result = solve_quietly(cascade)
    return Subject(cascade, result, bill=cost(result), run=start_up(cascade, policy="open", days=2.0))


@pytest.fixture(scope="module")
def heavy():
    """A design of the Dy/Tb cut, costed."""
    cascade = load("dy_tb_p507").replace(
        {"target.strip_liquor.Dy.purity_min": 0.95, "target.raffinate.Tb.purity_min": 0.9}
    )
    plan = design(cascade)
    return Subject(cascade, plan.result, plan, cost(plan))


@pytest.fixture(scope="module")
def single():
    """One contact, whose names try to be more than names."""
    data = load("single_contact").to_data()
    data["title"] = HOSTILE
    cascade = Cascade.from_data(data)
    return Subject(cascade, solve_quietly(cascade))


@pytest.fixture(scope="module", params=["light", "heavy", "single"])
def written(request, tmp_path_factory):
    """A subject, its page read back, and the folder of its files."""
    subject = request.getfixturevalue(request.param)
    folder = tmp_path_factory.mktemp(request.param)
    assert write_report(subject, folder) == ["report.html", "report.xlsx"]
    text = (folder / "report.html").read_text(encoding="utf-8")
    return subject, text, Page.of(text), folder


def test_every_number_of_the_page_is_the_number_of_the_json(written):
    subject, _, seen, _ = written
    book = json.loads(json.dumps(subject.book, allow_nan=False))
    assert len(seen.cells) > 50
    sums = [place for place in seen.cells if not place[0]]
    wrong = [place for place in seen.cells if place[0] and not agrees(book, *place)]
    assert wrong == []
    assert len(sums) == (1 if subject.plan else 0)  # the stages of a design: the JSON holds only their parts
    if sums:
        assert float(sums[0][2]) == sum(book["design"]["stages"].values())


def test_the_book_is_what_the_commands_write(light):
    assert light.book["solve"] == light.result.to_dict()
    assert light.book["startup"] == light.run.to_dict()
    assert light.book["cost"].items() >= light.bill.to_dict().items()


def test_the_page_asks_for_nothing_from_outside(written):
    _, text, seen, _ = written
    assert not {"script", "link", "iframe", "object", "embed", "form"} & seen.tags
    loaded = [address for address in seen.addresses if not address.startswith(("#", "https://doi.org/"))]
    assert loaded
    assert all(address.startswith("data:image/") for address in loaded)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style
    assert not re.search(r"url\(|@import", style[1])
    assert "default-src 'none'" in text
    inside = [address[1:] for address in seen.addresses if address.startswith("#")]
    assert set(inside) <= set(seen.identifiers)


def test_no_figure_is_broken(written):
    subject, text, seen, _ = written
    pictures = [address for address in seen.addresses if address.startswith("data:")]
    for address in pictures:
        head, _, coded = address.partition(",")
        held = base64.b64decode(coded, validate=True)
        if "svg" in head:
            assert ET.fromstring(held).tag.endswith("svg")
        else:
            assert held.startswith(b"\x89PNG")
        assert len(held) > 5000
    drawings = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    assert len(drawings) == (3 if subject.bill else 1)
    for drawing in drawings:
        root = ET.fromstring(drawing)
        width, height = float(root.get("width")), float(root.get("height"))
        for words in root.iter("{http://www.w3.org/2000/svg}text"):
            assert 0.0 <= float(words.get("x")) <= width
            assert 0.0 <= float(words.get("y")) <= height
        assert "nan" not in drawing


def test_what_a_reader_must_know_stands_in_the_page(written):
    subject, text, seen, _ = written
    words = " ".join(" ".join(seen.words).split())
    for warning in subject.result.warnings:
        assert warning in words
    for reference in subject.result.sources:
        assert reference.key in words
        if reference.doi:
            assert f"https://doi.org/{reference.doi}" in text
    assert subject.cascade.input_hash in words
    assert f"sxsim {sxsim.__version__}" in words
    assert "unverified" in words


def test_what_was_typed_is_shown_as_it_is_and_never_obeyed(single, tmp_path):
    text = page(single)
    assert "<script>" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    write_workbook(single, tmp_path / "report.xlsx")
    book = openpyxl.load_workbook(tmp_path / "report.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell.value for cell in cells if cell.data_type == "f" and "cmd" in str(cell.value)] == []


def test_a_stream_named_like_a_formula_stays_a_name(single, tmp_path):
    held = single.result.stream
    odd = replace(single.result, stream={"=1+1" if name == "feed" else name: each for name, each in held.items()})
    write_workbook(Subject(single.cascade, odd), tmp_path / "report.xlsx")
    (cell,) = (
        cell for row in openpyxl.load_workbook(tmp_path / "report.xlsx")["streams"].iter_rows() for cell in row
        if cell.value == "=1+1"
    )  # fmt: skip
    assert cell.data_type == "s"


def test_the_same_result_gives_the_same_page(single):
    assert page(single) == page(Subject(single.cascade, single.result))


def test_the_flow_sheet_shows_every_section_stream_and_return(light):
    drawing = ET.fromstring(flow_sheet(light.book, light.solved))
    said = {"".join(each.itertext()) for each in drawing.iter("{http://www.w3.org/2000/svg}text")}
    assert {"soap", "extraction", "scrubbing", "stripping"} <= said
    assert {"4 stages", "27 stages", "35 stages", "6 stages"} <= said
    assert {"feed", "scrub", "strip_acid", "raffinate", "strip_liquor", "waste_brine", "organic_in"} <= said
    assert "90.00 % returns" in said
    assert "+ NH4 base" in said


def test_further_feeds_and_draws_are_on_the_flow_sheet():
    data = load("nd_pr_p507").to_data()
    del data["target"], data["solve"]
    data["stream"]["feed2"] = {**data["stream"]["feed"], "flow_m3_h": 0.1, "section": "extraction", "stage": 20}
    data["draw"] = [{"name": "side", "section": "scrubbing", "stage": 3, "phase": "organic", "flow_m3_h": 0.05}]
    cascade = Cascade.from_data(data)
    text = flow_sheet({"solve": solve_quietly(cascade).to_dict()}, "/solve")
    assert "feed2 (stage 20)" in text
    assert "side (stage 3)" in text


def numbers_of(value):
    if isinstance(value, dict):
        return set().union(*map(numbers_of, value.values())) if value else set()
    if isinstance(value, list | tuple):
        return set().union(*map(numbers_of, value)) if value else set()
    return {value} if isinstance(value, int | float) and not isinstance(value, bool) else set()


def test_every_number_of_the_workbook_is_in_the_json_or_a_formula(written):
    subject, _, _, folder = written
    book = openpyxl.load_workbook(folder / "report.xlsx")
    known = numbers_of(subject.book)
    assert {"streams", "stage profiles", "assumptions", "sources"} <= set(book.sheetnames)
    assert ("cost" in book.sheetnames, "design" in book.sheetnames) == (bool(subject.bill), bool(subject.plan))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    typed = [cell for cell in cells if cell.data_type == "n"]
    assert len(typed) > 40
    held = np.array(sorted(known))  # the file holds 16 digits of the 17 that a double may need
    told = np.array([cell.value for cell in typed])
    after = np.searchsorted(held, told)
    near = np.minimum(abs(told - held[after - 1]), abs(told - held[np.minimum(after, held.size - 1)]))
    assert [cell.coordinate for cell, far in zip(typed, near > 1e-15 * abs(told), strict=True) if far] == []
    heads = [cell.value for cell in book["streams"][1 + next(
        row for row in range(1, 60) if book["streams"].cell(row, 1).value == "Streams"
    )]]  # fmt: skip
    assert {"flow [m3/h]", "acid [mol/L]", "Nd [mol/L]" if "Nd" in subject.cascade.elements else "Dy [mol/L]"} <= set(
        heads
    )


@pytest.mark.office
@pytest.mark.skipif(not shutil.which("soffice"), reason="no LibreOffice on this machine")
def test_the_formulas_of_the_workbook_agree_with_the_json(light, heavy, tmp_path):
    subjects = {"light": light, "heavy": heavy}
    paths = [tmp_path / f"{name}.xlsx" for name in subjects]
    for subject, path in zip(subjects.values(), paths, strict=True):
        write_workbook(subject, path)
    (tmp_path / "out").mkdir()
    opened = recalculated(paths, tmp_path / "out")
    for subject, path, other in zip(subjects.values(), paths, opened, strict=True):
        alive, values = openpyxl.load_workbook(path), openpyxl.load_workbook(other, data_only=True)
        assert not [cell for sheet in values for row in sheet.iter_rows() for cell in row if cell.data_type == "e"]
        checked = [
            compare_sheet(subject, key, grids, alive[key], values[key]) for key, grids in subject.tables().items()
        ]
        assert sum(checked) > 70
        balances_close(subject, values["streams"])


def balances_close(subject, sheet):
    """What the stream sheet says is brought and taken away is what the streams of the result carry."""
    elements = subject.cascade.elements
    rows = {str(row[0].value): row[-len(elements) :] for row in sheet.iter_rows() if row[0].value}
    for element, brought, left in zip(elements, rows["all inlets"], rows["all products"], strict=True):
        streams = subject.result.stream.values()
        fed = math.fsum(each.amount_kmol_h(element) for each in streams if each.kind == "inlet")
        taken = math.fsum(each.amount_kmol_h(element) for each in streams if each.kind == "product")
        assert brought.value == pytest.approx(fed, rel=1e-12)
        assert left.value == pytest.approx(taken, rel=1e-12)


def compare_sheet(subject, key, grids, alive, values):
    """Compare every formula of the tables with what the JSON says; returns how many there were."""
    checked = 0
    for grid in grids:
        head = 1 + next(row for row in range(1, alive.max_row + 1) if alive.cell(row, 1).value == grid.title)
        for row, cells in enumerate([*grid.rows, *([grid.total] if grid.total else [])], head + 1):
            for column, held in enumerate(cells, 1):
                if alive.cell(row, column).data_type != "f":
                    continue
                expected = at(subject.book, held.pointer) if held.pointer else held.value
                expected = -math.log10(expected) if held.kind == "pH" else expected
                got = values.cell(row, column).value
                assert got == pytest.approx(expected, rel=1e-9), (key, grid.title, row, column)
                checked += 1
    return checked
