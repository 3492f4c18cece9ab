from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.quantization_and_compression.model_weight_memory import model_weight_memory
from algorithms.registry import load
from core.errors import InputError


def test_seven_billion() -> None:
    output = model_weight_memory(7e9, 16)
    assert output["table_gb"] == {"fp32": 28, "fp16": 14, "bf16": 14, "int8": 7, "int4": 3.5}
    assert [round(model_weight_memory(7e9, b)["gib"], 2) for b in (32, 16, 4)] == [26.08, 13.04, 3.26]
    assert output["adam_training_gb"] == 112


@given(st.integers(1, 5000), st.sampled_from([(torch.float32, 32), (torch.float16, 16), (torch.int8, 8)]))
def test_equals_the_bytes_of_a_tensor(n: int, kind: tuple[torch.dtype, int]) -> None:
    dtype, bits = kind
    assert model_weight_memory(n, bits)["gb"] * 1e9 == pytest.approx(torch.empty(n, dtype=dtype).nbytes)


def test_fits() -> None:
    assert model_weight_memory(7e9, 4, 4)["fits"] is True
    assert model_weight_memory(7e9, 16, 8)["fits"] is False
    assert model_weight_memory(2**29, 16, 1)["fits"] is True  # exactly 1 GiB
    assert model_weight_memory(7e9)["fits"] is None


@pytest.mark.parametrize("bad", [{"parameters": 0}, {"bits_per_parameter": 0}, {"device_gib": -1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("model-weight-memory").run(bad)
