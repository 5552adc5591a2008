"""Measurements of the solver: how many cascades it solves, how fast, and against what."""
