"""``sxsim sweep``: axes as typed, study files, resuming, the plots, and nonsense refused."""

import pytest

from sxsim.studies.study_file import bundled_studies, load_study

CONTACT = ("single_contact", "--set", "stream.feed.acid_mol_L=0")  # no acid but that of the pH

STUDY = """
schema = 1
title = "two pH"
cascade = "single_contact"
outputs = ["streams.raffinate.pH"]

[set]
"organic.flow_m3_h" = 1.2
"stream.feed.acid_mol_L" = 0.0

[[axis]]
path = "stream.feed.pH"
values = [1.5, 2.0]
"""


def test_axes_as_typed_and_the_folder_carries_on(sxsim, parsed, tmp_path):
    arguments = ("sweep", *CONTACT, "--axis", "stream.feed.pH=1:3:5", "--axis", "organic.flow_m3_h=0.9,1.1")
    told = parsed(sxsim(*arguments, "--json", "--out", tmp_path / "out"), "sweep")
    assert (told["cases"], told["statuses"]) == (10, {"converged": 10})
    assert told["columns"]["organic.flow_m3_h"] == [0.9, 1.1] * 5
    names = ["manifest.json", "sweep.parquet", "sweep.png"]
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == names
    assert parsed(sxsim(*arguments, "--json", "--out", tmp_path / "out"), "sweep") == told
    other = sxsim("sweep", *CONTACT, "--axis", "stream.feed.pH=1:3:6", "--out", tmp_path / "out")
    assert other.exit_code == 2
    assert "another study" in other.stderr


def test_a_free_quantity_that_is_an_axis_is_told_as_fixed(sxsim, parsed):
    arguments = ("sweep", "nd_pr_p507", "--axis", "organic.flow_m3_h=17,18.1", "--output", "closure")
    told = parsed(sxsim(*arguments, "--json"), "sweep")
    assert told["fixed"] == ["organic.flow_m3_h"]
    assert told["columns"]["status"] == ["not reachable", "converged"]
    assert "fixed, so not free to meet the targets: organic.flow_m3_h" in sxsim(*arguments).stdout
    other = ("--set", "stream.scrub.flow_m3_h=2.54", "--axis", "stream.feed.pH=1.5,2", "--output", "closure")
    assert parsed(sxsim("sweep", "nd_pr_p507", *other, "--json"), "sweep")["fixed"] == ["stream.scrub.flow_m3_h"]
    axis = ("--axis", "stream.feed.pH=1.5,2", "--output", "closure")
    assert parsed(sxsim("sweep", "nd_pr_p507", *axis, "--json"), "sweep")["fixed"] == []


def test_the_report_tells_spans_and_reasons(sxsim):
    axes = ("--axis", "organic.flow_m3_h=1.0,-1,-2", "--output", "streams.raffinate.pH")
    result = sxsim("sweep", *CONTACT, *axes)
    assert result.exit_code == 0, result.output
    for words in ("1 converged", "2 bad input", "Why 2 cases have no figures", "is negative", "highest in case"):
        assert words in result.stdout, words


def test_a_study_file_says_it_all(sxsim, parsed, tmp_path):
    (tmp_path / "mine.toml").write_text(STUDY, encoding="utf-8")
    told = parsed(sxsim("sweep", tmp_path / "mine.toml", "--json"), "sweep")
    assert told["title"] == "two pH"
    again = sxsim("sweep", tmp_path / "mine.toml", "--axis", "stream.feed.pH=1,2")
    assert again.exit_code == 2
    assert "is said by the study file" in again.stderr
    changed = parsed(sxsim("sweep", tmp_path / "mine.toml", "--set", "organic.flow_m3_h=0.5", "--json"), "sweep")
    assert changed["columns"]["streams.raffinate.pH"] != told["columns"]["streams.raffinate.pH"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('path = "stream.feed.pH"', 'path = "stream.feed.ph"', "did you mean"),
        ("values = [1.5, 2.0]", "low = 1.0", "either values, or low and high"),
        ("schema = 1", "schema = 7", "schema"),
        ("schema = 1", "schema = ", "is not TOML"),
        ('cascade = "single_contact"', 'cascade = "single_contract"', "did you mean single_contact"),
        ('outputs = ["streams.raffinate.pH"]', 'outputs = ["streams.raffinate.ph"]', "did you mean"),
    ],
)
def test_study_files_with_faults_are_refused(sxsim, tmp_path, old, new, says):
    (tmp_path / "mine.toml").write_text(STUDY.replace(old, new), encoding="utf-8")
    result = sxsim("sweep", tmp_path / "mine.toml")
    assert result.exit_code == 2
    assert says in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "nothing varies"),
        (("--axis", "stream.feed.pH"), "is no axis"),
        (("--axis", "stream.feed.pH=1:2"), "without a count"),
        (("--axis", "stream.feed.pH=1,2", "--workers", "0"), "1 to "),
        (("--axis", "stream.feed.pH=1,2", "--method", "rows", "--samples", "4"), "means nothing to a rows"),
        (("--axis", "stream.feed.pH=1,2", "--action", "train"), "there is no such file"),
    ],
)
def test_nonsense_ends_with_exit_code_2(sxsim, arguments, says):
    result = sxsim("sweep", *CONTACT, *arguments)
    assert result.exit_code == 2
    assert says in result.stderr
    assert "Traceback" not in result.stderr


def test_an_interruption_says_how_to_carry_on(sxsim, monkeypatch, tmp_path):
    def interrupted(*_args, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("sxsim.studies.sweeping.run", interrupted)
    result = sxsim("sweep", *CONTACT, "--axis", "stream.feed.pH=1,2", "--out", tmp_path)
    assert result.exit_code == 130
    assert "the same command carries on" in result.stderr


@pytest.mark.parametrize("name", bundled_studies())
def test_bundled_studies_load(name):
    study = load_study(name)
    assert len(study) >= 20
    assert study.title
