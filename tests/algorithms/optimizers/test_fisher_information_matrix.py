from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.optimizers.fisher_information_matrix import fisher_information_matrix
from algorithms.registry import load
from core.errors import InputError


@given(st.floats(0.05, 0.95))
def test_bernoulli_is_one_over_p_times_one_minus_p(p: float) -> None:
    assert fisher_information_matrix("bernoulli", [p], 100)["fisher"][0, 0] == pytest.approx(1 / (p * (1 - p)))
    logit = float(np.log(p / (1 - p)))
    assert fisher_information_matrix("bernoulli_logit", [logit], 100)["fisher"][0, 0] == pytest.approx(p * (1 - p))


@given(st.lists(st.floats(-3, 3), min_size=2, max_size=5))
def test_softmax_is_the_hessian_of_logsumexp(theta: list[float]) -> None:
    t = torch.tensor(theta, dtype=torch.float64)
    expected = torch.autograd.functional.hessian(lambda z: torch.logsumexp(z, 0), t)
    output = fisher_information_matrix("softmax", theta, 100)
    np.testing.assert_allclose(output["fisher"], expected, atol=1e-9)
    assert output["eigenvalues"].min() > -1e-12
    assert output["standard_errors"] is None  # a common shift of the logits carries no information


def test_gaussian_is_the_hessian_of_the_kl_divergence() -> None:
    base = torch.distributions.Normal(torch.tensor(0.7, dtype=torch.float64), torch.tensor(1.3, dtype=torch.float64))

    def divergence(theta: torch.Tensor) -> torch.Tensor:
        return torch.distributions.kl_divergence(base, torch.distributions.Normal(theta[0], theta[1]))

    expected = torch.autograd.functional.hessian(divergence, torch.tensor([0.7, 1.3], dtype=torch.float64))
    output = fisher_information_matrix("gaussian", [0.7, 1.3], 100)
    np.testing.assert_allclose(output["fisher"], expected, atol=1e-9)
    np.testing.assert_allclose(output["standard_errors"], [1.3, 1.3 / np.sqrt(2)])


@pytest.mark.parametrize(
    ("family", "theta"),
    [("bernoulli", [0.2]), ("bernoulli_logit", [-1.0]), ("gaussian", [1.0, 2.0]), ("softmax", [0.0, 1.0, -1.0])],
)
def test_sampled_scores_have_mean_zero_and_this_covariance(family: str, theta: list[float]) -> None:
    output = load("fisher-information-matrix").run({"family": family, "theta": theta, "samples": 50_000})
    scale = np.max(np.abs(output["fisher"]))
    np.testing.assert_allclose(output["estimate"], output["fisher"], atol=0.05 * scale)
    np.testing.assert_allclose(output["mean_score"], 0, atol=0.03 * np.sqrt(scale))


@pytest.mark.parametrize(
    "bad",
    [
        {"theta": [1.5]},
        {"theta": [0.2, 0.3]},
        {"family": "gaussian", "theta": [0.0, -1.0]},
        {"family": "softmax", "theta": [1.0]},
    ],
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("fisher-information-matrix").run(bad)
