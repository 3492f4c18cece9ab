from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.coding_puzzles.array_intersection import array_intersection, nested_loops
from algorithms.registry import load
from core.errors import InputError

ARRAY = st.lists(st.integers(-5, 5), max_size=15)


@given(ARRAY, ARRAY)
def test_equals_numpy(x: list[int], y: list[int]) -> None:
    expected = np.intersect1d(x, y).tolist()
    assert array_intersection(x, y)["intersection"] == expected
    assert sorted(nested_loops(x, y)[0]) == expected
    assert array_intersection(y, x)["intersection"] == expected


@given(ARRAY, ARRAY)
def test_multiset_takes_the_smaller_count(x: list[int], y: list[int]) -> None:
    multiset = array_intersection(x, y)["multiset"]
    assert all(multiset.count(v) == min(x.count(v), y.count(v)) for v in range(-5, 6))


def test_worked_examples_and_their_cost() -> None:
    r = load("array-intersection").run({"method": "nested loops"})
    # 4 comparisons for 1 and for 5; 9 matches at the 4th; 0 at the 2nd, after one look into the result
    assert r["intersection"] == [9, 0] and r["nested_comparisons"] == 4 + 4 + 4 + 2 + 1 and r["set_operations"] == 8
    bug = array_intersection([1, 0, 9, 9], [3, 0, 9, 9], method="list comprehension")
    assert bug["intersection"] == [0, 9, 9] and bug["has_duplicates"] and bug["distinct"] == 2


def test_there_is_no_method_named_intersect() -> None:
    assert not hasattr(set(), "intersect") and hasattr(set(), "intersection")


@pytest.mark.parametrize("bad", [{"x": [1] * 401}, {"y": ["a"]}, {"method": "sort"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("array-intersection").run(bad)
