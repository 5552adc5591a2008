"""Every result and error survives pickling and copying as an equal object, and cannot be changed inside."""

import copy
import dataclasses
import importlib
import inspect
import json
import pickle
import pkgutil

import numpy as np
import pytest

import sxsim
from sxsim.cascade.solving import solve_quietly
from sxsim.definition import Cascade
from sxsim.definition.loading import bundled_names
from sxsim.economics import CostOptions, price_set
from sxsim.equipment import EquipmentOptions
from sxsim.errors import ConvergenceError, Finding, InputError, SxsimError, UnreachableTarget, ValidityWarning
from sxsim.foundation.files import shipped
from sxsim.foundation.freezing import Compared, FrozenTable, Record
from sxsim.plant import load_train, solve_train
from sxsim.plant.linked import load_linked
from sxsim.studies import Range

NOT_TOLD = ("sxsim.app", "sxsim.cli", "sxsim.kernels", "sxsim.report")
"""What shows results to people and gives none out, and the kernels, which know only arrays."""


def modules():
    """Every other module of the package."""
    for found in pkgutil.walk_packages(sxsim.__path__, "sxsim."):
        if not found.name.startswith(NOT_TOLD):
            yield importlib.import_module(found.name)


def classes():
    """Every class that such a module defines."""
    found = {value for module in modules() for value in vars(module).values() if inspect.isclass(value)}
    return sorted((each for each in found if each.__module__.startswith("sxsim.")), key=lambda each: each.__qualname__)


CLASSES = classes()
ERRORS = [each for each in CLASSES if issubclass(each, SxsimError | ValidityWarning)]
FROZEN = [each for each in CLASSES if dataclasses.is_dataclass(each) and each.__dataclass_params__.frozen]
PUBLIC = {each: getattr(importlib.import_module(each.__module__), "__all__", ()) for each in FROZEN}
GIVES_OUT = [each for each, names in PUBLIC.items() if each.__name__ in names]
WORKING = {"Account", "Action", "DataFile", "Posed", "Together"}
"""Frozen dataclasses with mappings, arrays or functions that no caller is given."""


def copies(thing):
    """The thing through pickle and through deepcopy."""
    return pickle.loads(pickle.dumps(thing)), copy.deepcopy(thing)


def stand_in(annotation):
    """Something of the kind a field holds: NaN, arrays and nested tables are what equality stumbles over."""
    if "Mapping" in annotation or annotation.startswith("dict"):
        return {"Nd": {"feed": float("nan")}, "Pr": (1.0, None)}
    if "NDArray" in annotation or annotation in ("Floats", "Array"):
        return np.array([1.0, np.nan])
    return {"str": "x", "int": 3, "bool": True}.get(annotation, float("nan"))


def of_stand_ins(cls):
    """A record of the class made of stand-ins."""
    return cls(**{each.name: stand_in(str(each.type)) for each in dataclasses.fields(cls)})


@pytest.mark.parametrize("cls", [each for each in FROZEN if issubclass(each, Compared)], ids=lambda each: each.__name__)
def test_a_record_is_equal_to_its_copies_and_to_nothing_else(cls):
    record = of_stand_ins(cls)
    for again in copies(record):
        assert type(again) is cls
        assert again == record
        assert hash(again) == hash(record)
    assert record != "x"
    assert record is not None
    changed = dataclasses.replace(record, **{dataclasses.fields(cls)[0].name: "something else"})
    assert changed != record


@pytest.mark.parametrize("cls", [each for each in FROZEN if issubclass(each, Record)], ids=lambda each: each.__name__)
def test_a_record_cannot_be_changed_inside(cls):
    for record in (of_stand_ins(cls), copy.deepcopy(of_stand_ins(cls)), pickle.loads(pickle.dumps(of_stand_ins(cls)))):
        for field in dataclasses.fields(cls):
            value = getattr(record, field.name)
            if isinstance(value, dict):
                with pytest.raises(TypeError, match="frozen"):
                    value["Dy"] = 1.0
                with pytest.raises(TypeError, match="frozen"):
                    value["Nd"]["feed"] = 1.0
            if isinstance(value, np.ndarray):
                with pytest.raises(ValueError, match="read-only"):
                    value[0] = 2.0
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(record, dataclasses.fields(cls)[0].name, 1.0)


@pytest.mark.parametrize("cls", GIVES_OUT, ids=lambda each: each.__name__)
def test_what_holds_mappings_or_arrays_is_such_a_record(cls):
    kinds = [str(each.type) for each in dataclasses.fields(cls)]
    if cls.__name__ in WORKING or issubclass(cls, Compared):
        return
    assert not [kind for kind in kinds if isinstance(stand_in(kind), dict | np.ndarray)], cls
    assert cls.__dataclass_params__.eq, cls


