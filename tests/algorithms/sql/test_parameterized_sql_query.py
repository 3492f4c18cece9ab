from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.sql.parameterized_sql_query import build_query, get_user_age, parameterized_sql_query
from core.errors import InputError

USERS = {"Ada": 31, "Bob": 30, "Cy": 29}


@given(st.one_of(st.sampled_from(sorted(USERS)), st.text("abAd'; -1=OR", max_size=20)))
def test_a_bound_value_is_only_compared(value: str) -> None:
    rows = parameterized_sql_query(["age"], where="name", value=value)["rows"]
    assert rows == ([[USERS[value]]] if value in USERS else [])


def test_pasting_lets_a_value_rewrite_the_condition() -> None:
    r = load("parameterized-sql-query").run()
    assert r["rows"] == [] and len(r["pasted_rows"]) == 3 and r["injected"] is True
    assert r["sql"] == "SELECT name, age FROM users WHERE name = ?"


def test_pasting_breaks_on_a_quote_and_never_writes() -> None:
    assert parameterized_sql_query(["id"], where="name", value="O'Hara")["pasted_rows"] is None
    r = parameterized_sql_query(["id"], where="name", value="'; DROP TABLE users; --")
    assert r["pasted_rows"] is None and r["rows"] == []


def test_harmless_values_give_the_same_rows() -> None:
    r = parameterized_sql_query(["name"], where="age", operator=">", value=30)
    assert r["rows"] == r["pasted_rows"] == [["Ada"]] and not r["injected"]


def test_procedure() -> None:
    assert [get_user_age(i) for i in (1, 2, 3, 4)] == [31, 30, 29, None]


def test_only_one_placeholder_stands_for_the_value() -> None:
    assert build_query("users", ["id", "email"], "age", "<=") == "SELECT id, email FROM users WHERE age <= ?"


@pytest.mark.parametrize(
    "bad",
    [{"columns": ["password"]}, {"where": "1=1 --"}, {"table": "users; DROP TABLE users"}, {"operator": "OR"}],
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("parameterized-sql-query").run(bad)
