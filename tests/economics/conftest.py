"""Solved cascades that the tests of this folder share."""

import warnings

import pytest

import sxsim
from sxsim.errors import ValidityWarning


def solved(name, changes=None):
    cascade = sxsim.load(name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)
        return sxsim.solve(cascade.replace(changes) if changes else cascade)


@pytest.fixture(scope="session")
def nd_pr():
    return solved("nd_pr_p507")


@pytest.fixture(scope="session")
def nd_pr_soap():
    return solved("nd_pr_p507_soap")
