from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.convolution_and_vision.fully_convolutional_network import fully_convolutional_network, network
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(10, 30), st.integers(10, 30), st.integers(2, 4))
def test_any_size_is_accepted_and_agrees_with_the_dense_head_on_every_window(h: int, w: int, classes: int) -> None:
    output = fully_convolutional_network(h, w, classes)
    assert output["output_shape"] == [classes, (h - 2) // 2 - 3, (w - 2) // 2 - 3]
    assert output["largest_difference"] < 1e-9
    assert output["parameters"] == 36 + classes * 64  # whatever the size


def test_equals_torch() -> None:
    rng = np.random.default_rng(0)
    x, w, head = rng.normal(size=(2, 1, 13, 14)), rng.normal(size=(4, 1, 3, 3)), rng.normal(size=(3, 4, 4, 4))
    h = torch.relu(torch.nn.functional.conv2d(torch.tensor(x), torch.tensor(w)))
    expected = torch.nn.functional.conv2d(torch.nn.functional.max_pool2d(h, 2), torch.tensor(head))
    np.testing.assert_allclose(network(x, w, head), expected, atol=1e-9)


def test_one_pass_is_cheaper_than_all_windows() -> None:
    output = fully_convolutional_network(40, 40)
    assert output["windows"] == 16 * 16
    # what is shared are the features; the head is applied 256 times either way
    assert output["window_multiply_adds"] - output["multiply_adds"] == 36 * (256 * 64 - 38 * 38)
    assert output["multiply_adds"] < 0.2 * output["window_multiply_adds"]


@pytest.mark.parametrize("bad", [{"height": 9}, {"width": 1000}, {"classes": 1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("fully-convolutional-network").run(bad)
