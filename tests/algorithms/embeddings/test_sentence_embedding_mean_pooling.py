from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.embeddings.sentence_embedding_mean_pooling import (
    masked_mean,
    sentence_embedding_mean_pooling,
    word_vector,
)
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(1, 4), st.integers(1, 5), st.integers(1, 3), st.integers(0, 99))
def test_masked_mean_equals_torch(b: int, n: int, d: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    H, mask = rng.standard_normal((b, n, d)), (rng.random((b, n)) < 0.5).astype(float)
    mask[:, 0] = 1
    hidden = torch.tensor(H).masked_fill(torch.tensor(mask)[:, :, None] == 0, float("nan"))
    np.testing.assert_allclose(masked_mean(H, mask), torch.nanmean(hidden, dim=1), atol=1e-12)


def test_is_the_average_of_word_vectors_whatever_their_order() -> None:
    output = load("sentence-embedding-mean-pooling").run()
    vectors = [word_vector(w, 8, 0) for w in ("dog", "bites", "man")]
    np.testing.assert_allclose(output["embeddings"][0], np.mean(vectors, axis=0))
    np.testing.assert_allclose(output["embeddings"][0], output["embeddings"][1])
    assert output["similarities"][0][1] == pytest.approx(1)
    assert output["similarities"][0][2] < 0.9


def test_padding_changes_only_an_unmasked_mean() -> None:
    sentences = ["a b c", "a"]
    few, many = (sentence_embedding_mean_pooling(sentences, p)["embeddings"] for p in (0, 9))
    np.testing.assert_allclose(few, many)
    careless = sentence_embedding_mean_pooling(sentences, 9, masked=False)
    assert careless["padding_effect"] > 0.3
    assert np.abs(careless["embeddings"] - few).max() == pytest.approx(careless["padding_effect"])


@pytest.mark.parametrize("bad", [{"sentences": []}, {"sentences": ["a", " "]}, {"d": 0}, {"padding": -1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("sentence-embedding-mean-pooling").run(bad)
