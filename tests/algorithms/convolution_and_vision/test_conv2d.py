from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.convolution_and_vision.conv2d import conv2d, convolve, output_size
from algorithms.registry import load
from core.errors import InputError


@given(
    st.integers(1, 3), st.integers(1, 3), st.integers(1, 2), st.integers(0, 2), st.integers(1, 2), st.integers(0, 99)
)
def test_equals_torch(k: int, stride: int, dilation: int, padding: int, channels: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, w, b = rng.normal(size=(2, channels, 7, 8)), rng.normal(size=(3, channels, k, k)), rng.normal(size=3)
    expected = torch.nn.functional.conv2d(torch.tensor(x), torch.tensor(w), torch.tensor(b), stride, padding, dilation)
    np.testing.assert_allclose(convolve(x, w, b, padding, stride, dilation), expected, atol=1e-10)


def test_equals_naive_loops() -> None:
    rng = np.random.default_rng(0)
    image, kernel = rng.normal(size=(5, 6)), rng.normal(size=(2, 3))
    expected = np.zeros((4, 4))
    for i in range(4):
        for j in range(4):
            for u in range(2):
                for v in range(3):
                    expected[i, j] += image[i + u, j + v] * kernel[u, v]
    np.testing.assert_allclose(conv2d(image.tolist(), kernel.tolist())["feature_map"], expected)


@given(st.integers(1, 40), st.integers(1, 7), st.integers(0, 4), st.integers(1, 4))
def test_output_size_counts_the_places(n: int, k: int, padding: int, stride: int) -> None:
    places = [i for i in range(0, n + 2 * padding, stride) if i + k <= n + 2 * padding]
    if k <= n + 2 * padding:
        assert output_size(n, k, padding, stride) == len(places)


def test_one_dimensional_over_a_sequence_equals_torch_conv1d() -> None:
    x, w = [1.0, 2.0, -1.0, 0.5, 3.0], [0.5, 1.0, -1.0]
    expected = torch.nn.functional.conv1d(torch.tensor([[x]]), torch.tensor([[w]]), padding=1)
    np.testing.assert_allclose(conv2d([x], [w], padding=1)["feature_map"], expected[0], rtol=1e-6)


def test_parameters_and_reach() -> None:
    output = conv2d([[0.0] * 64], [[1.0, 1.0, 1.0]], in_channels=3, out_channels=10)
    assert output["parameters"] == 3 * 3 * 10 + 10
    assert output["layers_to_connect"] == 32  # each layer of width 3 adds 2 of 63 steps
    assert output["layers_to_connect_dilated"] == 4  # 3^4 = 81 ≥ 64 > 27
    layer = torch.nn.Conv2d(3, 10, 3)
    square = conv2d([[0.0] * 3] * 3, [[1.0] * 3] * 3, in_channels=3, out_channels=10, input_size=227, stride=4)
    assert square["parameters"] == sum(p.numel() for p in layer.parameters())
    assert square["output_length"] == 57


@pytest.mark.parametrize("bad", [{"kernel": [[1.0] * 9] * 9}, {"stride": 0}, {"kernel": [[1.0] * 12]}, {"padding": -1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("conv2d").run(bad)
