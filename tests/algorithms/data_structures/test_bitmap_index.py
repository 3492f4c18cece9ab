from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.data_structures.bitmap_index import bitmap_index, bitmaps
from algorithms.registry import load
from core.errors import InputError

ROWS = st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from("01")).map(list), min_size=1, max_size=40)


@given(ROWS, st.sampled_from("xyzw"), st.sampled_from("012"))
def test_and_or_equal_a_scan(rows: list[list[str]], a: str, b: str) -> None:
    both = bitmap_index(["a", "b"], rows, {"a": a, "b": b})
    either = bitmap_index(["a", "b"], rows, {"a": a, "b": b}, combine="or")
    assert both["rows"] == [i for i, r in enumerate(rows) if r[0] == a and r[1] == b]
    assert either["rows"] == [i for i, r in enumerate(rows) if r[0] == a or r[1] == b]
    assert both["count"] == len(both["rows"])


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=70))
def test_bitmaps_partition_the_rows(values: list[str]) -> None:
    found = bitmaps(values)
    assert sum(found.values()) == 2 ** len(values) - 1
    assert {v: m.bit_count() for v, m in found.items()} == {v: values.count(v) for v in set(values)}


def test_golden() -> None:
    r = load("bitmap-index").run()
    assert r["bitmaps"] == {"color=red": "101101", "size=M": "011001"}
    assert r["result"] == "001001" and r["rows"] == [2, 5] and r["count"] == 2
    assert r["cardinality"] == {"color": 2, "size": 3} and r["index_bytes"] == 5 * 1


@pytest.mark.parametrize(
    "bad",
    [{"columns": ["a"]}, {"columns": ["a", "a"]}, {"where": {"weight": "1"}}, {"where": {}}, {"rows": [["x"], []]}],
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("bitmap-index").run(bad)
