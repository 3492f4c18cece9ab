from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.retrieval.sql_chunking import clauses, parse_schema, sql_chunking
from core.errors import InputError

SCHEMA = "CREATE TABLE users (id INT PRIMARY KEY, name VARCHAR, age INT, email VARCHAR);"


def test_three_clauses_carry_their_context() -> None:
    r = sql_chunking("SELECT name, age FROM users WHERE age > 30;", SCHEMA)
    assert [c["text"] for c in r["clauses"]] == ["SELECT name, age", "FROM users", "WHERE age > 30"]
    assert r["clauses"][0]["columns"] == ["users.name", "users.age"]
    assert r["clauses"][2]["columns"] == ["users.age"] and r["clauses"][2]["tables"] == ["users"]


def test_joined_clauses_run_like_the_query() -> None:
    parts = " ".join(text for _, text in clauses("SELECT age FROM users WHERE age > 30"))
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE users (age INT)")
        database.executemany("INSERT INTO users VALUES (?)", [(31,), (30,), (29,)])
        assert database.execute(parts).fetchall() == [(31,)]


def test_keywords_in_quotes_comments_and_subqueries_do_not_split() -> None:
    sql = "SELECT 'from where' FROM (SELECT a FROM t WHERE b) x JOIN y ON 1 -- limit\n"
    sql += "GROUP BY a HAVING 1 ORDER BY a LIMIT 3"
    assert [k for k, _ in clauses(sql)] == ["SELECT", "FROM", "GROUP BY", "HAVING", "ORDER BY", "LIMIT"]


def test_schema_agrees_with_sqlite() -> None:
    ddl = "CREATE TABLE t (id INTEGER PRIMARY KEY, price DECIMAL(10, 2), name VARCHAR(20) NOT NULL, UNIQUE (name))"
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute(ddl)
        expected = [(row[1], row[2], bool(row[5])) for row in database.execute("PRAGMA table_info(t)")]
    got = [(c["column"], c["type"], c["primary_key"]) for c in parse_schema(ddl)["t"]]
    assert [(n, t.replace(" ", ""), k) for n, t, k in expected] == [(n, t.replace(" ", ""), k) for n, t, k in got]


def test_schema_text_of_the_worked_example() -> None:
    r = sql_chunking("SELECT 1", SCHEMA)
    assert (r["n_columns"], r["n_keys"]) == (4, 1)
    assert r["schema_text"] == "table users: id (INT, PRIMARY KEY), name (VARCHAR), age (INT), email (VARCHAR)"


@given(st.lists(st.sampled_from(["a", "'x y'", "(select 1)", "b"]), min_size=1, max_size=4))
def test_clauses_lose_no_text(columns: list[str]) -> None:
    sql = f"SELECT {', '.join(columns)} FROM t WHERE a = 'from' LIMIT 2"
    assert " ".join(text for _, text in clauses(sql)) == sql


@pytest.mark.parametrize("bad", [{"query": "hello"}, {"query": ""}, {"table_schema": "x" * 5001}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("sql-chunking").run(bad)
