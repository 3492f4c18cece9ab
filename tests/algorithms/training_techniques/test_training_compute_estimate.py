from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

from algorithms.registry import load
from algorithms.training_techniques.training_compute_estimate import training_compute_estimate
from core.errors import InputError


def test_gpt3() -> None:
    output = training_compute_estimate(175e9, 300e9)
    assert output["flops"] == pytest.approx(3.15e23)
    assert output["petaflop_s_days"] == pytest.approx(3646, abs=1)  # the paper gives 3.64E+03
    # 3.15e23 / (1024 * 312e12 * 0.4) s = 2.4649e6 s = 28.5 days
    assert output["days"] == pytest.approx(28.53, abs=0.01)
    assert output["device_days"] == pytest.approx(1024 * output["days"])


def test_six_operations_a_weight_and_token_are_what_torch_counts() -> None:
    layer = torch.nn.Linear(32, 48, bias=False)
    x = torch.randn(10, 32, requires_grad=True)
    with FlopCounterMode(display=False) as counter:
        layer(x).sum().backward()
    assert counter.get_total_flops() == training_compute_estimate(32 * 48, 10)["flops"]


@given(st.floats(1e3, 1e12), st.floats(1e3, 1e12), st.floats(1.5, 50))
def test_linear_at_fixed_tokens_quadratic_with_proportional_ones(n: float, d: float, k: float) -> None:
    base = training_compute_estimate(n, d)
    assert training_compute_estimate(k * n, d)["flops"] / base["flops"] == pytest.approx(k)
    assert training_compute_estimate(k * n, k * d)["flops"] / base["flops"] == pytest.approx(k**2)
    assert list(base["factor_for_twice_the_model"].values()) == pytest.approx([2, 4])
    assert base["compute_optimal_tokens"] == 20 * n


@pytest.mark.parametrize("bad", [{"parameters": 0}, {"utilization": 1.5}, {"devices": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("training-compute-estimate").run(bad)
