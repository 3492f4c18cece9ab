from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.bayesian.bayesian_neural_network import forward, leapfrog, metropolis, observations, potential
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 1000), st.integers(1, 8))
def test_energy_and_gradient_equal_torch(seed: int, hidden: int) -> None:
    x, y = observations(0.2, 0)
    w = np.random.default_rng(seed).standard_normal(3 * hidden + 1)
    t = torch.tensor(w, requires_grad=True)
    a, b, v = t[:-1].reshape(3, hidden)
    output = torch.tanh(torch.outer(torch.tensor(x), a) + b) @ v / hidden**0.5 + t[-1]
    likelihood = torch.distributions.Normal(output, 0.2).log_prob(torch.tensor(y)).sum()
    weight_prior = torch.distributions.Normal(torch.zeros_like(t), 2.0)
    prior = weight_prior.log_prob(t).sum()
    (gradient,) = torch.autograd.grad(-(likelihood + prior), t)
    energy, ours = potential(w, x, y, 0.2)
    np.testing.assert_allclose(ours, gradient, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(forward(w, x)[0], output.detach())
    constant = potential(0 * w, x, y, 0.2)[0]
    zero = torch.distributions.Normal(torch.zeros_like(output), 0.2).log_prob(torch.tensor(y)).sum()
    zero_prior = weight_prior.log_prob(0 * t).sum()
    assert energy - constant == pytest.approx(float((zero + zero_prior - likelihood - prior).detach()), rel=1e-8)


def test_paths_are_reversible_and_keep_the_energy() -> None:
    x, y = observations(0.2, 0)
    rng = np.random.default_rng(0)
    w, p = rng.standard_normal(13), rng.standard_normal(13)

    def total(w: np.ndarray, p: np.ndarray) -> float:
        return potential(w, x, y, 0.2)[0] + p @ p / 2

    errors = []
    for step in (4e-4, 2e-4):
        end, momentum = leapfrog(w, p, step, x, y, 0.2)
        back, _ = leapfrog(end, -momentum, step, x, y, 0.2)
        np.testing.assert_allclose(back, w, atol=1e-9)
        errors.append(abs(total(end, momentum) - total(w, p)))
    assert errors[0] < 0.05 * abs(total(w, p))
    assert errors[1] < errors[0]


@given(st.floats(-50, 50), st.floats(-50, 50), st.floats(0, 1, exclude_max=True))
def test_metropolis_rule_accepts_with_the_ratio_of_the_densities(before: float, after: float, u: float) -> None:
    ratio = min(np.exp(before - after), 1.0)
    if abs(u - ratio) > 1e-9:
        assert metropolis(before, after, u) == (u < ratio)


def test_fits_the_data_and_is_unsure_elsewhere() -> None:
    output = load("bayesian-neural-network").run()
    # the noise is 0.1: a posterior mean cannot be far above, a start from the prior is
    assert output["rmse_after"] < 0.15 < 0.5 < output["rmse_before"]
    assert output["spread_at_data"] < 0.12
    assert output["spread_outside"] > 3 * output["spread_at_data"]
    assert output["spread_in_gap"] > 2 * output["spread_at_data"]
    assert 0.4 < output["acceptance_rate"] < 1


@pytest.mark.parametrize("bad", [{"hidden": 0}, {"hidden": 100}, {"samples": 10**6}, {"noise_sd": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("bayesian-neural-network").run(bad)
