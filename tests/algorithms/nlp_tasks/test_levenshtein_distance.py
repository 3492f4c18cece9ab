from __future__ import annotations

import nltk
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.nlp_tasks.levenshtein_distance import levenshtein_distance
from algorithms.registry import load
from core.errors import InputError

WORD = st.text("abc", max_size=8)


@given(WORD, WORD)
def test_equals_nltk_and_the_edits_explain_it(a: str, b: str) -> None:
    r = levenshtein_distance(a, b)
    assert r["distance"] == nltk.edit_distance(a, b) == len(r["edits"])
    assert len(a) + sum(e.startswith("insert") for e in r["edits"]) - sum(
        e.startswith("delete") for e in r["edits"]
    ) == len(b)


@given(WORD, WORD, WORD)
def test_metric(a: str, b: str, c: str) -> None:
    def d(x: str, y: str) -> int:
        return levenshtein_distance(x, y)["distance"]

    assert d(a, b) == d(b, a) and (d(a, b) == 0) == (a == b) and d(a, c) <= d(a, b) + d(b, c)


def test_golden() -> None:
    r = load("levenshtein-distance").run()
    assert r["distance"] == 3 and r["similarity"] == pytest.approx(1 - 3 / 7)
    assert levenshtein_distance("", "")["similarity"] == 1
    assert levenshtein_distance("ab", "ba")["distance"] == 2


@pytest.mark.parametrize("bad", [{"a": "x" * 301}, {"b": 5}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("levenshtein-distance").run(bad)
