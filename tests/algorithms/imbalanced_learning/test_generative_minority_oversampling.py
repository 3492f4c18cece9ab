from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.imbalanced_learning.generative_minority_oversampling import (
    generative_minority_oversampling,
    train_gan,
    train_vae,
)
from algorithms.registry import load
from core.errors import InputError


@pytest.mark.parametrize("model", ["vae", "gan"])
def test_synthetic_rows_match_mean_and_covariance(model: str) -> None:
    runs = [generative_minority_oversampling(model, seed=s) for s in range(2)]
    for run in runs:
        assert run["mean_error"] < 0.15
        assert run["covariance_error"] < 0.3
        assert run["covariance_error"] < 0.4 * run["error_before_training"]
        assert run["smallest_distance"] > 0  # no copies
        correlation = run["synthetic_covariance"][0, 1] / np.sqrt(np.prod(np.diag(run["synthetic_covariance"])))
        assert correlation == pytest.approx(0.8, abs=0.12)


def test_the_vae_loss_falls_to_the_entropy_bound_and_the_gan_ends_in_a_draw() -> None:
    vae = generative_minority_oversampling("vae")
    assert vae["loss_last"] < vae["loss_first"] - 0.3
    # the bound cannot beat the entropy of the best Gaussian: ln(2 pi e) + ln det / 2 with unit variances
    rho = vae["real_covariance"][0, 1] / np.sqrt(vae["real_covariance"][0, 0] * vae["real_covariance"][1, 1])
    assert vae["loss_last"] > np.log(2 * np.pi * np.e) + np.log(1 - rho**2) / 2 - 0.1
    # a discriminator that cannot tell says one half: loss 2 ln 2
    assert generative_minority_oversampling("gan")["loss_last"] == pytest.approx(2 * np.log(2), abs=0.05)


@settings(max_examples=3)
@given(st.integers(0, 100))
def test_the_seed_decides_everything(seed: int) -> None:
    X = np.random.default_rng(0).standard_normal((10, 2))
    for train in (train_vae, train_gan):
        first, second = (train(X, 3, np.random.default_rng(seed)) for _ in range(2))
        assert first[0] == second[0]
        np.testing.assert_array_equal(first[1](4), second[1](4))


@pytest.mark.parametrize("bad", [{"model": "flow"}, {"n": 5}, {"steps": 10**6}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("generative-minority-oversampling").run(bad)
