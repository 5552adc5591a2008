"""One reader for every kind of file: what it takes, and one message for what it does not."""

import time

import pytest

from sxsim.chemistry.points import read_points
from sxsim.definition import Cascade, load
from sxsim.definition.system import load_system_file
from sxsim.economics.price_sets import price_set
from sxsim.errors import InputError
from sxsim.foundation.files import shipped
from sxsim.foundation.paths import parse_assignment
from sxsim.foundation.reading import DEEPEST, MOST_KEYS, csv_rows, plain_findings, toml_tables
from sxsim.plant import load_train
from sxsim.plant.linked import load_linked
from sxsim.studies.study_file import load_study

REFERENCE = shipped("cascades", "nd_pr_p507.toml").read_text(encoding="utf-8")
LOADERS = {
    "cascade": load,
    "train": load_train,
    "linked": load_linked,
    "study": load_study,
    "system": load_system_file,
    "prices": lambda path: price_set(str(path)),
}
# bytes, place and pieces of the message
BAD = {
    "empty": (b" \n", "file", "is empty"),
    "syntax": (b"a = 1\nb = = 2\n", "line 2, column 5", "is not TOML"),
    "latin-1": ("title = 'Gerät'\n".encode("latin-1"), "file", "is not UTF-8 text (byte 13)"),
    "utf-16": ("a = 1\n".encode("utf-16"), "file", "UTF-16"),
    "nul": (b"title = '\0'\n", "line 1", "is not TOML"),
    "binary": (bytes(range(256)), "file", "is not UTF-8"),
    "digits": (b"a = 1\nb = 1" + 5000 * b"0" + b"\n", "line 2", "thousands of digits"),
    "64 bits": (b"a = 9223372036854775808\n", "a", "beyond 64 bits"),
    "64 bits below": (b"[b]\na = -9223372036854775809\n", "b.a", "beyond 64 bits"),
    "hexadecimal": (b"a = 0x" + 9000 * b"f" + b"\n", "a", "beyond 64 bits"),
    "nested lists": (b"a = " + 9000 * b"[" + 9000 * b"]" + b"\n", "file", "deep"),
    "nested tables": (b"a = " + 9000 * b"{b=" + b"1" + 9000 * b"}" + b"\n", "file", "deep"),
    "deep enough": (b"a = " + 40 * b"[" + 40 * b"]" + b"\n", "a.1", "deep"),
    "deep key": (b".".join(100 * [b"a"]) + b" = 1\n", "a.a", "deep"),
    "endless key": (b".".join(900_000 * [b"a"]) + b" = 1\n", "line 1", "deep"),
    "endless heading": (b"[" + b".".join(900_000 * [b"a"]) + b"]\n", "line 1", "deep"),
    "too many keys": (b"".join(b"k%d = 1\n" % n for n in range(MOST_KEYS + 1)), "file", "keys"),
    "too large": (b"# a picture\n" * 200_000, "file", "2,000,000 bytes"),
}


@pytest.mark.parametrize("kind", LOADERS)
@pytest.mark.parametrize(("content", "place", "offence"), BAD.values(), ids=BAD.keys())
def test_every_loader_refuses_with_place_allowed_and_cure(tmp_path, kind, content, place, offence):
    file = tmp_path / "bad.toml"
    file.write_bytes(content)
    began = time.process_time()
    with pytest.raises(InputError) as caught:
        LOADERS[kind](file)
    assert time.process_time() - began < 5.0
    assert str(file) in caught.value.source
    (finding,) = caught.value.findings
    assert finding.place.startswith(place)
    assert offence in finding.offence
    assert finding.allowed
    assert finding.cure
    assert len(str(finding)) < 1000


@pytest.mark.parametrize("kind", LOADERS)
@pytest.mark.parametrize("name", ["no\0where.toml", "x" * 5000 + ".toml", "\u2028.toml", "//.toml", "."])
def test_no_name_is_too_odd_to_be_refused(kind, name):
    with pytest.raises(InputError):
        LOADERS[kind](name)


@pytest.mark.parametrize("place", ["organic", "train", "study"])
def test_a_name_inside_a_file_may_be_as_odd(tmp_path, place):
    odd = '"no\\u0000where.toml"'
    if place == "organic":
        text = REFERENCE.replace('"p507-chloride"', odd, 1)
    elif place == "train":
        train = load_train("nd_pr_in_two_cuts").to_toml()
        text = train.replace('"nd_pr_p507_soap"', odd, 1)
    else:
        text = f'schema = 1\ntitle = "x"\ncascade = {odd}\n[[axis]]\npath = "stream.feed.pH"\nvalues = [1.0]\n'
    file = tmp_path / "odd.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"there is no|no such"):
        {"organic": load, "train": load_train, "study": load_study}[place](file)


