from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.retrieval.document_chunking import document_chunking, leaves
from core.errors import InputError

JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=3)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text("ab", min_size=1), inner, max_size=3)),
    max_leaves=8,
)


def test_api_entries() -> None:
    text = "Intro\nFunction add_numbers(a, b)\nAdds two numbers.\nReturns: the sum\n\nFunction stop()\nHalts."
    r = document_chunking(text, kind="api")
    assert [c["name"] for c in r["chunks"]] == ["add_numbers", "stop"]
    assert r["chunks"][0]["parameters"] == ["a", "b"] and r["chunks"][1]["parameters"] == []
    assert r["chunks"][0]["text"].endswith("Returns: the sum")


def test_pairs_stay_together_and_a_lone_question_is_dropped() -> None:
    text = "Q: How can I sum two numbers in Python?\nA: result = a + b\nQ: And why?\nQ: Sure?\nA: Yes.\nTwo lines."
    r = document_chunking(text, kind="question-answer")
    assert r["count"] == 2
    assert r["chunks"][0] == {
        "question": "How can I sum two numbers in Python?",
        "answer": "result = a + b",
        "text": "Q: How can I sum two numbers in Python?\nA: result = a + b",
    }
    assert r["chunks"][1]["answer"] == "Yes.\nTwo lines."


def test_config_keeps_paths() -> None:
    r = document_chunking('{"a": {"b": [1, true]}, "setting1": "value1"}', kind="config")
    assert [c["text"] for c in r["chunks"]] == ["a.b[0] = 1", "a.b[1] = true", 'setting1 = "value1"']
    assert document_chunking('{"setting1": "value1", "setting2": "value2"}', kind="config")["count"] == 2


@given(JSON)
def test_every_leaf_is_a_chunk(value: object) -> None:
    def count(v: object) -> int:
        inner = list(v.values()) if isinstance(v, dict) else v if isinstance(v, list) else []
        return sum(map(count, inner)) if inner else 1

    assert len(list(leaves(json.loads(json.dumps(value))))) == count(value)


@pytest.mark.parametrize(
    "bad",
    [
        {"kind": "yaml"},
        {"kind": "config", "text": "{'a': 1}"},
        {"kind": "config", "text": "[" * 9000},
        {"text": "none"},
    ],
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("document-chunking").run(bad)
