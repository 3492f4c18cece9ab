from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.linear_model import Ridge

from algorithms.bayesian.bayesian_linear_regression import bayesian_linear_regression, coefficient_posterior
from algorithms.registry import load
from algorithms.toy_data import linear_data
from core.errors import InputError


@given(st.integers(0, 1000), st.floats(0.1, 10), st.floats(0.1, 3))
def test_mean_is_ridge(seed: int, alpha: float, noise_sd: float) -> None:
    X, y = linear_data(np.array([1.0, -2.0]), 0.5, 15, 1.0, seed)
    output = bayesian_linear_regression(X.tolist(), y.tolist(), X[:3].tolist(), alpha, noise_sd)
    A = np.column_stack([np.ones(15), X])
    oracle = Ridge(alpha=alpha * noise_sd**2, fit_intercept=False).fit(A, y)
    np.testing.assert_allclose(output["mean"], oracle.coef_, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(output["predictive_mean"], oracle.predict(A[:3]), rtol=1e-6, atol=1e-9)
    assert output["ridge_penalty"] == pytest.approx(alpha * noise_sd**2)
    joint = stats.multivariate_normal(np.zeros(15), noise_sd**2 * np.eye(15) + A @ A.T / alpha)
    assert output["log_evidence"] == pytest.approx(joint.logpdf(y))


def test_posterior_today_is_the_prior_tomorrow() -> None:
    A, y = np.random.default_rng(0).standard_normal((20, 2)), np.arange(20.0)
    mean, covariance = coefficient_posterior(A, y, 1.0, 0.5)
    first_mean, first_cov = coefficient_posterior(A[:8], y[:8], 1.0, 0.5)
    precision = np.linalg.inv(first_cov) + A[8:].T @ A[8:] / 0.25
    np.testing.assert_allclose(np.linalg.inv(precision), covariance)
    np.testing.assert_allclose(
        np.linalg.solve(precision, np.linalg.solve(first_cov, first_mean) + A[8:].T @ y[8:] / 0.25), mean
    )


def test_uncertainty_grows_away_from_the_data() -> None:
    output = load("bayesian-linear-regression").run()
    sd = output["predictive_sd"]
    assert sd == sorted(sd)
    assert sd[-1] > 2.5 * sd[0]
    np.testing.assert_allclose(np.array(sd) ** 2, np.array(output["model_sd"]) ** 2 + 0.04)


def test_predictions_cover_as_often_as_they_say() -> None:
    rng = np.random.default_rng(0)
    inside = 0
    for _ in range(400):
        beta = rng.standard_normal(2)
        X = rng.standard_normal((6, 1))
        y = beta[0] + beta[1] * X[:, 0] + 0.5 * rng.standard_normal(6)
        output = bayesian_linear_regression(X.tolist(), y.tolist(), [[2.0]], 1.0, 0.5)
        new = beta[0] + 2 * beta[1] + 0.5 * rng.standard_normal()
        inside += abs(new - output["predictive_mean"][0]) < output["predictive_sd"][0]
    assert inside / 400 == pytest.approx(0.683, abs=0.07)


@pytest.mark.parametrize("bad", [{"X_new": [[1.0, 2.0]]}, {"y": [1.0]}, {"alpha": 0}, {"noise_sd": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("bayesian-linear-regression").run(bad)
