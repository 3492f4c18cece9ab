from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from algorithms.linear_models.linear_regression import linear_regression
from algorithms.registry import load
from algorithms.toy_data import linear_data
from core.errors import InputError


@given(st.integers(0, 10_000), st.integers(1, 4), st.integers(8, 40))
def test_equals_statsmodels(seed: int, d: int, n: int) -> None:
    X, y = linear_data(np.arange(1.0, d + 1), 3.0, n, 1.0, seed)
    output, oracle = linear_regression(X.tolist(), y.tolist()), sm.OLS(y, sm.add_constant(X)).fit()
    np.testing.assert_allclose([output["intercept"], *output["coefficients"]], oracle.params, rtol=1e-8)
    np.testing.assert_allclose(output["standard_errors"], oracle.bse, rtol=1e-8)
    assert output["r2"] == pytest.approx(oracle.rsquared)
    assert output["residual_sd"] == pytest.approx(np.sqrt(oracle.scale))
    normal = np.linalg.solve(sm.add_constant(X).T @ sm.add_constant(X), sm.add_constant(X).T @ y)
    np.testing.assert_allclose(output["coefficients"], normal[1:], rtol=1e-6)


@given(st.integers(0, 1000), st.floats(0.01, 100), st.floats(-100, 100))
def test_affine_scaling_of_features_leaves_predictions(seed: int, a: float, b: float) -> None:
    X, y = linear_data(np.array([1.0, -2.0]), 0.5, 20, 1.0, seed)
    scaled = X * [a, 1.0] + [b, 0.0]
    plain, moved = linear_regression(X.tolist(), y.tolist()), linear_regression(scaled.tolist(), y.tolist())
    predictions = [o["intercept"] + M @ o["coefficients"] for o, M in ((plain, X), (moved, scaled))]
    np.testing.assert_allclose(predictions[0], predictions[1], atol=1e-6)
    assert plain["largest_residual_feature_product"] < 1e-9


def test_underfits_a_parabola() -> None:
    x = np.arange(-5.0, 6.0)
    output = linear_regression(x[:, None].tolist(), (x**2).tolist())
    assert output["r2"] == pytest.approx(0)
    assert output["coefficients"][0] == pytest.approx(0)


def test_exact_fit_has_no_standard_errors() -> None:
    output = linear_regression([[0], [1]], [1, 3])
    assert output["standard_errors"] is None
    assert output["coefficients"][0] == pytest.approx(2)


@pytest.mark.parametrize(
    "bad", [{"X": [[1, 2], [2, 4], [3, 6], [4, 8], [5, 10]]}, {"y": [1.0]}, {"X": [[3]] * 5}, {"X": [[1, 2]], "y": [1]}]
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("linear-regression").run(bad)
