from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from algorithms.linear_models.logistic_regression import fit_logistic, logistic_regression
from algorithms.registry import load
from algorithms.toy_data import gaussian_blobs
from core.errors import InputError

CENTERS = np.array([[0.0, 0.0], [1.5, 1.0]])


@given(st.integers(0, 1000))
@settings(max_examples=15, deadline=None)
def test_equals_statsmodels_without_penalty(seed: int) -> None:
    X, y = gaussian_blobs(CENTERS, 40, 1.5, seed)
    output = logistic_regression(X.tolist(), y.tolist())
    oracle = sm.Logit(y, sm.add_constant(X)).fit(disp=0)
    np.testing.assert_allclose([output["bias"], *output["weights"]], oracle.params, rtol=1e-4)
    assert output["loss_after"] == pytest.approx(-oracle.llf / len(y))
    assert output["loss_before"] == pytest.approx(np.log(2))
    assert not output["diverges"]


@pytest.mark.parametrize("l2", [0.01, 0.5])
def test_equals_sklearn_with_penalty(l2: float) -> None:
    X, y = gaussian_blobs(CENTERS, 30, 1.0, 0)
    output = logistic_regression(X.tolist(), y.tolist(), l2)
    oracle = LogisticRegression(C=1 / (l2 * len(y)), tol=1e-10, max_iter=1000).fit(X, y)
    np.testing.assert_allclose(output["weights"], oracle.coef_[0], rtol=1e-4)
    assert output["bias"] == pytest.approx(oracle.intercept_[0], rel=1e-4)
    np.testing.assert_allclose(output["probabilities"], oracle.predict_proba(X)[:50, 1], rtol=1e-4)
    assert output["accuracy"] == oracle.score(X, y)


def test_separable_data_diverge_without_and_not_with_a_penalty() -> None:
    X, y = [[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1]
    free, tied = logistic_regression(X, y), logistic_regression(X, y, l2=0.1)
    assert free["diverges"] and free["separable"] and not tied["diverges"]
    assert abs(free["weights"][0]) > 20 > 3 > abs(tied["weights"][0])
    longer = fit_logistic(np.array(X), np.array(y, dtype=float), iterations=10)[0][1]
    shorter = fit_logistic(np.array(X), np.array(y, dtype=float), iterations=5)[0][1]
    assert longer > shorter + 1


def test_fewer_samples_than_features_overfit_unregularised() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((10, 30)), np.array([0, 1] * 5)  # labels have nothing to do with X
    assert logistic_regression(X.tolist(), y.tolist())["diverges"]
    assert np.isfinite(logistic_regression(X.tolist(), y.tolist(), l2=1.0)["weights"]).all()


def test_log_odds_are_linear_and_loss_falls() -> None:
    output = load("logistic-regression").run()
    p = np.array(output["probabilities"])
    np.testing.assert_allclose(np.diff(np.log(p / (1 - p))), 0.5 * output["weights"][0])
    assert output["loss_after"] < 0.45 < output["loss_before"]
    assert output["accuracy"] >= 0.75
    assert output["odds_ratios"][0] == pytest.approx(np.exp(output["weights"][0]))


@pytest.mark.parametrize("bad", [{"y": [0, 1]}, {"y": [2] * 8}, {"l2": -1}, {"X": [[0.0] * 60] * 8}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("logistic-regression").run(bad)
