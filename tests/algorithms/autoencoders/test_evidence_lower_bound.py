from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from algorithms.autoencoders.evidence_lower_bound import evidence_lower_bound, kl_to_standard_normal
from algorithms.registry import load
from core.errors import InputError

REAL = st.floats(-3, 3)
SCALE = st.floats(0.2, 3)


@given(REAL, SCALE)
def test_kl_equals_torch(mean: float, std: float) -> None:
    numbers = (torch.tensor(v, dtype=torch.float64) for v in (mean, std, 0.0, 1.0))
    q, p = torch.distributions.Normal(next(numbers), next(numbers)), torch.distributions.Normal(*numbers)
    assert kl_to_standard_normal(mean, std) == pytest.approx(torch.distributions.kl_divergence(q, p).item(), abs=1e-9)


@given(REAL, REAL, SCALE, REAL, REAL, SCALE)
def test_the_gap_is_the_divergence_from_the_true_posterior(
    x: float, mean: float, std: float, w: float, b: float, s: float
) -> None:
    output = evidence_lower_bound(x, mean, std, w, b, s)
    assert output["gap"] == pytest.approx(output["kl_to_posterior"], abs=1e-8)
    assert output["gap"] >= -1e-9
    assert output["loss"] == output["reconstruction"] + output["kl"] == -output["elbo"]
    assert output["log_likelihood"] == pytest.approx(norm.logpdf(x, b, np.sqrt(w**2 + s**2)), abs=1e-9)


@given(REAL, REAL, SCALE)
def test_equality_at_the_true_posterior(x: float, w: float, s: float) -> None:
    first = evidence_lower_bound(x, 0, 1, w, 0, s)
    tight = evidence_lower_bound(x, first["posterior_mean"], first["posterior_std"], w, 0, s)
    assert tight["gap"] == pytest.approx(0, abs=1e-8)


def test_reconstruction_by_quadrature() -> None:
    z = np.linspace(-8, 8, 20_001)
    q = norm.pdf(z, 0.6, 0.6)
    expected = -(q * norm.logpdf(1.5, 2 * z + 0.3, 0.7)).sum() * (z[1] - z[0])
    assert evidence_lower_bound(1.5, 0.6, 0.6, 2.0, 0.3, 0.7)["reconstruction"] == pytest.approx(expected)


@pytest.mark.parametrize("bad", [{"q_std": 0}, {"noise_std": -1}, {"x": 1e9}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("evidence-lower-bound").run(bad)
