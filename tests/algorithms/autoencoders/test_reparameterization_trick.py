from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.autoencoders.reparameterization_trick import exact_gradients, reparameterization_trick
from algorithms.registry import load
from core.errors import InputError

FUNCTIONS = {"square": torch.square, "sine": torch.sin, "exponential": torch.exp}


@pytest.mark.parametrize("name", list(FUNCTIONS))
def test_equals_rsample_in_torch(name: str) -> None:
    noise = torch.tensor(np.random.default_rng(3).standard_normal(500))
    mu, sigma = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (0.7, 0.4))
    FUNCTIONS[name](mu + sigma * noise).mean().backward()
    output = reparameterization_trick(0.7, 0.4, name, 500, 3)  # type: ignore[arg-type]
    assert mu.grad is not None and sigma.grad is not None
    assert output["gradient_mu"] == pytest.approx(mu.grad.item())
    assert output["gradient_sigma"] == pytest.approx(sigma.grad.item())


@given(st.floats(-2, 2), st.floats(0.1, 1))
def test_gradients_of_the_expected_square(mu: float, sigma: float) -> None:
    output = reparameterization_trick(mu, sigma)
    assert (output["exact_mu"], output["exact_sigma"]) == (2 * mu, 2 * sigma)
    assert output["gradient_mu"] == pytest.approx(2 * mu, abs=5 * output["standard_error_mu"])
    assert output["gradient_sigma"] == pytest.approx(2 * sigma, abs=0.1)
    assert output["score_function_mu"] == pytest.approx(2 * mu, abs=5 * output["score_function_standard_error_mu"])


@pytest.mark.parametrize("name", list(FUNCTIONS))
def test_exact_gradients_by_quadrature(name: str) -> None:
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)

    def expectation(mu: float, sigma: float) -> float:
        values = FUNCTIONS[name](torch.tensor(mu + sigma * nodes)).numpy()
        return float(weights @ values / weights.sum())

    h = 1e-5
    mu_slope = (expectation(0.8 + h, 0.6) - expectation(0.8 - h, 0.6)) / (2 * h)
    sigma_slope = (expectation(0.8, 0.6 + h) - expectation(0.8, 0.6 - h)) / (2 * h)
    assert exact_gradients(name, 0.8, 0.6) == pytest.approx((mu_slope, sigma_slope), abs=1e-7)


def test_the_score_function_is_noisier() -> None:
    output = reparameterization_trick(1.0, 0.5)
    assert output["variance_ratio"] > 3
    # Both estimate the same number
    assert output["score_function_sigma"] == pytest.approx(1.0, abs=0.15)


@pytest.mark.parametrize("bad", [{"sigma": 0}, {"samples": 1}, {"samples": 10**9}, {"function": "step"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("reparameterization-trick").run(bad)
