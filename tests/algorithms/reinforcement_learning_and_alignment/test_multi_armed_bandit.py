from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.reinforcement_learning_and_alignment.multi_armed_bandit import multi_armed_bandit
from core.errors import InputError

ARMS = [0.2, 0.5, 0.8]


@pytest.mark.parametrize("method", ["ucb1", "thompson"])
def test_regret_is_sublinear(method: str) -> None:
    output = multi_armed_bandit(ARMS, method, 4000)  # type: ignore[arg-type]
    second_half = output["regret"] - output["regret_at_half"]
    assert second_half < 0.5 * output["regret_at_half"]
    assert output["pull_shares"].argmax() == 2
    # Lai and Robbins / UCB1 bound: sum of 8 ln T / gap + (1 + pi^2 / 3) gap
    assert output["regret"] < sum(8 * np.log(4000) / g + 4.3 * g for g in (0.3, 0.6))


def test_constant_epsilon_has_linear_regret() -> None:
    output = multi_armed_bandit(ARMS, "epsilon-greedy", 4000, epsilon=0.2)
    slope = 0.2 * np.mean([0.6, 0.3, 0.0])  # a random arm costs the mean gap
    second_half = output["regret"] - output["regret_at_half"]
    assert second_half == pytest.approx(slope * 2000, rel=0.15)


def test_a_bandit_earns_more_than_an_ab_test() -> None:
    uniform = multi_armed_bandit(ARMS, "uniform")
    assert uniform["mean_reward"] == pytest.approx(np.mean(ARMS), abs=0.02)
    assert uniform["regret"] == pytest.approx(0.3 * 2000, rel=0.05)
    assert multi_armed_bandit(ARMS, "thompson")["mean_reward"] > uniform["mean_reward"] + 0.2


def test_treatments_are_recovered_by_inverse_propensity() -> None:
    output = multi_armed_bandit(ARMS, "epsilon-greedy", 5000, runs=50)
    np.testing.assert_allclose(output["weighted_estimates"], ARMS, atol=0.03)
    assert multi_armed_bandit(ARMS, "ucb1", 20)["weighted_estimates"] is None


@settings(max_examples=15)
@given(st.lists(st.floats(0, 1), min_size=2, max_size=5), st.sampled_from(["ucb1", "thompson", "epsilon-greedy"]))
def test_conservation(arms: list[float], method: str) -> None:
    output = multi_armed_bandit(arms, method, 50, runs=3)  # type: ignore[arg-type]
    assert output["pull_shares"].sum() == pytest.approx(1)
    assert output["regret"] == pytest.approx(50 * (max(arms) - output["pull_shares"] @ arms))
    assert (np.diff(output["regret_curve"]) >= -1e-12).all()


@pytest.mark.parametrize("bad", [{"probabilities": [0.5]}, {"probabilities": [0.5, 2]}, {"horizon": 10**9}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("multi-armed-bandit").run(bad)
