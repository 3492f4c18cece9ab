from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics.pairwise import cosine_similarity

from algorithms.registry import load
from algorithms.retrieval.bi_encoder_retrieval import bi_encoder_retrieval, embed
from core.errors import InputError

TEXTS = st.lists(st.text("abc de", min_size=1, max_size=20).filter(str.strip), min_size=2, max_size=6)


@given(TEXTS)
def test_vectors_have_length_one_and_do_not_depend_on_the_other_texts(texts: list[str]) -> None:
    E = embed(texts)
    np.testing.assert_allclose(np.linalg.norm(E, axis=1), 1)
    np.testing.assert_array_equal(E[1], embed([texts[1]])[0])


@given(TEXTS)
def test_ranking_equals_sklearn_cosine(texts: list[str]) -> None:
    r = bi_encoder_retrieval("abc dead", texts, top_k=50)
    expected = cosine_similarity(embed(["abc dead"]), embed(texts))[0]
    assert r["scores"] == pytest.approx(np.sort(expected)[::-1])
    assert r["scores"] == pytest.approx(expected[r["ranking"]])


def test_word_order_is_lost_in_one_vector() -> None:
    a, b = embed(["dog bites man", "man bites dog"])
    assert a @ b == pytest.approx(1)


def test_related_spelling_is_nearer_than_unrelated() -> None:
    query, near, far = embed(["sorting", "sorted", "plot"])
    assert query @ near > query @ far + 0.1


def test_passes_and_index_of_the_worked_example() -> None:
    r = load("bi-encoder-retrieval").run({"n_documents": 1_000_000, "n_queries": 100, "dim": 128})
    assert r["forward_passes"] == 1_000_100 and r["cross_encoder_passes"] == 100_000_000
    assert r["index_bytes"] == 512_000_000


@pytest.mark.parametrize("bad", [{"top_k": 0}, {"dim": 4}, {"documents": []}, {"n_queries": -1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("bi-encoder-retrieval").run(bad)
