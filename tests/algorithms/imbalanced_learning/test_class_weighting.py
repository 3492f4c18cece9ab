from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.utils.class_weight import compute_class_weight

from algorithms.imbalanced_learning.class_weighting import class_weighting, fit_logistic, probability
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(10, 500), st.integers(5, 200))
def test_balanced_weights_equal_sklearn(n_negative: int, n_positive: int) -> None:
    y = np.repeat([0, 1], [n_negative, n_positive])
    expected = compute_class_weight("balanced", classes=np.array([0, 1]), y=y)
    output = class_weighting(n_negative, n_positive)
    assert [output["weight_negative"], output["weight_positive"]] == pytest.approx(expected)
    assert output["scale_pos_weight"] == n_negative / n_positive


@pytest.mark.parametrize("seed", range(3))
def test_weighted_logistic_regression_equals_sklearn(seed: int) -> None:
    rng = np.random.default_rng(seed)
    X, w = rng.standard_normal((60, 3)), rng.random(60) + 0.1
    y = (X[:, 0] + rng.standard_normal(60) > 0.5).astype(float)
    theirs = LogisticRegression(C=1 / 0.2, tol=1e-10, max_iter=1000).fit(X, y, sample_weight=w)
    beta = fit_logistic(X, y, w, l2=0.2)
    np.testing.assert_allclose(beta, [*theirs.intercept_, *theirs.coef_[0]], atol=1e-5)
    np.testing.assert_allclose(probability(X, beta), theirs.predict_proba(X)[:, 1], atol=1e-5)


@settings(max_examples=10)
@given(st.integers(0, 1000), st.integers(2, 5))
def test_a_weight_is_the_same_as_copies(seed: int, times: int) -> None:
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((30, 2)), np.repeat([0.0, 1.0], [24, 6])
    copies = np.concatenate([np.arange(24), np.repeat(np.arange(24, 30), times)])
    weighted = fit_logistic(X, y, np.where(y == 1, float(times), 1.0))
    np.testing.assert_allclose(weighted, fit_logistic(X[copies], y[copies]), atol=1e-6)


def test_weights_raise_recall_and_spoil_the_calibration() -> None:
    plain, weighted = class_weighting(weighting="none"), class_weighting(weighting="balanced")
    assert weighted["recall"] > plain["recall"] + 0.2
    assert weighted["precision"] < plain["precision"]
    assert plain["mean_probability"] == pytest.approx(plain["prevalence"], rel=0.2)
    assert weighted["mean_probability"] > 3 * weighted["prevalence"]


def test_nearly_separable_rows_do_not_break_newton() -> None:
    beta = fit_logistic(np.array([[-1.0], [-0.5], [0.5], [1.0]]) * 100, np.array([0.0, 0, 1, 1]))
    assert np.all(np.isfinite(beta))
    assert beta[1] > 0


@pytest.mark.parametrize("bad", [{"n_positive": 0}, {"weighting": "auto"}, {"n_negative": 10**9}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("class-weighting").run(bad)
