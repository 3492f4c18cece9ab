from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.normalization_layers.weight_normalization import weight_normalization
from algorithms.registry import load
from core.errors import InputError

VECTORS = st.integers(0, 200).map(lambda seed: np.random.default_rng(seed).normal(size=(2, 5)))


@given(VECTORS, st.floats(-3, 3))
def test_gradients_equal_autograd(vectors: np.ndarray, g: float) -> None:
    v = torch.tensor(vectors[0], requires_grad=True)
    length = torch.tensor(g, dtype=torch.float64, requires_grad=True)
    weight = length * v / v.norm()
    by_g, by_v = torch.autograd.grad((weight * torch.tensor(vectors[1])).sum(), (length, v))
    output = weight_normalization(vectors[0].tolist(), g, vectors[1].tolist())
    np.testing.assert_allclose(output["weight"], weight.detach(), atol=1e-12)
    assert output["gradient_g"] == pytest.approx(by_g.item(), abs=1e-10)
    np.testing.assert_allclose(output["gradient_v"], by_v, atol=1e-10)


@given(VECTORS, st.floats(-3, 3), st.floats(0.01, 10))
def test_length_is_g_and_the_direction_only_grows(vectors: np.ndarray, g: float, rate: float) -> None:
    output = weight_normalization(vectors[0].tolist(), g, vectors[1].tolist(), rate)
    assert output["weight_norm"] == pytest.approx(abs(g), abs=1e-12)
    assert output["gradient_v_dot_v"] == pytest.approx(0, abs=1e-9)
    assert output["new_direction_norm"] >= output["direction_norm"] - 1e-12
    assert np.linalg.norm(output["new_weight"]) == pytest.approx(abs(output["new_g"]), abs=1e-9)


def test_golden() -> None:
    output = load("weight-normalization").run()
    np.testing.assert_allclose(output["weight"], [1.2, 1.6])
    assert output["gradient_g"] == pytest.approx(0.6)
    assert output["new_g"] == pytest.approx(1.94)


@pytest.mark.parametrize("bad", [{"v": [0.0, 0.0]}, {"gradient": [1.0]}, {"learning_rate": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("weight-normalization").run(bad)