@pytest.fixture(scope="module")
def contact():
    return solve_quietly(sxsim.load("single_contact"))


@pytest.fixture(scope="module")
def train():
    return solve_train(load_train("nd_pr_in_two_cuts"))


def test_results_of_the_public_verbs_are_equal_to_their_copies(contact, train):
    from sxsim.plant import compare_trains, cost_train
    from sxsim.plant.linked import solve_linked
    from sxsim.plant.synthesis import synthesize

    told = [
        contact,
        sxsim.cost(contact),
        sxsim.design(sxsim.load("la_from_pr_nd_naphthenic")),
        train,
        cost_train(train),
        compare_trains(train, train),
        solve_linked(load_linked("nd_pr_ce_la")),
        synthesize({"Nd": 0.5, "Pr": 0.5}),
    ]
    for thing in told:
        for again in copies(thing):
            assert again == thing, type(thing)
            assert again.to_dict() == thing.to_dict()


@pytest.mark.parametrize("name", bundled_names())
def test_definitions_are_equal_to_their_copies(name):
    cascade = sxsim.load(name)
    for again in copies(cascade):
        assert again == cascade
        assert again.input_hash == cascade.input_hash


def test_a_start_up_is_equal_to_its_copies():
    run = sxsim.start_up(sxsim.load("single_contact"), policy="open", days=0.05)
    for again in copies(run):
        assert again == run
        assert again.dataset().identical(run.dataset())


def test_a_result_cannot_be_changed_inside(contact):
    for again in (contact, *copies(contact)):
        for table in (again.stream, again.found, again.load, again.closure_by_component, again.stream["feed"].purity):
            with pytest.raises(TypeError, match="frozen"):
                table["Nd"] = 1.0
        with pytest.raises(TypeError, match="frozen"):
            again.stream["feed"].concentration_mol_L.update(Nd=9.0)
        with pytest.raises(ValueError, match="read-only"):
            again.stage.organic_mol_L[0, 0] = 1.0
    assert dict(contact.found) == {}


def refusals():
    """One of each error, with everything that it can carry."""
    finding = Finding("organic.flow_m3_h", "is negative", "at least 0", "drop the sign")
    yield InputError(finding)
    yield InputError([finding, finding], "a file.toml")
    yield ConvergenceError("stage extraction 12: too much", solve_quietly(sxsim.load("single_contact")))
    for cls in ERRORS:
        if not issubclass(cls, InputError | ConvergenceError):
            yield cls("what went wrong")
    short = sxsim.load("nd_pr_p507").replace({"section.scrubbing.stages": 3})
    try:
        solve_quietly(short)
    except UnreachableTarget as refusal:
        yield refusal
    try:
        solve_train(load_train("nd_pr_in_two_cuts").replace({"product.Nd2O3.purity_min": 0.99999999}))
    except UnreachableTarget as refusal:
        yield refusal


def test_every_error_is_equal_to_its_copies():
    seen = set()
    for error in refusals():
        seen.add(type(error))
        for again in (*copies(error), copy.copy(error)):
            assert type(again) is type(error)
            assert again == error
            assert str(again) == str(error)
            assert vars(again) == vars(error)
            assert hash(again) == hash(error)
        assert error != type(error)(Finding("x", "another")) if isinstance(error, InputError) else error != "x"
    assert seen == set(ERRORS)


def test_a_frozen_table_is_a_table():
    table = FrozenTable(Nd=1.0)
    assert table == {"Nd": 1.0}
    assert table | {"Pr": 2.0} == {"Nd": 1.0, "Pr": 2.0}
    assert hash(table) == hash(FrozenTable({"Nd": 1.0}))
    with pytest.raises(TypeError, match=r"Cascade\.replace"):
        del table["Nd"]


NUMBERS = (np.float64, np.float32, np.array)
"""What gives a number of numpy's for one of Python's; the last one an array without dimensions."""


