from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from algorithms.embeddings.tf_idf import tf_idf
from algorithms.registry import load
from core.errors import InputError

DOCUMENTS = st.lists(
    st.lists(st.sampled_from(["aa", "bb", "cc", "dd"]), min_size=1, max_size=8).map(" ".join), min_size=1, max_size=5
)


@given(DOCUMENTS)
def test_smooth_variant_equals_sklearn(documents: list[str]) -> None:
    reference = TfidfVectorizer()
    expected = reference.fit_transform(documents).toarray()
    output = tf_idf(documents, "smooth", normalize=True)
    for row, weights in zip(expected, output["weights"], strict=True):
        named = {w: v for w, v in zip(reference.get_feature_names_out(), row, strict=True) if v > 0}
        assert weights == pytest.approx(named)
    np.testing.assert_allclose(output["similarities"], expected @ expected.T, atol=1e-9)


@given(DOCUMENTS)
def test_counts_equal_sklearn_and_sum_to_the_tokens(documents: list[str]) -> None:
    reference = CountVectorizer()
    expected = reference.fit_transform(documents).toarray()
    output = tf_idf(documents, "counts")
    for row, weights, tokens in zip(expected, output["weights"], output["tokens"], strict=True):
        assert sum(weights.values()) == tokens == row.sum()
    assert output["vocabulary_size"] == expected.shape[1]


def test_textbook_formula_by_hand() -> None:
    output = load("tf-idf").run()
    assert output["idf"]["the"] == 0  # in all three
    assert output["idf"]["sat"] == pytest.approx(np.log(3 / 2))
    assert output["weights"][0]["cat"] == pytest.approx(np.log(3))
    assert "the" not in output["weights"][0]
    twice = tf_idf(["b b a", "a"])
    assert twice["weights"][0] == pytest.approx({"b": 2 * np.log(2)})


def test_order_and_case_are_lost_and_punctuation_is_no_word() -> None:
    output = tf_idf(["Dog bites man!", "man bites dog", "cat"])
    assert output["weights"][0] == output["weights"][1]
    assert output["similarities"][0, 1] == pytest.approx(1)
    assert output["tokens"] == [3, 3, 1]


@pytest.mark.parametrize("bad", [{"documents": []}, {"documents": ["!?"]}, {"variant": "bm25"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("tf-idf").run(bad)
