from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.bayesian.laplace_smoothing import laplace_smoothing, ngram_perplexity
from algorithms.registry import load
from core.errors import InputError

TOKENS = st.lists(st.sampled_from("abc"), min_size=1, max_size=20)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=30), st.floats(0.01, 100))
def test_sums_to_one_and_is_the_dirichlet_posterior_mean(counts: list[int], k: float) -> None:
    output = laplace_smoothing([float(c) for c in counts], k, "a", "a")
    expected = [(c + k) / (sum(counts) + k * len(counts)) for c in counts]
    np.testing.assert_allclose(output["probabilities"], expected)
    assert output["probabilities"].sum() == pytest.approx(1)
    assert output["unseen_mass"] == pytest.approx(sum(p for p, c in zip(expected, counts, strict=True) if c == 0))


def test_golden() -> None:
    output = laplace_smoothing([3, 0, 1], 1.0, "a", "a")
    assert output["probabilities"].tolist() == pytest.approx([4 / 7, 1 / 7, 2 / 7])
    assert output["unsmoothed"].tolist() == [0.75, 0, 0.25]


@given(TOKENS, st.integers(1, 3), st.floats(0.05, 2))
def test_model_sums_to_one_over_the_vocabulary(train: list[str], order: int, k: float) -> None:
    # the perplexity of a single token after a history is 1 / P: sum over all next tokens
    history = train[: order - 1]
    total = 0.0
    for word in [*sorted(set(train)), "unknown"]:
        n = len(history) + 1
        joint = ngram_perplexity(train, [*history, word], order, k) ** -n
        before = ngram_perplexity(train, history, order, k) ** -len(history) if history else 1.0
        total += joint / before
    assert total == pytest.approx(1)


def test_unseen_bigram_is_infinite_without_smoothing() -> None:
    output = laplace_smoothing([1], 1.0, "the cat sat on the mat", "the mat sat")
    assert output["perplexity_unsmoothed"] == math.inf
    # 7 words with <s> history; V = 5 words + <unk> = 6: P(the|<s>) = 2/7, P(mat|the) = 2/8, P(sat|mat) = 1/6
    assert output["perplexity"] == pytest.approx((2 / 7 * 2 / 8 * 1 / 6) ** (-1 / 3))


def test_seen_text_without_smoothing() -> None:
    # P(a|<s>) = 1, P(b|a) = 1
    assert ngram_perplexity(["a", "b"], ["a", "b"], 2, 0.0) == pytest.approx(1)


@pytest.mark.parametrize("bad", [{"k": 0}, {"counts": [-1.0]}, {"train": "   "}, {"order": 9}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("laplace-smoothing").run(bad)
