from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.transfer_and_efficient_tuning.lora_parameter_count import lora_parameter_count
from core.errors import InputError


def test_gpt3_figures() -> None:
    output = lora_parameter_count(12288, 12288, 4, 2, 96, 2, 175_000_000_000)
    assert output["lora_parameters"] == 18_874_368
    assert output["lora_mib"] == 36
    assert output["full_gb"] == 350
    assert 9_000 < output["reduction_factor"] < 10_000


def test_one_square_matrix() -> None:
    output = lora_parameter_count(4096, 4096, 8)
    assert output["lora_parameters"] == 65_536
    assert output["full_parameters"] == 16_777_216
    assert output["percent"] == pytest.approx(100 * 2 * 8 / 4096)


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 8), st.integers(1, 3))
def test_counts_the_numbers_of_real_tensors(d: int, k: int, r: int, layers: int) -> None:
    pairs = [(torch.empty(d, r), torch.empty(r, k)) for _ in range(layers * 2)]
    output = lora_parameter_count(d, k, r, 2, layers, 4)
    assert output["lora_parameters"] == sum(b.numel() + a.numel() for b, a in pairs)
    assert output["lora_bytes"] == sum(b.nbytes + a.nbytes for b, a in pairs)
    assert output["full_parameters"] == sum((b @ a).numel() for b, a in pairs)


@pytest.mark.parametrize("bad", [{"d": 0}, {"r": 0}, {"bytes_per_parameter": 0}, {"k": 10**9}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("lora-parameter-count").run(bad)
