from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.embeddings.word2vec import (
    ANIMALS_AND_FOOD,
    character_ngrams,
    context_pairs,
    loss_and_gradients,
    ngram_membership,
    training_pairs,
    word2vec,
)
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(1, 5), st.integers(1, 3), st.integers(1, 4), st.integers(0, 99))
def test_loss_and_gradients_equal_autograd(n: int, K: int, d: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    v, U = rng.standard_normal((n, d)), rng.standard_normal((6, d))
    contexts, negatives = rng.integers(6, size=n), rng.integers(6, size=(n, K))
    tv, tU = torch.tensor(v, requires_grad=True), torch.tensor(U, requires_grad=True)
    positive = torch.nn.functional.logsigmoid((tv * tU[contexts]).sum(1)).sum()
    negative = torch.nn.functional.logsigmoid(-(tv[:, None] * tU[negatives]).sum(2)).sum()
    expected = -(positive + negative) / n
    expected.backward()
    loss, dv, dU = loss_and_gradients(v, U, contexts, negatives)
    assert loss == pytest.approx(expected.item(), abs=1e-9)
    np.testing.assert_allclose(dv, tv.grad, atol=1e-9)
    np.testing.assert_allclose(dU, tU.grad, atol=1e-9)


@given(st.lists(st.lists(st.integers(0, 5), max_size=6), max_size=3), st.integers(1, 3))
def test_pairs_are_all_neighbours(sentences: list[list[int]], window: int) -> None:
    slow = [
        (s[i], s[j]) for s in sentences for i in range(len(s)) for j in range(len(s)) if i != j and abs(i - j) <= window
    ]
    assert sorted(map(tuple, context_pairs(sentences, window).tolist())) == sorted(slow)


def test_skip_gram_and_cbow_ask_the_opposite() -> None:
    A, target = training_pairs([[0, 1, 2]], 1, 3, "skip-gram")
    assert list(zip(A.argmax(axis=1), target, strict=True)) == [(0, 1), (1, 0), (1, 2), (2, 1)]
    A, target = training_pairs([[0, 1, 2]], 1, 3, "cbow")
    np.testing.assert_allclose(A, [[0, 1, 0], [0.5, 0, 0.5], [0, 1, 0]])
    assert target.tolist() == [0, 1, 2]


@pytest.mark.parametrize("model", ["skip-gram", "cbow", "fasttext"])
@pytest.mark.parametrize(("word", "alike"), [("cat", {"dog"}), ("bread", {"cheese", "rice"})])
def test_words_that_share_contexts_end_up_close(model: str, word: str, alike: set[str]) -> None:
    for seed in range(2):
        output = word2vec(ANIMALS_AND_FOOD, word, model, seed=seed)  # type: ignore[arg-type]
        # random vectors score 6 sigmoids at one half each: 6 ln 2 = 4.16
        assert output["loss_before"] == pytest.approx(6 * np.log(2), abs=0.2)
        assert output["loss_after"] < 3
        assert set(list(output["neighbours"])[: len(alike)]) == alike


def test_fasttext_has_a_vector_for_an_unseen_word() -> None:
    output = word2vec(ANIMALS_AND_FOOD, "cats", "fasttext")
    assert "cat" in list(output["neighbours"])[:3]
    grams, M = ngram_membership(["cat", "cats"])
    assert character_ngrams("cats") == ["<cats>", "<ca", "cat", "ats", "ts>"]
    assert [g for g, a, b in zip(grams, *M, strict=True) if a and b] == ["<ca", "cat"]


@pytest.mark.parametrize("bad", [{"word": "zebra"}, {"corpus": ["one"]}, {"window": 0}, {"steps": 401}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("word2vec").run(bad)
