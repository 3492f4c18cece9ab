from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.neural_network_basics.exploding_gradient import exploding_gradient, second_moments
from algorithms.registry import load
from core.errors import InputError


@given(st.floats(0.2, 3), st.integers(1, 40))
def test_gradient_is_the_spectral_norm_to_the_power_of_the_steps(norm: float, steps: int) -> None:
    output = exploding_gradient(norm, steps, depth=1, width=4)
    np.testing.assert_allclose(output["gradient_norms"], norm ** np.arange(1, steps + 1), rtol=1e-9)
    assert output["clipped_norm"] <= 1 + 1e-12


def test_golden() -> None:
    assert load("exploding-gradient").run()["final_norm"] == pytest.approx(6.4e8, rel=0.01)


@pytest.mark.parametrize("seed", range(3))
def test_only_tanh_bounds_the_activations(seed: int) -> None:
    moments = exploding_gradient(depth=30, weight_variance=6.0, width=128, seed=seed)["second_moments"]
    for name in ("relu", "leaky_relu", "elu"):
        # each layer multiplies by 6 · ½ = 3: 3^30 = 2.1e14
        assert 1e13 < moments[name] < 2e15
    assert 0.5 < moments["tanh"] < 0.8


def test_activations_equal_torch() -> None:
    rng = np.random.default_rng(0)
    h = torch.tensor(rng.standard_normal((16, 8)))
    W = torch.tensor(rng.standard_normal((8, 8)) * np.sqrt(2 / 8))
    moments = second_moments(1, 8, 2.0, 0)
    for name, function in [
        ("relu", torch.relu),
        ("leaky_relu", torch.nn.functional.leaky_relu),
        ("elu", torch.nn.functional.elu),
        ("tanh", torch.tanh),
    ]:
        assert moments[name] == pytest.approx((function(h @ W) ** 2).mean().item())


@pytest.mark.parametrize("bad", [{"spectral_norm": 0}, {"steps": 10**6}, {"depth": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("exploding-gradient").run(bad)
