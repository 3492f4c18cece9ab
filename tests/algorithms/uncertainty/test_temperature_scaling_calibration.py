from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from sklearn.metrics import log_loss

from algorithms.registry import load
from algorithms.uncertainty.temperature_scaling_calibration import (
    fit_temperature,
    negative_log_likelihood,
    overconfident,
    temperature_scaling_calibration,
)
from core.errors import InputError


@given(st.integers(0, 1000), st.floats(0.3, 8))
def test_temperature_equals_scipy(seed: int, scale: float) -> None:
    z, y = overconfident(200, scale, seed)
    best = minimize_scalar(lambda t: negative_log_likelihood(z / np.exp(t), y), bounds=(-3, 4), method="bounded")
    T = fit_temperature(z, y)
    assert negative_log_likelihood(z / T, y) <= best.fun + 1e-8
    assert pytest.approx(np.exp(best.x), rel=1e-2) == T


def test_loss_equals_sklearn() -> None:
    z, y = overconfident(50, 2.0, 0)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    assert negative_log_likelihood(z, y) == pytest.approx(log_loss(y, p, labels=[0, 1, 2]))


def test_recovers_the_factor_and_mends_confidence() -> None:
    r = temperature_scaling_calibration(scale=3.0, n=2000)
    assert r["temperature"] == pytest.approx(3, rel=0.1)
    assert r["test_nll_after"] < r["test_nll_before"] - 0.1 and r["nll_after"] <= r["nll_before"]
    assert r["confidence_before"] > r["accuracy"] + 0.15 and abs(r["confidence_after"] - r["accuracy"]) < 0.03


def test_given_logits() -> None:
    # two equal rows, one right and one wrong: only equal probabilities fit, so T goes to its bound
    r = temperature_scaling_calibration([[2.0, 0.0], [2.0, 0.0]], [0, 1])
    assert r["temperature"] == pytest.approx(100) and r["test_nll_after"] is None and r["accuracy"] == 0.5
    # three of four right: softmax of (2 / T, 0) must be 0.75, so T = 2 / ln 3
    r = temperature_scaling_calibration([[2.0, 0.0]] * 4, [0, 0, 0, 1])
    assert r["temperature"] == pytest.approx(2 / np.log(3))


@pytest.mark.parametrize("bad", [{"logits": [[1, 2]], "labels": [2]}, {"logits": [[1, 2]]}, {"scale": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("temperature-scaling-calibration").run(bad)
