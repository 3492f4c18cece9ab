from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.data_structures.hash_index import HashIndex, hash_index
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.text("abcd", max_size=3), max_size=80))
def test_equals_a_dict_and_stays_below_its_load(keys: list[str]) -> None:
    index, expected = HashIndex(), defaultdict(list)
    for row, key in enumerate(keys):
        index.add(key, row)
        expected[key].append(row)
    assert all(index.lookup(key)[0] == rows for key, rows in expected.items())
    assert index.lookup("no such key")[0] == []
    assert index.keys == len(expected) <= 0.75 * len(index.buckets)
    assert sum(map(len, index.buckets)) == len(expected)


def test_a_lookup_compares_few_entries_in_a_large_table() -> None:
    records = [{"id": str(i)} for i in range(1000)]
    r = hash_index(records, field="id", value="777", kind="primary")
    assert r["rows"] == [777] and r["entries_compared"] <= r["longest_chain"] < 10
    assert r["rows_scanned_without_index"] == 1000 and r["buckets"] == 2048


def test_kinds() -> None:
    example = load("hash-index").example["records"]
    assert hash_index(example, "city", "Paris")["rows"] == [0, 2]
    assert hash_index(example, "city", "Paris")["indexed_records"] == 4
    sparse = hash_index(example, "city", "Paris", kind="sparse")
    assert sparse["rows"] == [0, 2] and sparse["indexed_records"] == 3 and sparse["distinct_keys"] == 2
    assert hash_index(example, "from", "a", kind="edge")["rows"] == [0, 1]


@pytest.mark.parametrize(
    "bad",
    [
        {"kind": "primary", "field": "city"},
        {"kind": "primary", "field": "id", "records": [{"id": "1"}, {"id": "1"}]},
        {"records": []},
        {"records": [{str(i): "x" for i in range(9)}]},
    ],
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("hash-index").run(bad)
