from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.data_engineering.columnar_storage import column_runs, columnar_storage, sort_rows
from algorithms.registry import load
from core.errors import InputError

TABLES = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from("vwxyz"), st.sampled_from("123")).map(list),
    min_size=1,
    max_size=30,
)


@given(TABLES, st.sampled_from(["none", "low to high", "high to low"]))
def test_sorting_keeps_the_records(rows: list[list[str]], order: str) -> None:
    assert Counter(map(tuple, sort_rows(rows, order))) == Counter(map(tuple, rows))


@given(TABLES)
def test_runs_equal_changes_plus_one_and_the_leading_column_is_in_one_run_a_value(rows: list[list[str]]) -> None:
    table = np.array(rows)
    assert column_runs(rows) == ((table[1:] != table[:-1]).sum(axis=0) + 1).tolist()
    r = columnar_storage(rows)
    leading = int(np.argmin(r["cardinality"]))
    assert r["runs"][leading] == r["cardinality"][leading]


def test_low_cardinality_first_compresses_best() -> None:
    rng = np.random.default_rng(0)
    rows = [[str(rng.integers(3)), str(rng.integers(10)), str(rng.integers(300))] for _ in range(500)]
    totals = columnar_storage(rows)["total_runs_by_order"]
    assert totals["low to high"] < totals["high to low"] < totals["none"]


def test_sorting_columns_alone_destroys_records() -> None:
    r = columnar_storage([["a", "2"], ["b", "1"]], columns_read=[1])
    assert r["records_kept_if_columns_are_sorted_alone"] == 0
    assert r["bytes_read_columnar"] == 2 and r["bytes_read_by_rows"] == 4


def test_rows_have_more_runs_than_columns() -> None:
    r = load("columnar-storage").run()
    # countries DE FR IT, then channels app web within each country (2 + 2 + 1), then 8 users; row by row all 24 differ
    assert r["cardinality"] == [3, 2, 8] and sum(r["runs"]) == r["total_runs"] < r["row_layout_runs"] == 24


@pytest.mark.parametrize("bad", [{"columns_read": [3]}, {"rows": [["a"], ["b", "c"]]}, {"order": "random"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("columnar-storage").run(bad)
