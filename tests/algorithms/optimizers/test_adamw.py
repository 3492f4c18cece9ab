from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.optimizers.adamw import adamw, store_in_bytes
from algorithms.registry import load
from core.errors import InputError


def test_equals_torch() -> None:
    w = torch.tensor([1.0, -3.0], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.AdamW([w], lr=0.1, weight_decay=0.2)
    for _ in range(15):
        optimizer.zero_grad()
        (torch.tensor([1.0, 0.2], dtype=torch.float64) * w**2).sum().backward()
        optimizer.step()
    output = adamw([1.0, -3.0], [1.0, 0.2], 0.1, weight_decay=0.2, steps=15)
    np.testing.assert_allclose(output["theta"], w.detach(), rtol=1e-9)
    assert output["state_bytes_per_parameter"] == 8


def test_golden() -> None:
    np.testing.assert_allclose(adamw([1.0], steps=3)["path"].ravel(), [1, 0.8990, 0.7985, 0.6989], atol=5e-5)


def test_without_gradient_weights_shrink_by_a_fixed_factor() -> None:
    output = adamw([2.0], learning_rate=0.1, weight_decay=0.5, gradients=[0.0, 0.0, 0.0])
    np.testing.assert_allclose(output["path"].ravel(), 2 * 0.95 ** np.arange(4))


def test_8_bit_states_follow_the_full_ones_closely() -> None:
    start, curvatures = [1.0, -3.0, 0.5, 2.0], [1.0, 0.2, 3.0, 0.7]
    full = adamw(start, curvatures, 0.02, steps=60)
    small = adamw(start, curvatures, 0.02, steps=60, state_bits=8, block_size=2)
    np.testing.assert_allclose(small["theta"], full["theta"], atol=0.05)
    assert small["state_bytes_per_parameter"] == 6
    assert adamw(state_bits=8, block_size=2048)["state_bytes_per_parameter"] == pytest.approx(2, abs=0.01)


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=12), st.integers(1, 5))
def test_a_byte_keeps_sign_zero_and_the_largest_of_each_block(values: list[float], block: int) -> None:
    x = np.array(values)
    y = store_in_bytes(x, block, signed=True)
    for i in range(0, len(x), block):
        largest = np.abs(x[i : i + block]).max()
        assert np.abs(y[i : i + block]).max() == pytest.approx(largest)
        # the code is √: half a level of 1/127 on the root scale is at most 1/127 of the maximum
        assert np.abs(x[i : i + block] - y[i : i + block]).max() <= largest / 127 + 1e-12
    assert np.all((np.sign(x) == np.sign(y)) | (np.abs(x) < 1e-300))


@pytest.mark.parametrize("bad", [{"weight_decay": -0.1}, {"state_bits": 16}, {"block_size": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("adamw").run(bad)
