"""Axes and the cases that are taken from them."""

import math

import pytest

from sxsim.errors import InputError
from sxsim.studies.axes import Axis, Range, parse_axis
from sxsim.studies.points import Sampling, cases_of


@pytest.mark.parametrize(
    ("text", "axis"),
    [
        ("a.b=10:40:31", Axis("a.b", Range(10.0, 40.0, 31))),
        ("a.b = 1e-3:1:4:log", Axis("a.b", Range(1e-3, 1.0, 4, "log"))),
        ("a.b=17:19", Axis("a.b", Range(17.0, 19.0))),
        ("a.b=17,18.5", Axis("a.b", (17, 18.5))),
        ('a.b=["x", "y"]', Axis("a.b", ("x", "y"))),
        ("a.b=open,feedback", Axis("a.b", ("open", "feedback"))),
    ],
)
def test_axes_as_typed(text, axis):
    assert parse_axis(text) == axis


@pytest.mark.parametrize("text", ["a.b", "=1:2:3", "a.b=", "a.b=1:2:x", "a.b=1:2:3:4", "a.b=1:2:3.5"])
def test_what_is_no_axis_is_refused_with_the_forms(text):
    with pytest.raises(InputError, match="LOW:HIGH:COUNT"):
        parse_axis(text)


def test_a_grid_has_every_combination_and_its_ends():
    cases = cases_of([Axis("n", Range(20, 40, 3)), Axis("V", Range(1.0, 100.0, 3, "log"))], Sampling(), {"n": True})
    assert cases["n"] == [20, 20, 20, 30, 30, 30, 40, 40, 40]
    assert all(type(n) is int for n in cases["n"])
    assert cases["V"] == pytest.approx([1.0, 10.0, 100.0] * 3)


def test_rows_go_side_by_side():
    axes = [Axis("a", (1, 2)), Axis("b", ("x", "y"))]
    assert cases_of(axes, Sampling("rows"), {}) == {"a": [1, 2], "b": ["x", "y"]}


@pytest.mark.parametrize("method", ["latin-hypercube", "sobol"])
def test_samples_fill_the_space_evenly_and_are_the_same_for_a_seed(method):
    axes = [Axis("a", Range(1.0, 100.0, scale="log")), Axis("n", Range(5, 8)), Axis("word", ("x", "y"))]
    cases = cases_of(axes, Sampling(method, 64, seed=3), {"n": True})
    assert cases == cases_of(axes, Sampling(method, 64, seed=3), {"n": True})
    assert cases != cases_of(axes, Sampling(method, 64, seed=4), {"n": True})
    assert [cases["n"].count(n) for n in (5, 6, 7, 8)] == [16] * 4
    assert cases["word"].count("x") == 32
    assert sum(math.log10(a) for a in cases["a"]) / 64 == pytest.approx(1.0, abs=0.02)
    assert all(1.0 <= a <= 100.0 for a in cases["a"])


@pytest.mark.parametrize(
    ("axes", "sampling", "says"),
    [
        ([], Sampling(), "there are none"),
        ([Axis("a", ())], Sampling(), "has no values"),
        ([Axis("a", (1,)), Axis("a", (2,))], Sampling(), "is an axis twice"),
        ([Axis("a", Range(2.0, 1.0, 3))], Sampling(), "the lower bound first"),
        ([Axis("a", Range(0.0, math.inf, 3))], Sampling(), "finite"),
        ([Axis("a", Range(0.0, 1.0, 3, "log"))], Sampling(), "logarithmic scale from 0"),
        ([Axis("a", Range(0.0, 1.0, 1))], Sampling(), "at least 2"),
        ([Axis("a", Range(0.0, 1.0))], Sampling(), "without a count on a grid"),
        ([Axis("n", Range(10, 40, 8))], Sampling(), "take 31 steps"),
        ([Axis("a", Range(0.0, 1.0, 9999)), Axis("b", Range(0.0, 1.0, 9999))], Sampling(), "99980001 cases"),
        ([Axis("a", Range(0.0, 1.0, 10**15))], Sampling(), "at most 10,000,000"),
        ([Axis("a", Range(0.0, 1.0, 10**15))], Sampling("rows"), "at most 10,000,000"),
        ([Axis(name, Range(0.0, 1.0, 5_000_000)) for name in "abcdefgh"], Sampling(), "at most 10000000"),
        ([Axis("a", Range(0.0, 1.0))], Sampling("sobol", 2**40), "1 to 10,000,000"),
        ([Axis("a", Range(0.0, 1.0))], Sampling("sobol", 8, -1), "drop the sign"),
        ([Axis("a", Range(-1e308, 1e308, 3))], Sampling(), "finite"),
        ([Axis("a", ({"b": 1}, [2]))], Sampling(), "numbers, text, true and false"),
        ([Axis("a", (1, 2)), Axis("b", (1, 2, 3))], Sampling("rows"), "a 2, b 3"),
        ([Axis("a", (1,))], Sampling("sobel", 8), "did you mean sobol"),
        ([Axis("a", (1,))], Sampling("grid", 8), "means nothing to a grid"),
        ([Axis("a", (1,))], Sampling("latin-hypercube"), "how many cases"),
        ([Axis("a", Range(0.0, 1.0))], Sampling("sobol", 100), "take 64 or 128"),
        ([Axis("a", Range(0.0, 1.0, 5))], Sampling("sobol", 64), "leave the count out"),
    ],
)
def test_nonsense_is_refused_with_its_cure(axes, sampling, says):
    with pytest.raises(InputError, match=says):
        cases_of(axes, sampling, {"n": True})
