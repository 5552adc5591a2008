"""Mixers, settlers and what stands in them: volumes, areas, inventories, power."""

from __future__ import annotations

from sxsim.equipment.options import EquipmentOptions
from sxsim.equipment.sizing import Equipment, size, size_stages
from sxsim.equipment.stage import MixerSettler, StageFlows, mixer_settler

__all__ = ["Equipment", "EquipmentOptions", "MixerSettler", "StageFlows", "mixer_settler", "size", "size_stages"]
