from __future__ import annotations

import numpy as np
import pytest

from algorithms.optimizers.stochastic_gradient_descent import least_squares_gradients, stochastic_gradient_descent
from algorithms.registry import load
from core.errors import InputError


def test_sample_gradients_average_to_the_full_gradient() -> None:
    rng = np.random.default_rng(0)
    X, y, w = rng.normal(size=(6, 3)), rng.normal(size=6), rng.normal(size=3)
    h = 1e-6
    numeric = [
        (0.25 * ((X @ (w + h * e) - y) ** 2).mean() - 0.25 * ((X @ (w - h * e) - y) ** 2).mean()) / h for e in np.eye(3)
    ]
    np.testing.assert_allclose(least_squares_gradients(X, y, w).mean(axis=0), numeric, atol=1e-7)


def test_without_noise_it_finds_the_exact_weights() -> None:
    np.testing.assert_allclose(stochastic_gradient_descent(noise=0.0)["weights"], [2, -1], atol=1e-8)


def test_a_decaying_rate_settles_and_a_constant_one_bounces() -> None:
    far, near = [], []
    for seed in range(5):
        far.append(stochastic_gradient_descent(seed=seed, learning_rate=0.1, epochs=50)["distances"][-10:])
        near.append(
            stochastic_gradient_descent(seed=seed, learning_rate=0.1, epochs=50, schedule="robbins-monro")["distances"][
                -10:
            ]
        )
    assert np.mean(near) < 0.3 * np.mean(far)
    assert np.mean(near) < 0.05


def test_at_the_optimum_single_gradients_still_vary() -> None:
    output = load("stochastic-gradient-descent").run()
    assert output["single_gradient_variance"] > 0.1
    assert output["lowest_loss"] <= output["loss"] < 1.05 * output["lowest_loss"]


@pytest.mark.parametrize("bad", [{"learning_rate": 1.0}, {"epochs": 1000}, {"schedule": "cosine"}, {"samples": 1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("stochastic-gradient-descent").run(bad)
