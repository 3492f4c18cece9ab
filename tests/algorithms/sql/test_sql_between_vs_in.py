from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.sql.sql_between_vs_in import sql_between_vs_in
from core.errors import InputError

STAMPS = st.lists(
    st.builds(
        lambda d, t: f"{d.isoformat()}{t}",
        st.dates(min_value=date(2022, 12, 29), max_value=date(2024, 1, 3)),
        st.sampled_from(["", " 00:00:00", " 10:00:00", " 23:59:59"]),
    ),
    min_size=1,
    max_size=20,
)


@given(STAMPS)
def test_equals_sqlite(values: list[str]) -> None:
    r = sql_between_vs_in(values, members=values[:2])
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE orders (order_date TEXT)")
        database.executemany("INSERT INTO orders VALUES (?)", [(v,) for v in values])

        def count(where: str, *bound: str) -> int:
            return database.execute(f"SELECT COUNT(*) FROM orders WHERE {where}", bound).fetchone()[0]

        assert r["between_count"] == count("order_date BETWEEN '2023-01-01' AND '2023-12-31'")
        assert r["half_open_count"] == count(r["half_open_sql"])
        assert r["half_open_count"] == count("order_date >= '2023-01-01' AND order_date < '2024-01-01'")
        assert r["in_count"] == count("order_date IN (?, ?)", values[0], values[1] if len(values) > 1 else values[0])


def test_worked_example() -> None:
    r = load("sql-between-vs-in").run()
    assert (r["between_count"], r["half_open_count"], r["in_count"]) == (2, 3, 2)
    assert r["lost_by_between"] == ["2023-12-31 10:00:00"]


def test_leap_day_and_end_of_year() -> None:
    r = sql_between_vs_in(["2024-02-29 12:00:00"], start="2024-02-01", end="2024-02-28")
    assert r["half_open_count"] == 0 and "'2024-02-29'" in r["half_open_sql"]
    assert sql_between_vs_in(["9999-12-31 23:00:00"], start="9999-01-01", end="9999-12-31")["half_open_count"] == 1


@pytest.mark.parametrize("bad", [{"start": "2023-02-30"}, {"end": "31.12.2023"}, {"values": ["yesterday"]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("sql-between-vs-in").run(bad)
