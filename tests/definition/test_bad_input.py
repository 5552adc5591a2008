"""Every bad input gives its one clear message: the place, what was found, what is allowed, the cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from sxsim.definition import load, loads
from sxsim.errors import Finding, InputError
from sxsim.foundation.files import shipped

REFERENCE = shipped("cascades", "nd_pr_p507.toml").read_text(encoding="utf-8")
FREE = 'free = ["organic.flow_m3_h", "stream.scrub.flow_m3_h"]'
SIMULATE = (f"[solve]\n{FREE}", "")


def changed(*swaps: tuple[str, str]) -> str:
    """Return the reference file with pieces of its text exchanged, each once."""
    text = REFERENCE
    for old, new in swaps:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def findings(text: str) -> tuple[Finding, ...]:
    """Return what loading a text finds."""
    with pytest.raises(InputError) as caught:
        loads(text, "case.toml")
    assert str(caught.value).startswith("case.toml: ")
    return caught.value.findings


# A name that ends in + lets further findings follow from the same slip. Each case:
# old text, new text, place, piece of the offence, piece of allowed, piece of the cure
CASES = {
    "misspelt required key": (
        "stages = 35", "stagess = 35", "section.scrubbing.stagess", "unknown", "stages", "stages?",
    ),
    "misspelt optional key": ("recycled", "recycle", "organic.recycle", "unknown key", "recycled", "mean recycled?"),
    "misspelt key of letters": ("pH = 2.0", "ph = 2.0", "stream.feed.ph", "unknown key", "pH", "did you mean pH?"),
    "misspelt table": ("[organic]", "[orgnic]", "orgnic", "unknown key", "organic", "did you mean organic?"),
    "grams without basis": ('basis = "oxide"\n', "", "stream.feed.basis", "without a basis", "oxide, element", "Nd2O3"),
    "basis without grams": ("assay_g_L", "assay_mol_L", "stream.feed.basis", "without assay_g_L", "", "drop it"),
    "percent for a fraction": (
        "fraction = 0.36", "fraction = 36", "organic.saponified_fraction", "36", "0 to below 0.5", "write 0.36",
    ),
    "no free dimer": ("fraction = 0.36", "fraction = 0.5", "organic.saponified_fraction", "0.5", "below 0.5", "dimer"),
    "negative saponification": (
        "fraction = 0.36", "fraction = -0.1", "organic.saponified_fraction", "-0.1", "least 0", "",
    ),
    "percent for a purity": ("0.999\n\n", "99.9\n\n", "target.strip_liquor.Nd.purity_min", "99.9", "below 1", "0.999"),
    "no saponifier": ('saponifier = "NH4"\n', "", "organic.saponifier", "missing", "NH4, Na", ""),
    "unknown saponifier": ('"NH4"', '"NH3"', "organic.saponifier", "'NH3'", "NH4, Na", "did you mean NH4?"),
    "base twice": ("recycled", "base_kmol_h = 9.0\nrecycled", "organic.base_kmol_h", "both", "one of the two", "drop"),
    "negative flow": (
        "flow_m3_h = 1.0", "flow_m3_h = -1.0", "stream.feed.flow_m3_h", "-1.0 m3/h", "at least 0", "sign",
    ),
    "no flow": ("flow_m3_h = 0.62", "flow_m3_h = 0.0", "section.stripping.aqueous_in", "has no flow", "", "raise"),
    "huge flow": (
        "flow_m3_h = 1.0", "flow_m3_h = 1" + 400 * "0", "stream.feed.flow_m3_h", "beyond 64 bits", "9.22e+18", "point",
    ),
    "infinite flow": ("flow_m3_h = 1.0", "flow_m3_h = inf", "stream.feed.flow_m3_h", "inf", "at least 0", ""),
    "NaN": ("pH = 2.0", "pH = nan", "stream.feed.pH", "nan is not a finite number", "finite", ""),
    "quoted flow": ("flow_m3_h = 1.0", 'flow_m3_h = "one"', "stream.feed.flow_m3_h", "'one'", '"design"', ""),
    "quoted number": ("rature_C = 25.0", 'rature_C = "25"', "organic.temperature_C", "'25'", "a number", "quotes"),
    "quoted stages": ("stages = 27", 'stages = "27"', "section.extraction.stages", "'27'", "whole number", "quotes"),
    "broken stages": ("stages = 27", "stages = 27.0", "section.extraction.stages", "27.0", "whole number", "write 27"),
    "no stages": (
        "stages = 27", "stages = 0", "section.extraction.stages", "0 stages", "at least 1", "leave the section",
    ),
    "yes for true": ("recycled = true", 'recycled = "yes"', "organic.recycled", "'yes'", "true or false", ""),
    "unknown element": ('["Pr", "Nd"]', '["Pr", "Ndd"]', "elements", "'Ndd'", "La, Ce, Pr", "did you mean Nd?"),
    "element by name": ('["Pr", "Nd"]', '["Pr", "neodymium"]', "elements", "'neodymium'", "Nd", "did you mean Nd?"),
    "element twice": ('["Pr", "Nd"]', '["Pr", "Nd", "Nd"]', "elements", "Nd is listed twice", "", "drop one"),
    "element not fed": ('["Pr", "Nd"]', '["Pr", "Nd", "Sm"]', "elements", "Sm is in no stream", "", "assay"),
    "element not listed": ("{ Pr", "{ Sm = 1.0, Pr", "stream.feed.assay_g_L.Sm", "not among", "Pr, Nd", "add 'Sm'"),
    "no elements": ('["Pr", "Nd"]', "[]", "elements", "empty", "at least one", ""),
    "unknown system": ('"p507-chloride"', '"p507-cloride"', "organic.system", "p507-cloride", "", "p507-chloride"),
    "unknown extractant": ('"P507"', '"P508"', "organic.extractant", "'P508'", "P507, P204", "did you mean P507"),
    "another extractant": ('"P507"', '"D2EHPA"', "organic.extractant", "not for P204", "P507", "change"),
    "outlet near a section": ('"extraction"             #', '"extracton" #', "section.scrubbing.aqueous_out",
                              "'extracton' names nothing", "section", "did you mean extraction?"),
    "outlet to nothing": ('"extraction"             #', '"nowhere" #', "section.scrubbing.aqueous_out",
                          "'nowhere' names nothing", "extraction", "washing"),
    "outlet that a target misses": ('out = "raffinate"', 'out = "nowhere"', "target.raffinate.Pr.stream",
                                    "no product named 'raffinate'", "nowhere", "aqueous_out"),
    "outlet with the organic +": ('out = "raffinate"', 'out = "scrubbing"', "section.extraction.aqueous_out",
                                "does not stand before", "product", "against the organic"),
    "inlet without stream": ('in = "scrub"', 'in = "scrubb"', "section.scrubbing.aqueous_in",
                             "no stream named 'scrubb'", "feed, scrub", "did you mean scrub?"),
    "stream in two sections +": ('in = "strip_acid"', 'in = "scrub"', "section.scrubbing.aqueous_in",
                               "enters 2 sections", "one section", "its own stream"),
    "stream unused": ("[stream.scrub]", "[stream.water]\nflow_m3_h = 1.0\n\n[stream.scrub]", "stream.water",
                      "enters nowhere", "", "aqueous_in"),
    "two sections of one name": ('name = "scrubbing"', 'name = "extraction"', "section.extraction",
                                 "2 sections", "one name", "rename"),
    "two products of one name +": (
        'out = "strip_liquor"', 'out = "raffinate"', "raffinate", "2 products", "one name", "",
    ),
    "product named as a stream +": ('out = "raffinate"', 'out = "feed"', "feed", "a stream that enters", "", "rename"),
    "name with a space": ('name = "extraction"', 'name = "main extraction"', "section.main extraction.name",
                          "not a usable name", "letters", ""),
    "soap not first": ('kind = "scrubbing"', 'kind = "soap"', "section.scrubbing.kind", "position 2", "first", "top"),
    "unknown kind": (
        'kind = "scrubbing"', 'kind = "scrub"', "section.scrubbing.kind", "'scrub'", "washing", "scrubbing?",
    ),
    "recycled but not stripped": ('kind = "stripping"', 'kind = "washing"', "organic.recycled", "without a stripping",
                                  "", "recycled = false"),
    "recycled with an assay": ("recycled = true", "recycled = true\nassay_mol_L = { Nd = 0.01 }", "organic.assay_mol_L",
                               "recycled organic", "", "recycled = false"),
    "acid of another medium": (
        'acid = "HCl"', 'acid = "HNO3"', "stream.scrub.acid", "chloride medium", "HCl", "change",
    ),
    "acid without strength": ('acid_mol_L = 3.0\n', "", "stream.scrub.acid_mol_L", "missing beside acid", "", "strong"),
    "strength without acid": ('acid = "HCl"\n', "", "stream.scrub.acid", "missing beside acid_mol_L", "HCl", "which"),
    "scrub without acid": (
        'acid = "HCl"\nacid_mol_L = 3.0', "", "stream.scrub.acid", "no acid for scrubbing", "acid_mol_L", "",
    ),
    "strip without acid": (
        'acid = "HCl"\nacid_mol_L = 4.0', "", "stream.strip_acid.acid", "no acid for stripping", "", "strong",
    ),
    "feed without pH": ("pH = 2.0\n", "", "stream.feed.pH", "free acid", "acid_mol_L", "say one"),
    "assay twice": (
        "pH = 2.0", "pH = 2.0\nassay_mol_L = { Nd = 1.0 }", "stream.feed.assay_mol_L", "beside", "one", "drop",
    ),
    "inlet with a place +": ("pH = 2.0", 'pH = 2.0\nsection = "scrubbing"\nstage = 36', "stream.feed",
                                 "place of its own", "one of the two", "drop"),
    "target without figure": (
        "purity_min = 0.999\n", "", "target.strip_liquor.Nd", "without a figure", "purity_min", "",
    ),
    "target with two figures": ("purity_min = 0.999\n", "purity_min = 0.999\nrecovery_min = 0.9\n",
                                "target.strip_liquor.Nd", "in one target", "exactly one", "one target for each"),
    "free path misspelt": ("stream.scrub.flow", "stream.scrb.flow", "solve.free", "no stream.scrb", "organic.flow_m3_h",
                           "did you mean stream.scrub.flow_m3_h?"),
    "free stages": (
        "stream.scrub.flow_m3_h", "section.scrubbing.stages", "solve.free", "is no flow", "organic.flow", "",
    ),
    "free flow left to design": (
        "flow_m3_h = 2.517", 'flow_m3_h = "design"', "solve.free", "left to design", "start", "",
    ),
    "nothing free": (FREE, "free = []", "solve.free", "empty", "at least one", "leave [solve] out"),
    "schema of the future": ("schema = 1", "schema = 2", "schema", "schema 2", "1", "update sxsim"),
    "split from nowhere": ("\n[solve]", '\n[[split]]\nfrom = "rafinate"\nto = "scrub"\nfraction = 0.1\n\n[solve]',
                           "split.rafinate.from", "no aqueous product", "raffinate", "did you mean raffinate?"),
    "split to nowhere": ("\n[solve]", '\n[[split]]\nfrom = "raffinate"\nto = "scrubb"\nfraction = 0.1\n\n[solve]',
                         "split.raffinate.to", "no section's aqueous_in", "scrub", "did you mean scrub?"),
    "draw without a stage": (
        "\n[solve]", '\n[[draw]]\nname = "middle"\nsection = "extraction"\n'
        'stage = 28\nphase = "aqueous"\nflow_m3_h = 0.1\n\n[solve]',
        "draw.middle.stage", "stage 28", "1 to 27", "from 1",
    ),
    "place without a stage": (
        "[stream.scrub]", '[stream.feed2]\nflow_m3_h = 0.1\nsection = "extraction"\n[stream.scrub]',
        "stream.feed2.stage", "missing beside section", "", "section and stage",
    ),
    "organic feed without a place": (
        "[stream.scrub]", '[stream.feed2]\nflow_m3_h = 0.1\nphase = "organic"\n[stream.scrub]',
        "stream.feed2", "without a place", "", "section and stage",
    ),
    "place without a section": (
        "\n[stream.scrub]", "\n[stream.feed2]\nflow_m3_h = 0.1\nstage = 2\n[stream.scrub]",
        "stream.feed2.section", "missing beside stage", "extraction", "section and stage",
    ),
    "place in no section": (
        "\n[stream.scrub]", '\n[stream.feed2]\nflow_m3_h = 0.1\nsection = "scrubing"\nstage = 2\n[stream.scrub]',
        "stream.feed2.section", "no section named 'scrubing'", "extraction", "did you mean scrubbing?",
    ),
    "organic feed with a pH +": (
        "\n[stream.scrub]",
        '\n[stream.feed2]\nflow_m3_h = 0.1\nsection = "scrubbing"\nstage = 2\nphase = "organic"\npH = 2.0\n'
        "[stream.scrub]",
        "stream.feed2.phase", "no pH or acid", "", "drop them",
    ),
    "purity of what is no rare earth +": (
        'element = "Pr"', 'element = "Fe"', "target.raffinate.Fe.purity_min", "is none", "", "recovery_min",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_one_clear_message(name: str) -> None:
    """Place, offence, allowed and cure of each bad input, and nothing besides."""
    old, new, place, offence, allowed, cure = CASES[name]
    found = {finding.place: finding for finding in findings(changed((old, new)))}
    assert place in found
    assert len(found) == 1 or name.endswith("+")
    finding = found[place]
    assert offence in finding.offence
    assert allowed in finding.allowed
    assert cure in finding.cure


def test_all_findings_at_once() -> None:
    """Unknown keys, wrong values and names that lead nowhere are reported together."""
    text = changed(
        ('extractant = "P507"', 'extractant = "P508"'),
        ("saponified_fraction = 0.36", "saponified_fraction = 36"),
        ("stages = 35", "stagess = 35"),
        ('aqueous_out = "extraction"', 'aqueous_out = "extracton"'),
        ("flow_m3_h = 1.0", "flow_m3_h = -1.0"),
        ('acid = "HCl"', 'acid = "HNO3"'),
    )
    assert {finding.place for finding in findings(text)} == {
        "organic.extractant",
        "organic.saponified_fraction",
        "section.scrubbing.stagess",
        "section.scrubbing.aqueous_out",
        "stream.feed.flow_m3_h",
        "stream.scrub.acid",
    }


def test_no_organic_flows() -> None:
    """Nothing goes through the stages."""
    (finding,) = findings(changed(SIMULATE, ("flow_m3_h = 18.0", "flow_m3_h = 0.0")))
    assert finding == Finding("organic.flow_m3_h", "no organic flows", "above 0 m3/h", "raise it")


def test_base_flow_beyond_the_extractant() -> None:
    """The base is also refused as a flow, once the organic flow is a number that holds."""
    (finding,) = findings(changed(SIMULATE, ("saponified_fraction = 0.36", "base_kmol_h = 14.0")))
    assert finding.place == "organic.base_kmol_h"
    assert "14 kmol/h saponifies 0.519 of the extractant" in finding.offence


def test_splits_of_one_product_share_it() -> None:
    """Two splits that give away more than the whole."""
    split = '[[split]]\nfrom = "raffinate"\nto = "{}"\nfraction = 0.6\n'
    (finding,) = findings(changed(("\n[solve]", "\n" + split.format("scrub") + split.format("feed") + "\n[solve]")))
    assert finding.place == "split.raffinate.fraction"
    assert "1.2" in finding.offence


@pytest.mark.parametrize(
    ("text", "place", "offence"),
    [
        ("", "file", "is empty"),
        (" \n\t\n", "file", "is empty"),
        ("schema = 1\ntitle = = 3\n", "line 2, column 9", "is not TOML"),
        ("schema = 1\ntitle = 'open", "line 2, column 14", "is not TOML"),
        ("schema = 1\nschema = 1\n", "line 2", "is not TOML"),
    ],
)
def test_text_that_is_no_toml(text: str, place: str, offence: str) -> None:
    """An empty file and one that breaks off say where."""
    (finding,) = findings(text)
    assert finding.place.startswith(place)
    assert offence in finding.offence


def test_toml_without_a_cascade() -> None:
    """A file of something else names what a cascade file begins with."""
    places = {finding.place: finding for finding in findings("a = 1\n")}
    assert {"a", "schema", "title", "elements", "organic", "section", "stream"} == set(places)
    assert places["schema"].cure == "begin the file with schema = 1"


@pytest.mark.parametrize("value", ['"abc"', "3", "[1, 2]", "{ a = 1 }"])
@pytest.mark.parametrize("table", ["organic", "section", "stream", "target", "solve", "split", "draw", "design"])
def test_a_table_of_the_wrong_shape_is_a_finding(table: str, value: str) -> None:
    """Whatever stands where a table is expected, it is an InputError and no other error."""
    places = [finding.place for finding in findings(f'schema = 1\ntitle = "x"\nelements = ["Nd"]\n{table} = {value}\n')]
    assert any(place.split(".")[0] == table for place in places)


def test_file_that_is_missing_or_unreadable(tmp_path: Path) -> None:
    """A missing file, a folder and a file that is not text."""
    with pytest.raises(InputError, match=r"no such file.*nd_pr_p507.*did you mean nd_pr_p507"):
        load("nd_pr_p508.toml")
    with pytest.raises(InputError, match="no such file"):
        load(tmp_path / "nd_pr_p507.toml")
    with pytest.raises(InputError, match="is a folder"):
        load(tmp_path)
    (tmp_path / "binary.toml").write_bytes(b"title = '\xff'")
    with pytest.raises(InputError, match="not UTF-8"):
        load(tmp_path / "binary.toml")
