"""The run over random targeted cases counts what it should, and the oracle agrees that less organic does not do."""

from __future__ import annotations

import json

import numpy as np
import pytest
from benchmarks.less import best_with_less
from benchmarks.less import main as less_main
from benchmarks.targeted import draw_targeted
from benchmarks.targets import (
    Found,
    ask_beyond,
    main,
    search_case,
    seek_from,
    table_beyond,
    table_of_searches,
)

from sxsim.kernels.search import FOLD, FOUND


def test_a_short_run_finds_all_and_writes_its_figures(capsys, tmp_path):
    file = tmp_path / "targets.json"
    main(["--cases", "2", "--seed", "1", "--starts", "1", "--repeats", "1", "--json", str(file)])  # cost may not hold
    figures = json.loads(file.read_text())
    assert figures["found from closed forms"] == figures["found from typed starts"] == "2 of 2"
    assert figures["most organic over typed"] < 1.0
    assert figures["worst difference of organic among starts"] < 1e-9
    assert not any(figures["failing"].values())
    assert len(figures["searches"]) == 4
    assert "first answer over plain solve" in capsys.readouterr().out


def test_a_case_is_searched_from_closed_forms_and_from_typed_starts():
    found = search_case(1, 3, 2, repeats=1)
    assert [each.start for each in found] == [-1, 0, 1]
    assert all(each.met and each.over_typed < 1.0 for each in found)
    assert all(each.apart < 1e-6 for each in found)
    assert all(0.0 < each.plain_s < each.checked_s for each in found)


def test_what_does_not_hold_is_said():
    good = Found(1, 0, "plain", 9, -1, FOUND, 1, 1.0, 0.1, 0.99, 1.0, 0.0, 1e-12, 20, 100, 1e-3, 5e-3, 1e-3)
    assert table_of_searches([good, good._replace(start=0)])[1] == []
    assert table_of_searches([good, good._replace(start=0, end=FOLD)])[1] == ["not found"]
    assert table_of_searches([good, good._replace(start=0, miss=1e-3)])[1] == ["not found"]
    assert table_of_searches([good, good._replace(start=0, over_typed=1.01)])[1] == ["more organic than typed"]
    other = table_of_searches([good, good._replace(start=0, organic_m3_h=1.0 + 1e-8)])
    assert other[1] == ["organic differs among starts"]
    assert other[0]["failing"]["organic differs among starts"] == [0]
    assert table_of_searches([good, good._replace(start=0, first_s=1.0)])[1] == ["median cost of the first answer"]


@pytest.mark.parametrize("number", [0, 6])
def test_what_the_brute_force_cannot_have_is_refused(number):
    asked = ask_beyond(1, number, points=2500, repeats=1)
    assert not asked.found
    # with so few points the brute force is a little off
    assert asked.k == pytest.approx(asked.k_brute, rel=0.1)
    assert table_beyond([asked._replace(k=asked.k_brute, refusal_s=asked.plain_s)])[1] == []
    assert table_beyond([asked._replace(end=FOUND, miss=0.1)])[1] == ["found, and not met"]


def test_scaled_targets_allow_so_much_more():
    targeted = draw_targeted(1, 0)
    scaled = targeted.scaled(0.5)
    np.testing.assert_allclose(scaled.allowed, 0.5 * targeted.allowed)
    np.testing.assert_allclose([target.allowed for target in scaled.targets], scaled.allowed, rtol=1e-8)


@pytest.mark.parametrize("number", [0, 3, 6, 9, 11, 12])
def test_by_the_oracle_less_organic_does_not_do(number):
    targeted = draw_targeted(1, number)
    found = seek_from(targeted, np.zeros(2), 1)
    assert found.end == FOUND
    less = best_with_less(targeted, found.organic_m3_h, found.scrub_m3_h)
    assert less.miss_there == pytest.approx(0.0, abs=1e-6)
    assert less.miss_with_less > 1e-3
    assert less.points > 20
    more = best_with_less(targeted, found.organic_m3_h, found.scrub_m3_h, share=1.02)
    assert more.miss_with_less < 0.0


def test_the_check_with_less_organic_runs(capsys):
    assert less_main(["--cases", "1", "--stages", "9"]) == 0
    assert "with less organic too, or not accepted: none" in capsys.readouterr().out
