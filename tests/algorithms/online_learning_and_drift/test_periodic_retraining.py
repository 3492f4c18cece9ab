from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression

from algorithms.online_learning_and_drift.periodic_retraining import drifting_stream, periodic_retraining, replay
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(1, 60), st.integers(0, 100))
@settings(max_examples=8)
def test_replay_equals_sklearn_models_of_their_day(interval: int, seed: int) -> None:
    X, y = drifting_stream(120, 0.01, 0.1, seed)
    errors = replay(X, y, interval, 30)
    for t in range(30, 120):
        born = t - (t - 30) % interval
        model = LinearRegression(fit_intercept=False).fit(X[born - 30 : born], y[born - 30 : born])
        assert errors[t - 30] == pytest.approx((y[t] - model.predict(X[t : t + 1])[0]) ** 2)


def test_error_grows_with_the_interval_and_with_age() -> None:
    r = load("periodic-retraining").run()
    assert np.all(np.diff(r["mse_by_interval"]) > 0) and np.all(np.diff(r["mse_by_age"]) > 0)
    assert r["mse_never_retrained"] > 10 * r["mse"] and r["trainings"] == 20
    assert r["trainings_by_interval"] == [195, 65, 20, 7, 2]
    assert r["mse_by_interval"][0] > 0.1**2


def test_without_drift_there_is_nothing_to_gain() -> None:
    r = periodic_retraining(drift=0.0)
    assert r["mse_never_retrained"] == pytest.approx(r["mse_by_interval"][0], rel=0.1)


def test_drift_by_hand() -> None:
    X, y = drifting_stream(200, np.pi / 2, 0.0, 0)
    np.testing.assert_allclose(y[1], X[1, 1], atol=1e-12)  # after a quarter turn the weights are (0, 1)
    np.testing.assert_allclose(y[2], -X[2, 0], atol=1e-12)


@pytest.mark.parametrize("bad", [{"interval": 0}, {"steps": 100}, {"window": 200}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("periodic-retraining").run(bad)
