from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.sql.sql_index_optimization import sql_index_optimization
from core.errors import InputError


@given(st.integers(200, 2000), st.integers(0, 96))
@settings(max_examples=6)
def test_scan_becomes_a_search_that_costs_less(rows: int, age: int) -> None:
    r = sql_index_optimization(rows=rows, age=age)
    assert r["rows_found"] == len(range(age, rows, 97)) + (age == 1)  # the inserted row has age 1
    assert r["filter_plan_before"] == ["SCAN users"] and "USING INDEX users_age" in r["filter_plan_after"][0]
    before, after = r["filter_instructions"]
    assert before >= 3 * rows and after < before / 5


def test_join_searches_by_the_key_and_an_insert_costs_more() -> None:
    r = load("sql-index-optimization").run()
    assert any("SEARCH users USING INDEX users_key" in line for line in r["join_plan_after"])
    assert r["insert_instructions"][1] > r["insert_instructions"][0]


def test_text_keys_need_a_larger_index() -> None:
    integer, text = (sql_index_optimization(rows=2000, key_type=k)["key_index_bytes"] for k in ("INTEGER", "TEXT"))
    assert text > 1.5 * integer > 0


@pytest.mark.parametrize("bad", [{"rows": 10**6}, {"key_type": "UUID"}, {"age": 97}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("sql-index-optimization").run(bad)
