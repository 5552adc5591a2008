"""What a train file may say, and the one message for each thing that is wrong with it."""

import copy

import pytest

from sxsim.errors import InputError
from sxsim.plant import Train, bundled_trains, load_train
from sxsim.plant.layout import layout_of
from sxsim.plant.loading import loads_train

BASE = load_train("nd_pr_in_two_cuts").to_data()


def changed(change):
    data = copy.deepcopy(BASE)
    change(data)
    return data


def refused(change):
    with pytest.raises(InputError) as caught:
        Train.from_data(changed(change))
    return caught.value


def test_every_bundled_train_is_clean_and_survives_being_written():
    assert {"bayan_obo", "longnan_clay", "nd_pr_in_two_cuts"} <= set(bundled_trains())
    for name in bundled_trains():
        train = load_train(name)
        assert train.check() == []
        again = loads_train(train.to_toml(), folder=None)
        assert again == train
        assert again.input_hash == train.input_hash


def test_the_graph_tells_the_order_and_cuts_the_recycle():
    order, cut = layout_of(load_train("nd_pr_in_two_cuts")).order()
    assert order == ["ndpr", "mixer", "rough", "polish"]
    assert cut == ["polish.strip_liquor"]


def unused(data):
    data["waste"] = ["rough.waste_brine"]


def sold_twice(data):
    data["product"].append({"name": "again", "stream": "rough.strip_liquor", "elements": ["Nd"]})


def endless(data):
    everything = ["ndpr", "rough.strip_liquor", "rough.waste_brine"]
    data["step"][0]["inlet"] = [*everything, "polish.strip_liquor", "polish.raffinate", "polish.waste_brine"]
    data["feed"].append({"name": "other", "oxide_share": {"Nd": 1.0}, "oxide_kg_h": 1.0})
    data["waste"], data["product"] = [], [{"name": "x", "stream": "other", "elements": ["Nd"]}]


def not_followed(data):
    data["cascade"][0]["elements"] = ["Nd"]


def unknown_to_the_system(data):
    data["feed"][0]["oxide_share"] = {"Pr": 0.25, "Nd": 0.74, "Lu": 0.01}
    data["cascade"][0]["set"] |= {"organic.system": "cyanex272-chloride", "organic.extractant": "Cyanex 272"}


def misspelt_stream(data):
    data["product"][0]["stream"] = "rough.strip_liqour"


def misspelt_inlet(data):
    data["cascade"][0]["inlet"] = {"feeed": "mixer"}


def misspelt_file(data):
    data["cascade"][0]["file"] = "nd_pr_p507_sopa"


def misspelt_path(data):
    data["cascade"][0]["set"]["section.extration.stages"] = 3


def misspelt_key(data):
    data["cascade"][0]["tagret"] = []


def misspelt_feed(data):
    del data["feed"][0]["oxide_share"]
    data["feed"][0]["feed"] = "bayan_obo"


def misspelt_element(data):
    data["feed"][0]["oxide_share"] = {"Pr": 0.25, "Ndd": 0.75}


def wrong_acid(data):
    data["step"].append({"name": "other", "kind": "reprecipitate", "inlet": ["rough.raffinate"], "acid": "HNO3"})
    data["cascade"][1]["inlet"] = {"feed": "other"}
    data["waste"].append("other.mother_liquor")


def free_inlet(data):
    data["cascade"][0]["set"]["solve.free"] = ["organic.flow_m3_h", "stream.feed.flow_m3_h"]


def unfed(data):
    data["step"][0]["inlet"] = ["polish.strip_liquor"]
    data["product"].append({"name": "x", "stream": "ndpr", "elements": ["Nd"]})


def same_name(data):
    data["step"][0]["name"] = "ndpr"


def share_out_of_range(data):
    data["product"][0]["purity_min"] = 99.9


def never_there(data):
    data["product"][0]["elements"] = ["Dy"]


def split_of_nothing(data):
    data["step"].append({"name": "bleed", "kind": "split", "inlet": ["rough.raffinate"]})
    data["cascade"][1]["inlet"] = {"feed": "bleed.rest"}
    data["waste"].append("bleed.part")


def two_compositions(data):
    data["feed"][0]["feed"] = "bayan_obo_usgs"


def nothing_fed(data):
    data["feed"][0]["oxide_share"] = {"Nd": 0.0}


def two_prices(data):
    data["feed"][0] |= {"quote": "rare-earth-concentrate-us-realised-2025-mp-10k", "usd_per_kg_oxide": 1.0}


def two_definitions(data):
    data["cascade"][0]["definition"] = {"elements": ["Nd"]}


def adjust_with_a_share(data):
    data["step"][0]["fraction"] = 0.5


def nothing_from_the_train(data):
    data["cascade"][0]["inlet"] = {}


def called_waste(data):
    data["step"][0]["name"] = "waste"
    data["cascade"][0]["inlet"] = {"feed": "waste"}


def no_toml(data):
    data["cascade"][0]["file"] = __file__


