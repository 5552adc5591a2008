"""An uploaded cascade is text: read, checked, never run, and it leads nowhere outside the data."""

from __future__ import annotations

import json

import openpyxl
import pytest

from sxsim.app.downloads import excel_of, html_of, json_of, toml_of
from sxsim.app.upload import LARGEST_BYTES, read_upload
from sxsim.cascade.solving import solve_quietly
from sxsim.definition import load
from sxsim.definition.loading import loads
from sxsim.economics import cost
from sxsim.errors import InputError
from sxsim.report.html import Subject


@pytest.fixture(scope="module")
def text():
    return load("single_contact").to_toml()


def test_a_good_file_is_the_cascade_it_holds(text):
    assert read_upload("mine.toml", text.encode()) == load("single_contact")
    assert read_upload("mine.toml", b"\xef\xbb\xbf" + text.encode()) == load("single_contact")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: b"x" * (LARGEST_BYTES + 1), "bytes"),
        (lambda text: b"\xff\xfe\x00", "is not UTF-8 text"),
        (lambda text: b"", "is empty"),
        (lambda text: b"import os; os.system('true')", "is not TOML"),
        (lambda text: text.replace("stages = 1", "stages = 0").encode(), "section.extraction.stages"),
        (lambda text: text.replace('"p507-chloride"', '"../../etc/passwd.toml"').encode(), "organic.system"),
        (lambda text: text.replace('"p507-chloride"', '"/etc/passwd.toml"').encode(), "is not shipped"),
        (lambda text: (text + '\n[economics]\nprice_set = "/etc/passwd"\n').encode(), "economics.price_set"),
        (lambda text: text.replace('"p507-chloride"', '"p507-chlorid"').encode(), "did you mean p507-chloride"),
        (lambda text: text.replace("stages = 1", "stages = 900").encode(), "at most 600 here"),
    ],
)
def test_a_bad_file_is_refused_with_its_name(text, change, said):
    with pytest.raises(InputError) as refused:
        read_upload("mine.toml", change(text))
    assert refused.value.source == "mine.toml"
    assert said in str(refused.value)


def test_what_is_taken_away_is_what_was_worked_out():
    cascade = load("single_contact")
    result = solve_quietly(cascade)
    subject = Subject(cascade, result, bill=cost(result))
    told = json.loads(json_of(subject))
    assert told["solve"] == json.loads(result.to_json())
    assert told["input_hash"] == cascade.input_hash
    assert cascade.input_hash.encode() in html_of(subject)
    assert excel_of(subject).startswith(b"PK")
    assert loads(toml_of(subject).decode()) == result.solved_cascade


def test_the_workbook_opens(tmp_path):
    cascade = load("single_contact")
    (tmp_path / "report.xlsx").write_bytes(excel_of(Subject(cascade, solve_quietly(cascade))))
    assert "streams" in openpyxl.load_workbook(tmp_path / "report.xlsx").sheetnames
