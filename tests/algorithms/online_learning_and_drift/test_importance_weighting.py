from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm
from sklearn.linear_model import LinearRegression, LogisticRegression

from algorithms.online_learning_and_drift.importance_weighting import (
    exact_weights,
    importance_weighting,
    learned_weights,
    weighted_line,
)
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.floats(-4, 4), min_size=1, max_size=10), st.floats(-3, 3))
def test_exact_ratio_equals_scipy(x: list[float], shift: float) -> None:
    expected = norm.pdf(x, shift, 1) / norm.pdf(x, 0, 1)
    np.testing.assert_allclose(exact_weights(np.array(x), shift), expected, rtol=1e-9)


def test_learned_ratio_is_the_odds_of_a_classifier() -> None:
    rng = np.random.default_rng(0)
    source, target = rng.standard_normal(300), 1 + rng.standard_normal(300)
    model = LogisticRegression(C=1e9, tol=1e-10, max_iter=1000)
    model.fit(np.concatenate([source, target])[:, None], np.repeat([0, 1], 300))
    p = model.predict_proba(source[:, None])[:, 1]
    np.testing.assert_allclose(learned_weights(source, target), p / (1 - p), rtol=1e-3)


@given(st.integers(0, 1000))
def test_weighted_line_equals_sklearn(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y, w = rng.standard_normal(12), rng.standard_normal(12), rng.uniform(0.1, 2, 12)
    model = LinearRegression().fit(x[:, None], y, sample_weight=w)
    np.testing.assert_allclose(weighted_line(x, y, w), [model.intercept_, model.coef_[0]], atol=1e-9)


def test_weighted_source_risk_estimates_the_target_risk() -> None:
    r = importance_weighting(shift=0.7, n=20_000)
    assert r["weighted_risk"] == pytest.approx(r["target_risk"], rel=0.12)
    assert r["source_risk"] == pytest.approx(3 + 0.09, rel=0.05)  # fourth moment of N(0, 1) and the noise
    assert r["mean_weight"] == pytest.approx(1, abs=0.03)
    # E w² = exp(shift²), so the effective share is exp(-0.49) = 0.613
    assert r["effective_sample_size"] / 20_000 == pytest.approx(0.613, abs=0.05)


def test_weights_help_a_model_that_is_too_simple() -> None:
    r = load("importance-weighting").run()
    # on N(1, 1) the best line for x² is 2x: x² = (z + 1)² = z² + 2z + 1 has slope 2, intercept 2 - 2 = 0
    assert r["line_weighted"] == pytest.approx([0, 2], abs=0.5) and r["line_unweighted"] == pytest.approx(
        [1, 0], abs=0.3
    )
    assert max(r["target_mse_weighted"], r["target_mse_learned_weights"]) < 0.5 * r["target_mse_unweighted"]


@pytest.mark.parametrize("bad", [{"shift": 5}, {"n": 1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("importance-weighting").run(bad)
