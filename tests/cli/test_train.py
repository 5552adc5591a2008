"""``sxsim train``: tables, JSON, files, a comparison, and one message for what is wrong."""

import csv
import json

import pytest


def test_tables_tell_products_cost_and_accounts(sxsim):
    ended = sxsim("train", "nd_pr_in_two_cuts")
    assert ended.exit_code == 0
    for words in ("Nd2O3", "met", "2 cascades, 102 stages", "1 recycle(s)", "usd/kg oxide", "ISO 14051", "by path"):
        assert words in ended.stdout
    assert "close to" in ended.stdout


def test_json_is_one_flat_object(sxsim, parsed):
    told = parsed(sxsim("train", "nd_pr_in_two_cuts", "--json"), "train")
    assert told["met"] is True
    assert told["closure"] < 1e-8
    assert [each["name"] for each in told["products"]] == ["Nd2O3", "Pr6O11"]
    assert told["cascade_count"] == 2
    assert told["usd_per_kg_oxide"] > 0.0
    assert abs(told["mfca"]["closure_usd_per_y"]) < 1.0


def test_files_hold_streams_bill_and_pictures(sxsim, tmp_path):
    ended = sxsim("train", "nd_pr_in_two_cuts", "--out", str(tmp_path / "out"))
    assert ended.exit_code == 0
    names = {path.name for path in (tmp_path / "out").iterdir()}
    pages = {f"sankey_{name}.html" for name in ("rare_earths", "materials", "money")}
    assert names == {
        "train.json",
        "train_streams.csv",
        "train_items.csv",
        "flow_sheet.png",
        "report.html",
        "report.xlsx",
        *pages,
    }
    with (tmp_path / "out" / "train_streams.csv").open(encoding="utf-8") as file:
        rows = {row["stream"]: row for row in csv.DictReader(file)}
    assert rows["rough.strip_liquor"]["to"] == "product"
    assert (tmp_path / "out" / "flow_sheet.png").read_bytes().startswith(b"\x89PNG")


def test_two_trains_beside_each_other(sxsim):
    ended = sxsim("train", "nd_pr_in_two_cuts", "--against", "nd_pr_in_two_cuts", "--prices", "us-2024")
    assert ended.exit_code == 0
    assert "1 + ... = 1.000" in ended.stdout
    assert "HCl [kg/kg]" in ended.stdout
    assert "tuned to nothing" in ended.stdout.replace("\n", " ")


def test_a_changed_value_is_used(sxsim):
    told = json.loads(sxsim("train", "nd_pr_in_two_cuts", "--set", "product.Nd2O3.purity_min=0.9995", "--json").stdout)
    assert told["met"] is True
    assert told["products"][0]["purity"] >= 0.9995 - 1e-9
    (changed,) = told["retuned"]
    assert (changed["cascade"], changed["path"]) == ("rough", "target.strip_liquor.Nd.purity_min")
    assert changed["typed"] == 0.999
    assert changed["used"] == pytest.approx(0.9995, abs=2e-5)


def test_what_was_changed_for_another_feed_is_printed(sxsim):
    ended = sxsim("train", "nd_pr_in_two_cuts", "--set", "feed.ndpr.oxide_share.Nd=0.975")
    assert ended.exit_code == 0
    assert "Changed for what arrives" in ended.stdout
    assert "rough: stream.strip_acid.flow_m3_h" in ended.stdout


def test_a_cut_that_cannot_is_named_with_exit_three(sxsim):
    ended = sxsim("train", "nd_pr_in_two_cuts", "--set", "product.Pr6O11.purity_min=0.9999999")
    assert ended.exit_code == 3
    assert "cascade 'polish'" in ended.stderr
    assert "tightened for 'Pr6O11'" in " ".join(ended.stderr.split())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("bayan_obbo",), "did you mean bayan_obo?"),
        (("nd_pr_in_two_cuts", "--set", "feed.ndpr.oxide_kg_h=-1"), "out of range"),
        (("nd_pr_in_two_cuts", "--set", "feed.npdr.oxide_kg_h=1"), "did you mean feed.ndpr.oxide_kg_h?"),
        (("nd_pr_in_two_cuts", "--set", "oxide"), "--set"),
        (("nd_pr_in_two_cuts", "--prices", "china-2042"), "china-2024"),
    ],
)
def test_bad_input_ends_with_two(sxsim, arguments, says):
    ended = sxsim("train", *arguments)
    assert ended.exit_code == 2
    assert says in ended.stderr
    assert "Traceback" not in ended.stderr
