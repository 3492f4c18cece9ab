from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.convolution_and_vision.translation_equivariance import circular_convolve, translation_equivariance
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 30), st.integers(1, 3), st.integers(0, 50))
def test_exact_for_multiples_of_the_stride(shift: int, stride: int, seed: int) -> None:
    output = translation_equivariance(12, shift, stride, seed)
    if shift % stride == 0:
        assert output["equivariance_error"] < 1e-12
        assert output["global_max_change"] < 1e-12
        assert output["global_mean_change"] < 1e-12
    else:
        assert output["equivariance_error"] is None


def test_circular_convolution_equals_torch() -> None:
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(6, 7)), rng.normal(size=(3, 3))
    padded = torch.nn.functional.pad(torch.tensor(x[None, None]), (0, 2, 0, 2), mode="circular")
    expected = torch.nn.functional.conv2d(padded, torch.tensor(w[None, None]))[0, 0]
    np.testing.assert_allclose(circular_convolve(x, w), expected, atol=1e-12)


def test_equivariance_is_not_invariance_and_dense_layers_have_neither() -> None:
    output = load("translation-equivariance").run()
    assert output["map_change"] > 1
    assert output["dense_error"] > 1
    assert output["zero_padded_error"] > 0.1


def test_a_stride_breaks_it_in_between() -> None:
    changes = [translation_equivariance(12, 1, 2, seed)["global_max_change"] for seed in range(5)]
    assert max(changes) > 0.1


@pytest.mark.parametrize("bad", [{"size": 13, "stride": 2}, {"shift": -1}, {"stride": 9}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("translation-equivariance").run(bad)
