"""What was worked out of an object that never changes is worked out once, and goes with the object."""

import gc
import weakref

import pytest

from sxsim.foundation import remembering
from sxsim.foundation.remembering import remembered


class Thing:
    def __init__(self, value):
        self.value = value

    def __eq__(self, other):
        raise AssertionError("objects are not compared")

    __hash__ = None


def counted():
    asked = []

    @remembered
    def times(thing, factor):
        asked.append((thing.value, factor))
        return [thing.value * factor]

    return times, asked


def test_each_object_and_each_argument_is_asked_for_once():
    times, asked = counted()
    two, other_two = Thing(2), Thing(2)
    assert times(two, 3) is times(two, 3)
    assert times(two, 4) == [8]
    assert times(other_two, 3) is not times(two, 3)
    assert asked == [(2, 3), (2, 4), (2, 3)]


def test_an_answer_does_not_outlive_its_object():
    times, asked = counted()
    thing = Thing(1)
    gone = weakref.ref(thing)
    times(thing, 1)
    del thing
    gc.collect()
    assert gone() is None
    for value in range(2, 50):  # another object may stand where the first did
        assert times(Thing(value), 1) == [value]
    assert len(asked) == 49


def test_answers_of_one_object_do_not_pile_up(monkeypatch):
    monkeypatch.setattr(remembering, "MOST", 3)
    times, asked = counted()
    thing = Thing(1)
    assert [times(thing, factor)[0] for factor in (*range(5), *range(5))] == [*range(5), *range(5)]
    assert len(asked) == 10
    assert times(thing, 4) is times(thing, 4)


def test_what_fails_is_asked_again():
    asked = []

    @remembered
    def never(thing):
        asked.append(thing)
        raise ValueError("no answer")

    thing = Thing(1)
    for _ in range(2):
        with pytest.raises(ValueError, match="no answer") as caught:
            never(thing)
        assert caught.value.__context__ is None
    assert len(asked) == 2
