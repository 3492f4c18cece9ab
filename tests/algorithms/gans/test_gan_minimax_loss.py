from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon

from algorithms.gans.gan_minimax_loss import gan_minimax_loss
from algorithms.registry import load
from core.errors import InputError

LOGITS = st.lists(st.floats(-5, 5), min_size=2, max_size=6)


@given(LOGITS, LOGITS)
def test_losses_and_gradients_equal_torch(real: list[float], fake: list[float]) -> None:
    r, f = (torch.tensor(v, dtype=torch.float64) for v in (real, fake))
    f.requires_grad_(True)
    output = gan_minimax_loss(torch.sigmoid(r).tolist(), torch.sigmoid(f).tolist())
    bce = torch.nn.functional.binary_cross_entropy_with_logits
    d_loss = bce(r, torch.ones_like(r)) + bce(f, torch.zeros_like(f))
    assert output["discriminator_loss"] == pytest.approx(d_loss.item())
    (minimax,) = torch.autograd.grad(torch.nn.functional.logsigmoid(-f).sum(), f)
    (other,) = torch.autograd.grad(-torch.nn.functional.logsigmoid(f).sum(), f)
    np.testing.assert_allclose(output["gradient_minimax"], minimax, atol=1e-12)
    np.testing.assert_allclose(output["gradient_non_saturating"], other, atol=1e-12)
    assert output["generator_minimax"] == pytest.approx(torch.nn.functional.logsigmoid(-f).mean().item())
    assert output["generator_non_saturating"] == pytest.approx(-torch.nn.functional.logsigmoid(f).mean().item())


def test_equilibrium() -> None:
    output = gan_minimax_loss([0.5], [0.5])
    assert output["value"] == pytest.approx(-math.log(4)) == output["equilibrium_value"]
    assert output["js_estimate"] == pytest.approx(0)


def test_gradient_survives_when_the_discriminator_wins() -> None:
    output = gan_minimax_loss([0.999], [0.001])
    assert output["gradient_minimax"][0] == pytest.approx(-0.001)
    assert output["gradient_non_saturating"][0] == pytest.approx(-0.999)


def test_the_optimal_discriminator_gives_the_js_divergence() -> None:
    p, q = np.array([0.25, 0.25, 0.5]), np.array([0.5, 0.25, 0.25])  # quarters, so that samples are exact
    d = p / (p + q)
    output = gan_minimax_loss(np.repeat(d, [1, 1, 2]).tolist(), np.repeat(d, [2, 1, 1]).tolist())
    assert output["js_estimate"] == pytest.approx(jensenshannon(p, q) ** 2)


@pytest.mark.parametrize("bad", [{"d_real": [1.0]}, {"d_fake": [0.0]}, {"d_real": []}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("gan-minimax-loss").run(bad)
