from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import Ridge

from algorithms.registry import load
from algorithms.regularization.l2_regularization import l2_regularization
from core.errors import InputError


def data(seed: int, n: int = 12, d: int = 4) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(1, 2, size=(n, d)), rng.normal(3, 1, size=n)


@given(st.integers(0, 500), st.floats(0.01, 100), st.booleans())
def test_equals_sklearn(seed: int, penalty: float, intercept: bool) -> None:
    X, y = data(seed)
    model = Ridge(alpha=penalty, fit_intercept=intercept).fit(X, y)
    output = l2_regularization(X.tolist(), y.tolist(), penalty, intercept=intercept)
    np.testing.assert_allclose(output["weights"], model.coef_, atol=1e-8)
    assert output["intercept"] == pytest.approx(float(model.intercept_), abs=1e-8)
    assert output["squared_norm"] <= output["unpenalised_squared_norm"]
    assert output["training_mse"] >= output["unpenalised_training_mse"] - 1e-12
    assert output["zeros"] == 0


def test_mean_loss_multiplies_the_penalty_by_n() -> None:
    X, y = data(0)
    mean = l2_regularization(X.tolist(), y.tolist(), 0.3, "mean")["weights"]
    np.testing.assert_allclose(mean, np.linalg.solve(X.T @ X + 12 * 0.3 * np.eye(4), X.T @ y))


def test_orthonormal_case_divides_by_one_plus_lambda() -> None:
    output = load("l2-regularization").run()
    assert output["weights"] == [1.5, 0.25, -1.0]


def test_it_does_not_resist_an_outlier() -> None:
    x = np.linspace(-1, 1, 21)
    y = 2 * x
    y[-1] = 50.0
    X = x[:, None].tolist()
    without = l2_regularization(X, (2 * x).tolist(), 1.0)["weights"][0]
    with_outlier = l2_regularization(X, y.tolist(), 1.0)["weights"][0]
    # both fits solve w = Σ x y / (Σ x² + λ); the outlier adds x (50 - 2) = 48 to the numerator in full
    assert with_outlier - without == pytest.approx(48 / ((x**2).sum() + 1))


def test_more_features_than_samples_still_has_an_answer() -> None:
    assert np.isfinite(l2_regularization([[1.0, 2.0, 3.0]], [6.0], 0.0)["weights"]).all()


@pytest.mark.parametrize(
    "bad", [{"penalty": -1}, {"y": [1.0]}, {"X": [[1.0], [1.0, 2.0], [1.0]]}, {"X": [[1.0]] * 300}]
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("l2-regularization").run(bad)
