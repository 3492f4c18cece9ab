from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.regression.quantile_regression import QuantReg

from algorithms.linear_models.least_absolute_deviations import by_reweighting, least_absolute_deviations
from algorithms.registry import load
from algorithms.toy_data import linear_data
from core.errors import InputError


@given(st.integers(0, 1000), st.integers(1, 3))
@settings(max_examples=10, deadline=None)
def test_irls_and_linear_program_reach_the_same_objective(seed: int, d: int) -> None:
    X, y = linear_data(np.arange(1.0, d + 1), 1.0, 30, 1.0, seed)
    y[:3] += 50
    irls = least_absolute_deviations(X.tolist(), y.tolist(), "irls")
    lp = least_absolute_deviations(X.tolist(), y.tolist(), "lp")
    assert lp["objective"] <= irls["objective"] + 1e-6
    assert irls["objective"] == pytest.approx(lp["objective"], rel=1e-3)
    assert lp["objective"] < lp["ols_objective"]
    # the optimum passes through at least as many points as it has coefficients
    residuals = np.abs(y - lp["intercept"] - X @ lp["coefficients"])
    assert (residuals < 1e-7).sum() >= d + 1


def test_equals_statsmodels() -> None:
    X, y = linear_data(np.array([2.0]), 1.0, 41, 1.0, 3)
    oracle = QuantReg(y, np.column_stack([np.ones(41), X])).fit(q=0.5)
    output = least_absolute_deviations(X.tolist(), y.tolist(), "lp")
    assert [output["intercept"], *output["coefficients"]] == pytest.approx(oracle.params.tolist(), abs=1e-4)


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=10))
def test_constant_fit_is_the_median(values: list[int]) -> None:
    y = np.array([*values, *values, values[0]], dtype=float)  # an odd number: the median is unique
    assert by_reweighting(np.ones((len(y), 1)), y)[0] == pytest.approx(np.median(y), abs=0.01)


def test_an_outlier_drags_least_squares_only() -> None:
    output = load("least-absolute-deviations").run()
    assert output["coefficients"][0] == pytest.approx(2, abs=0.1)
    assert output["ols_coefficients"][0] > 5


@pytest.mark.parametrize("bad", [{"y": [1.0, 2.0]}, {"X": [[1, 1]] * 6}, {"method": "gradient"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("least-absolute-deviations").run(bad)
