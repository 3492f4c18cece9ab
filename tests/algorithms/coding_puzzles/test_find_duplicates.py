from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.coding_puzzles.find_duplicates import duplicates, find_duplicates
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.integers(0, 6), min_size=1, max_size=30))
def test_equals_numpy(values: list[int]) -> None:
    found, counts = np.unique(values, return_counts=True)
    r = find_duplicates(values)
    assert r["by_frequency"] == sorted(r["duplicates"]) == found[counts > 1].tolist()
    assert r["counts"] == {str(v): values.count(v) for v in r["duplicates"]}
    assert len(r["seen_set_without_check"]) == len(values) - len(set(values))


def test_worked_examples() -> None:
    assert load("find-duplicates").run()["duplicates"] == [1, 3]
    r = find_duplicates([1, 1, 1])
    assert r["duplicates"] == [1] and r["seen_set_without_check"] == [1, 1]
    assert duplicates([3, 1, 1, 3]) == [1, 3]


@pytest.mark.parametrize("bad", [{"values": []}, {"values": ["a"]}, {"values": [0.5]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("find-duplicates").run(bad)
