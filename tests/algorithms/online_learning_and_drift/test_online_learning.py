from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import Ridge

from algorithms.online_learning_and_drift.online_learning import online_learning, recursive_least_squares
from algorithms.registry import load
from core.errors import InputError

STREAM = st.lists(st.floats(-1000, 1000), min_size=1, max_size=40)


@given(STREAM)
def test_running_mean_and_variance_equal_the_batch(values: list[float]) -> None:
    r = online_learning(values, n=5)
    expected = np.cumsum(values) / np.arange(1, len(values) + 1)
    np.testing.assert_allclose(r["running_mean"], expected, atol=1e-9)
    assert r["mean"] == pytest.approx(np.mean(values), abs=1e-9)
    assert r["variance"] == pytest.approx(np.var(values), abs=1e-6, rel=1e-9)


@given(st.integers(0, 1000), st.floats(0.01, 10))
def test_recursion_equals_ridge_regression_in_any_order(seed: int, ridge: float) -> None:
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((20, 3)), rng.standard_normal(20)
    expected = Ridge(alpha=ridge, fit_intercept=False).fit(X, y).coef_
    np.testing.assert_allclose(recursive_least_squares(X, y, ridge)[0], expected, atol=1e-8)
    np.testing.assert_allclose(recursive_least_squares(X[::-1], y[::-1], ridge)[0], expected, atol=1e-8)


def test_errors_are_made_before_learning_and_fall_to_the_noise() -> None:
    r = load("online-learning").run({"n": 1000})
    assert r["weights"] == pytest.approx(r["batch_weights"])
    assert r["weights"] == pytest.approx([1, -2, 0.5], abs=0.02)
    assert r["last_errors"] == pytest.approx(0.1, abs=0.03) and r["first_errors"] > 1.5 * r["last_errors"]


def test_a_constant_step_forgets() -> None:
    r = load("online-learning").run()
    # 2, 3, 4.5, 6.25, then half way to 20 each time
    assert r["forgetting_mean"] == [2, 3, 4.5, 6.25, 13.125, 16.5625, 18.28125, 19.140625]
    assert r["running_mean"][-1] == 12.5 and r["batch_mean"] == 12.5


@pytest.mark.parametrize("bad", [{"values": []}, {"step": 0}, {"ridge": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("online-learning").run(bad)
