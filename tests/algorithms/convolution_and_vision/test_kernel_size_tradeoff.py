from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.convolution_and_vision.kernel_size_tradeoff import influence, kernel_size_tradeoff, receptive_field
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3)), min_size=1, max_size=4))
def test_receptive_field_is_where_autograd_is_not_zero(layers: list[tuple[int, int]]) -> None:
    kernels, strides = [k for k, _ in layers], [s for _, s in layers]
    field = receptive_field(kernels, strides)
    x = torch.ones(1, 1, field, dtype=torch.float64, requires_grad=True)
    h = x
    for k, s in layers:
        h = torch.nn.functional.conv1d(h, torch.ones(1, 1, k, dtype=torch.float64), stride=s)
    assert h.numel() == 1  # the field is just large enough for one output
    h.sum().backward()
    assert x.grad is not None
    np.testing.assert_allclose(influence(kernels, strides), x.grad[0, 0])


@pytest.mark.parametrize(
    ("kernels", "field", "stack", "single"),
    [([3, 3], 5, 18, 25), ([3, 3, 3], 7, 27, 49), ([1, 1], 1, 2, 1), ([5], 5, 25, 25)],
)
def test_goldens(kernels: list[int], field: int, stack: int, single: int) -> None:
    output = kernel_size_tradeoff(kernels, channels=10)
    assert (output["receptive_field"], output["stack_factor"], output["single_factor"]) == (field, stack, single)
    assert output["stack_parameters"] == 100 * stack
    assert output["nonlinearities"] == len(kernels)


@given(st.integers(1, 12), st.integers(1, 15))
def test_stride_one_layers_grow_linearly(layers: int, k: int) -> None:
    assert receptive_field([k] * layers, [1] * layers) == 1 + layers * (k - 1)


def test_pointwise_is_a_dense_layer_at_every_pixel_and_the_centre_counts_most() -> None:
    output = load("kernel-size-tradeoff").run()
    assert output["pointwise_difference"] < 1e-12
    np.testing.assert_allclose(output["influence"], np.array([1, 2, 3, 2, 1]) / 9)


@pytest.mark.parametrize("bad", [{"kernel_sizes": []}, {"kernel_sizes": [99]}, {"strides": [1]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("kernel-size-tradeoff").run(bad)
