"""Plots: what is drawn where, and that a figure touches no global state."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

from sxsim.cascade.solving import solve_quietly
from sxsim.chemistry.parameters import log10_K
from sxsim.definition import Cascade, load
from sxsim.definition.system import load_system_file, system_names
from sxsim.errors import InputError
from sxsim.report import plots
from sxsim.report.canvas import colours


@pytest.fixture(scope="module")
def contact():
    return solve_quietly(load("single_contact"))


@pytest.fixture(scope="module")
def cut():
    """Three elements over three sections, simulated as typed."""
    data = load("nd_pr_p507").to_data()
    del data["target"], data["solve"]
    for section, stages in zip(data["section"], (4, 3, 4), strict=True):
        section["stages"] = stages
    data["elements"] = ["Pr", "Nd", "Sm"]
    data["stream"]["feed"]["assay_g_L"] = {"Pr": 40.0, "Nd": 110.0, "Sm": 5.0}
    data["stream"]["strip_acid"]["flow_m3_h"] = 1.2
    return solve_quietly(Cascade.from_data(data))


def lines_of(ax):
    return {line.get_label(): line for line in ax.get_lines() if not line.get_label().startswith("_")}


@pytest.mark.parametrize("phase", ["organic", "aqueous"])
def test_a_profile_draws_the_mole_fractions_of_the_profile_table(cut, phase):
    ax = plots.stage_profile(cut, phase)
    table = cut.profile(phase)
    drawn = lines_of(ax)
    assert list(drawn) == ["Pr", "Nd", "Sm"]
    for symbol, line in drawn.items():
        np.testing.assert_array_equal(line.get_xdata(), table.index)
        np.testing.assert_allclose(line.get_ydata(), table[f"{symbol}_mole_fraction"], rtol=1e-12)
    assert "[-]" in ax.get_ylabel()
    assert phase in ax.get_ylabel()


def test_a_profile_marks_sections_and_draws_the_pH(cut):
    ax = plots.stage_profile(cut)
    assert [text.get_text() for text in ax.texts] == ["extraction (4)", "scrubbing (3)", "stripping (4)"]
    marks = [line.get_xdata()[0] for line in ax.get_lines() if line.get_linestyle() == "--"]
    assert marks == [4.5, 7.5]
    (right,) = [other for other in ax.figure.axes if other is not ax]
    np.testing.assert_array_equal(lines_of(right)["pH"].get_ydata(), cut.stage.pH)


def test_a_logarithmic_profile_shows_impurities_and_no_pH(cut):
    ax = plots.stage_profile(cut, log=True)
    assert ax.get_yscale() == "log"
    assert ax.figure.axes == [ax]
    assert ax.get_ylim()[0] >= 1e-6


def test_a_profile_is_drawn_where_it_is_told(cut):
    figure = Figure()
    ax = figure.subplots()
    assert plots.stage_profile(cut, ax=ax) is ax


def test_a_stage_without_rare_earths_leaves_a_gap(cut):
    organic = np.array(cut.stage.organic_mol_L)
    organic[0] = 0.0
    ax = plots.stage_profile(replace(cut, stage=replace(cut.stage, organic_mol_L=organic)))
    assert all(np.isnan(line.get_ydata()[0]) and line.get_ydata()[1] >= 0.0 for line in lines_of(ax).values())


def test_an_unknown_phase_is_refused(contact):
    with pytest.raises(InputError, match="there is no phase 'oil'"):
        plots.stage_profile(contact, "oil")


def test_a_single_stage_is_drawn(contact, tmp_path):
    figure = plots.profile_figure(contact)
    figure.savefig(tmp_path / "profile.png")
    assert len(figure.axes) == 3
    assert (tmp_path / "profile.png").stat().st_size > 5000


@pytest.mark.parametrize("name", system_names())
def test_log_D_of_every_system_is_drawn(name, tmp_path):
    figure = plots.log_D_figure(load_system_file(name))
    figure.savefig(tmp_path / "log_D.png")
    (ax,) = figure.axes
    assert ax.get_xlabel().startswith("free nitrate" if "nitrate" in name else "pH")
    assert all(np.isfinite(line.get_ydata()).all() for line in ax.get_lines())


def test_log_D_is_the_law_at_trace_loading():
    system = load_system_file("p507-chloride")
    drawn = lines_of(plots.log_D_against_pH(system, ["Nd", "Pr"], extractant_mol_L=1.5))
    assert list(drawn) == ["Pr", "Nd"]
    pH, value = drawn["Nd"].get_data()
    np.testing.assert_allclose(value, log10_K(system, "Nd") + 3.0 * np.log10(0.75) + 3.0 * pH, rtol=1e-12)
    np.testing.assert_allclose(value - drawn["Pr"].get_ydata(), np.log10(1.5), rtol=1e-9)


def test_log_D_of_a_solvating_extractant_rises_with_the_cube_of_the_nitrate():
    system = load_system_file("tbp-nitrate")
    drawn = lines_of(plots.log_D_against_anion(system, extractant_mol_L=0.5))
    assert set(drawn) == set(system.elements) - {"Ca", "Al"}
    anion, value = drawn["Nd"].get_data()
    expected = log10_K(system, "Nd") + system.law.a.value * np.log10(0.5) + 3.0 * np.log10(anion)
    np.testing.assert_allclose(value, expected, rtol=1e-12)


def test_measured_points_are_drawn_beside_the_lines():
    ax = plots.log_D_against_pH(load_system_file("p507-chloride"), ["Nd"])
    points = [line for line in ax.get_lines() if len(line.get_xdata()) == 1]
    assert len(points) > 20
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels[0] == "Nd"
    assert "li1987" in labels


def test_log_D_of_an_unknown_element_is_refused():
    with pytest.raises(InputError, match="Fe is not known"):
        plots.log_D_against_pH(load_system_file("p507-chloride"), ["Fe"])


def test_every_element_has_a_colour_of_its_own():
    for count in (1, 6, 7, 15):
        names = [str(index) for index in range(count)]
        assert len(set(colours(names).values())) == count


def test_no_figure_goes_through_pyplot(contact):
    plots.profile_figure(contact)
    assert "matplotlib.pyplot" not in sys.modules
