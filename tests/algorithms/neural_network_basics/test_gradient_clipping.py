from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.neural_network_basics.gradient_clipping import clip_by_norm, gradient_clipping
from algorithms.registry import load
from core.errors import InputError

ENTRIES = st.lists(st.floats(-100, 100), min_size=1, max_size=10)


@given(ENTRIES, ENTRIES, st.floats(0.1, 50))
def test_global_norm_equals_torch(a: list[float], b: list[float], max_norm: float) -> None:
    tensors = [torch.zeros(len(v), dtype=torch.float64, requires_grad=True) for v in (a, b)]
    for tensor, values in zip(tensors, (a, b), strict=True):
        tensor.grad = torch.tensor(values, dtype=torch.float64)
    norm = torch.nn.utils.clip_grad_norm_(tensors, max_norm)
    clipped, before = clip_by_norm([np.array(a), np.array(b)], max_norm)
    assert before == pytest.approx(norm.item())
    for ours, tensor in zip(clipped, tensors, strict=True):
        np.testing.assert_allclose(ours, tensor.grad, rtol=1e-4, atol=1e-9)


@given(ENTRIES, st.floats(0.1, 50))
def test_by_value_equals_torch(entries: list[float], limit: float) -> None:
    tensor = torch.zeros(len(entries), dtype=torch.float64, requires_grad=True)
    tensor.grad = torch.tensor(entries, dtype=torch.float64)
    torch.nn.utils.clip_grad_value_(tensor, limit)
    np.testing.assert_allclose(gradient_clipping(entries, limit, "value")["clipped"], tensor.grad)


def test_goldens() -> None:
    by_norm = gradient_clipping([3.0, 4.0], 1.0)
    np.testing.assert_allclose(by_norm["clipped"], [0.6, 0.8])
    assert by_norm["norm_before"] == 5
    assert by_norm["cosine"] == pytest.approx(1)
    by_value = gradient_clipping([3.0, 4.0], 1.0, "value")
    assert by_value["clipped"].tolist() == [1, 1]
    # (3 + 4) / (5 √2) = 0.98995
    assert by_value["cosine"] == pytest.approx(0.98995, abs=1e-5)


@given(ENTRIES, st.floats(0.1, 50))
def test_norm_never_exceeds_the_limit_and_small_gradients_stay(entries: list[float], limit: float) -> None:
    output = gradient_clipping(entries, limit)
    assert output["norm_after"] <= limit * (1 + 1e-12)
    assert output["was_clipped"] == (output["norm_before"] > limit)


@pytest.mark.parametrize("bad", [{"max_norm": 0}, {"gradient": []}, {"method": "layer"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("gradient-clipping").run(bad)
