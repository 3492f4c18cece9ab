from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import curve_fit
from sklearn.tree import DecisionTreeRegressor

from algorithms.linear_models.logistic_growth_curve_fit import curve, jacobian, logistic_growth_curve_fit
from algorithms.registry import load
from core.errors import InputError


@given(st.floats(1, 1000), st.floats(0.3, 2), st.floats(2, 8))
@settings(deadline=None)
def test_noise_free_samples_give_the_parameters_back(K: float, r: float, t0: float) -> None:
    t = np.linspace(0, 10, 15)
    output = logistic_growth_curve_fit(t.tolist(), curve(np.array([K, r, t0]), t).tolist(), [20.0])
    assert output["capacity"] == pytest.approx(K, rel=1e-3)
    assert output["rate"] == pytest.approx(r, rel=1e-3)
    assert output["midpoint"] == pytest.approx(t0, abs=1e-2)
    assert output["forecast"][0] == pytest.approx(K / (1 + np.exp(-r * (20 - t0))), rel=1e-3)
    assert output["loss_after"] <= output["loss_before"]


def test_noisy_fit_equals_scipy() -> None:
    t = np.linspace(0, 10, 30)
    y = curve(np.array([100.0, 0.9, 5.0]), t) + np.random.default_rng(0).standard_normal(30)
    y = np.clip(y, 0.1, None)
    expected, _ = curve_fit(lambda v, K, r, t0: K / (1 + np.exp(-r * (v - t0))), t, y, p0=[90, 1, 4])
    output = logistic_growth_curve_fit(t.tolist(), y.tolist(), [15.0])
    assert [output["capacity"], output["rate"], output["midpoint"]] == pytest.approx(expected.tolist(), rel=1e-4)


def test_jacobian_equals_finite_differences() -> None:
    p, t = np.array([3.0, 0.7, 1.2]), np.linspace(-2, 4, 7)
    for j in range(3):
        step = np.zeros(3)
        step[j] = 1e-6
        np.testing.assert_allclose(jacobian(p, t)[:, j], (curve(p + step, t) - curve(p - step, t)) / 2e-6, atol=1e-8)


def test_extrapolates_where_a_tree_repeats_its_last_leaf() -> None:
    t = np.arange(0.0, 6.0)
    y = curve(np.array([100.0, 1.0, 4.0]), t)
    output = logistic_growth_curve_fit(t.tolist(), y.tolist(), [10.0])
    tree = DecisionTreeRegressor(random_state=0).fit(t[:, None], y).predict([[10.0]])[0]
    assert output["constant_forecast"] == pytest.approx(tree)
    assert abs(output["forecast"][0] - 100 / (1 + np.exp(-6))) < 0.5 < abs(tree - 99.75)
    assert output["midpoint_passed"]


def test_before_the_midpoint_it_warns() -> None:
    t = np.arange(0.0, 5.0)
    y = curve(np.array([1000.0, 1.0, 9.0]), t)
    assert not logistic_growth_curve_fit(t.tolist(), y.tolist(), [20.0])["midpoint_passed"]


@pytest.mark.parametrize("bad", [{"y": [1.0] * 3}, {"t": [1.0] * 9}, {"y": [0.0] * 9}, {"forecast_t": []}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("logistic-growth-curve-fit").run(bad)
