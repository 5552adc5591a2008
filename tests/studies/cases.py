"""Studies that the tests share: many cheap cases, some of which fail."""

from sxsim.definition import load
from sxsim.studies import Range
from sxsim.studies.study import make_study


def flows(chunk_cases=3):
    """Twelve cases of the Nd/Pr cascade, asked for its targets; those of the two lower saponifications fail."""
    axes = {"organic.saponified_fraction": Range(0.24, 0.39, 4), "stream.feed.pH": [1.5, 2.0, 2.5]}
    return make_study(load("nd_pr_p507"), axes, chunk_cases=chunk_cases)


def contact():
    """One contact whose feed has no acid but that of its pH."""
    return load("single_contact").replace({"stream.feed.acid_mol_L": 0.0})


def contacts(count=12, chunk_cases=3):
    """Single contacts, a few milliseconds each."""
    return make_study(contact(), {"stream.feed.pH": Range(1.0, 3.0, count)}, chunk_cases=chunk_cases)
