from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.normalization_layers.scale_norm import scale_norm
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.floats(-50, 50), min_size=2, max_size=8), st.floats(0.1, 10))
def test_equals_torch_normalize(row: list[float], g: float) -> None:
    expected = g * torch.nn.functional.normalize(torch.tensor([row], dtype=torch.float64), eps=1e-5)
    output = scale_norm([row], g)
    np.testing.assert_allclose(output["output"], expected, atol=1e-9)
    if np.linalg.norm(row) > 1e-5:
        assert output["output_norms"][0] == pytest.approx(g)


def test_golden() -> None:
    output = load("scale-norm").run()
    np.testing.assert_allclose(output["output"], [[1.2, 1.6], [1.2, 1.6]])
    assert output["parameters"] == 1
    assert output["layer_norm_parameters"] == 4


def test_with_the_default_length_it_is_rmsnorm_without_gain() -> None:
    rng = np.random.default_rng(0)
    output = scale_norm(rng.normal(size=(3, 9)).tolist())
    np.testing.assert_allclose(output["output_norms"], 3)
    assert output["rmsnorm_difference"] < 1e-9


def test_a_zero_vector_stays_zero() -> None:
    assert scale_norm([[0.0, 0.0]], 2.0)["output"].tolist() == [[0, 0]]


@pytest.mark.parametrize("bad", [{"g": 0}, {"x": [[1.0], [1.0, 2.0]]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("scale-norm").run(bad)
