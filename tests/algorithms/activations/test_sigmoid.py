from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.activations.sigmoid import logistic, sigmoid
from algorithms.registry import load
from core.errors import InputError

POINTS = st.lists(st.floats(-30, 30), min_size=1, max_size=20)


@given(POINTS)
def test_value_and_derivative_equal_torch(x: list[float]) -> None:
    t = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    y = torch.sigmoid(t)
    (gradient,) = torch.autograd.grad(y.sum(), t)
    output = sigmoid(x)
    np.testing.assert_allclose(output["values"], y.detach(), rtol=1e-12)
    np.testing.assert_allclose(output["derivatives"], gradient, rtol=1e-9, atol=1e-15)


@given(POINTS)
def test_is_point_symmetric_and_related_to_tanh(x: list[float]) -> None:
    z = np.array(x)
    np.testing.assert_allclose(logistic(-z), 1 - logistic(z), atol=1e-12)
    np.testing.assert_allclose(np.tanh(z), 2 * logistic(2 * z) - 1, atol=1e-12)


def test_derivative_peaks_at_a_quarter_and_vanishes() -> None:
    derivatives = sigmoid([-40.0, 0.0, 40.0])["derivatives"]
    assert derivatives[1] == 0.25
    assert max(derivatives[0], derivatives[2]) < 1e-15


def test_huge_inputs_do_not_overflow() -> None:
    assert sigmoid([-1e9, 1e9])["values"].tolist() == [0.0, 1.0]


@pytest.mark.parametrize("bad", [[], ["x"], [float("nan")], [0.0] * 5000])
def test_bad_input_is_refused(bad: list[object]) -> None:
    with pytest.raises(InputError):
        load("sigmoid").run({"x": bad})
