"""Fields that are worked out when they are first asked for."""

import pickle
from dataclasses import FrozenInstanceError, dataclass, replace

import pytest

from sxsim.foundation.deferring import Deferred, Later


class Source:
    def __init__(self):
        self.asked = 0

    @property
    def answer(self):
        self.asked += 1
        return 42


@dataclass(frozen=True)
class Record:
    name: str
    answer: Deferred[int] = Deferred()


def test_a_field_is_worked_out_once_and_only_when_asked_for():
    source = Source()
    record = Record("a", Later(source, "answer"))
    assert source.asked == 0
    assert (record.answer, record.answer, source.asked) == (42, 42, 1)


def test_a_record_is_replaced_and_compared_like_any_other():
    record = Record("a", Later(Source(), "answer"))
    assert replace(record, answer=1) == Record("a", 1)
    assert replace(record, name="b") == Record("b", 42)


def test_a_record_stays_frozen_and_has_no_default():
    with pytest.raises(FrozenInstanceError):
        Record("a", 1).answer = 2
    with pytest.raises(TypeError, match="answer"):
        Record("a")


def test_a_record_travels_before_it_is_asked():
    assert pickle.loads(pickle.dumps(Record("a", Later(Source(), "answer")))).answer == 42
