import pytest

from sxsim.foundation.suggestions import did_you_mean, nearest


@pytest.mark.parametrize(
    ("word", "choices", "said"),
    [
        ("stage", ["stages", "name", "kind"], "did you mean stages?"),
        ("NH4", ["nh4", "Na"], "did you mean nh4?"),
        ("kerosin", ["kerosene"], "did you mean kerosene?"),
        ("feed3", ["feed1", "feed2", "scrub"], "did you mean feed1 or feed2?"),
        ("feed0", ["feed1", "feed2", "feed3", "feed4"], "did you mean feed1, feed2 or feed3?"),
        ("platinum", ["stages", "name"], ""),
        ("anything", [], ""),
    ],
)
def test_did_you_mean(word, choices, said):
    assert did_you_mean(word, choices) == said


def test_the_best_comes_first_and_the_far_are_left_out():
    assert nearest("section.scrub.stages", ["section.scrubbing.name", "section.scrubbing.stages"]) == [
        "section.scrubbing.stages"
    ]
    assert nearest("scrubing", ["stripping", "scrubbing"])[0] == "scrubbing"
