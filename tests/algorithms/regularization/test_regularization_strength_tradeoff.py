from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression

from algorithms.registry import load
from algorithms.regularization.regularization_strength_tradeoff import regularization_strength_tradeoff
from algorithms.toy_data import linear_data
from core.errors import InputError


@given(st.integers(0, 50))
def test_training_error_never_falls_and_the_norm_never_rises(seed: int) -> None:
    output = regularization_strength_tradeoff(samples=15, features=8, seed=seed)
    assert np.all(np.diff(output["training_mse"]) >= -1e-9)
    assert np.all(np.diff(output["norms"]) <= 1e-9)


def test_zero_is_ordinary_least_squares() -> None:
    X, y = linear_data(np.where(np.arange(20) < 5, 1.0, 0.0), 0.0, 1030, 2.0, 0)
    model = LinearRegression(fit_intercept=False).fit(X[:30], y[:30])
    output = load("regularization-strength-tradeoff").run()
    assert output["training_mse"][0] == pytest.approx(((model.predict(X[:30]) - y[:30]) ** 2).mean())
    assert output["validation_mse"][0] == pytest.approx(((model.predict(X[30:]) - y[30:]) ** 2).mean())


@pytest.mark.parametrize("seed", range(5))
def test_validation_error_is_u_shaped(seed: int) -> None:
    output = regularization_strength_tradeoff(seed=seed)
    errors = output["validation_mse"]
    best = int(np.argmin(errors))
    assert 0 < best < len(errors) - 1
    assert errors[0] > 1.05 * errors[best]
    assert errors[-1] > 1.2 * errors[best]
    assert errors[-1] == pytest.approx(output["mean_only_validation_mse"], rel=0.05)


@pytest.mark.parametrize("bad", [{"penalties": [1.0]}, {"penalties": [-1.0, 1.0]}, {"features": 1000}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("regularization-strength-tradeoff").run(bad)
