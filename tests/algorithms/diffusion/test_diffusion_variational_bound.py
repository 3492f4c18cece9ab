from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.diffusion.ddpm_forward_process import noise_schedule
from algorithms.diffusion.diffusion_variational_bound import diffusion_variational_bound, gaussian_kl
from algorithms.registry import load
from core.errors import InputError


@given(st.floats(-3, 3), st.floats(0.1, 3), st.floats(0.1, 3))
def test_kl_equals_torch(gap: float, q: float, p: float) -> None:
    expected = torch.distributions.kl_divergence(
        torch.distributions.Normal(torch.tensor(gap).double(), q), torch.distributions.Normal(0.0, p)
    )
    assert gaussian_kl(gap**2, q**2, p**2) == pytest.approx(expected.item(), rel=1e-5, abs=1e-6)


@settings(max_examples=20)
@given(st.floats(-2, 2), st.floats(0.2, 2), st.integers(2, 60))
def test_the_bound_is_tight_up_to_the_prior_mismatch(mean: float, std: float, steps: int) -> None:
    output = diffusion_variational_bound(mean, std, steps)
    # with exact reverse steps the gap is the KL of the marginal of x_T from the standard normal
    last = noise_schedule("cosine", steps)[1][-1]
    mismatch = gaussian_kl(last * mean**2, last * std**2 + 1 - last, 1.0)
    assert output["gap"] == pytest.approx(mismatch, abs=1e-8)
    parts = output["prior_term"] + output["denoising_terms"] + output["reconstruction_term"]
    assert output["bound"] == pytest.approx(parts)
    assert output["entropy"] == pytest.approx(torch.distributions.Normal(mean, std).entropy().item(), abs=1e-6)


def test_wrong_means_loosen_it_by_half_a_square_a_step() -> None:
    exact, wrong = diffusion_variational_bound(steps=50), diffusion_variational_bound(steps=50, mean_error=0.3)
    assert wrong["bound"] - exact["bound"] == pytest.approx(50 * 0.3**2 / 2)


def test_a_short_linear_schedule_pays_in_the_prior_term() -> None:
    assert diffusion_variational_bound(steps=50, schedule="linear")["prior_term"] > 0.1
    assert diffusion_variational_bound(steps=1000, schedule="linear")["prior_term"] < 1e-3


@pytest.mark.parametrize("bad", [{"std": 0}, {"steps": 1}, {"steps": 10**6}, {"schedule": "none"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("diffusion-variational-bound").run(bad)
