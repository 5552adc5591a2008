import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sxsim.errors import InputError
from sxsim.foundation.paths import assign, get, listing, parse_assignment

DATA = {
    "title": "Nd/Pr",
    "elements": ["Pr", "Nd"],
    "organic": {"flow_m3_h": 18.0},
    "section": [{"name": "extraction", "stages": 27}, {"name": "scrubbing", "stages": 34}],
    "stream": {"feed": {"flow_m3_h": 1.0, "assay_g_L": {"Pr": 42.0, "Nd": 126.0}}},
    "target": [
        {"stream": "raffinate", "element": "Pr", "purity_min": 0.99},
        {"stream": "strip_liquor", "element": "Nd", "purity_min": 0.999},
    ],
    "split": [{"from": "strip_liquor", "to": "scrub", "fraction": 0.1}],
    "draw": [{"section": "extraction", "stage": 3, "flow_m3_h": 0.1}],
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("organic.flow_m3_h", 18.0),
        ("section.scrubbing.stages", 34),
        ("stream.feed.assay_g_L.Nd", 126.0),
        ("stream.feed.assay_g_L", {"Pr": 42.0, "Nd": 126.0}),
        ("target.raffinate.Pr.purity_min", 0.99),
        ("split.strip_liquor.fraction", 0.1),
        ("draw.extraction.3.flow_m3_h", 0.1),
        ("elements", ["Pr", "Nd"]),
    ],
)
def test_get(path, value):
    assert get(DATA, path) == value


def test_two_splits_of_one_stream_are_told_apart_by_where_they_go():
    more = {"split": [*DATA["split"], {"from": "strip_liquor", "to": "soap", "fraction": 0.2}]}
    assert get(more, "split.strip_liquor.soap.fraction") == 0.2
    with pytest.raises(InputError, match=r"did you mean .*split\.strip_liquor\.\w+\.fraction"):
        get(more, "split.strip_liquor.fraction")


def test_a_draw_may_be_called_by_its_name_or_its_stream():
    for key in ("name", "stream"):
        assert get({"draw": [{key: "side", "section": "extraction", "stage": 3}]}, "draw.side.stage") == 3


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("section.scrub.stages", r"no scrub\.stages in section \(allowed: extraction, scrubbing\); "),
        ("section.scrub.stages", r"; did you mean section\.scrubbing\.stages\?$"),
        ("section.scrubbing.stage", r"\(allowed: name, stages\); did you mean section\.scrubbing\.stages\?$"),
        ("organic.flow", r"did you mean organic\.flow_m3_h\?"),
        ("sectoin", r"no sectoin in the top level .* did you mean section\?"),
        ("target.raffinate.Nd.purity_min", r"\(allowed: raffinate\.Pr, strip_liquor\.Nd\)"),
        ("target.raffinate.Nd.purity_min", r"did you mean target\.raffinate\.Pr\.purity_min\?$"),
        ("elements.Nd", r"elements holds no names"),
        ("organic.flow_m3_h.x", r"organic\.flow_m3_h is 18\.0 and holds no keys"),
        ("organic..flow_m3_h", "is not a path"),
        ("", "is not a path"),
    ],
)
def test_a_path_that_leads_nowhere(path, message):
    with pytest.raises(InputError, match=message):
        get(DATA, path)


def test_entries_that_share_every_name_cannot_be_told_apart():
    with pytest.raises(InputError, match="section holds no names"):
        get({"section": [{"name": "a"}, {"name": "a"}]}, "section.a.name")


@pytest.mark.parametrize("path", [path for path in listing(DATA) if isinstance(get(DATA, path), float)])
def test_every_listed_number_is_written_where_it_is_read(path):
    assert get(assign(DATA, path, 0.5), path) == 0.5
    assert get(DATA, path) != 0.5


