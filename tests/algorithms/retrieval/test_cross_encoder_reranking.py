from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.retrieval.bi_encoder_retrieval import embed
from algorithms.retrieval.cross_encoder_reranking import SHARPNESS, cross_encoder_reranking, joint_score
from core.errors import InputError

SENTENCES = st.lists(st.sampled_from(["dog", "bites", "man", "runs"]), min_size=1, max_size=5).map(" ".join)


def slow_score(query: str, document: str) -> float:
    q, d = query.split(), document.split()
    vector = {w: embed([w])[0] for w in {*q, *d}}
    total = 0.0
    for i, u in enumerate(q):
        row = []
        for j, v in enumerate(d):
            same = float(vector[u] @ vector[v])
            before = float(vector[q[i - 1]] @ vector[d[j - 1]]) if i and j else 0.0
            row.append((same + before) / 2)
        weights = [math.exp(SHARPNESS * s) for s in row]
        total += sum(w * s for w, s in zip(weights, row, strict=True)) / sum(weights)
    return total / len(q)


@given(SENTENCES, SENTENCES)
def test_equals_the_slow_loop(query: str, document: str) -> None:
    assert joint_score(query, document) == pytest.approx(slow_score(query, document))


def test_order_matters_where_a_single_vector_cannot_tell() -> None:
    r = cross_encoder_reranking("dog bites man", ["man bites dog", "dog bites man"])
    assert r["ranking"].tolist() == [1, 0] and r["scores"][0] - r["scores"][1] > 0.2


def test_input_formats() -> None:
    bert = cross_encoder_reranking("a b", ["c"])
    assert bert["tokens"] == ["[CLS]", "a", "b", "[SEP]", "c", "[SEP]"]
    assert bert["token_type_ids"] == [0, 0, 0, 0, 1, 1]
    roberta = cross_encoder_reranking("a b", ["c"], format="roberta")
    assert roberta["tokens"] == ["<s>", "a", "b", "</s>", "</s>", "c", "</s>"]
    assert roberta["token_type_ids"] == [0] * 7


def test_passes_of_the_worked_example() -> None:
    r = load("cross-encoder-reranking").run({"n_documents": 1_000_000, "n_queries": 100})
    assert r["forward_passes"] == 10**8 and r["bi_encoder_passes"] == 1_000_100


@pytest.mark.parametrize("bad", [{"format": "t5"}, {"query": "x" * 201}, {"documents": [""]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("cross-encoder-reranking").run(bad)
