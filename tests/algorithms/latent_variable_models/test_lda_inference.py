from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.latent_variable_models.lda_inference import gibbs, lda_inference, match_topics, variational
from algorithms.registry import load
from core.errors import InputError


@pytest.mark.parametrize("method", ["gibbs", "variational"])
def test_recovers_the_topics(method: str) -> None:
    output = lda_inference(method, documents=40)
    assert min(output["topic_match"]) > 0.95
    assert output["proportion_error"] < 0.08
    assert output["counts_total"] == pytest.approx(40 * 40)
    np.testing.assert_allclose(output["topics"].sum(axis=1), 1)


@settings(max_examples=10)
@given(st.integers(0, 1000))
def test_gibbs_conserves_counts(seed: int) -> None:
    rng = np.random.default_rng(seed)
    docs = rng.integers(0, 6, (4, 7))
    doc_topic, topic_word, z = gibbs(docs, 3, 6, 0.5, 0.1, 2, rng)
    np.testing.assert_array_equal(doc_topic, [np.bincount(row, minlength=3) for row in z])
    np.testing.assert_array_equal(topic_word.sum(axis=0), np.bincount(docs.ravel(), minlength=6))
    for k in range(3):
        np.testing.assert_array_equal(topic_word[k], np.bincount(docs[z == k], minlength=6))


def test_gibbs_has_the_exact_posterior_of_two_words() -> None:
    # one document with the words 0 and 1, two topics: enumerate p(z1, z2) ~ prod Gamma-ratios of the collapsed joint
    # same topic:      (a)(a + 1) / (2a)(2a + 1) * b * b / ((2b)(2b + 1))
    # different topics: a * a / (2a)(2a + 1) * (b / 2b)^2
    a, b = 0.5, 0.3
    same = 2 * a * (a + 1) * b * b / (2 * b * (2 * b + 1))
    different = 2 * a * a / 4
    rng = np.random.default_rng(0)
    together = sum(len(set(gibbs(np.array([[0, 1]]), 2, 2, a, b, 4, rng)[2][0])) == 1 for _ in range(3000))
    assert together / 3000 == pytest.approx(same / (same + different), abs=0.025)


@settings(max_examples=10)
@given(st.integers(0, 1000))
def test_elbo_never_falls(seed: int) -> None:
    rng = np.random.default_rng(seed)
    counts = rng.poisson(1.5, (6, 8)).astype(float)
    gamma, lam, elbo = variational(counts, 3, 0.4, 0.2, 15, rng)
    # from the second sweep on, each sweep is a full round of coordinate updates
    assert np.all(np.diff(elbo[1:]) >= -1e-7)
    assert gamma.sum() == pytest.approx(6 * 3 * 0.4 + counts.sum())
    assert lam.sum() == pytest.approx(3 * 8 * 0.2 + counts.sum())


def test_matching_ignores_the_order_of_topics() -> None:
    truth = np.eye(3)
    np.testing.assert_allclose(match_topics(truth[[2, 0, 1]], truth), 1)


@pytest.mark.parametrize("bad", [{"method": "em"}, {"topics": 1}, {"alpha": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("lda-inference").run(bad)
