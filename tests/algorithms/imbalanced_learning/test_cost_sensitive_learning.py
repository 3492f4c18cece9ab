from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.imbalanced_learning.cost_sensitive_learning import adacost_weights, cost_sensitive_learning
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 1000), st.integers(2, 4))
def test_predictions_have_the_least_expected_cost(seed: int, K: int) -> None:
    rng = np.random.default_rng(seed)
    P, C = rng.dirichlet(np.ones(K), 6), rng.random((K, K)) * 10
    output = cost_sensitive_learning(P.tolist(), C.tolist())
    for i in range(6):
        costs = [sum(P[i, k] * C[k, j] for k in range(K)) for j in range(K)]
        np.testing.assert_allclose(output["expected_costs"][i], costs)
        assert output["predictions"][i] == int(np.argmin(costs))
    assert output["mean_cost"] <= output["mean_cost_most_likely"] + 1e-12


@given(st.floats(0.1, 100), st.floats(0.1, 100), st.floats(0.001, 0.999))
def test_two_classes_are_split_at_the_threshold(false_alarm: float, miss: float, p: float) -> None:
    output = cost_sensitive_learning([[1 - p, p]], [[0, false_alarm], [miss, 0]])
    assert output["threshold"] == pytest.approx(false_alarm / (false_alarm + miss))
    if abs(p - output["threshold"]) > 1e-9:
        assert output["predictions"][0] == int(p > output["threshold"])


def test_a_missed_fraud_of_100_lowers_the_threshold_to_one_percent() -> None:
    output = cost_sensitive_learning([[0.97, 0.03], [0.995, 0.005]], [[0, 1], [100, 0]])
    assert output["threshold"] == pytest.approx(1 / 101)
    assert (output["predictions"].tolist(), output["most_likely"].tolist()) == ([1, 0], [0, 0])
    assert cost_sensitive_learning([[0.5, 0.5]], [[0, 1], [1, 0]])["threshold"] == 0.5


def test_adacost_raises_costly_errors_faster_and_lowers_costly_hits_slower() -> None:
    w = np.full(4, 0.25)
    new = adacost_weights(w, np.array([1, 1, 0, 0]), np.array([1.0, 0.0, 1.0, 0.0]), 0.7)
    assert new.sum() == pytest.approx(1)
    assert new[0] > new[1] > new[2] > new[3]
    factors = np.exp([0.7, 0.35, 0.0, -0.35])  # beta: 1, 0.5, 0, 0.5
    np.testing.assert_allclose(new, factors / factors.sum())
    output = cost_sensitive_learning([[0.5, 0.5]], [[0, 1], [4, 0]], alpha=0.7)
    np.testing.assert_allclose(output["adacost_error_factor"], np.exp(0.7 * np.array([0.625, 1.0])))
    np.testing.assert_allclose(output["adacost_correct_factor"], np.exp(-0.7 * np.array([0.375, 0.0])))


@pytest.mark.parametrize(
    "bad", [{"costs": [[0, 1, 2]] * 3}, {"probabilities": [[0.5, 0.6]]}, {"costs": [[0, -1], [1, 0]]}]
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("cost-sensitive-learning").run(bad)
