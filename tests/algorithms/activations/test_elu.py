from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.activations.elu import elu
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=20), st.floats(0.1, 5))
def test_value_and_derivative_equal_torch(x: list[float], alpha: float) -> None:
    t = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    y = torch.nn.functional.elu(t, alpha)
    (gradient,) = torch.autograd.grad(y.sum(), t)
    output = elu(x, alpha)
    np.testing.assert_allclose(output["values"], y.detach(), rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(output["derivatives"], gradient, rtol=1e-10, atol=1e-14)


def test_saturates_below_and_not_above() -> None:
    output = elu([-1e6, 1e6], 1.5)
    assert output["values"].tolist() == [-1.5, 1e6]
    assert output["derivatives"].tolist() == [0.0, 1.0]
    assert output["negative_limit"] == -1.5


def test_is_continuous_at_zero() -> None:
    values = elu([-1e-9, 0.0, 1e-9], 3.0)["values"]
    np.testing.assert_allclose(values, [-3e-9, 0, 1e-9], rtol=1e-6)


@pytest.mark.parametrize("bad", [{"x": []}, {"alpha": 0}, {"alpha": 1e9}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("elu").run(bad)
