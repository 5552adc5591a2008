"""The page without a browser: every tab runs, a moved slider moves the numbers, errors stand on the page."""

from __future__ import annotations

import sys

import pytest

from sxsim.app.choices import Choice, tell
from sxsim.app.rigorous import work

streamlit_testing = pytest.importorskip("streamlit.testing.v1")

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # streamlit's own


CHEMISTRY = "With its chemistry"


@pytest.fixture(scope="module")
def page_file(request):
    return str(request.config.rootpath / "src" / "sxsim" / "app" / "page.py")


@pytest.fixture
def page(page_file):
    return streamlit_testing.AppTest.from_file(page_file, default_timeout=120)


def opened(page, tab=None):
    if tab:
        page.session_state["tab"] = tab
    page.run()
    assert not page.exception
    return page


def figures(page):
    return {metric.label: metric.value for metric in page.metric}


def test_a_moved_slider_moves_the_numbers_to_those_of_the_library(page):
    opened(page)
    before = figures(page)
    page.slider(key="over").set_value(1.4).run()
    told = tell(Choice("Nd/Pr", 0.75, 0.999, 1.5, 1.4))
    after = figures(page)
    assert after != before
    assert after["Stages"] == f"{told.n} + {told.m}"
    assert after["Nd product"] == f"{100.0 * told.purity_A:.4f} %"
    assert after["S [mol/mol fed]"] == f"{told.S:.4f}"
    assert not page.error


def test_the_chemistry_finds_the_flows_or_shows_what_the_theory_s_give(page):
    choice = Choice("Nd/Pr", 0.75, 0.999, 1.5, 1.2)
    told = tell(choice)
    opened(page, CHEMISTRY)
    (said,) = page.success
    assert said.value.startswith("On specification with")
    assert figures(page)["Nd product"] == figures(page)["Pr product"] == "99.9000 %"
    cost = work(choice, told, "search").bill.usd_per_kg_oxide
    assert f"Cost: {cost:.2f} USD/kg oxide" in [each.value for each in page.subheader]
    page.radio(key="mode").set_value("flows").run()
    assert not page.exception
    assert not page.success
    (said,) = page.warning
    assert "the Nd product misses its specification" in said.value
    assert "Too much goes with the organic" in said.value
    reached = work(choice, told, "flows").products[0].purity
    assert figures(page)["Nd product"] == f"{100.0 * reached:.4f} %"


def test_stages_that_cannot_do_it_are_said_with_what_helps(page):
    opened(page, CHEMISTRY)
    page.toggle(key="counted").set_value(False).run()
    page.slider(key="n").set_value(10)
    page.slider(key="m").set_value(10).run()
    assert not page.exception
    assert not page.success
    (said,) = page.warning
    assert "stages cannot meet both products" in said.value
    assert [each.value for each in page.info if "It was tried that this helps" in each.value]
    assert not [each for each in page.subheader if each.value.startswith("Cost")]


def test_an_error_stands_beside_its_control_and_the_page_lives_on(page):
    opened(page)
    page.slider(key="over").set_value(1.02)
    page.slider(key="reflux").set_value(60)
    page.selectbox(key="pair").set_value("Ce/La").run()
    assert not page.exception
    (error,) = page.error
    assert "returned is more than the whole scrub" in error.value
    page.slider(key="reflux").set_value(0).run()
    assert not page.error
    assert "Ce product" in figures(page)


def test_a_purity_below_that_of_the_feed_is_refused_beside_the_purity(page):
    opened(page)
    page.slider(key="feed").set_value(90)
    page.select_slider(key="purity").set_value("90 %").run()
    assert not page.exception
    (error,) = page.error
    assert error.value.startswith("**purity**")
    (place,) = [column for column in page.columns[:3] if column.error]
    assert [slider.label for slider in place.slider] == ["Separation factor"]


def test_the_start_up_tab(page):
    opened(page, "Start-up")
    assert [metric.label.split(":")[0] for metric in page.metric] == ["open", "reflux", "one-sided", "matched-reflux"]
    page.radio(key="policy").set_value("open").run()
    assert not page.exception
    assert "The profile forms: open" in [each.value for each in page.subheader]


def test_the_tab_of_orders_reads_a_feed_and_says_what_is_wrong_with_it(page):
    opened(page, "Light against heavy")
    page.selectbox(key="feed left").set_value("a feed of your own").run()
    page.text_input(key="own left").set_value("La 25, Xx 3").run()
    assert ["no element here" in each.value for each in page.error] == [True]
    page.text_input(key="own left").set_value("La 25, Nd 75").run()
    assert not page.error


def test_the_tab_of_the_lock_follows_its_controls(page):
    opened(page, "The technology lock")
    before = [each.value for each in page.markdown]
    page.number_input(key="trials").set_value(50).run()
    assert not page.exception
    after = [each.value for each in page.markdown]
    assert len(after) == len(before) == 6
    assert [number for number, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]] == [4]


def test_the_tab_of_files_begins_empty(page):
    opened(page, "Your own cascade")
    assert not page.error
    assert not page.success


def test_of_many_findings_the_first_are_shown(monkeypatch):
    # a script takes the place of the main module, which processes that start later would run again
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])

    def refused():
        from sxsim.app.views.messages import show_error
        from sxsim.errors import Finding, InputError

        show_error(InputError([Finding(f"place{q}", "is wrong", "right", "mend it") for q in range(500)]))

    shown = streamlit_testing.AppTest.from_function(refused).run()
    assert not shown.exception
    assert len(shown.error) == 20
    assert shown.info[0].value.startswith("480 findings more")
