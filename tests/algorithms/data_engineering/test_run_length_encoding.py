from __future__ import annotations

from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.data_engineering.run_length_encoding import decode, run_length_encoding, runs
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.integers(0, 3), max_size=60))
def test_equals_groupby_and_round_trips(values: list[int]) -> None:
    assert runs(values) == [(value, len(list(group))) for value, group in groupby(values)]
    assert decode(runs(values)) == values


@given(st.lists(st.integers(0, 5), min_size=1, max_size=60))
def test_sorting_leaves_one_run_a_distinct_value(values: list[int]) -> None:
    r = run_length_encoding(values)
    assert r["runs_when_sorted"] == len(set(values)) <= r["runs"]
    assert r["numbers_stored"] == 2 * r["runs"] and r["decodes_exactly"]


def test_worked_examples() -> None:
    r = load("run-length-encoding").run()
    assert r["encoded"] == [1, 4, 2, 2, 3, 5] and r["compression_ratio"] == pytest.approx(11 / 6)
    r = run_length_encoding([1, 2, 3, 4, 5, 1, 2, 3, 4, 5])
    assert (r["runs"], r["runs_when_sorted"], r["compression_ratio"]) == (10, 5, 0.5)


@pytest.mark.parametrize("bad", [{"values": []}, {"values": ["a"]}, {"values": [1] * 5000}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("run-length-encoding").run(bad)