def test_a_cascade_inside_a_train_is_read_the_same_way(tmp_path):
    file = tmp_path / "train.toml"
    file.write_text(load_train("nd_pr_in_two_cuts").to_toml().replace('"nd_pr_p507_soap"', '"bad.toml"', 1))
    for content, _, offence in BAD.values():
        (tmp_path / "bad.toml").write_bytes(content)
        with pytest.raises(InputError) as caught:
            load_train(file)
        assert any(each.place == "cascade.rough.file" and offence in each.offence for each in caught.value.findings)


@pytest.mark.parametrize("path", ["section.extraction.stages", "organic.flow_m3_h", "organic"])
@pytest.mark.parametrize("value", ["1" * 5000, "0x" + "f" * 500, 900 * "[" + 900 * "]", 30 * "[" + 30 * "]"])
def test_a_value_typed_on_the_command_line_is_within_the_same_bounds(path, value):
    with pytest.raises(InputError) as caught:
        parse_assignment(f"{path}={value}")
    assert caught.value.findings[0].place == path


def test_a_caller_in_python_is_within_the_same_bounds():
    data = load("nd_pr_p507").to_data()
    deep: dict = {}
    for _ in range(3000):
        deep = {"a": deep}
    for odd in (10**5000, -(10**5000), deep):
        with pytest.raises(InputError, match=r"beyond 64 bits|deep"):
            Cascade.from_data({**data, "schema": odd})
    with pytest.raises(InputError, match=r"section.extraction.stages"):
        load("nd_pr_p507").replace({"section.extraction.stages": 10**5000})


def test_what_is_within_the_bounds_passes():
    inside = "{b=" * (DEEPEST - 1) + "[1]" + "}" * (DEEPEST - 1)
    assert toml_tables(f"a = {inside}\nb = 9223372036854775807\nc = -9223372036854775808\n")["b"] == 2**63 - 1
    told = "A sentence. " * 150
    assert toml_tables(f"# {'.' * 500}\ntitle = '{told}{'.' * 300}'\n")["title"].startswith(told)
    assert plain_findings({f"k{n}": n for n in range(MOST_KEYS)}) == []


@pytest.mark.parametrize(
    ("stages", "said"),
    [("5001", "more stages"), ("1000000000", "more stages"), ("9223372036854775807", "more stages")],
)
def test_no_section_is_longer_than_any_plant(tmp_path, stages, said):
    file = tmp_path / "case.toml"
    file.write_text(REFERENCE.replace("stages = 27", f"stages = {stages}", 1), encoding="utf-8")
    with pytest.raises(InputError, match=said):
        load(file)
    linked = shipped("cascades", "linked", "nd_pr_ce.toml").read_text(encoding="utf-8")
    file.write_text(linked.replace("stages = ", f"stages = {stages} # ", 1), encoding="utf-8")
    with pytest.raises(InputError, match="out of range"):
        load_linked(file)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"element,D\nNd," + b"9" * 200_000 + b"\n", "line 2: is no line of a table"),
        (b'element,D\n"Nd,1\n', "is no line of a table"),
        (b"element,D,D\nNd,1,1\n", "column D: stands twice"),
        (b"element,D\nNd,1\xff\n", "is not UTF-8"),
        ("element,D\nNd,1\n".encode("utf-16"), "UTF-16"),
        (b"\n\n", "no table follows"),
    ],
)
def test_tables_with_commas_are_read_within_bounds(tmp_path, content, said):
    file = tmp_path / "points.csv"
    file.write_bytes(content)
    with pytest.raises(InputError, match=said) as caught:
        read_points(file)
    assert all(finding.allowed and finding.cure for finding in caught.value.findings)


def test_the_line_of_a_table_that_is_none_is_that_of_the_file():
    with pytest.raises(InputError, match="line 12"):
        csv_rows(["a,b", "1,2", "9" * 200_000], first_line=10)


@pytest.mark.parametrize(
    "text",
    ["title = 5", "region = [1]", "year = '2024'", "price = 5", "oxide = ['Nd']", "[[price]]\na = 1", "year = true",
     "base = ['china-2024']", "base = { a = 1 }", "[price.HCl]\nusd_per_unit = { a = 1 }",
     "[price.HCl]\nusd_per_unit = 1.0\nstatus = ['given']", "[price.HCl]\nusd_per_unit = 1979-05-27"],
)  # fmt: skip
def test_prices_of_the_wrong_type_are_refused(tmp_path, text):
    file = tmp_path / "mine.toml"
    file.write_text(text + "\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        price_set(str(file))
    assert all(finding.place and finding.allowed and finding.cure for finding in caught.value.findings)
