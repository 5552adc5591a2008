"""Pictures of sweeps: lines, maps, points."""

import numpy as np
from tests.studies.cases import contact

from sxsim.report.sweep_plots import sweep_figures, sweep_map
from sxsim.studies import Range, run
from sxsim.studies.points import Sampling
from sxsim.studies.study import make_study


def swept(axes, **options):
    study = make_study(contact(), axes, outputs=["streams.raffinate.pH", "closure"], **options)
    return study, run(study)


def test_one_axis_gives_lines_and_marks_what_failed():
    study, table = swept({"organic.flow_m3_h": [-1.0, 0.8, 1.0, 1.2]})
    figure = sweep_figures(study, table)["sweep"]
    (ax,) = figure.axes  # closure is an error and not drawn
    assert ax.get_ylabel() == "streams.raffinate.pH"
    assert "1 cases without figures" in ax.get_legend().get_texts()[0].get_text()


def test_two_axes_give_a_map_with_its_values_in_their_places():
    axes = {"organic.flow_m3_h": [1.2, 0.8], "stream.feed.pH": Range(1.0, 3.0, 3)}
    study, table = swept(axes)
    ax = sweep_map(study, table, "streams.raffinate.pH")
    drawn = ax.collections[0].get_array().reshape(2, 3)
    rows = table.to_pandas().set_index(["organic.flow_m3_h", "stream.feed.pH"])["streams.raffinate.pH"]
    assert drawn[0].tolist() == [rows[0.8, 1.0], rows[0.8, 2.0], rows[0.8, 3.0]]
    assert np.allclose(ax.collections[0].get_coordinates()[0, :, 0], [0.5, 1.5, 2.5, 3.5])
    assert ax.get_xlabel() == "stream.feed.pH"


def test_a_sample_gives_points_over_each_axis():
    axes = {"organic.flow_m3_h": Range(0.8, 1.2), "stream.feed.pH": Range(1.0, 3.0)}
    study, table = swept(axes, sampling=Sampling("sobol", 8))
    assert len(sweep_figures(study, table)["sweep"].axes) == 2


def test_words_stand_on_their_axis():
    study, table = swept({"economics.price_set": ["china-2024", "us-2024"]})
    ax = sweep_figures(study, table)["sweep"].axes[0]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["china-2024", "us-2024"]
