"""The relations of the metamorphic benchmark over a few random cascades, and that each can fail."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.metamorphic import ALIKE, RELATIONS, held, random_cascade


@pytest.mark.parametrize("number", range(6))
def test_every_relation_holds(number):
    posed, result, _ = random_cascade(7, number)
    for relation in RELATIONS:
        found = held(relation, posed, result)
        assert found.apart <= ALIKE, (relation, found)


@pytest.mark.parametrize("relation", RELATIONS)
def test_a_relation_that_is_broken_is_seen(relation, monkeypatch):
    """A millionth more of what is expected, in one stage and one component."""
    posed, result, _ = random_cascade(7, 0)
    plain = RELATIONS[relation]

    def wrong(asked):
        data, expected = plain(asked)

        def spoilt(before):
            organic, aqueous, h = map(np.array, expected(before))
            at = np.unravel_index(organic.argmax(), organic.shape)
            organic[at] *= 1.0 + 1e-6
            return organic, aqueous, h

        return data, spoilt

    monkeypatch.setitem(RELATIONS, relation, wrong)
    assert held(relation, posed, result).apart > 1e-7
