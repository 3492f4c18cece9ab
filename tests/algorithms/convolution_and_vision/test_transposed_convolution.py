from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.convolution_and_vision.transposed_convolution import transpose_convolve, transposed_convolution
from algorithms.registry import load
from core.errors import InputError


@given(
    st.integers(1, 5),
    st.integers(1, 5),
    st.integers(1, 4),
    st.integers(1, 4),
    st.integers(1, 4),
    st.integers(0, 1),
    st.integers(0, 99),
)
def test_equals_torch_and_is_the_adjoint(h: int, w: int, k: int, l: int, stride: int, padding: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, kernel = rng.normal(size=(h, w)), rng.normal(size=(k, l))
    shape = [(h - 1) * stride - 2 * padding + k, (w - 1) * stride - 2 * padding + l]
    if min(shape) < 1:
        return
    expected = torch.nn.functional.conv_transpose2d(
        torch.tensor(x[None, None]), torch.tensor(kernel[None, None]), stride=stride, padding=padding
    )
    ours = transpose_convolve(x, kernel, stride, padding)
    np.testing.assert_allclose(ours, expected[0, 0], atol=1e-10)
    output = transposed_convolution(x.tolist(), kernel.tolist(), stride, padding)
    assert output["output_shape"] == shape
    assert output["adjoint_gap"] < 1e-10


def test_it_restores_the_shape_not_the_values() -> None:
    output = load("transposed-convolution").run()
    assert output["output"] == [[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]]


def test_checkerboard_unless_the_stride_divides_the_kernel() -> None:
    row = [[1.0, 1.0]]
    assert transposed_convolution(row, [[1.0, 1.0, 1.0]], 2)["coverage"] == [1, 2]
    assert transposed_convolution(row, [[1.0] * 4], 2)["coverage"] == [2, 2]


@pytest.mark.parametrize("bad", [{"padding": 16}, {"stride": 0}, {"kernel": []}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("transposed-convolution").run(bad)
