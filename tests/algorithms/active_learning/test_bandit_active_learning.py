from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.active_learning.bandit_active_learning import bandit_active_learning, upper_bounds
from algorithms.registry import load
from core.errors import InputError


def test_the_bound_is_mean_plus_bonus() -> None:
    # 6 of 8 and 1 of 2 after 10 rounds: 0.75 + 0.5 sqrt(ln 10 / 8) = 1.018, 0.5 + 0.5 sqrt(ln 10 / 2) = 1.036
    found = upper_bounds(np.array([6.0, 1.0]), np.array([8.0, 2.0]), 10, 0.5)
    np.testing.assert_allclose(found, [1.0182, 1.0365], atol=1e-4)


@given(st.integers(0, 1000), st.sampled_from(["ucb", "greedy", "random"]))
def test_pulls_and_regret_are_conserved(seed: int, policy: str) -> None:
    output = bandit_active_learning([0.2, 0.5, 0.9], 60, policy, seed=seed)
    assert output["pulls"].sum() == 60
    assert output["regret"] == pytest.approx(output["pulls"] @ [0.7, 0.4, 0.0])
    assert output["reward_rate"] * 60 == pytest.approx(output["total_reward"])


def test_exploration_finds_the_best_region_where_greed_gets_stuck() -> None:
    levels = [0.5, 0.6, 0.8]
    means = {
        policy: np.mean([bandit_active_learning(levels, 500, policy, seed=s)["regret"] for s in range(20)])
        for policy in ("ucb", "greedy", "random")
    }
    assert means["ucb"] < 0.5 * means["random"]
    assert means["ucb"] < means["greedy"]


def test_forgetting_follows_a_depleting_region() -> None:
    levels = [0.9, 0.6]
    stubborn, forgetful = (
        np.mean([bandit_active_learning(levels, 600, depletion=0.005, discount=d, seed=s)["regret"] for s in range(10)])
        for d in (1.0, 0.97)
    )
    assert forgetful < stubborn
    output = bandit_active_learning(levels, 100, depletion=0.01)
    np.testing.assert_allclose(output["remaining_uncertainty"], levels * 0.99 ** output["pulls"])


@pytest.mark.parametrize("bad", [{"uncertainty": [0.5]}, {"uncertainty": [0.5, 1.5]}, {"policy": "exp3"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("bandit-active-learning").run(bad)
