from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.retrieval.retrieval_augmented_generation import retrieval_augmented_generation, run_read_only
from core.errors import InputError

rag = retrieval_augmented_generation


def test_families_of_the_two_tasks() -> None:
    assert rag("add two numbers", task="code")["n_families"] == 6
    assert rag("users", task="sql")["n_families"] == 7


def test_sql_answer_is_run_and_returns_only_the_user_over_thirty() -> None:
    r = rag("names of users with age over 30", task="sql")
    assert r["answer"] == "SELECT name FROM users WHERE age > 30"
    assert r["rows"] == [["Ada"]]
    assert f"[{r['source']}] {r['answer']}" in r["prompt"]


def test_code_answer_parses() -> None:
    r = rag("add numbers a and b", task="code")
    assert r["answer"].startswith("def add_numbers")


@pytest.mark.parametrize(
    "sql",
    [
        "DROP TABLE users",
        "DELETE FROM users",
        "SELECT * FROM nowhere",
        "PRAGMA user_version",
        "ATTACH 'x.db' AS y",
        "SELECT 1; SELECT 2",
        "SELECT zeroblob(1000000000)",
        "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c) SELECT COUNT(*) FROM c",
    ],
)
def test_validation_refuses_what_writes_fails_or_never_ends(sql: str) -> None:
    assert run_read_only(sql) is None


def test_an_invalid_chunk_is_retrieved_but_not_answered() -> None:
    r = rag("drop users", task="sql", top_k=1, extra_chunks=["DROP TABLE users"])
    assert r["retrieved"] == [["extra", "DROP TABLE users"]]
    assert r["answer"] is None and r["source"] is None and r["rows"] == []


@given(st.text("abcdefgh ", min_size=1, max_size=30), st.integers(1, 7))
@settings(max_examples=15)
def test_retrieval_keeps_the_best_k_in_order(question: str, k: int) -> None:
    r = rag(question, task="sql", top_k=k)
    full = rag(question, task="sql", top_k=7)
    assert r["retrieved"] == full["retrieved"][:k]
    assert sorted(full["similarities"], reverse=True) == full["similarities"].tolist()


@pytest.mark.parametrize("bad", [{"top_k": 0}, {"task": "poetry"}, {"extra_chunks": ["x" * 501]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("retrieval-augmented-generation").run(bad)
