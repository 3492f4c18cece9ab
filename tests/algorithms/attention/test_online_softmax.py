from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.attention.online_softmax import online_softmax
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.floats(-1000, 1000), min_size=1, max_size=40), st.integers(1, 50))
def test_equals_torch_for_every_block_size(logits: list[float], block: int) -> None:
    output = online_softmax(logits, block)
    p = torch.softmax(torch.tensor(logits, dtype=torch.float64), 0).numpy()
    np.testing.assert_allclose(output["probabilities"], p, atol=1e-12)
    assert output["weighted_mean"] == pytest.approx(float(p @ np.arange(len(p))), abs=1e-9)
    assert output["largest_difference"] < 1e-12


def test_trace_by_hand() -> None:
    # [1, 3]: m = 3, l = e^-2 + 1; [2, 5]: m = 5, l = (e^-2 + 1) e^-2 + e^-3 + 1
    output = online_softmax([1.0, 3.0, 2.0, 5.0], 2)
    assert output["running_maximum"] == [3.0, 5.0]
    first = np.exp(-2) + 1
    np.testing.assert_allclose(output["running_sum"], [first, first * np.exp(-2) + np.exp(-3) + 1])


def test_output_is_rescaled_with_the_sum() -> None:
    # e^0 to the value 10 and e^ln3 to the value 2: (10 + 6) / 4
    assert online_softmax([0.0, np.log(3)], 1, [10.0, 2.0])["weighted_mean"] == pytest.approx(4.0)


@pytest.mark.parametrize("bad", [{"logits": []}, {"block_size": 0}, {"values": [1.0]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("online-softmax").run(bad)