@pytest.mark.parametrize("number", NUMBERS, ids=lambda each: each.__name__)
def test_numbers_of_numpy_are_numbers(number):
    plain = sxsim.load("single_contact").replace({"organic.flow_m3_h": 2.0, "section.extraction.stages": 2})
    changes = {"organic.flow_m3_h": number(2.0), "section.extraction.stages": np.int64(2)}
    assert sxsim.load("single_contact").replace(changes) == plain
    assert sxsim.load("single_contact").replace(changes).input_hash == plain.input_hash
    data = plain.to_data()
    data["organic"]["extractant_mol_L"] = number(data["organic"]["extractant_mol_L"])
    data["stream"]["feed"]["acid_mol_L"] = number(0.5)
    typed = Cascade.from_data(data)
    assert type(typed.organic.extractant_mol_L) is float
    result = solve_quietly(plain, start={"organic.flow_m3_h": number(2.0)})
    options = CostOptions(discount_rate=number(0.125), equipment=EquipmentOptions(mixer_residence_min=number(4.0)))
    prices = price_set("china-2024").replace({"HCl": number(0.5)})
    assert prices.price("HCl").usd_per_unit == 0.5
    paid = dataclasses.replace(options, feed_usd_per_kg_oxide=number(3.0) if number is not np.array else 3.0)
    json.dumps(sxsim.cost(result, prices, paid).to_dict())
    bill = sxsim.cost(result, prices, options)
    assert bill.basis["discount_rate"].value == 0.125
    json.dumps(bill.to_dict())
    table = sxsim.sweep(plain, {"organic.flow_m3_h": Range(number(1.0), number(2.0), np.int64(2))}, outputs=["closure"])
    assert list(table["organic.flow_m3_h"]) == [1.0, 2.0]
    train = load_train("nd_pr_in_two_cuts")
    assert train.replace({"feed.ndpr.oxide_kg_h": number(100.0)}) == train.replace({"feed.ndpr.oxide_kg_h": 100.0})
    assert train.scaled(number(2.0)) == train.scaled(2.0)


def test_what_has_no_answer_is_refused(contact, train):
    with pytest.raises(InputError, match=r"unknown basis 'mass' \(allowed: oxide, mol\)"):
        contact.purity("raffinate", "Nd", basis="mass")
    with pytest.raises(InputError, match="unknown basis 'Oxide'"):
        train.streams["rough.strip_liquor"].share(["Nd"], "Oxide")
    with pytest.raises(InputError, match=r"'feed' is no product.*raffinate.*ask for a product"):
        contact.recovery("feed", "Nd")
    raffinate = dataclasses.replace(contact.stream["raffinate"], recovery={})
    unfed = dataclasses.replace(contact, stream={**contact.stream, "raffinate": raffinate})
    with pytest.raises(InputError, match="no Nd is fed"):
        unfed.recovery("raffinate", "Nd")


def test_a_neighbouring_system_file_counts_with_what_it_holds(tmp_path):
    system = shipped("data", "distribution_coeffs", "systems", "p507-chloride.toml").read_text(encoding="utf-8")
    text = shipped("cascades", "single_contact.toml").read_text(encoding="utf-8")
    text = text.replace('system = "p507-chloride"', 'system = "ours.toml"')
    found = []
    for folder, content in (("a", system), ("b", system), ("c", system.replace("title = ", "title = 'ours' # ", 1))):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "ours.toml").write_text(content, encoding="utf-8")
        (tmp_path / folder / "contact.toml").write_text(text, encoding="utf-8")
        found.append(sxsim.load(tmp_path / folder / "contact.toml"))
    one, same, other = (cascade.input_hash for cascade in found)
    assert one == same != other
    assert found[0].organic.system != found[1].organic.system
    assert one != sxsim.load("single_contact").input_hash


def test_a_train_and_a_linked_extraction_look_beside_their_files_for_a_system(tmp_path):
    system = shipped("data", "distribution_coeffs", "systems", "p507-chloride.toml").read_text(encoding="utf-8")
    cut = shipped("cascades", "nd_pr_p507_soap.toml").read_text(encoding="utf-8")
    train = shipped("cascades", "trains", "nd_pr_in_two_cuts.toml").read_text(encoding="utf-8")
    linked = shipped("cascades", "linked", "nd_pr_ce.toml").read_text(encoding="utf-8")
    hashes = []
    for folder in ("a", "b"):
        place = tmp_path / folder
        place.mkdir()
        (place / "ours.toml").write_text(system, encoding="utf-8")
        (place / "cut.toml").write_text(cut.replace('"p507-chloride"', '"ours.toml"'), encoding="utf-8")
        (place / "train.toml").write_text(train.replace('"nd_pr_p507_soap"', '"cut.toml"'), encoding="utf-8")
        (place / "linked.toml").write_text(linked.replace('"p507-chloride"', '"ours.toml"'), encoding="utf-8")
        loaded = load_train(place / "train.toml"), load_linked(place / "linked.toml")
        hashes.append([each.input_hash for each in loaded])
    assert hashes[0] == hashes[1]
