"""The report of a train: every number is the JSON's, nothing comes from outside, the workbook's sums agree."""

from __future__ import annotations

import json
import re
import shutil
import xml.etree.ElementTree as ET

import openpyxl
import pytest
from tests.report.reading import Page, agrees, recalculated

from sxsim.economics.sankey import money_links
from sxsim.plant import load_train, solve_train
from sxsim.plant.costing import cost_train
from sxsim.report.excel import write_workbook
from sxsim.report.grids.cells import at
from sxsim.report.html import TrainSubject, page
from sxsim.report.sankey_svg import sankey_svg


@pytest.fixture(scope="module")
def subject():
    """Nd and Pr in two cuts with a recycle."""
    result = solve_train(load_train("nd_pr_in_two_cuts"))
    bill = cost_train(result)
    return TrainSubject(result, bill, {**result.to_dict(), **bill.to_dict()})


@pytest.fixture(scope="module")
def text(subject):
    return page(subject)


def test_every_number_of_the_page_is_the_number_of_the_json(subject, text):
    book = json.loads(json.dumps(subject.book, allow_nan=False))
    cells = Page.of(text).cells
    assert len(cells) > 300
    assert [place for place in cells if not agrees(book, *place)] == []


def test_the_page_stands_alone(subject, text):
    seen = Page.of(text)
    assert "script" not in seen.tags
    outside = [address for address in seen.addresses if not address.startswith(("#", "data:", "https://doi.org/"))]
    assert outside == []
    drawings = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    assert [ET.fromstring(drawing).tag.endswith("svg") for drawing in drawings] == [True] * 3
    words = " ".join(" ".join(seen.words).split())
    for said in ("Nd2O3", "polish.raffinate", subject.result.train.input_hash, "Every target is met."):
        assert said in words


def test_the_bill_says_which_unit_spends(subject):
    assert {item["spent_by"] for item in subject.told["items"]} >= {"rough", "polish"}
    assert {"kg", "kWh"} <= {item["unit"] for item in subject.told["items"]}


@pytest.mark.office
@pytest.mark.skipif(not shutil.which("soffice"), reason="no LibreOffice on this machine")
def test_the_sums_of_the_workbook_agree(subject, tmp_path):
    write_workbook(subject, tmp_path / "train.xlsx")
    (tmp_path / "out").mkdir()
    (opened,) = recalculated([tmp_path / "train.xlsx"], tmp_path / "out")
    alive, values = openpyxl.load_workbook(tmp_path / "train.xlsx"), openpyxl.load_workbook(opened, data_only=True)
    checked = 0
    for key, grids in subject.tables().items():
        for grid in grids:
            rows = range(1, alive[key].max_row + 1)
            head = 1 + next(row for row in rows if alive[key].cell(row, 1).value == grid.title)
            for row, cells in enumerate([*grid.rows, grid.total or ()], head + 1):
                for column, held in enumerate(cells, 1):
                    if alive[key].cell(row, column).data_type == "f":
                        expected = at(subject.book, held.pointer)
                        assert values[key].cell(row, column).value == pytest.approx(expected, rel=1e-9), held.pointer
                        checked += 1
    assert checked > 60


def test_a_ring_of_flows_can_be_drawn():
    links = [("feed", "a", 2.0), ("a", "b", 3.0), ("b", "a", 1.0), ("b", "product", 2.0)]
    drawing = ET.fromstring(sankey_svg(links, "kg/h", "a ring"))
    bands = [each for each in drawing.iter() if each.tag.endswith("path")]
    assert len(bands) == 4
    said = {"".join(each.itertext()) for each in drawing.iter() if each.tag.endswith("text")}
    assert {"feed: 2.000", "a: 3.000", "b: 3.000", "product: 2.000"} <= said


def test_bands_are_as_thick_as_what_they_carry(subject):
    links = money_links(subject.bill.mfca)
    drawing = ET.fromstring(sankey_svg(links, "USD/y", "money"))
    heights = [float(each.get("height")) for each in drawing.iter() if each.tag.endswith("rect")]
    names = list(dict.fromkeys(name for link in links for name in link[:2]))
    amounts = {
        name: max(sum(link[2] for link in links if link[0] == name), sum(link[2] for link in links if link[1] == name))
        for name in names
    }
    assert len(heights) == len(names)
    tall = [height for height in sorted(heights) if height > 1.0]
    scale = max(heights) / max(amounts.values())
    drawn = sorted(amount * scale for amount in amounts.values() if amount * scale > 1.0)
    assert tall == pytest.approx(drawn, rel=1e-4)
