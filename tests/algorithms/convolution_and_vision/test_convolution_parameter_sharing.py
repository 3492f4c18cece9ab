from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.convolution_and_vision.convolution_parameter_sharing import (
    convolution_parameter_sharing,
    locally_connected,
)
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(3, 12), st.integers(3, 12), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3))
def test_counts_equal_torch(h: int, w: int, c_in: int, c_out: int, k: int) -> None:
    output = convolution_parameter_sharing(h, w, c_in, c_out, k, padding=0)
    assert output["conv_parameters"] == torch.nn.Conv2d(c_in, c_out, k, bias=False).weight.numel()
    _, rows, columns = output["output_shape"]
    dense = torch.nn.Linear(h * w * c_in, rows * columns * c_out, bias=False)
    assert output["dense_parameters"] == dense.weight.numel()
    assert output["locally_connected_parameters"] == rows * columns * output["conv_parameters"]


def test_golden_of_an_imagenet_picture() -> None:
    output = load("convolution-parameter-sharing").run()
    assert output["input_numbers"] == 150_528
    assert output["conv_parameters"] == 1728
    assert output["locally_connected_parameters"] == pytest.approx(87e6, rel=0.01)
    assert output["dense_parameters"] == pytest.approx(4.8e11, rel=0.01)


def test_size_of_the_image_matters_for_all_but_the_convolution() -> None:
    small, large = convolution_parameter_sharing(32, 32), convolution_parameter_sharing(64, 64)
    assert small["conv_parameters"] == large["conv_parameters"]
    assert large["locally_connected_parameters"] == 4 * small["locally_connected_parameters"]
    assert large["dense_parameters"] == 16 * small["dense_parameters"]


def test_tied_filters_are_a_convolution_and_gradients_add_up() -> None:
    output = load("convolution-parameter-sharing").run()
    assert output["tied_difference"] < 1e-12
    assert output["gradient_difference"] < 1e-6


def test_locally_connected_uses_each_place_s_own_filter() -> None:
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(1, 2, 4, 4)), rng.normal(size=(3, 3, 2, 2, 2, 2))
    y = locally_connected(x, w)
    for i in range(3):
        for j in range(3):
            expected = (w[i, j] * x[0, :, i : i + 2, j : j + 2]).sum(axis=(1, 2, 3))
            np.testing.assert_allclose(y[0, :, i, j], expected)


@pytest.mark.parametrize("bad", [{"kernel_size": 999}, {"height": 0}, {"padding": -1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("convolution-parameter-sharing").run(bad)
