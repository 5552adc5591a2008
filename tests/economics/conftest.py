"""Solved cascades that the tests of this folder share."""

import pytest

import sxsim
from sxsim.cascade.solving import solve_quietly


@pytest.fixture(scope="session")
def nd_pr():
    return solve_quietly(sxsim.load("nd_pr_p507"))


@pytest.fixture(scope="session")
def nd_pr_soap():
    return solve_quietly(sxsim.load("nd_pr_p507_soap"))
