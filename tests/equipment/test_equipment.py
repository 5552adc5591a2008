"""Mixer-settlers: volumes from residence and flux, phase ratio by recycle, hold-ups that add up, options refused."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sxsim.equipment import EquipmentOptions, StageFlows, mixer_settler, size_stages
from sxsim.equipment.options import equipment_parameters
from sxsim.errors import InputError
from sxsim.foundation.cited import cited_numbers

flows = st.floats(1e-3, 1e4)


def test_a_meab_unit_is_found_again():
    # MSU-4.5K: 12 m3/h of both phases, mixer 1.0 m3 (5 min), settler 4.5 m3
    unit = mixer_settler(StageFlows("extraction", 1, aqueous_m3_h=6.0, organic_m3_h=6.0))
    assert unit.mixer_m3 == pytest.approx(1.0)
    assert unit.settler_m3 == pytest.approx(4.5)
    assert unit.recycled_phase == ""
    assert unit.continuity == "either"


def test_a_strip_stage_recycles_aqueous_and_a_wash_stage_organic():
    strip = mixer_settler(StageFlows("stripping", 1, aqueous_m3_h=0.6, organic_m3_h=18.0))
    assert (strip.recycled_phase, strip.O_A_mixer) == ("aqueous", pytest.approx(2.0))
    assert strip.recycle_m3_h == pytest.approx(8.4)
    wash = mixer_settler(StageFlows("washing", 1, aqueous_m3_h=10.0, organic_m3_h=1.0))
    assert (wash.recycled_phase, wash.O_A_mixer) == ("organic", pytest.approx(1.0))


@given(flows, flows, st.floats(0.1, 1.0), st.floats(1.0, 10.0))
def test_hold_ups_fill_the_unit_and_the_mixer_keeps_its_phase_ratio(L, V, low, high):
    rules = equipment_parameters(EquipmentOptions(mixer_O_A_min=low, mixer_O_A_max=high))
    unit = mixer_settler(StageFlows("x", 1, L, V, {"Nd": 0.1}, {"Nd": 0.2}), rules)
    assert unit.organic_m3 + unit.aqueous_m3 == pytest.approx(unit.mixer_m3 + unit.settler_m3, rel=1e-12)
    assert low * (1 - 1e-9) <= unit.O_A_mixer <= high * (1 + 1e-9)
    assert unit.metal_kmol["Nd"] == pytest.approx(0.1 * unit.aqueous_m3 + 0.2 * unit.organic_m3)
    assert unit.recycle_m3_h >= 0.0


@given(flows, flows, st.floats(0.1, 10.0))
def test_a_unit_scales_with_its_flows(L, V, scale):
    one, other = (mixer_settler(StageFlows("x", 1, f * L, f * V)) for f in (1.0, scale))
    for name in ("mixer_m3", "settler_m2", "organic_m3", "agitator_kW"):
        assert getattr(other, name) == pytest.approx(scale * getattr(one, name), rel=1e-9)


@pytest.mark.parametrize(("O_A", "continuous"), [(4.0, "organic"), (0.2, "aqueous"), (1.0, "either")])
def test_the_continuous_phase_has_more_than_closest_packing(O_A, continuous):
    rules = equipment_parameters(EquipmentOptions(mixer_O_A_min=0.1, mixer_O_A_max=10.0))
    assert mixer_settler(StageFlows("x", 1, 1.0, O_A), rules).continuity == continuous


def test_totals_are_sums_and_inventory_is_told_in_hours_of_feed():
    stages = [StageFlows("x", j, 1.0, 2.0, {"Nd": 0.5, "Ca": 0.1}, {"Nd": 0.1}) for j in (1, 2, 3)]
    plant = size_stages(stages, feed_kmol_h=2.0)
    assert plant.mixers_m3 == pytest.approx(3 * plant.stages[0].mixer_m3)
    assert plant.organic_m3 == pytest.approx(3 * plant.stages[0].organic_m3 + 2.0 * 2.0)
    assert plant.inventory_h == pytest.approx(plant.metal_kmol["Nd"] / 2.0)
    assert plant.oxide_kg == pytest.approx(plant.metal_kmol["Nd"] * (144.24 + 1.5 * 15.999))
    assert plant.basis["settler_flux_m3_h_m2"].status == "unverified"
    told = plant.to_dict()
    assert told["stages"][2]["stage"] == 3
    assert told["footprint_m2"] == pytest.approx(plant.footprint_m2)
    assert math.isinf(size_stages(stages).inventory_h)
    assert size_stages(stages).to_dict()["inventory_h"] is None


def test_options_replace_defaults_and_say_so():
    plant = size_stages([StageFlows("x", 1, 6.0, 6.0)], options=EquipmentOptions(mixer_residence_min=10.0))
    assert plant.mixers_m3 == pytest.approx(2.0)
    assert plant.basis["mixer_residence_min"].status == "given"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"mixer_residence_min": -1.0}, "mixer_residence_min: -1 is out of range"),
        ({"settler_organic_fraction": 50.0}, "for 50 % write 0.5"),
        ({"settler_flux_m3_h_m2": math.nan}, "not a finite number"),
        ({"mixer_O_A_min": 3.0}, "exceeds mixer_O_A_max 2"),
    ],
)
def test_nonsense_is_refused_with_the_cure(options, says):
    with pytest.raises(InputError, match=says):
        equipment_parameters(EquipmentOptions(**options))


def test_a_stage_without_flow_is_refused():
    with pytest.raises(InputError, match="stripping 2"):
        mixer_settler(StageFlows("stripping", 2, 0.0, 0.0))
    with pytest.raises(InputError, match="stripping 2"):
        mixer_settler(StageFlows("stripping", 2, -1.0, 3.0))


def test_a_default_outside_its_own_range_would_be_found():
    for name, number in cited_numbers("data", "economics", "parameters", "equipment.toml").items():
        assert name == number.name
        assert number.source
