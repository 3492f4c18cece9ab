from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from algorithms.registry import load
from algorithms.uncertainty.gaussian_nll_heteroscedastic import (
    gaussian_nll,
    gaussian_nll_heteroscedastic,
    gradients,
)
from core.errors import InputError


@given(st.integers(0, 1000))
def test_loss_equals_scipy_and_gradient_equals_torch(seed: int) -> None:
    rng = np.random.default_rng(seed)
    Phi, y, a, b = rng.standard_normal((9, 2)), rng.standard_normal(9), rng.standard_normal(2), rng.standard_normal(2)
    expected = -norm.logpdf(y, Phi @ a, np.exp(Phi @ b / 2)).mean()
    assert gaussian_nll(y, Phi @ a, Phi @ b) == pytest.approx(expected)
    A, B = torch.tensor(a, requires_grad=True), torch.tensor(b, requires_grad=True)
    P = torch.tensor(Phi)
    torch.nn.functional.gaussian_nll_loss(P @ A, torch.tensor(y), torch.exp(P @ B), full=True, eps=1e-12).backward()
    to_a, to_b = gradients(Phi, y, a, b)
    np.testing.assert_allclose(to_a, A.grad, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(to_b, B.grad, rtol=1e-8, atol=1e-10)


@given(st.floats(0.1, 5), st.floats(0.2, 5))
def test_least_loss_at_the_squared_residual(residual: float, factor: float) -> None:
    def loss(variance: float) -> float:
        return gaussian_nll_heteroscedastic(20, 1, y=residual, mu=0, variance=variance)["point_loss"]

    assert loss(residual**2) <= loss(residual**2 * factor) + 1e-12


def test_learns_the_growing_noise() -> None:
    r = load("gaussian-nll-heteroscedastic").run()
    # the true model has entropy E[½ log 2πe σ²] = 0.919 + 0.5 - 1 = 0.419
    assert r["nll"] == pytest.approx(0.419, abs=0.05) and r["nll"] < r["nll_constant_variance"] - 0.2 < r["nll_before"]
    assert r["sigma"] == pytest.approx(r["true_sigma"], rel=0.15)
    assert r["mean"] == pytest.approx([-1, 0, 1, 2, 3], abs=0.1)


def test_golden_point() -> None:
    r = gaussian_nll_heteroscedastic(20, 1)
    assert r["point_loss"] == pytest.approx(0.5 * (np.log(4) + 1)) and r["best_variance"] == 4


@pytest.mark.parametrize("bad", [{"variance": 0}, {"n": 5}, {"learning_rate": 1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("gaussian-nll-heteroscedastic").run(bad)
