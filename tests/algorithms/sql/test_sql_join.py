from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.sql.sql_join import join, sql_join
from core.errors import InputError

SIDE = st.lists(st.tuples(st.one_of(st.none(), st.integers(0, 4)), st.sampled_from("pqr")), max_size=8)
QUERIES = {
    "inner": "SELECT l.v, r.v FROM l JOIN r ON l.k = r.k",
    "left": "SELECT l.v, r.v FROM l LEFT JOIN r ON l.k = r.k",
    "right": "SELECT l.v, r.v FROM l RIGHT JOIN r ON l.k = r.k",
    "full": "SELECT l.v, r.v FROM l FULL OUTER JOIN r ON l.k = r.k",
    "cross": "SELECT l.v, r.v FROM l CROSS JOIN r",
    "semi": "SELECT l.v FROM l WHERE l.k IN (SELECT k FROM r)",
    "anti": "SELECT l.v FROM l WHERE NOT EXISTS (SELECT 1 FROM r WHERE r.k = l.k)",
}


@pytest.mark.skipif(sqlite3.sqlite_version_info < (3, 39), reason="RIGHT and FULL joins came with SQLite 3.39")
@given(SIDE, SIDE, st.sampled_from(sorted(QUERIES)))
def test_equals_sqlite(left: list, right: list, kind: str) -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        for name, rows in (("l", left), ("r", right)):
            database.execute(f"CREATE TABLE {name} (k INTEGER, v TEXT)")
            database.executemany(f"INSERT INTO {name} VALUES (?, ?)", rows)
        expected = Counter(database.execute(QUERIES[kind]).fetchall())
    assert Counter(tuple(row) for row in join(left, right, kind)) == expected


@given(SIDE, SIDE)
def test_counts_fit_together(left: list, right: list) -> None:
    c = sql_join(left, right)["counts"]
    assert c["full"] == c["left"] + c["right"] - c["inner"]
    assert c["semi"] + c["anti"] == len(left) and c["cross"] == len(left) * len(right)
    assert c["left"] == c["inner"] + c["anti"]


def test_join_repeats_a_row_and_in_does_not() -> None:
    r = sql_join([(1, "a"), (2, "b"), (3, "c")], [(1, "x"), (1, "y"), (3, "z")])
    assert r["join_then_left_values"] == ["a", "a", "c"] and r["in_subquery_values"] == ["a", "c"]


def test_null_matches_nothing() -> None:
    assert join([(None, "a")], [(None, "x")], "full") == [["a", None], [None, "x"]]


@pytest.mark.parametrize("bad", [{"kind": "natural"}, {"left": [[1.5, "a"]]}, {"right": [[1, ""]]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("sql-join").run(bad)
