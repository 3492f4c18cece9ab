from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.retrieval.inverted_index_search import bm25_scores, build_index, inverted_index_search
from core.errors import InputError

DOCUMENTS = st.lists(st.lists(st.sampled_from("abcde"), min_size=1, max_size=8).map(" ".join), min_size=1, max_size=6)


def naive(query: str, documents: list[str], k1: float, b: float) -> list[float]:
    split = [d.split() for d in documents]
    mean = sum(map(len, split)) / len(split)
    scores = []
    for d in split:
        total = 0.0
        for term in query.split():
            n = sum(term in other for other in split)
            tf = d.count(term)
            idf = math.log(1 + (len(split) - n + 0.5) / (n + 0.5))
            total += idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * len(d) / mean)) if tf else 0
        scores.append(total)
    return scores


@given(DOCUMENTS, st.floats(0.1, 3), st.floats(0, 1))
def test_equals_the_scan_without_an_index(documents: list[str], k1: float, b: float) -> None:
    assert bm25_scores("a c", documents, k1, b).tolist() == pytest.approx(naive("a c", documents, k1, b))


@given(DOCUMENTS)
def test_postings_are_sorted_and_complete(documents: list[str]) -> None:
    index, lengths = build_index(documents)
    for postings in index.values():
        assert [n for n, _ in postings] == sorted({n for n, _ in postings})
    assert (
        sum(f for postings in index.values() for _, f in postings) == sum(lengths) == len(" ".join(documents).split())
    )


def test_golden_score() -> None:
    # N=2, n=1: idf = ln(1 + 1.5/1.5) = ln 2; tf=2, |d|=3, mean=2: 2*2.2/(2 + 1.2*(0.25 + 0.75*1.5)) = 4.4/3.65
    r = inverted_index_search("cat", ["cat cat dog", "dog"])
    assert r["scores"].tolist() == pytest.approx([math.log(2) * 4.4 / 3.65])
    assert r["postings"] == {"cat": [0]} and r["documents_touched"] == 1 and r["vocabulary_size"] == 2


def test_a_common_term_never_scores_negative() -> None:
    assert (bm25_scores("a", ["a", "a b", "a c"]) > 0).all()


@pytest.mark.parametrize("bad", [{"b": 1.1}, {"k1": -1}, {"documents": []}, {"query": ""}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("inverted-index-search").run(bad)
