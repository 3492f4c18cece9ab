from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.diffusion.denoising_score_matching import conditional_score, denoising_score_matching
from algorithms.registry import load
from core.errors import InputError


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(0.05, 0.95))
def test_conditional_score_equals_autograd(x_t: float, x0: float, a: float) -> None:
    t = torch.tensor(x_t, dtype=torch.float64, requires_grad=True)
    centre, scale = (torch.tensor(v, dtype=torch.float64) for v in (np.sqrt(a) * x0, np.sqrt(1 - a)))
    torch.distributions.Normal(centre, scale).log_prob(t).backward()
    assert t.grad is not None
    assert conditional_score(np.array([x_t]), np.array([x0]), a)[0] == pytest.approx(t.grad.item(), abs=1e-9)
    noise = (x_t - np.sqrt(a) * x0) / np.sqrt(1 - a)
    assert t.grad.item() == pytest.approx(-noise / np.sqrt(1 - a), abs=1e-9)


@pytest.mark.parametrize(("mean", "std", "a"), [(1.0, 0.5, 0.5), (-2.0, 1.5, 0.8), (0.0, 1.0, 0.2)])
def test_the_learnt_line_is_the_score_of_the_noised_density(mean: float, std: float, a: float) -> None:
    output = denoising_score_matching(mean, std, a)
    # 5,000 points: the slope is known to about 3%
    assert output["slope"] == pytest.approx(output["exact_slope"], rel=0.08)
    assert output["intercept"] == pytest.approx(output["exact_intercept"], abs=0.12)
    assert output["exact_slope"] == pytest.approx(-1 / (a * std**2 + 1 - a))
    assert output["loss_after"] < output["loss_before"]


@given(st.floats(0.05, 0.95))
def test_the_weighted_loss_is_noise_prediction(a: float) -> None:
    output = denoising_score_matching(alpha_bar=a, steps=20)
    assert output["weighted_loss"] == pytest.approx(output["noise_prediction_loss"])


def test_score_of_a_gaussian() -> None:
    assert denoising_score_matching(1.0, 0.5, x=2.0, steps=1)["data_score"] == -4
    assert denoising_score_matching(1.0, 0.5, x=1.0, steps=1)["data_score"] == 0


@pytest.mark.parametrize("bad", [{"std": 0}, {"alpha_bar": 1}, {"steps": 10**7}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("denoising-score-matching").run(bad)
