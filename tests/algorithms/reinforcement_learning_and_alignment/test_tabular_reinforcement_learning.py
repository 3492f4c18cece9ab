from __future__ import annotations

import itertools

import numpy as np
import pytest

from algorithms.registry import load
from algorithms.reinforcement_learning_and_alignment.tabular_reinforcement_learning import (
    ALLOCATIONS,
    WORLDS,
    tabular_reinforcement_learning,
    value_iteration,
)
from core.errors import InputError


@pytest.mark.parametrize("name", ["recommender", "portfolio"])
def test_value_iteration_equals_the_best_of_all_policies(name: str) -> None:
    P, R, _, _ = WORLDS[name]()
    S, A = R.shape
    best = np.full(S, -np.inf)
    for policy in itertools.product(range(A), repeat=S):
        rows = np.arange(S)
        best = np.maximum(best, np.linalg.solve(np.eye(S) - 0.9 * P[rows, policy], R[rows, policy]))
    np.testing.assert_allclose(value_iteration(P, R, 0.9).max(axis=1), best, atol=1e-8)


@pytest.mark.parametrize("name", list(WORLDS))
def test_worlds_are_stochastic_matrices(name: str) -> None:
    P, R, states, actions = WORLDS[name]()
    assert P.shape == (len(states), len(actions), len(states)) and R.shape == P.shape[:2]
    np.testing.assert_allclose(P.sum(axis=2), 1)
    assert (P >= 0).all()


@pytest.mark.parametrize(("name", "tolerance"), [("gridworld", 0.1), ("recommender", 0.25), ("portfolio", 0.05)])
def test_q_converges_to_the_bellman_optimum(name: str, tolerance: float) -> None:
    output = tabular_reinforcement_learning(name)  # type: ignore[arg-type]
    assert output["policy_is_optimal"]
    assert output["largest_gap"] < tolerance
    short = tabular_reinforcement_learning(name, steps=100)  # type: ignore[arg-type]
    assert output["largest_gap"] < short["largest_gap"]


def test_the_agent_walks_around_the_pit() -> None:
    policy = tabular_reinforcement_learning("gridworld")["policy"]
    assert policy["cell 7"] == "right" and policy["cell 5"] == "down"
    assert policy["cell 1"] != "down" and policy["cell 3"] != "right"


def test_patience_changes_the_recommendation_and_shares_sum_to_one() -> None:
    assert tabular_reinforcement_learning("recommender", gamma=0)["policy"]["engaged"] == "clickbait"
    assert tabular_reinforcement_learning("recommender", gamma=0.9)["policy"]["engaged"] == "quality"
    assert all(sum(weights) == pytest.approx(1) for weights in ALLOCATIONS.values())
    assert tabular_reinforcement_learning("portfolio")["policy"]["bull"] == "70% stock, 10% cash, 20% bond"


@pytest.mark.parametrize("bad", [{"gamma": 1}, {"environment": "chess"}, {"steps": 10**9}, {"epsilon": 2}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("tabular-reinforcement-learning").run(bad)
