from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare, gumbel_r, kstest

from algorithms.activations.gumbel_softmax import gumbel_noise, gumbel_softmax
from algorithms.registry import load
from core.errors import InputError


def test_noise_is_standard_gumbel() -> None:
    noise = gumbel_noise((5000,), np.random.default_rng(0))
    assert kstest(noise, gumbel_r.cdf).pvalue > 0.01


def test_argmax_frequencies_are_the_probabilities() -> None:
    logits = np.log([1, 2, 5]).tolist()
    output = gumbel_softmax(logits, draws=8000, seed=1)
    np.testing.assert_allclose(output["probabilities"], [0.125, 0.25, 0.625])
    observed = np.array(output["frequencies"]) * 8000
    assert chisquare(observed, np.array([0.125, 0.25, 0.625]) * 8000).pvalue > 0.01


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=6), st.floats(0.05, 20), st.integers(0, 99))
def test_sample_is_a_distribution_with_the_argmax_of_the_hard_one(
    logits: list[float], temperature: float, seed: int
) -> None:
    output = gumbel_softmax(logits, temperature, draws=3, seed=seed)
    assert output["sample"].sum() == pytest.approx(1)
    assert output["sample"][output["hard_sample"]] == output["sample"].max()


def test_temperature_sets_how_nearly_one_hot_a_sample_is() -> None:
    cold, hot = gumbel_softmax([0.0, 1.0, 2.0], 0.01), gumbel_softmax([0.0, 1.0, 2.0], 100.0)
    assert cold["mean_largest"] > 0.97
    assert hot["mean_largest"] < 0.36
    # the mean is unbiased only in the cold limit
    np.testing.assert_allclose(cold["relaxed_mean"], cold["probabilities"], atol=0.03)
    assert abs(hot["relaxed_mean"][2] - hot["probabilities"][2]) > 0.3


@pytest.mark.parametrize("bad", [{"logits": []}, {"temperature": 0}, {"draws": 10**6}, {"logits": [0.0] * 65}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("gumbel-softmax").run(bad)
