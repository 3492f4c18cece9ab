from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.convolution_and_vision.pooling import pool, pooling
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(1, 3), st.integers(1, 3), st.integers(0, 99))
def test_equals_torch(k: int, stride: int, seed: int) -> None:
    x = np.random.default_rng(seed).normal(size=(2, 3, 7, 6))
    t = torch.tensor(x)
    np.testing.assert_allclose(pool(x, "max", k, stride), torch.nn.functional.max_pool2d(t, k, stride))
    np.testing.assert_allclose(pool(x, "average", k, stride), torch.nn.functional.avg_pool2d(t, k, stride))


def test_goldens() -> None:
    output = load("pooling").run()
    assert output["pooled"] == [[4, 2], [2, 8]]
    assert output["parameters"] == 0
    assert load("pooling").run({"kind": "average"})["pooled"] == [[2.5, 1], [0.75, 6.5]]


@given(st.integers(0, 99))
def test_two_by_two_halves_the_sides_and_the_average_keeps_the_mean(seed: int) -> None:
    x = np.random.default_rng(seed).normal(size=(8, 6))
    average = pooling(x.tolist(), "average")
    assert average["output_shape"] == [4, 3]
    assert average["mean_after"] == pytest.approx(average["mean_before"])
    assert pooling(x.tolist(), "max")["mean_after"] > average["mean_after"]


def test_a_shift_inside_the_window_changes_nothing_a_larger_one_does() -> None:
    image = np.zeros((4, 4))
    image[1, 0] = 1
    output = pooling(image.tolist())
    assert output["changed_by_shift"] == 0
    assert output["pixels_changed_by_shift"] == 2 / 16
    image = np.zeros((4, 4))
    image[1, 1] = 1
    assert pooling(image.tolist())["changed_by_shift"] == 0.5


@pytest.mark.parametrize("bad", [{"size": 5}, {"kind": "median"}, {"stride": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("pooling").run(bad)
