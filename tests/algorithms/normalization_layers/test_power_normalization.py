from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.normalization_layers.power_normalization import power_norm, power_normalization
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 99))
def test_by_its_own_quadratic_mean_a_batch_gets_quadratic_mean_one(seed: int) -> None:
    x = np.random.default_rng(seed).normal(3, 2, size=(7, 4))
    y = power_norm(x, (x**2).mean(axis=0), 1e-12)
    np.testing.assert_allclose((y**2).mean(axis=0), 1)
    # no centring: signs and ratios within a feature stay
    np.testing.assert_allclose(y[0] / y[1], x[0] / x[1])


def test_running_mean_is_an_exponential_average() -> None:
    output = power_normalization(batches=5, alpha=0.7)
    batch, running = output["batch_quadratic_means"], output["running_quadratic_means"]
    expected = batch[0]
    for t in range(1, 5):
        expected = 0.7 * expected + 0.3 * batch[t]
        assert running[t] == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(3))
def test_training_and_inference_differ_less_than_in_batch_normalization(seed: int) -> None:
    output = load("power-normalization").run({"seed": seed})
    assert output["train_inference_gap_power_norm"] < 0.3 * output["train_inference_gap_batch_norm"]
    assert output["running_variation"] < 0.5 * output["batch_variation"]


def test_long_average_approaches_the_quadratic_mean() -> None:
    output = power_normalization(batches=200, batch_size=64, mean_drift=2.0, alpha=0.98)
    assert output["quadratic_mean"] == 5
    assert np.mean(output["running_quadratic_means"][-20:]) == pytest.approx(5, rel=0.35)
    assert 0.2 < output["last_output_quadratic_mean"] < 2.5


@pytest.mark.parametrize("bad", [{"alpha": 1.0}, {"batches": 10**6}, {"mean_drift": -1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("power-normalization").run(bad)
