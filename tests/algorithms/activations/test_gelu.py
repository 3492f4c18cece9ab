from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.activations.gelu import Approximation, gelu
from algorithms.registry import load
from core.errors import InputError

POINTS = st.lists(st.floats(-20, 20), min_size=1, max_size=20)


@pytest.mark.parametrize("approximation", ["none", "tanh"])
@given(x=POINTS)
def test_values_equal_torch(approximation: Approximation, x: list[float]) -> None:
    expected = torch.nn.functional.gelu(torch.tensor(x, dtype=torch.float64), approximate=approximation)
    np.testing.assert_allclose(gelu(x, approximation)["values"], expected, rtol=1e-6, atol=1e-10)


@given(POINTS)
def test_derivative_equals_autograd(x: list[float]) -> None:
    t = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(torch.nn.functional.gelu(t).sum(), t)
    np.testing.assert_allclose(gelu(x)["derivatives"], gradient, rtol=1e-6, atol=1e-10)


@given(POINTS)
def test_difference_with_the_mirrored_point_is_x(x: list[float]) -> None:
    # Φ(x) + Φ(-x) = 1, hence GELU(x) - GELU(-x) = x
    mirrored = gelu([-v for v in x])["values"]
    np.testing.assert_allclose(gelu(x)["values"] - mirrored, x, atol=1e-9)


def test_known_values_of_both_forms() -> None:
    assert gelu([1.0])["values"][0] == pytest.approx(0.8413, abs=5e-5)
    assert gelu([1.0], "tanh")["values"][0] == pytest.approx(0.8412, abs=5e-5)
    assert 1e-5 < gelu([1.0])["largest_difference"] < 1e-3


def test_claims_of_the_article() -> None:
    grid = np.linspace(-4, 4, 4001)
    output = gelu(grid.tolist())
    assert output["values"].min() == pytest.approx(-0.17, abs=0.001)
    assert grid[output["values"].argmin()] == pytest.approx(-0.75, abs=0.01)
    assert output["derivatives"].max() == pytest.approx(1.13, abs=0.002)


def test_huge_inputs_do_not_overflow() -> None:
    assert gelu([-1e12, 1e12], "tanh")["values"].tolist() == [0.0, 1e12]


@pytest.mark.parametrize("bad", [{"x": []}, {"approximation": "sigmoid"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("gelu").run(bad)
