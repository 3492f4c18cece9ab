from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.sql.sql_order_of_execution import sql_order_of_execution
from core.errors import InputError

SALES = st.lists(st.tuples(st.sampled_from(["Rome", "Oslo", "Bern"]), st.integers(0, 9)), min_size=1, max_size=25)


@given(
    SALES,
    st.integers(-1, 9),
    st.integers(0, 4),
    st.sampled_from(["city and total", "number of sales"]),
    st.integers(0, 3),
    st.integers(0, 2),
)
def test_equals_sqlite(sales: list, above: int, least: int, select: str, limit: int, offset: int) -> None:
    r = sql_order_of_execution(sales, above, least, select, limit, offset)
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE sales (city TEXT, amount REAL)")
        database.executemany("INSERT INTO sales VALUES (?, ?)", sales)
        assert [list(row) for row in database.execute(r["sql"])] == r["result"]


def test_rows_after_each_clause() -> None:
    # amounts above 8: Rome 10, 50; Oslo 20, 40; Bern 90; Lima 30; four cities, two of them with two sales
    r = load("sql-order-of-execution").run()
    assert list(r["rows_after"].items()) == [
        ("FROM/JOIN", 7),
        ("WHERE", 6),
        ("GROUP BY", 4),
        ("HAVING", 2),
        ("SELECT", 2),
        ("DISTINCT", 2),
        ("ORDER BY", 2),
        ("LIMIT/OFFSET", 2),
    ]
    assert r["result"] == [["Oslo", 60], ["Rome", 60]] and r["order"] == list(r["rows_after"])


def test_distinct_comes_after_select() -> None:
    sales = [("a", 1), ("b", 1), ("c", 1), ("c", 1)]
    r = sql_order_of_execution(sales, select="number of sales")
    assert r["rows_after"]["SELECT"] == 3 and r["rows_after"]["DISTINCT"] == 2 and r["result"] == [[2], [1]]


def test_sqlite_lets_where_see_an_alias() -> None:
    assert load("sql-order-of-execution").run()["sqlite_accepts_alias_in_where"] is True


@pytest.mark.parametrize("bad", [{"sales": []}, {"limit": -1}, {"select": "*"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("sql-order-of-execution").run(bad)
