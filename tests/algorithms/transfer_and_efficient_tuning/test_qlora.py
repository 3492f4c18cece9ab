from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from algorithms.registry import load
from algorithms.transfer_and_efficient_tuning.qlora import nf4_levels, qlora, quantize_blocks
from core.errors import InputError

PUBLISHED = [
    -1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334,
    -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224,
    0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0,
]  # fmt: skip


def test_levels_equal_the_published_table() -> None:
    np.testing.assert_allclose(nf4_levels(), PUBLISHED, atol=1e-6)
    top = norm.ppf(0.9677083)
    assert nf4_levels()[14] == pytest.approx(norm.ppf(0.9677083 - 0.4677083 / 8) / top, abs=1e-9)


@given(st.integers(0, 10_000))
def test_each_weight_gets_its_nearest_level(seed: int) -> None:
    w = np.random.default_rng(seed).standard_normal(32)
    codes, scales, restored = quantize_blocks(w, nf4_levels(), 16)
    assert scales.tolist() == [np.abs(w[:16]).max(), np.abs(w[16:]).max()]
    for i, value in enumerate(w):
        candidates = nf4_levels() * scales[i // 16]
        assert abs(restored[i] - value) == pytest.approx(np.abs(candidates - value).min())
        assert codes[i] == np.abs(candidates - value).argmin()


def test_a_block_of_zeros_survives() -> None:
    assert quantize_blocks(np.zeros(16), nf4_levels(), 16)[2].tolist() == [0.0] * 16


def test_adapter_learns_on_the_frozen_base() -> None:
    output = qlora()
    assert output["loss_after"] < 0.3 * output["loss_before"]
    assert output["codes_change"] == 0
    assert output["bits_per_weight"] == 4.5
    assert output["bits_per_weight_double_quantized"] == pytest.approx(4.127, abs=1e-3)


def test_normal_levels_suit_normal_weights_better_than_even_ones() -> None:
    for seed in range(3):
        assert (
            qlora(steps=1, seed=seed)["weight_error"] < qlora(quantization="int4", steps=1, seed=seed)["weight_error"]
        )


@pytest.mark.parametrize("bad", [{"rank": 0}, {"block": 7}, {"quantization": "fp4"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("qlora").run(bad)
