from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax as scipy_softmax
from scipy.stats import entropy as scipy_entropy

from algorithms.activations.temperature_softmax import temperature_softmax
from algorithms.registry import load
from core.errors import InputError

LOGITS = st.lists(st.floats(-20, 20), min_size=1, max_size=12)


@given(LOGITS, st.floats(0.1, 10))
def test_equals_scipy(logits: list[float], temperature: float) -> None:
    output = temperature_softmax(logits, temperature)
    expected = scipy_softmax(np.array(logits) / temperature)
    np.testing.assert_allclose(output["probabilities"], expected, rtol=1e-9)
    assert output["entropy"] == pytest.approx(scipy_entropy(expected), abs=1e-9)


@given(LOGITS)
def test_entropy_rises_with_the_temperature_and_the_order_stays(logits: list[float]) -> None:
    output = temperature_softmax(logits, 1.0, [0.2, 0.5, 1.0, 3.0, 9.0])
    entropies = [row["entropy"] for row in output["comparison"]]
    assert np.all(np.diff(entropies) >= -1e-9)
    assert logits[output["argmax"]] == max(logits)


@pytest.mark.parametrize(
    ("logits", "temperature", "expected"),
    [
        ([1, 2, 3], 0.5, [0.0159, 0.1173, 0.8668]),
        ([1, 2, 3], 5, [0.2693, 0.3289, 0.4018]),
        ([2, 1, 0], 0.1, [1, 0, 0]),
        ([2, 1, 0], 0.7, [0.771, 0.185, 0.044]),
        ([2, 1, 0], 1, [0.665, 0.245, 0.090]),
        ([2, 1, 0], 2, [0.507, 0.307, 0.186]),
    ],
)
def test_goldens(logits: list[float], temperature: float, expected: list[float]) -> None:
    np.testing.assert_allclose(temperature_softmax(logits, temperature)["probabilities"], expected, atol=6e-4)


def test_the_limit_of_low_temperature_is_the_argmax() -> None:
    output = temperature_softmax([0.0, 3.0, 1.0], 1e-3)
    np.testing.assert_allclose(output["probabilities"], [0, 1, 0], atol=1e-12)
    assert output["argmax"] == 1
    assert output["entropy"] == 0


@pytest.mark.parametrize("bad", [{"temperature": 0}, {"logits": []}, {"compare": [-1.0]}, {"compare": [1.0] * 13}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("temperature-softmax").run(bad)
