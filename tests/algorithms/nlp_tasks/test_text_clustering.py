from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from sklearn.feature_extraction.text import TfidfVectorizer

from algorithms.nlp_tasks.text_clustering import k_means, text_clustering, tf_idf
from algorithms.registry import load
from core.errors import InputError

TEXTS = st.lists(
    st.lists(st.sampled_from(["aa", "bb", "cc", "dd"]), min_size=1, max_size=5).map(" ".join), min_size=3, max_size=8
)


@given(TEXTS)
def test_tf_idf_equals_sklearn(texts: list[str]) -> None:
    X, terms = tf_idf(texts)
    vectorizer = TfidfVectorizer()
    np.testing.assert_allclose(X, vectorizer.fit_transform(texts).toarray(), atol=1e-12)
    assert terms == vectorizer.get_feature_names_out().tolist()


def test_k_means_continues_like_sklearn_from_the_same_centres() -> None:
    X = np.random.default_rng(0).standard_normal((60, 3))
    labels, centres, inertia = k_means(X, 4, 200, np.random.default_rng(1))
    oracle = KMeans(4, init=centres, n_init=1, max_iter=1).fit(X)
    assert inertia == pytest.approx(oracle.inertia_, rel=1e-6) and labels.tolist() == oracle.labels_.tolist()


def test_topics_are_separated_and_named() -> None:
    r = load("text-clustering").run()
    assert r["labels"] == [0, 0, 0, 1, 1, 1] and r["sizes"] == [3, 3]
    assert "mouse" in r["top_terms"][0] and "bonds" in r["top_terms"][1]


@given(TEXTS, st.integers(1, 3))
def test_more_clusters_fit_closer_and_every_text_alone_fits_exactly(texts: list[str], k: int) -> None:
    r = text_clustering(texts, k)
    assert sum(r["sizes"]) == len(texts) and r["labels"][0] == 0
    assert text_clustering(texts, min(len(texts), 10))["inertia"] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("bad", [{"k": 7}, {"k": 0}, {"texts": ["one"]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("text-clustering").run(bad)
