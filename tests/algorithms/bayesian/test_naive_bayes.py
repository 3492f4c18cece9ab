from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.naive_bayes import GaussianNB, MultinomialNB

from algorithms.bayesian.naive_bayes import naive_bayes
from algorithms.registry import load
from algorithms.toy_data import gaussian_blobs
from core.errors import InputError


@given(st.integers(0, 1000))
def test_gaussian_equals_sklearn(seed: int) -> None:
    X, y = gaussian_blobs(np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 2.0]]), 8, 1.0, seed)
    query = np.random.default_rng(seed).standard_normal((5, 2))
    oracle = GaussianNB().fit(X, y + 3)
    output = naive_bayes(X.tolist(), (y + 3).tolist(), query.tolist())
    np.testing.assert_allclose(output["posteriors"], oracle.predict_proba(query), atol=1e-9)
    np.testing.assert_allclose(output["log_joint"], oracle.predict_joint_log_proba(query), rtol=1e-7)
    assert output["predictions"].tolist() == oracle.predict(query).tolist()
    assert output["training_accuracy"] == oracle.score(X, y + 3)


@given(st.integers(0, 1000), st.floats(0.1, 3))
def test_multinomial_equals_sklearn(seed: int, alpha: float) -> None:
    rng = np.random.default_rng(seed)
    X, y, query = rng.integers(5, size=(12, 6)), np.arange(12) % 3, rng.integers(5, size=(4, 6))
    oracle = MultinomialNB(alpha=alpha).fit(X, y)
    output = naive_bayes(X.tolist(), y.tolist(), query.tolist(), "multinomial", alpha)
    np.testing.assert_allclose(output["posteriors"], oracle.predict_proba(query), atol=1e-9)


def test_features_may_be_marginally_correlated() -> None:
    rng = np.random.default_rng(0)
    y = np.arange(500) % 2
    X = 6.0 * y[:, None] + rng.standard_normal((500, 2))  # independent given the class
    assert np.corrcoef(X.T)[0, 1] > 0.8
    assert max(abs(np.corrcoef(X[y == c].T)[0, 1]) for c in (0, 1)) < 0.15
    assert naive_bayes(X.tolist(), y.tolist(), [[0.0, 0.0]])["training_accuracy"] > 0.99


def test_repeated_evidence_makes_it_overconfident() -> None:
    X, y = [[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1]
    once = naive_bayes(X, y, [[1.7]])["posteriors"][0, 1]
    often = naive_bayes([row * 5 for row in X], y, [[1.7] * 5])["posteriors"][0, 1]
    assert often > once > 0.5
    assert often / (1 - often) == pytest.approx((once / (1 - once)) ** 5, rel=1e-6)


@pytest.mark.parametrize(
    "bad", [{"query": [[1.0]]}, {"y": [0, 1]}, {"X": [[-1, 0, 1]] * 4}, {"kind": "bernoulli"}, {"alpha": 0}]
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("naive-bayes").run(bad)
