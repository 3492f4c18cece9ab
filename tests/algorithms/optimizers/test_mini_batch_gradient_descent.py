from __future__ import annotations

import numpy as np
import pytest

from algorithms.optimizers.mini_batch_gradient_descent import gradient_noise, mini_batch_gradient_descent
from algorithms.registry import load
from core.errors import InputError


def test_gradient_is_unbiased_and_its_variance_falls_as_one_over_b() -> None:
    output = mini_batch_gradient_descent(batch_sizes=[1, 4, 16, 64, 256], epochs=1)
    np.testing.assert_allclose(output["variances"], output["expected_variances"], rtol=0.12)
    # the mean of 2,000 batches deviates by about the standard error
    errors = np.sqrt(np.array(output["expected_variances"]) / 2000)
    assert np.all(np.array(output["biases"]) < 4 * errors)


def test_noise_of_two_hand_computed_gradients() -> None:
    # gradients 0 and 2: mean 1, σ² = 1; batches of 2 have variance 1/2
    bias, variance = gradient_noise(np.array([[0.0], [2.0]]), 2, 20_000, np.random.default_rng(0))
    assert bias < 0.02
    assert variance == pytest.approx(0.5, abs=0.02)


def test_training_reaches_the_optimum() -> None:
    output = mini_batch_gradient_descent(batch_size=32, epochs=30)
    assert output["loss_before"] > 2
    assert output["loss_after"] < 1.02 * output["lowest_loss"]
    assert output["steps"] == 30 * 8


def test_the_full_batch_is_gradient_descent() -> None:
    output = mini_batch_gradient_descent(batch_size=256, epochs=40, learning_rate=0.2)
    assert output["steps"] == 40
    np.testing.assert_allclose(output["weights"], output["optimum"], atol=2e-3)


@pytest.mark.parametrize("bad", [{"batch_size": 0}, {"batch_sizes": [1] * 9}, {"learning_rate": 2.0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("mini-batch-gradient-descent").run(bad)
