from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.coding_puzzles.combinations import choose, combinations
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 8), st.integers(0, 9))
def test_equals_itertools(n: int, k: int) -> None:
    expected = [list(c) for c in itertools.combinations(range(1, n + 1), k)]
    assert list(choose(n, k)) == expected
    assert combinations(n, k)["count"] == len(expected)


def test_worked_example_and_the_mistake() -> None:
    r = load("combinations").run()
    assert r["combinations"] == [[1, 2], [1, 3], [2, 3]] and r["count"] == 3
    wrong = [list(c) for c in itertools.combinations([2 for _ in range(1, 4)], 2)]
    assert r["comprehension_mistake"] == wrong == [[2, 2]] * 3


def test_a_large_case_is_cut() -> None:
    r = combinations(30, 15)
    assert r["count"] == 155_117_520 and r["listed"] == 50
    assert r["combinations"][0] == list(range(1, 16))


@pytest.mark.parametrize("bad", [{"n": -1}, {"k": 31}, {"n": 2.5}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("combinations").run(bad)
