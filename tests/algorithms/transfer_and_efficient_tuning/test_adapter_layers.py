from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.transfer_and_efficient_tuning.adapter_layers import adapter_layers, apply_adapter, new_adapter
from core.errors import InputError


@settings(max_examples=10)
@given(st.integers(1, 20), st.integers(1, 20))
def test_count_and_identity(d: int, m: int) -> None:
    output = adapter_layers(d, m, layers=3, adapters_per_layer=2, steps=1)
    assert output["parameters_per_adapter"] == 2 * d * m + m + d
    assert output["total_parameters"] == 6 * (2 * d * m + m + d)
    assert output["identity_gap"] == 0 and output["base_change"] == 0


def test_forward_equals_torch() -> None:
    rng = np.random.default_rng(0)
    adapter, h = new_adapter(5, 3, rng), rng.standard_normal((4, 5))
    adapter[2] = rng.standard_normal((3, 5))
    adapter[3] = rng.standard_normal(5)
    down, up = torch.nn.Linear(5, 3).double(), torch.nn.Linear(3, 5).double()
    with torch.no_grad():
        for layer, (w, b) in ((down, adapter[:2]), (up, adapter[2:])):
            layer.weight.copy_(torch.tensor(w.T))
            layer.bias.copy_(torch.tensor(b))
        expected = torch.tensor(h) + up(torch.tanh(down(torch.tensor(h))))
    np.testing.assert_allclose(apply_adapter(adapter, h), expected, atol=1e-12)


def test_learns_the_correction_and_needs_its_width() -> None:
    wide, narrow = adapter_layers(m=4), adapter_layers(m=1)
    assert wide["loss_after"] < 0.1 * wide["loss_before"]
    assert narrow["loss_after"] > 3 * wide["loss_after"]  # the correction has two directions, one does not do


@pytest.mark.parametrize("bad", [{"d": 0}, {"m": 1000}, {"steps": 10**6}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("adapter-layers").run(bad)
