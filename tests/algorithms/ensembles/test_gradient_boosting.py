from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor

from algorithms.ensembles.gradient_boosting import fit_boosting, gradient_boosting, loss_and_residual, noisy_sine
from algorithms.registry import load
from algorithms.toy_data import two_moons
from core.errors import InputError


@pytest.mark.parametrize("depth", [1, 2])
def test_squared_loss_equals_sklearn(depth: int) -> None:
    X, y = noisy_sine(60, 0.3, np.random.default_rng(0))
    theirs = GradientBoostingRegressor(n_estimators=30, learning_rate=0.2, max_depth=depth, random_state=0).fit(X, y)
    np.testing.assert_allclose(fit_boosting(X, y, 30, 0.2, depth).raw(X), theirs.predict(X), atol=1e-6)


def test_logistic_loss_equals_sklearn() -> None:
    X, y = two_moons(80, 0.2, seed=0)
    X = X[:, :1]
    theirs = GradientBoostingClassifier(n_estimators=15, learning_rate=0.3, max_depth=1, random_state=0).fit(X, y)
    ours = fit_boosting(X, y.astype(float), 15, 0.3, 1, "logistic")
    np.testing.assert_allclose(ours.raw(X), theirs.decision_function(X), atol=1e-6)


@pytest.mark.parametrize("loss", ["squared", "logistic", "huber"])
def test_pseudo_residual_is_the_negative_gradient(loss: str) -> None:
    y, scores = np.array([0.0, 1.0, 1.0, 0.0]), np.array([0.3, -2.0, 0.9, 4.0])
    F = torch.tensor(scores, requires_grad=True)
    target = torch.tensor(y)
    value = {
        "squared": 0.5 * (target - F) ** 2,
        "logistic": torch.nn.functional.binary_cross_entropy_with_logits(F, target, reduction="none"),
        "huber": torch.nn.functional.huber_loss(F, target, reduction="none", delta=1.0),
    }[loss]
    (gradient,) = torch.autograd.grad(value.sum(), F)
    mean, residual = loss_and_residual(y, scores, loss)
    np.testing.assert_allclose(residual, -gradient, atol=1e-12)
    assert mean == pytest.approx(value.mean().item())


@settings(max_examples=15)
@given(st.integers(0, 1000), st.floats(0.05, 1.0))
def test_squared_training_loss_never_rises(seed: int, rate: float) -> None:
    X, y = noisy_sine(30, 0.5, np.random.default_rng(seed))
    losses = fit_boosting(X, y, 20, rate, 2).losses
    assert np.all(np.diff(losses) <= 1e-12)


def test_a_high_rate_overfits_and_a_low_one_regularises() -> None:
    runs = [[gradient_boosting(learning_rate=r, n_estimators=200, seed=s) for r in (0.01, 0.1, 1.0)] for s in range(4)]
    train = np.mean([[run["training_mse"] for run in row] for row in runs], axis=0)
    test = np.mean([[run["noise_free_test_mse"] for run in row] for row in runs], axis=0)
    assert train[0] > train[1] > train[2]
    assert test[2] > test[1]
    assert test[2] > test[0] * 0.9
    assert runs[0][0]["comparisons_per_row"] == 200


def test_huber_bounds_the_pull_of_an_outlier() -> None:
    X, y = [[float(i)] for i in range(10)], [0.0] * 9 + [1000.0]
    pulled = [abs(gradient_boosting(X, y, loss, 0.1, 20)["predictions"][8]) for loss in ("squared", "huber")]
    assert pulled[1] < pulled[0]
    assert pulled[1] < 2


def test_logistic_learns_the_sign_of_the_sine() -> None:
    output = gradient_boosting(loss="logistic", noise=0.0, n_estimators=50)
    assert output["training_loss_after"] < 0.1 < 0.6 < output["training_loss_before"]
    assert np.all((output["predictions"] > 0) & (output["predictions"] < 1))


@pytest.mark.parametrize(
    "bad",
    [
        {"learning_rate": 0},
        {"X": [[1.0], [2.0]]},
        {"X": [[1.0], [2.0]], "y": [1.0, 2.0, 3.0]},
        {"X": [[1.0], [2.0]], "y": [1.0, 2.0], "loss": "logistic"},
    ],
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("gradient-boosting").run(bad)
