"""Plots of chemistry and of solved cascades; every axis says its unit.

Figures are made without pyplot, so nothing here touches a display or a global state.
"""

from __future__ import annotations

from sxsim.report.chemistry_plots import log_D_against_anion, log_D_against_pH, log_D_figure, residual_figure
from sxsim.report.profile_plots import profile_figure, stage_profile

__all__ = [
    "log_D_against_anion",
    "log_D_against_pH",
    "log_D_figure",
    "profile_figure",
    "residual_figure",
    "stage_profile",
]