def two_into_a_split(data):
    data["step"].append({"name": "s", "kind": "split", "inlet": ["rough.raffinate", "ndpr"], "fraction": 0.1})
    data["cascade"][1]["inlet"] = {"feed": "s.rest"}
    data["step"][0]["inlet"] = ["polish.strip_liquor", "s.part"]


@pytest.mark.parametrize(
    ("change", "place", "says", "cure"),
    [
        (unused, "polish", "'polish.waste_brine' goes nowhere", 'add "polish.waste_brine" to waste'),
        (sold_twice, "product.again.stream", "goes to product.Nd2O3.stream and product.again.stream", 'kind "split"'),
        (endless, "rough, polish, mixer", "a loop without an outlet", "bleed"),
        (not_followed, "cascade.rough.inlet.feed", "Pr come with 'mixer' and have no exit", "elements"),
        (unknown_to_the_system, "cascade.rough.inlet.feed", "Lu come with 'mixer' and have no exit", "another system"),
        (misspelt_stream, "product.Nd2O3.stream", "there is no stream", "did you mean rough.strip_liquor?"),
        (misspelt_inlet, "cascade.rough.inlet.feeed", "the cascade takes in no 'feeed'", "did you mean feed?"),
        (misspelt_file, "cascade.rough.file", "there is no file", "did you mean nd_pr_p507_soap?"),
        (misspelt_path, "cascade.rough.set.section.extration.stages", "no extration", "section.extraction.stages?"),
        (misspelt_key, "cascade.rough.tagret", "unknown key", "did you mean target?"),
        (misspelt_feed, "feed.ndpr.feed", "there is no feed 'bayan_obo'", "did you mean bayan_obo_usgs?"),
        (misspelt_element, "feed.ndpr.oxide_share.Ndd", "unknown rare earth", "did you mean Nd?"),
        (wrong_acid, "cascade.polish.inlet.feed", "'other' is a NO3 liquor", 'acid = "HCl"'),
        (free_inlet, "cascade.rough.solve.free", "comes from the train", "free another quantity"),
        (unfed, "rough, polish, mixer", "no feed reaches it", "name what enters it"),
        (same_name, "feed, cascade, step", "2 of them are called 'ndpr'", "rename one"),
        (share_out_of_range, "product.Nd2O3.purity_min", "99.9 is out of range", ""),
        (never_there, "product.Nd2O3.elements", "Dy does not come into 'rough.strip_liquor'", ""),
        (two_compositions, "feed.ndpr", "feed and oxide_share are both given", "shipped feed"),
        (nothing_fed, "feed.ndpr.oxide_share", "nothing is fed", "type one"),
        (two_prices, "feed.ndpr.quote", "both given", "drop one"),
        (two_definitions, "cascade.rough", "file and definition are both given", "name a cascade file"),
        (adjust_with_a_share, "step.mixer.fraction", "adjust divides nothing", "drop it"),
        (nothing_from_the_train, "cascade.rough.inlet", "nothing comes from the train", "inlet ="),
        (called_waste, "feed, cascade, step", "'waste' is what waste is called", "rename it"),
        (no_toml, "cascade.rough.file", "is not TOML", ""),
        (two_into_a_split, "step.s.inlet", "a split takes one stream", "adjust them together"),
        (split_of_nothing, "step.bleed.fraction", "missing: a split divides", "say the share"),
    ],
)
def test_each_mistake_has_one_message(change, place, says, cure):
    findings = [each for each in refused(change).findings if says in each.offence]
    assert len(findings) == 1
    assert findings[0].place == place
    assert cure in findings[0].cure


@pytest.mark.parametrize("change", [unused, sold_twice, endless, not_followed, misspelt_stream, never_there])
def test_what_is_wrong_is_said_once(change):
    assert len(refused(change).findings) == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "is empty"), ("schema = ", "is not TOML"), ("schema = 1\n", "missing")],
)
def test_files_that_are_no_trains(text, says):
    with pytest.raises(InputError, match=says):
        loads_train(text)


def test_an_unknown_train_is_guessed():
    with pytest.raises(InputError, match=r"did you mean bayan_obo\?"):
        load_train("bayan_obbo")


def test_cascade_files_are_found_beside_the_train(tmp_path):
    train = load_train("nd_pr_in_two_cuts")
    text = train.to_toml().replace('file = "nd_pr_p507_soap"', 'file = "mine.toml"')
    from sxsim.definition import load

    (tmp_path / "mine.toml").write_text(load("nd_pr_p507_soap").to_toml(), encoding="utf-8")
    (tmp_path / "train.toml").write_text(text, encoding="utf-8")
    assert load_train(tmp_path / "train.toml").check() == []


def test_replace_reaches_by_name_and_leaves_the_rest():
    train = load_train("nd_pr_in_two_cuts")
    other = train.replace({"feed.ndpr.oxide_kg_h": 100.0})
    assert (other.feed[0].oxide_kg_h, train.feed[0].oxide_kg_h) == (100.0, 168.0)
    assert other.input_hash != train.input_hash
