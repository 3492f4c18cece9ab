from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.activations.sigmoid import logistic
from algorithms.gans.gan_minimax_loss import gan_minimax_loss
from algorithms.gans.least_squares_gan_loss import least_squares_gan_loss
from algorithms.registry import load
from core.errors import InputError

SCORES = st.lists(st.floats(-50, 50), min_size=1, max_size=8)


@given(SCORES, SCORES)
def test_equals_torch(real: list[float], fake: list[float]) -> None:
    r, f = torch.tensor(real, dtype=torch.float64), torch.tensor(fake, dtype=torch.float64, requires_grad=True)
    mse = torch.nn.functional.mse_loss
    output = least_squares_gan_loss(real, fake)
    expected = (mse(r, torch.ones_like(r)) + mse(f, torch.zeros_like(f))) / 2
    assert output["discriminator_loss"] == pytest.approx(expected.item())
    generator = mse(f, torch.ones_like(f)) / 2
    assert output["generator_loss"] == pytest.approx(generator.item())
    (gradient,) = torch.autograd.grad(generator, f)
    np.testing.assert_allclose(output["gradient_fake"] / len(fake), gradient, atol=1e-12)


def test_far_fakes_keep_their_gradient() -> None:
    ours = least_squares_gan_loss([1.0], [-20.0])["gradient_fake"][0]
    minimax = gan_minimax_loss([0.9], [float(logistic(np.array(-20.0)))])["gradient_minimax"][0]
    assert ours == -21
    assert abs(minimax) < 1e-8


def test_equal_distributions() -> None:
    assert least_squares_gan_loss([0.5, 0.5], [0.5])["discriminator_loss"] == 0.25


@pytest.mark.parametrize("bad", [{"real_scores": []}, {"fake_scores": ["x"]}, {"real_scores": [1e9]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("least-squares-gan-loss").run(bad)
