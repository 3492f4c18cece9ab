from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.diffusion.ddpm_forward_process import noise_schedule
from algorithms.diffusion.ddpm_reverse_sampling import ddpm_reverse_sampling, reverse_chain
from algorithms.registry import load
from core.errors import InputError


def test_samples_have_the_distribution_of_the_data() -> None:
    output = ddpm_reverse_sampling([-2.0, 2.0], samples=2000, steps=200)
    # 2000 samples: shares to 0.011, mean to 0.045
    assert output["mode_shares"][0] == pytest.approx(0.5, abs=0.05)
    assert output["mean"] == pytest.approx(output["true_mean"], abs=0.15)
    assert output["std"] == pytest.approx(output["true_std"], rel=0.05)
    assert output["spread_in_modes"] == pytest.approx(0.3, rel=0.1)


def test_the_same_start_gives_different_outputs() -> None:
    assert ddpm_reverse_sampling([-2.0, 2.0])["same_start_difference"] > 0.5
    assert ddpm_reverse_sampling([-2.0, 2.0], variance="none")["same_start_difference"] == 0


def test_without_noise_the_samples_are_too_narrow() -> None:
    assert ddpm_reverse_sampling([0.0], spread=1.0, variance="none")["std"] < 0.9
    assert ddpm_reverse_sampling([0.0], spread=1.0, variance="beta")["std"] == pytest.approx(1, abs=0.07)


def test_no_noise_in_the_last_step() -> None:
    start = np.array([[0.3], [-0.4]])
    states = reverse_chain(start, np.array([[0.0]]), 1.0, 5, "beta", np.random.default_rng(0))
    # for standard normal data the expected noise is sqrt(1 - alpha_bar) x, so the mean of the last step is known
    b = noise_schedule("cosine", 5)[0][0]
    np.testing.assert_allclose(states[-1], (states[-2] - b * states[-2]) / np.sqrt(1 - b))


@settings(max_examples=20)
@given(st.floats(-3, 3), st.floats(0.2, 1.5), st.integers(2, 40))
def test_one_step_is_the_posterior_mean_for_gaussian_data(mu: float, s: float, steps: int) -> None:
    # for Gaussian data E[x_{t-1} | x_t] is known by conditioning; check the first step of the chain without noise
    x = np.array([[0.7], [-1.1]])
    beta, alpha_bar = noise_schedule("cosine", steps)
    a, before, b = alpha_bar[-1], alpha_bar[-2], beta[-1]
    mean_before, var_before = np.sqrt(before) * mu, before * s**2 + 1 - before
    var = (1 - b) * var_before + b
    expected = mean_before + np.sqrt(1 - b) * var_before / var * (x - np.sqrt(a) * mu)
    states = reverse_chain(x, np.array([[mu]]), s, steps, "none", np.random.default_rng(0))
    np.testing.assert_allclose(states[1], expected, rtol=1e-6)
    assert len(states) == steps + 1


@pytest.mark.parametrize("bad", [{"modes": []}, {"steps": 10**6}, {"variance": "big"}, {"samples": 1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("ddpm-reverse-sampling").run(bad)
