from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.activations.sigmoid import logistic
from algorithms.activations.tanh import tanh
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.floats(-15, 15), min_size=1, max_size=20))
def test_value_and_derivative_equal_torch(x: list[float]) -> None:
    t = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    y = torch.tanh(t)
    (gradient,) = torch.autograd.grad(y.sum(), t)
    output = tanh(x)
    np.testing.assert_allclose(output["values"], y.detach(), rtol=1e-12)
    np.testing.assert_allclose(output["derivatives"], gradient, rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(output["values"], 2 * logistic(2 * np.array(x)) - 1, atol=1e-12)


def test_known_values() -> None:
    output = tanh([0.0, 5.0])
    assert output["values"][0] == 0
    assert output["derivatives"][0] == 1
    assert output["derivatives"][1] == pytest.approx(1.8e-4, rel=0.01)


def test_huge_inputs_do_not_overflow() -> None:
    output = tanh([-1e12, 1e12])
    assert output["values"].tolist() == [-1, 1]
    assert np.all(output["derivatives"] < 1e-300)


@pytest.mark.parametrize("bad", [[], ["x"], [float("inf")]])
def test_bad_input_is_refused(bad: list[object]) -> None:
    with pytest.raises(InputError):
        load("tanh").run({"x": bad})
