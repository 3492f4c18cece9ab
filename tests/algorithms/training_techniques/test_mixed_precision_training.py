from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.training_techniques.mixed_precision_training import mixed_precision_training, round_to
from core.errors import InputError


@given(st.lists(st.floats(-1e5, 1e5, width=32), min_size=1, max_size=20), st.sampled_from(["fp16", "bf16", "fp32"]))
def test_rounding_equals_torch(values: list[float], precision: str) -> None:
    dtype = {"fp16": torch.float16, "bf16": torch.bfloat16, "fp32": torch.float32}[precision]
    expected = torch.tensor(values, dtype=torch.float32).to(dtype).double().numpy()
    np.testing.assert_array_equal(round_to(np.array(values), precision), expected)  # type: ignore[arg-type]


def test_ties_go_to_the_even_neighbour() -> None:
    values = np.array([1 + 2.0**-8, 1 + 3 * 2.0**-8, -1 - 2.0**-8])  # half-way between neighbours in bf16
    assert round_to(values, "bf16").tolist() == [1.0, 1 + 2.0**-6, -1.0]


@pytest.mark.parametrize("precision", ["fp16", "bf16", "fp32"])
def test_limits_equal_torch(precision: str) -> None:
    output = mixed_precision_training([1.0], precision=precision)  # type: ignore[arg-type]
    dtype = {"fp16": torch.float16, "bf16": torch.bfloat16, "fp32": torch.float32}[precision]
    info = torch.finfo(dtype)
    assert output["largest"] == info.max
    assert output["smallest"] == pytest.approx(info.tiny * info.eps)  # smallest subnormal


def test_scaling_rescues_gradients_that_underflow() -> None:
    output = mixed_precision_training([1e-8, 2e-8, 1e-4, 0.0], 2.0**14)
    assert output["underflow"] == [pytest.approx(2 / 3), 0]
    np.testing.assert_allclose(output["restored"], [1e-8, 2e-8, 1e-4, 0.0], rtol=1e-3)
    assert output["overflow"] is False
    assert mixed_precision_training([1e-8], precision="bf16")["underflow"] == [0, 0]


def test_too_large_a_scale_overflows() -> None:
    assert mixed_precision_training([8.0], 2.0**13)["overflow"] is True  # 65536 > 65504
    assert mixed_precision_training([8.0], 2.0**12)["overflow"] is False


def test_small_updates_are_lost_without_a_master_copy() -> None:
    output = mixed_precision_training([1.0], update=1e-4, steps=1000)
    assert output["weight_16_bit"] == 1.0  # half a unit in the last place at 1 is 4.9e-4
    assert output["weight_master"] == pytest.approx(1.1, abs=1e-3)


@pytest.mark.parametrize("bad", [{"gradients": []}, {"loss_scale": 0}, {"precision": "fp8"}, {"steps": 10**7}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("mixed-precision-training").run(bad)