def test_listing_follows_the_data():
    assert listing(DATA) == [
        "title",
        "elements",
        "organic.flow_m3_h",
        "section.extraction.name",
        "section.extraction.stages",
        "section.scrubbing.name",
        "section.scrubbing.stages",
        "stream.feed.flow_m3_h",
        "stream.feed.assay_g_L.Pr",
        "stream.feed.assay_g_L.Nd",
        "target.raffinate.Pr.stream",
        "target.raffinate.Pr.element",
        "target.raffinate.Pr.purity_min",
        "target.strip_liquor.Nd.stream",
        "target.strip_liquor.Nd.element",
        "target.strip_liquor.Nd.purity_min",
        "split.strip_liquor.from",
        "split.strip_liquor.to",
        "split.strip_liquor.fraction",
        "draw.extraction.3.section",
        "draw.extraction.3.stage",
        "draw.extraction.3.flow_m3_h",
    ]


def test_assign_changes_one_value_of_a_copy():
    before = copy.deepcopy(DATA)
    changed = assign(DATA, "section.scrubbing.stages", 36)
    assert before == DATA
    expected = copy.deepcopy(DATA)
    expected["section"][1]["stages"] = 36
    assert changed == expected
    assert changed["stream"] is DATA["stream"]
    assert changed["section"][0] is DATA["section"][0]


@pytest.mark.parametrize(
    "path", ["section.scrubbing.stage_efficiency", "organic.diluent", "economics.price_set", "schema"]
)
def test_an_optional_key_may_be_new(path):
    assert get(assign(DATA, path, 1), path) == 1


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("section.washing.stages", r"no washing\.stages in section"),
        ("section.washing", "no washing in section"),
        ("section.scrubbing", r"an entry of a list .*\(allowed: name, stages\)"),
        ("stream.fed.flow_m3_h", r"did you mean stream\.feed\.flow_m3_h\?"),
        ("startup.policy.name", r"no startup\.policy\.name in the top level"),
        ("title.x", "title is 'Nd/Pr' and holds no keys"),
    ],
)
def test_assign_makes_no_entry_and_no_way(path, message):
    with pytest.raises(InputError, match=message):
        assign(DATA, path, 1)


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("organic.flow_m3_h=18.5", "organic.flow_m3_h", 18.5),
        ("section.scrubbing.stages = 36", "section.scrubbing.stages", 36),
        ("organic.recycled=true", "organic.recycled", True),
        ("organic.system=p507-chloride", "organic.system", "p507-chloride"),
        ('title="a = b"', "title", "a = b"),
        ("title=a = b", "title", "a = b"),
        ("stream.feed.assay_g_L={ Pr = 42.0, Nd = 1e2 }", "stream.feed.assay_g_L", {"Pr": 42.0, "Nd": 100.0}),
        ("elements=['Pr', 'Nd']", "elements", ["Pr", "Nd"]),
        ("organic.flow_m3_h=18,5", "organic.flow_m3_h", "18,5"),
        ("title=1\nx=2", "title", "1\nx=2"),
    ],
)
def test_parse_assignment(text, path, value):
    parsed = parse_assignment(text)
    assert parsed == (path, value)
    assert type(parsed[1]) is type(value)


@pytest.mark.parametrize("text", ["", "organic.flow_m3_h", "=18", "organic.flow_m3_h="])
def test_what_is_no_assignment(text):
    with pytest.raises(InputError, match="is not an assignment"):
        parse_assignment(text)


@pytest.mark.parametrize("text", ["elements=['Pr'", "title='x", "stream.feed.assay_g_L={Pr 42}"])
def test_a_malformed_value_is_not_taken_for_a_word(text):
    with pytest.raises(InputError, match="is not a TOML value"):
        parse_assignment(text)


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53) | st.booleans())
def test_a_written_value_comes_back(value):
    written = str(value).lower() if isinstance(value, bool) else repr(value)
    assert parse_assignment(f"a.b={written}") == ("a.b", value)
