from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.neural_network_basics.xavier_initialization import xavier_initialization
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(1, 2000), st.integers(1, 2000))
def test_variance_and_bound(fan_in: int, fan_out: int) -> None:
    output = xavier_initialization(fan_in, fan_out, depth=1, width=2)
    assert output["variance"] == pytest.approx(2 / (fan_in + fan_out))
    assert output["uniform_bound"] == pytest.approx(np.sqrt(6 / (fan_in + fan_out)))
    assert output["standard_deviation"] ** 2 == pytest.approx(output["variance"])


@pytest.mark.parametrize("distribution", ["uniform", "normal"])
def test_drawn_weights_have_the_variance_of_torch(distribution: str) -> None:
    torch.manual_seed(0)
    W = torch.empty(100, 300)
    getattr(torch.nn.init, f"xavier_{distribution}_")(W)
    output = load("xavier-initialization").run({"distribution": distribution})
    assert output["measured_variance"] == pytest.approx(0.005, rel=0.05)
    assert W.var().item() == pytest.approx(output["variance"], rel=0.05)


def test_signal_is_kept_without_activation_and_halved_by_relu() -> None:
    output = xavier_initialization(depth=10, width=256)
    assert output["linear_forward"] == pytest.approx(1, rel=0.3)
    assert output["linear_backward"] == pytest.approx(1, rel=0.3)
    assert 0.3 < output["relu_forward"] * 2**10 < 3
    assert output["relu_forward"] < output["tanh_forward"] < output["linear_forward"]


@pytest.mark.parametrize("bad", [{"fan_in": 0}, {"distribution": "cauchy"}, {"depth": 1000}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("xavier-initialization").run(bad)
