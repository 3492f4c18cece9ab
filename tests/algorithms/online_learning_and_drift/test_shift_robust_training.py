from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from algorithms.online_learning_and_drift.shift_robust_training import fit, sample, shift_robust_training, turn
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 100), st.floats(-7, 7))
def test_turning_keeps_lengths_and_is_undone(seed: int, angle: float) -> None:
    X = np.random.default_rng(seed).standard_normal((5, 2))
    np.testing.assert_allclose(np.linalg.norm(turn(X, angle), axis=1), np.linalg.norm(X, axis=1))
    np.testing.assert_allclose(turn(turn(X, angle), -angle), X, atol=1e-12)
    np.testing.assert_allclose(turn(np.array([[1.0, 0.0]]), np.pi / 2), [[0, 1]], atol=1e-12)


def test_classifier_points_where_sklearn_points() -> None:
    X, y = sample(500, np.random.default_rng(0))
    ours = fit(X, y, steps=5000)
    theirs = LogisticRegression(C=1 / (0.01 * 500), fit_intercept=False, tol=1e-10).fit(X, y).coef_[0]
    np.testing.assert_allclose(ours, theirs, atol=1e-3)


def test_augmentation_that_mimics_the_shift_helps() -> None:
    r = load("shift-robust-training").run()
    assert r["target_error_plain"] > 0.2 > 0.03 > r["target_error_augmented"]
    assert r["clean_error_plain"] < r["clean_error_augmented"] < 0.03
    assert np.all(np.diff(r["sweep_target_error"]) < 0) and np.all(np.diff(r["sweep_clean_error"]) > 0)


def test_ensemble_fails_less_badly_in_its_worst_condition() -> None:
    for seed in range(3):
        r = shift_robust_training(seed=seed)
        assert r["worst_error_of_ensemble"] < 0.2 * r["average_worst_error_of_members"]
        assert r["worst_error_of_members"][0] == pytest.approx(0.5, abs=0.12)  # a quarter turn off is a coin toss


def test_without_shift_plain_training_is_best() -> None:
    r = shift_robust_training(shift_degrees=0)
    assert r["target_error_plain"] == r["clean_error_plain"] <= r["target_error_augmented"]


@pytest.mark.parametrize("bad", [{"shift_degrees": 200}, {"n": 3}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("shift-robust-training").run(bad)
