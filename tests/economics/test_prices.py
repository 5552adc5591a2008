"""Price sets and files of the user's own; nonsense is refused with the cure."""

import pytest

from sxsim.economics import price_set
from sxsim.errors import InputError


def written(tmp_path, text):
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_file_starts_from_a_shipped_set(tmp_path):
    mine = price_set(
        written(
            tmp_path,
            'base = "us-2024"\ntitle = "contract"\n[price.HCl]\nusd_per_unit = 0.21\nsource = "contract"\n'
            "[oxide.Nd]\nusd_per_unit = 61.0\n",
        )
    )
    assert mine.name == "mine"
    assert mine.price("HCl").usd_per_unit == 0.21
    assert (mine.price("HCl").status, mine.price("HCl").source) == ("given", "contract")
    assert mine.price("NaOH") == price_set("us-2024").price("NaOH")
    assert mine.oxide("Nd").usd_per_unit == 61.0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[price.HCl]\nusd_per_unit = -0.1\n", r"price.HCl.usd_per_unit: -0.1 USD is negative"),
        ("[price.HCl]\nusd_per_unit = inf\n", "not a finite number"),
        ("[price.HCl]\nusd_per_kg = 1.0\n", "is not a key of a price"),
        ("[price]\nHCl = 0.1\n", "is not a table"),
        ("[price.HCl]\nusd_per_unit = 0.1\nstrength_kg_per_kg = 31\n", "strength_kg_per_kg: 31"),
        ("[price.HCl]\nusd_per_unit = 0.1\nstatus = 'sure'\n", "unknown status 'sure'"),
        ('base = "us-2042"\n', "there is no price set 'us-2042'"),
        ('bsae = "us-2024"\n', "did you mean base"),
        ("[price", "is not TOML"),
    ],
)
def test_nonsense_in_a_file_is_refused(tmp_path, text, says):
    with pytest.raises(InputError, match=says):
        price_set(written(tmp_path, text))


def test_all_findings_of_a_file_come_together(tmp_path):
    text = "[price.HCl]\nusd_per_unit = -1.0\n[price.NH3]\nusd_per_unit = -2.0\n[oxide.Nd]\nlow = 3.0\n"
    with pytest.raises(InputError) as caught:
        price_set(written(tmp_path, text))
    places = [finding.place for finding in caught.value.findings]
    assert places == ["price.HCl.usd_per_unit", "price.NH3.usd_per_unit", "oxide.Nd.usd_per_unit"]


def test_an_unknown_set_names_the_nearest():
    with pytest.raises(InputError, match="did you mean china-2024"):
        price_set("china-2042")


def test_a_missing_price_says_how_to_give_one():
    with pytest.raises(InputError, match=r'no price for nitric oxide.*base = "china-2024".*per kg'):
        price_set("china-2024").price("nitric oxide")
    with pytest.raises(InputError, match="has no price for Sc"):
        price_set("china-2024").oxide("Sc")


def test_typing_over_prices_leaves_the_set_alone():
    china = price_set("china-2024")
    dearer = china.replace({"HCl": 1.0})
    assert dearer.price("HCl").usd_per_unit == 1.0
    assert china.price("HCl").usd_per_unit < 0.1
    with pytest.raises(InputError, match="negative"):
        china.replace({"HCl": -1.0})
