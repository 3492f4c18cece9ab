from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import log_softmax as scipy_log_softmax
from scipy.special import logsumexp

from algorithms.activations.log_softmax import log_softmax, log_softmax_along
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.floats(-1000, 1000), min_size=1, max_size=20))
def test_equals_scipy(logits: list[float]) -> None:
    output = log_softmax(logits, label=0)
    np.testing.assert_allclose(output["log_probabilities"], scipy_log_softmax(logits), atol=1e-9)
    assert output["logsumexp"] == pytest.approx(logsumexp(logits))
    assert output["nll"] == pytest.approx(-scipy_log_softmax(logits)[0], abs=1e-9)


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=20))
def test_is_idempotent(logits: list[float]) -> None:
    once = log_softmax_along(np.array(logits))
    np.testing.assert_allclose(log_softmax_along(once), once, atol=1e-9)


def test_golden() -> None:
    output = log_softmax([1, 2, 3], label=2)
    np.testing.assert_allclose(output["log_probabilities"], [-2.4076, -1.4076, -0.4076], atol=5e-5)
    assert output["nll"] == pytest.approx(0.4076, abs=5e-5)


def test_logits_of_a_thousand_stay_finite() -> None:
    output = log_softmax([1000.0, 999.0, -1000.0])
    np.testing.assert_allclose(output["log_probabilities"], [-0.313262, -1.313262, -2000.313262], atol=1e-6)
    assert output["nll"] is None


def test_axis() -> None:
    z = np.array([[1.0, 5.0], [2.0, 2.0]])
    np.testing.assert_allclose(np.exp(log_softmax_along(z, axis=0)).sum(axis=0), [1, 1])


@pytest.mark.parametrize("bad", [{"logits": []}, {"label": 3}, {"label": -1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("log-softmax").run(bad)
