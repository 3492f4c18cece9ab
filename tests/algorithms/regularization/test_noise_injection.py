from __future__ import annotations

import numpy as np
import pytest

from algorithms.registry import load
from algorithms.regularization.noise_injection import noise_injection
from algorithms.toy_data import linear_data
from core.errors import InputError


def test_ridge_weights_are_the_closed_form_with_n_times_the_variance() -> None:
    X, y = linear_data(np.array([2.0, -1.0, 0.5]), 0.0, 40, 0.3, 0)
    output = load("noise-injection").run()
    expected = np.linalg.solve(X.T @ X + 40 * 0.25 * np.eye(3), X.T @ y)
    np.testing.assert_allclose(output["ridge_weights"], expected)
    assert output["equivalent_penalty"] == 10


@pytest.mark.parametrize("noise", [0.2, 0.5, 1.0])
def test_noisy_copies_come_to_the_ridge_solution(noise: float) -> None:
    output = noise_injection(noise, samples=50, copies=2000, seed=3)
    assert output["difference"] < 0.03
    assert output["noisy_norm"] < output["clean_norm"]
    gap = np.linalg.norm(np.array(output["noisy_weights"]) - output["clean_weights"])
    assert gap > 3 * output["difference"] * np.linalg.norm(output["ridge_weights"])


def test_weight_noise_raises_the_loss_by_the_variance_times_the_squared_norm() -> None:
    output = noise_injection(0.5, copies=2000)
    assert output["weight_noise_loss_increase"] == pytest.approx(output["expected_weight_noise_increase"], rel=0.1)


def test_without_noise_nothing_changes() -> None:
    output = noise_injection(0.0, copies=1)
    np.testing.assert_allclose(output["noisy_weights"], output["clean_weights"])


@pytest.mark.parametrize("bad", [{"noise": -1}, {"copies": 10**6}, {"samples": 2}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("noise-injection").run(bad)
