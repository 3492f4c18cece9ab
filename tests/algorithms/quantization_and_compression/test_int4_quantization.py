from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.quantization_and_compression.int4_quantization import (
    int4_quantization,
    pack_nibbles,
    unpack_nibbles,
)
from algorithms.registry import load
from core.errors import InputError

WEIGHTS = st.lists(st.floats(-10, 10, width=16), min_size=1, max_size=70)


def test_llama_7b_memory() -> None:
    output = int4_quantization([1.0])
    assert output["bits_per_weight"] == 5
    assert round(output["model_gib"], 2) == 3.92
    assert round(output["fp16_gib"], 2) == 12.55
    assert round(output["fp32_gib"] * 2**30 / 1e9) == 27
    assert round(int4_quantization([1.0], scale_bits=0)["model_gib"], 2) == 3.14
    assert int4_quantization([1.0], scale_bits=16)["bits_per_weight"] == 4.5


def test_golden_group() -> None:
    # largest magnitude -0.8 -> d = 0.1; 0.4 -> 4 + 8 = 12; 0.14 -> floor(9.9) = 9; 0.8 would be 16, clipped to 15
    output = int4_quantization([-0.8, 0.4, 0.14, 0.8])
    assert output["codes"].tolist() == [0, 12, 9, 15]
    np.testing.assert_allclose(output["dequantized"], [-0.8, 0.4, 0.1, 0.7])
    assert output["packed_hex"] == "c0f9"


@given(WEIGHTS, st.integers(1, 40))
def test_errors_stay_within_a_step_and_the_peak_is_exact(weights: list[float], group: int) -> None:
    output = int4_quantization(weights, group)
    x = np.array(weights)
    for g, start in enumerate(range(0, len(x), group)):
        part, restored = x[start : start + group], output["dequantized"][start : start + group]
        d = abs(output["scales"][g])
        clipped = output["codes"][start : start + group] == 15
        assert (np.abs(part - restored)[~clipped] <= d / 2 + 1e-12).all()
        assert (np.abs(part - restored) <= d + 1e-12).all()
        peak = np.abs(part).argmax()
        assert restored[peak] == pytest.approx(part[peak])


@given(st.lists(st.integers(0, 15), min_size=1, max_size=30))
def test_packing_round_trip(codes: list[int]) -> None:
    data = pack_nibbles(np.array(codes))
    assert len(data) == (len(codes) + 1) // 2
    assert unpack_nibbles(data, len(codes)).tolist() == codes


def test_smaller_groups_are_more_precise() -> None:
    x = np.random.default_rng(0).standard_normal(512).tolist()
    errors = [np.mean((np.array(x) - int4_quantization(x, g)["dequantized"]) ** 2) for g in (8, 32, 512)]
    assert errors[0] < errors[1] < errors[2]


@pytest.mark.parametrize("bad", [{"weights": []}, {"group_size": 0}, {"scale_bits": 7}, {"parameters": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("int4-quantization").run(bad)
