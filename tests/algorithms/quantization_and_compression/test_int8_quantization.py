from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.quantization_and_compression.int8_quantization import int8_quantization
from algorithms.registry import load
from core.errors import InputError

WEIGHTS = st.lists(st.floats(-10, 10, width=32), min_size=1, max_size=20)


def test_golden() -> None:
    # scale 1/127: -127, 63.5 -> 64 (half to even), 31.75 -> 32
    output = int8_quantization([-1.0, 0.5, 0.25])
    assert output["codes"].tolist() == [-127, 64, 32]
    assert output["scale"] == 1 / 127
    assert output["compression"] == 4


@given(WEIGHTS, st.integers(2, 8))
def test_absmax_error_is_at_most_half_a_step(weights: list[float], bits: int) -> None:
    output = int8_quantization(weights, "absmax", bits)
    assert output["max_error"] <= output["scale"] / 2 * (1 + 1e-9)
    assert np.abs(output["codes"]).max() <= 2 ** (bits - 1) - 1


@given(WEIGHTS, st.sampled_from(["absmax", "zero-point"]))
def test_equals_torch_fake_quantization(weights: list[float], method: str) -> None:
    output = int8_quantization(weights, method)  # type: ignore[arg-type]
    low, high = (-127, 127) if method == "absmax" else (0, 255)
    expected = torch.fake_quantize_per_tensor_affine(
        torch.tensor(weights, dtype=torch.float64), output["scale"], output["zero_point"], low, high
    )
    # a tie may round differently in single precision: allow one step there
    gap = np.abs(output["dequantized"] - expected.numpy())
    ties = np.abs(np.abs(np.array(weights) / output["scale"]) % 1 - 0.5) < 1e-4
    assert (gap[~ties] < 1e-5).all()
    assert (gap <= output["scale"] * (1 + 1e-5)).all()


def test_zero_stays_exactly_zero_and_one_sided_ranges_gain_precision() -> None:
    weights = [0.0, 1.0, 3.0, 4.0]
    affine, symmetric = int8_quantization(weights, "zero-point"), int8_quantization(weights)
    assert affine["dequantized"][0] == 0
    assert affine["scale"] == pytest.approx(4 / 255) and symmetric["scale"] == pytest.approx(4 / 127)


def test_an_outlier_coarsens_all_others() -> None:
    assert int8_quantization([0.1, 0.2, 100.0])["codes"].tolist() == [0, 0, 127]


@pytest.mark.parametrize("bad", [{"weights": []}, {"bits": 16}, {"method": "log"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("int8-quantization").run(bad)
