from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.activations.relu import relu
from algorithms.registry import load
from core.errors import InputError

POINTS = st.lists(st.floats(-50, 50), min_size=1, max_size=20)


@given(POINTS, st.floats(-5, 5))
def test_value_and_derivative_equal_torch(x: list[float], bias: float) -> None:
    t = (torch.tensor(x, dtype=torch.float64) + bias).requires_grad_()
    y = torch.relu(t)
    (gradient,) = torch.autograd.grad(y.sum(), t)
    output = relu(x, bias)
    np.testing.assert_array_equal(output["values"], y.detach())
    np.testing.assert_array_equal(output["derivatives"], gradient)
    assert output["bias_gradient"] == gradient.sum().item()


@given(POINTS, st.floats(0.1, 10))
def test_is_positively_homogeneous(x: list[float], scale: float) -> None:
    np.testing.assert_allclose(relu([scale * v for v in x])["values"], scale * relu(x)["values"], rtol=1e-12)


def test_a_bias_of_minus_100_kills_the_unit_and_its_gradient() -> None:
    inputs = np.random.default_rng(0).standard_normal(200).tolist()
    alive, dead = relu(inputs), relu(inputs, -100.0)
    assert 0.4 < alive["active_share"] < 0.6
    assert not alive["dead"]
    assert dead["dead"]
    assert dead["bias_gradient"] == 0
    assert not dead["values"].any()


def test_zero_for_one_negative_input_is_not_dead() -> None:
    assert not relu([-3.0, 1.0])["dead"]
    assert relu([-3.0, 1.0])["active_share"] == 0.5


@pytest.mark.parametrize("bad", [{"x": []}, {"x": ["a"]}, {"bias": float("nan")}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("relu").run(bad)
