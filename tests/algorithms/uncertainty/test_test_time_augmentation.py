from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from algorithms.registry import load
from algorithms.uncertainty.test_time_augmentation import augment_at_test_time, fit, probabilities, signals
from core.errors import InputError


def test_classifier_agrees_with_sklearn() -> None:
    X, y = signals(300, 0, 0.8, np.random.default_rng(0))
    ours = probabilities(X, fit(X, y, steps=3000))
    theirs = LogisticRegression(C=1 / (0.001 * 300), tol=1e-8, max_iter=5000).fit(X, y).predict_proba(X)[:, 1]
    np.testing.assert_allclose(ours, theirs, atol=0.03)  # sklearn leaves the bias unpenalised


def test_averaging_raises_accuracy_on_shifted_signals() -> None:
    runs = [augment_at_test_time(n=2000, seed=s) for s in range(5)]
    gains = [r["accuracy_tta"] - r["accuracy_single"] for r in runs]
    assert min(gains) >= 0 and np.mean(gains) > 0.005 and runs[0]["accuracy_tta"] > 0.8
    assert np.mean([r["spread_when_wrong"] - r["spread_when_right"] for r in runs]) > 0.03


def test_without_augmentation_nothing_changes() -> None:
    r = augment_at_test_time(max_shift=0)
    assert r["passes"] == 1 and r["mean_spread"] == 0 and r["accuracy_single"] == r["accuracy_tta"]
    assert r["log_loss_single"] == r["log_loss_tta"]


@given(st.integers(0, 8), st.integers(0, 50))
@settings(max_examples=8)
def test_shapes_of_signals(shift: int, seed: int) -> None:
    X, y = signals(40, shift, 0.0, np.random.default_rng(seed))
    peaks = X.argmax(axis=1)
    assert np.all(np.abs(peaks[y == 0] - 12) <= shift)
    assert np.all(np.abs(np.abs(peaks[y == 1] - 12) - 4) <= shift) and X.max() <= 1 + 1e-6


@pytest.mark.parametrize("bad", [{"max_shift": 9}, {"noise": -1}, {"n": 1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("test-time-augmentation").run(bad)
