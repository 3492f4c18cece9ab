from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.convolution_and_vision.inception_module import branches, inception_module, random_filters
from algorithms.registry import load
from core.errors import InputError


def test_branches_equal_torch() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(1, 3, 6, 5))
    plan = [[(2, 3, 1)], [(2, 3, 1), (4, 2, 3)], [(2, 3, 1), (3, 2, 5)], [(2, 3, 1)]]
    filters = [[random_filters(*shape, rng) for shape in branch] for branch in plan]
    ours = branches(x, filters)
    starts = [torch.tensor(x)] * 3 + [torch.nn.functional.max_pool2d(torch.tensor(x), 3, 1, 1)]
    for mine, start, stack in zip(ours, starts, filters, strict=True):
        y = start
        for w in stack:
            y = torch.relu(torch.nn.functional.conv2d(y, torch.tensor(w), padding="same"))
        np.testing.assert_allclose(mine, y, atol=1e-10)


@given(st.integers(1, 6), st.integers(1, 6), st.integers(1, 6), st.integers(1, 6), st.integers(1, 8))
def test_channels_add_up_and_the_side_stays(c1: int, c3: int, c5: int, cp: int, size: int) -> None:
    output = inception_module(4, c1, 2, c3, 2, c5, cp, size)
    assert output["output_shape"] == [c1 + c3 + c5 + cp, size, size]
    assert output["branch_channels"] == [c1, c3, c5, cp]


def test_parameters_of_the_first_module_of_googlenet() -> None:
    output = load("inception-module").run()
    layers = [(192, 64, 1), (192, 96, 1), (96, 128, 3), (192, 16, 1), (16, 32, 5), (192, 32, 1)]
    assert output["parameters"] == sum(p.numel() for a, b, k in layers for p in torch.nn.Conv2d(a, b, k).parameters())
    assert output["output_shape"][0] == 256
    assert output["parameters_without_reduction"] > 2 * output["parameters"]


@pytest.mark.parametrize("bad", [{"in_channels": 0}, {"conv5": 10**4}, {"size": 224}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("inception-module").run(bad)
