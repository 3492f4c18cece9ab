from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.activations.softmax import softmax
from algorithms.registry import load
from core.errors import InputError

LOGITS = st.lists(st.floats(-50, 50), min_size=1, max_size=20)


@given(LOGITS, st.floats(0.1, 10))
def test_equals_torch(logits: list[float], temperature: float) -> None:
    expected = torch.softmax(torch.tensor(logits, dtype=torch.float64) / temperature, dim=0)
    np.testing.assert_allclose(softmax(logits, temperature)["probabilities"], expected, rtol=1e-12)


@given(LOGITS, st.floats(-100, 100))
def test_adding_a_constant_changes_nothing(logits: list[float], shift: float) -> None:
    moved = softmax([z + shift for z in logits])["probabilities"]
    np.testing.assert_allclose(moved, softmax(logits)["probabilities"], atol=1e-12)


def test_golden_at_temperature_one_half() -> None:
    # e^4, e^2, e^0.2 = 54.598150, 7.389056, 1.221403; their sum is 63.208609
    expected = [54.598150 / 63.208609, 7.389056 / 63.208609, 1.221403 / 63.208609]
    np.testing.assert_allclose(softmax([2, 1, 0.1], 0.5)["probabilities"], expected, atol=1e-7)


def test_limits_of_the_temperature() -> None:
    np.testing.assert_allclose(softmax([3, 1, 2], 1e-3)["probabilities"], [1, 0, 0], atol=1e-12)
    np.testing.assert_allclose(softmax([3, 1, 2], 1e9)["probabilities"], [1 / 3] * 3, atol=1e-8)


def test_large_logits_do_not_overflow() -> None:
    np.testing.assert_allclose(softmax([1e6, 1e6 - 1])["probabilities"].sum(), 1)


@pytest.mark.parametrize("bad", [{"temperature": 0}, {"temperature": -1}, {"logits": []}, {"logits": ["a"]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("softmax").run(bad)
