from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.gans.hinge_gan_loss import hinge_gan_loss
from algorithms.registry import load
from core.errors import InputError

SCORES = st.lists(st.floats(-5, 5), min_size=1, max_size=8)


@given(SCORES, SCORES)
def test_equals_torch(real: list[float], fake: list[float]) -> None:
    r = torch.tensor(real, dtype=torch.float64, requires_grad=True)
    f = torch.tensor(fake, dtype=torch.float64, requires_grad=True)
    output = hinge_gan_loss(real, fake)
    loss = torch.relu(1 - r).mean() + torch.relu(1 + f).mean()
    loss.backward()
    assert output["discriminator_loss"] == pytest.approx(loss.item())
    assert output["generator_loss"] == pytest.approx(-sum(fake) / len(fake))
    assert r.grad is not None and f.grad is not None
    assert output["active_real"] == pytest.approx(-r.grad.sum().item())
    assert output["active_fake"] == pytest.approx(f.grad.sum().item())


def test_is_zero_once_the_margin_is_met() -> None:
    met = hinge_gan_loss([1.0, 7.0], [-1.0, -9.0])
    assert met["discriminator_loss"] == met["active_real"] == met["active_fake"] == 0
    assert met["generator_loss"] == 5  # the generator still learns
    assert hinge_gan_loss([0.0], [0.0])["discriminator_loss"] == 2


def test_golden() -> None:
    # real: 0 and 0.8 -> 0.4; fake: 0 and 0.5 -> 0.25
    output = hinge_gan_loss([1.5, 0.2], [-2.0, -0.5])
    assert output["real_part"] == pytest.approx(0.4) and output["fake_part"] == pytest.approx(0.25)


@pytest.mark.parametrize("bad", [{"real_scores": []}, {"fake_scores": [1e9]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("hinge-gan-loss").run(bad)
