from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.losses.mse_nonconvex_logistic import mse_nonconvex_logistic, second_derivatives
from algorithms.registry import load
from core.errors import InputError


@given(
    st.floats(-5, 5),
    st.lists(st.tuples(st.floats(-3, 3), st.integers(0, 1)), min_size=1, max_size=6),
)
def test_second_derivatives_equal_autograd(weight: float, data: list[tuple[float, int]]) -> None:
    x = torch.tensor([a for a, _ in data], dtype=torch.float64)
    y = torch.tensor([b for _, b in data], dtype=torch.float64)
    expected = []
    for f in (
        lambda z: ((y - torch.sigmoid(z)) ** 2).mean(),
        lambda z: torch.nn.functional.binary_cross_entropy_with_logits(z, y),
    ):
        w = torch.tensor(weight, dtype=torch.float64, requires_grad=True)
        (first,) = torch.autograd.grad(f(w * x), w, create_graph=True)
        (second,) = torch.autograd.grad(first, w)
        expected.append(second.item())
    np.testing.assert_allclose(second_derivatives(weight, x.numpy(), y.numpy()), expected, atol=1e-6)
    assert expected[1] >= -1e-9


def test_goldens() -> None:
    assert mse_nonconvex_logistic(-2.0)["mse_second_derivative"] == pytest.approx(-0.119, abs=5e-4)
    assert mse_nonconvex_logistic(0.0)["mse_second_derivative"] == 0.125


def test_convexity_verdicts() -> None:
    output = mse_nonconvex_logistic(x=[1.0, -2.0, 0.5], labels=[1, 0, 0])
    assert not output["mse_is_convex"]
    assert output["log_loss_is_convex"]
    assert not output["single_minimum_is_convex"]


def test_losses_and_likelihoods_have_the_same_minimiser() -> None:
    output = mse_nonconvex_logistic(x=[1.0] * 4, labels=[1, 0, 1, 1], observations=[1.0, 2.0, 6.0])
    assert output["mse_minimiser"] == output["gaussian_mle"] == pytest.approx(3.0, abs=0.003)
    assert output["cross_entropy_minimiser"] == output["bernoulli_mle"] == pytest.approx(0.75, abs=0.001)


@pytest.mark.parametrize("bad", [{"x": [1.0, 2.0]}, {"labels": [2]}, {"weight": 1e9}, {"observations": []}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("mse-nonconvex-logistic").run(bad)
