import datetime
import math
import os
import subprocess
import sys

import pytest

from sxsim.foundation.hashing import input_hash

CASCADE = {
    "title": "Nd|Pr, β",
    "elements": ["Pr", "Nd"],
    "organic": {"flow_m3_h": 18.0, "recycled": True},
    "note": None,
}


def test_the_hash_is_the_same_in_another_process_and_for_ever(checkout):
    known = "e6b38be12c63f66673ba81608cd687a20641d1ebe660b03326957d68838f6651"
    assert input_hash(CASCADE) == known
    code = f"from sxsim.foundation.hashing import input_hash; print(input_hash({CASCADE!r}))"
    environment = {
        **os.environ,
        "PYTHONPATH": str(checkout / "src"),
        "PYTHONHASHSEED": "7",
        "PYTHONIOENCODING": "utf-8",
    }
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert run.stdout.strip() == known, run.stderr


def test_order_of_keys_and_spelling_of_numbers_do_not_count():
    respelt = {
        "organic": {"recycled": True, "flow_m3_h": 18},
        "elements": ("Pr", "Nd"),
        "title": "Nd|Pr, β",
        "note": None,
    }
    assert input_hash(respelt) == input_hash(CASCADE)


@pytest.mark.parametrize(
    "changed",
    [
        {**CASCADE, "elements": ["Nd", "Pr"]},
        {**CASCADE, "organic": {"flow_m3_h": math.nextafter(18.0, 19.0), "recycled": True}},
        {**CASCADE, "organic": {"flow_m3_h": "18", "recycled": True}},
        {**CASCADE, "organic": {"flow_m3_h": 18.0, "recycled": 1}},
        {**CASCADE, "note": ""},
    ],
)
def test_every_change_of_a_value_counts(changed):
    assert input_hash(changed) != input_hash(CASCADE)


def test_dates_are_plain_data():
    assert input_hash({"on": datetime.date(2026, 1, 2)}) == input_hash({"on": "2026-01-02"})


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_no_number_is_not_hashed(value):
    with pytest.raises(ValueError, match="not JSON compliant"):
        input_hash({"flow_m3_h": value})


@pytest.mark.parametrize(("data", "message"), [({1: "x"}, "key must be a string"), ({"x": {1, 2}}, "not JSON serial")])
def test_what_is_not_plain_is_refused(data, message):
    with pytest.raises(TypeError, match=message):
        input_hash(data)
