"""Definitions: every TOML table's model, loading, checking and writing."""

from sxsim.definition.cascade import Cascade, Product
from sxsim.definition.loading import bundled_names, load, loads

__all__ = ["Cascade", "Product", "bundled_names", "load", "loads"]
