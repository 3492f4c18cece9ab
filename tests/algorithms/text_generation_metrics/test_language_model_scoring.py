from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.text_generation_metrics.language_model_scoring import language_model_scoring
from algorithms.text_generation_metrics.rouge import rouge
from core.errors import InputError

CORPUS = ["the cat sat on the mat", "the dog sat on the rug"]
WORDS = st.lists(st.sampled_from(["the", "cat", "sat", "on", "zebra"]), min_size=1, max_size=8)


def test_golden() -> None:
    # corpus "a b a": starts 1, (a,b) 1, (b,a) 1; V = {a, b, <unk>}; k = 1
    # "a b": p(a|<s>) = 2/4, p(b|a) = 2/4
    output = language_model_scoring(["a b a"], ["a b"], 1.0)
    assert output["scores"] == [pytest.approx(math.log(0.5))]
    assert output["vocabulary_size"] == 3


@given(WORDS)
def test_next_word_probabilities_sum_to_one(prefix: list[str]) -> None:
    vocabulary = ["the", "cat", "sat", "on", "mat", "dog", "rug", "zebra"]  # zebra stands for the unknown token
    text = " ".join(prefix)
    before = language_model_scoring(CORPUS, [text])["scores"][0] * len(prefix)
    extended = language_model_scoring(CORPUS, [f"{text} {word}" for word in vocabulary])["scores"]
    total = sum(math.exp(score * (len(prefix) + 1) - before) for score in extended)
    assert total == pytest.approx(1)


def test_sees_word_order_that_unigram_overlap_cannot() -> None:
    fluent, scrambled = "the cat sat on the rug", "rug the on sat cat the"
    output = language_model_scoring(CORPUS, [scrambled, fluent])
    assert output["ranking"] == [1, 0]
    assert output["perplexities"][0] > 2 * output["perplexities"][1]
    assert rouge(scrambled, fluent)["rouge_n"]["f1"] == rouge(fluent, fluent)["rouge_n"]["f1"] == 1


def test_a_fluent_falsehood_scores_as_well_as_the_truth() -> None:
    true, false = language_model_scoring(CORPUS, ["the cat sat on the mat", "the dog sat on the mat"])["scores"]
    assert false == pytest.approx(true)


@pytest.mark.parametrize("bad", [{"candidates": ["..."]}, {"smoothing": 0}, {"corpus": []}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("language-model-scoring").run(bad)
