from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.coding_puzzles.list_vs_tuple import is_hashable, list_vs_tuple
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 300))
def test_a_tuple_is_never_larger(n: int) -> None:
    r = list_vs_tuple(n)
    assert r["tuple_bytes"] < r["list_bytes"]
    assert r["tuple_bytes"] == sys.getsizeof(tuple(range(n)))
    assert r["append_sizes"] == sorted(r["append_sizes"])


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="sizes belong to a version of CPython")
def test_sizes_of_three_items() -> None:
    r = load("list-vs-tuple").run()
    assert (r["list_bytes"], r["tuple_bytes"]) == (88, 64)


def test_change_and_hash() -> None:
    r = list_vs_tuple(2)
    assert r["list_changed"] == [-1, 1] and "does not support item assignment" in r["tuple_error"]
    assert (r["list_hashable"], r["tuple_hashable"], r["tuple_with_list_hashable"]) == (False, True, False)
    assert list_vs_tuple(0)["tuple_error"] == "" and list_vs_tuple(0)["list_changed"] == []


def test_append_enlarges_rarely() -> None:
    assert list_vs_tuple(10_000)["enlargements"] < 100
    few = list_vs_tuple(20)
    assert len(few["append_sizes"]) < 50  # all sizes are shown
    assert few["enlargements"] == len(few["append_sizes"]) - 1  # the first size is that of the empty list


def test_the_comma_makes_the_tuple() -> None:
    pair = 1, 2
    assert isinstance(pair, tuple) and is_hashable(pair)
    assert isinstance((1), int) and isinstance((1,), tuple)


@pytest.mark.parametrize("bad", [{"n": -1}, {"n": 10**9}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("list-vs-tuple").run(bad)
