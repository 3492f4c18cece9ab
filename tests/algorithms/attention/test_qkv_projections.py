from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.attention.qkv_projections import loss_and_gradients, qkv_projections
from algorithms.registry import load
from core.errors import InputError


def test_parameter_count_of_512() -> None:
    assert load("qkv-projections").run()["parameters"] == 786_432


@given(st.integers(1, 5), st.integers(1, 5), st.integers(1, 4))
def test_loss_and_gradients_equal_autograd(n: int, d_model: int, d_k: int) -> None:
    rng = np.random.default_rng(n * 100 + d_model * 10 + d_k)
    X, Y = rng.standard_normal((n, d_model)), rng.standard_normal((n, d_k))
    W = {name: rng.standard_normal((d_model, d_k)) for name in "QKV"}
    T = {name: torch.tensor(w, requires_grad=True) for name, w in W.items()}
    attended = torch.nn.functional.scaled_dot_product_attention(*(torch.tensor(X) @ T[name] for name in "QKV"))
    expected = torch.nn.functional.mse_loss(attended, torch.tensor(Y))
    expected.backward()
    loss, gradients = loss_and_gradients(X, W, Y)
    assert loss == pytest.approx(expected.item())
    for name, tensor in T.items():
        np.testing.assert_allclose(gradients[name], tensor.grad, atol=1e-11)


@pytest.mark.parametrize("seed", range(3))
def test_projected_scores_are_not_symmetric_and_one_step_learns(seed: int) -> None:
    output = qkv_projections(8, 4, learning_rate=0.05, seed=seed)
    assert output["asymmetry_raw"] < 1e-12 < 0.1 < output["asymmetry_projected"]
    assert output["loss_after"] < output["loss_before"]
    assert min(output["change"].values()) > 0


def test_change_is_the_learning_rate_times_the_gradient() -> None:
    small, large = (qkv_projections(8, 4, learning_rate=r)["change"] for r in (0.01, 0.02))
    for name in small:
        assert large[name] == pytest.approx(2 * small[name])


@pytest.mark.parametrize("bad", [{"d_model": 0}, {"d_k": 513}, {"learning_rate": 0}, {"tokens": 1000}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("qkv-projections").run(bad)
