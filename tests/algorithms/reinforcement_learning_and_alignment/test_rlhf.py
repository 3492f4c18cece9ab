from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logsumexp

from algorithms.registry import load
from algorithms.reinforcement_learning_and_alignment.rlhf import kl_objective, kl_optimum, ppo_gradient, rlhf
from core.errors import InputError

REWARDS = st.lists(st.floats(-3, 3), min_size=3, max_size=3)


@settings(max_examples=40)
@given(REWARDS, st.lists(st.floats(0.05, 1), min_size=3, max_size=3), st.floats(0.2, 5), st.integers(0, 1000))
def test_no_policy_beats_the_closed_form(r: list[float], ref: list[float], beta: float, seed: int) -> None:
    rewards, reference = np.array(r), np.array(ref) / sum(ref)
    best = kl_optimum(reference, rewards, beta)
    value, kl = kl_objective(best, reference, rewards, beta)
    assert value == pytest.approx(beta * logsumexp(rewards / beta, b=reference), abs=1e-9)
    assert kl >= -1e-12
    for other in np.random.default_rng(seed).dirichlet(np.ones(3), size=20):
        assert kl_objective(other, reference, rewards, beta)[0] <= value + 1e-9


@pytest.mark.parametrize("seed", range(5))
def test_ppo_gradient_equals_torch(seed: int) -> None:
    rng = np.random.default_rng(seed)
    logits, old, y, advantage = (
        rng.standard_normal(4),
        rng.dirichlet(np.ones(4)),
        rng.integers(0, 4, 30),
        rng.random(30) - 0.3,
    )
    t = torch.tensor(logits, requires_grad=True)
    ratio = torch.softmax(t, 0)[torch.tensor(y)] / torch.tensor(old[y])
    a = torch.tensor(advantage)
    torch.minimum(ratio * a, torch.clamp(ratio, 0.8, 1.2) * a).mean().backward()
    assert t.grad is not None
    np.testing.assert_allclose(ppo_gradient(logits, old, y, advantage, 0.2), t.grad, atol=1e-12)


@pytest.mark.parametrize("beta", [0.5, 1.0, 3.0])
def test_ppo_reaches_the_optimum(beta: float) -> None:
    output = rlhf([2.0, 1.0, 0.0, -1.0], [0.1, 0.2, 0.3, 0.4], beta)
    assert output["total_variation"] < 0.05
    assert output["objective_reference"] < output["objective_trained"] <= output["objective_optimal"] + 1e-12


def test_beta_trades_reward_against_distance() -> None:
    runs = [rlhf([2.0, 0.0], [0.2, 0.8], beta, iterations=1) for beta in (0.1, 1.0, 100.0)]
    assert runs[0]["expected_reward"] > runs[1]["expected_reward"] > runs[2]["expected_reward"]
    assert runs[0]["kl"] > runs[1]["kl"] > runs[2]["kl"]
    np.testing.assert_allclose(runs[0]["optimal_policy"], [1, 0], atol=1e-6)
    np.testing.assert_allclose(runs[2]["optimal_policy"], [0.2, 0.8], atol=0.01)


@pytest.mark.parametrize("bad", [{"rewards": [1.0]}, {"rewards": [1.0, 2.0]}, {"beta": 0}, {"iterations": 10**6}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("rlhf").run(bad)
