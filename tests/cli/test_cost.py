"""``sxsim cost``: the report, the JSON, the files, and nonsense refused."""

from __future__ import annotations

import csv

import pytest


def test_the_report_shows_total_breakdown_bill_waste_and_accounts(sxsim):
    result = sxsim("cost", "single_contact")
    assert result.exit_code == 0, result.output
    text = result.stdout
    assert "usd/kg oxide" in text
    for word in (
        "reagents",
        "energy",
        "labour",
        "waste",
        "capital",
        "oxalic acid, raffinate",
        "m3/t oxide",
        "ISO 14051",
    ):
        assert word in text, word
    assert "GB 26451-2011" in text
    assert "unverified" in text


def test_json_is_flat_and_complete(sxsim, parsed):
    told = parsed(sxsim("cost", "single_contact", "--prices", "us-2024", "--json"), "cost")
    assert told["prices"] == "us-2024"
    assert {"usd_per_kg_oxide", "items", "reagents_kg_per_kg_oxide", "waste_m3_per_t_oxide", "mfca"} <= set(told)
    assert told["closure"] < 1e-9
    total = sum(item["usd_per_kg_oxide"] for item in told["items"])
    assert total == pytest.approx(told["usd_per_kg_oxide"])
    assert {row["item"] for row in told["benchmarks"]} >= {"oxalic acid", "wastewater from SX + precipitation"}


def test_the_cascade_may_name_its_prices_and_the_option_wins(sxsim, parsed):
    named = ("cost", "single_contact", "--set", "economics.price_set=europe-2025", "--json")
    assert parsed(sxsim(*named), "cost")["prices"] == "europe-2025"
    assert parsed(sxsim(*named, "--prices", "us-2024"), "cost")["prices"] == "us-2024"


def test_files_of_a_costing(sxsim, tmp_path):
    result = sxsim("cost", "single_contact", "--out", tmp_path / "bill")
    assert result.exit_code == 0, result.output
    files = sorted(file.name for file in (tmp_path / "bill").iterdir())
    assert files == ["cost.json", "cost_items.csv", "mfca.html", "report.html", "report.xlsx"]
    with (tmp_path / "bill" / "cost_items.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {"name", "quantity_per_y", "unit", "price_usd_per_unit", "source", "status"} <= set(rows[0])
    page = (tmp_path / "bill" / "mfca.html").read_text(encoding="utf-8")
    assert "sankey" in page


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--prices", "china-2042"), "did you mean china-2024"),
        (("--set", "economics.discount_rate=8"), "economics.discount_rate"),
        (("--set", "economics.base=lime"), "not saponified"),
    ],
)
def test_nonsense_ends_with_exit_code_2(sxsim, arguments, says):
    result = sxsim("cost", "single_contact", *arguments)
    assert result.exit_code == 2
    assert says in result.stderr
    assert "Traceback" not in result.stderr


def test_a_negative_price_is_refused(sxsim, tmp_path):
    mine = tmp_path / "mine.toml"
    mine.write_text("[price.HCl]\nusd_per_unit = -1.0\n", encoding="utf-8")
    result = sxsim("cost", "single_contact", "--prices", mine)
    assert result.exit_code == 2
    assert "negative" in result.stderr
