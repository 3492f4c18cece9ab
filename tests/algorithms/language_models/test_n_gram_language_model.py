from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nltk.lm import MLE
from nltk.lm.preprocessing import padded_everygram_pipeline

from algorithms.language_models.n_gram_language_model import EOS, SENTENCES, NGramModel, n_gram_language_model
from algorithms.registry import load
from core.errors import InputError

SPLIT = [sentence.split() for sentence in SENTENCES]


@pytest.mark.parametrize("n", [2, 3])
def test_seen_contexts_equal_nltk(n: int) -> None:
    reference = MLE(n)
    reference.fit(*padded_everygram_pipeline(n, SPLIT))
    model = NGramModel.fit(SPLIT, n)
    for context in [c for c in model.counts if len(c) == n - 1]:
        for word, p in model.distribution(list(context)).items():
            assert p == pytest.approx(reference.score(word, context))


def test_add_k_by_hand() -> None:
    # after "a": b twice, c once; vocabulary b, c, a, </s>: (2 + 1)/(3 + 4), (1 + 1)/7, 1/7, 1/7
    p = NGramModel.fit([["a", "b"], ["a", "b"], ["a", "c"]], 2).distribution(["a"], k=1)
    assert p == pytest.approx({"b": 3 / 7, "c": 2 / 7, "a": 1 / 7, EOS: 1 / 7})


def test_unseen_contexts_back_off_to_their_longest_seen_suffix() -> None:
    # "zebra chased" was never seen; after "chased" alone came "the" and "a"
    assert NGramModel.fit(SPLIT, 3).distribution(["zebra", "chased"]) == {"a": 0.5, "the": 0.5}


def test_bigram_by_hand() -> None:
    # "the" occurs 8 times: cat 2, dog 2, mat 2, rug 1, floor 1
    output = load("n-gram-language-model").run()
    assert output["next_words"] == {"cat": 0.25, "dog": 0.25, "mat": 0.25, "floor": 0.125, "rug": 0.125}
    # <s> the 4/5, the cat 1/4, cat sat 1/3, sat on 1, on the 1, the rug 1/8, rug </s> 1
    p = 4 / 5 * 1 / 4 * 1 / 3 * 1 / 8
    assert output["log_probability"] == pytest.approx(math.log(p))
    assert output["perplexity"] == pytest.approx(p ** (-1 / 7))


@given(
    st.integers(1, 4),
    st.lists(st.sampled_from(["the", "cat", "sat", "zebra"]), max_size=4),
    st.sampled_from([0.0, 1.0]),
)
def test_distributions_sum_to_one_and_see_the_window_only(n: int, history: list[str], k: float) -> None:
    model = NGramModel.fit(SPLIT, n)
    p = model.distribution(history, k)
    assert sum(p.values()) == pytest.approx(1)
    if len(history) >= n - 1:
        assert p == model.distribution(["dog", *history], k)


def test_an_unseen_bigram_is_impossible_without_smoothing() -> None:
    plain, smoothed = (n_gram_language_model(SENTENCES, 2, text="cat the sat", k=k) for k in (0, 1))
    assert plain["log_probability"] == -math.inf
    assert plain["perplexity"] == math.inf
    assert 0 < smoothed["perplexity"] < 100


@pytest.mark.parametrize("bad", [{"corpus": []}, {"corpus": [" "]}, {"n": 0}, {"text": " "}, {"k": -1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("n-gram-language-model").run(bad)
