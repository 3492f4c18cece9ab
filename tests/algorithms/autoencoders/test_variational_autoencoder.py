from __future__ import annotations

import numpy as np
import pytest
import torch

from algorithms.autoencoders.variational_autoencoder import loss_and_gradients, variational_autoencoder
from algorithms.registry import load
from algorithms.toy_networks import new_network
from core.errors import InputError


@pytest.mark.parametrize("likelihood", ["gaussian", "bernoulli"])
def test_loss_and_gradients_equal_torch(likelihood: str) -> None:
    rng = np.random.default_rng(0)
    encoder, decoder = new_network((4, 5, 4), rng), new_network((2, 5, 4), rng)
    x, noise = (rng.random((3, 4)) < 0.5).astype(float), rng.standard_normal((3, 2))
    tensors = [torch.tensor(p, requires_grad=True) for p in encoder + decoder]
    h = torch.tanh(torch.tensor(x) @ tensors[0] + tensors[1]) @ tensors[2] + tensors[3]
    mu, log_variance = h[:, :2], h[:, 2:]
    q = torch.distributions.Normal(mu, torch.exp(0.5 * log_variance))
    z = mu + q.scale * torch.tensor(noise)
    out = torch.tanh(z @ tensors[4] + tensors[5]) @ tensors[6] + tensors[7]
    if likelihood == "gaussian":
        p: torch.distributions.Distribution = torch.distributions.Normal(out, torch.tensor(0.5).double())
    else:
        p = torch.distributions.Bernoulli(logits=out)
    zero, one = torch.zeros(2).double(), torch.ones(2).double()
    reconstruction = -p.log_prob(torch.tensor(x)).sum() / 3
    kl = torch.distributions.kl_divergence(q, torch.distributions.Normal(zero, one)).sum() / 3
    (reconstruction + kl).backward()
    ours = loss_and_gradients(encoder, decoder, x, noise, likelihood)
    assert ours[:2] == pytest.approx((reconstruction.item(), kl.item()))
    for gradient, tensor in zip(ours[2], tensors, strict=True):
        assert tensor.grad is not None
        np.testing.assert_allclose(gradient, tensor.grad, atol=1e-12)


def test_the_encoder_recovers_the_exact_posterior_mean() -> None:
    output = variational_autoencoder("gaussian")
    assert output["posterior_correlation"] > 0.99
    assert output["optimal_loss"] - 0.02 < output["loss_after"] < output["optimal_loss"] + 0.35
    assert output["kl"] > 0.5  # the latents are used


def test_binary_data_and_interpolation() -> None:
    output = variational_autoencoder("bernoulli", steps=800)
    assert output["loss_after"] < 0.75 * output["loss_before"]
    assert output["loss_before"] > 5.3  # about 8 ln 2 = 5.5 before training
    assert output["endpoint_gap"] == 0
    samples = np.array(output["samples"])
    assert ((samples > 0) & (samples < 1)).all()


@pytest.mark.parametrize("bad", [{"likelihood": "poisson"}, {"steps": 0}, {"steps": 10**7}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("variational-autoencoder").run(bad)
