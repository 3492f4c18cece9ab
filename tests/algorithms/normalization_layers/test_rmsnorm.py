from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.normalization_layers.rmsnorm import rmsnorm
from algorithms.registry import load
from core.errors import InputError

ROW = st.lists(st.floats(-50, 50), min_size=2, max_size=8)


@given(ROW, st.integers(0, 99))
def test_equals_torch(row: list[float], seed: int) -> None:
    g = np.random.default_rng(seed).normal(size=len(row))
    expected = torch.nn.functional.rms_norm(
        torch.tensor([row], dtype=torch.float64), (len(row),), torch.tensor(g), eps=1e-6
    )
    np.testing.assert_allclose(rmsnorm([row], g.tolist())["output"], expected, atol=1e-9)


def test_golden_and_gain_is_kept() -> None:
    # the root mean square of (3, 4) is sqrt(12.5) = 3.5355
    output = rmsnorm([[3.0, 4.0]], g=[2.0, 1.0])
    np.testing.assert_allclose(output["output"][0], [6 / 3.5355339, 4 / 3.5355339], rtol=1e-6)
    assert output["output_root_mean_squares"][0] == pytest.approx(1, abs=1e-6)


def test_it_does_not_centre() -> None:
    output = rmsnorm([[1.0, 1.0, 1.0]])
    np.testing.assert_allclose(output["output"][0], 1, rtol=1e-6)
    assert output["layer_norm_difference"] == pytest.approx(1, abs=1e-5)


@given(ROW)
def test_on_centred_rows_it_equals_layer_normalization(row: list[float]) -> None:
    centred = (np.array(row) - np.mean(row)).tolist()
    assert rmsnorm([centred])["layer_norm_difference"] < 1e-6


@pytest.mark.parametrize("bad", [{"g": [1.0]}, {"epsilon": 0}, {"x": []}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("rmsnorm").run(bad)
