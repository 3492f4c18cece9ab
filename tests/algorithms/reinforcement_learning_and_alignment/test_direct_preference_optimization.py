from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.activations.softmax import softmax_along
from algorithms.registry import load
from algorithms.reinforcement_learning_and_alignment.bradley_terry_model import bradley_terry_model
from algorithms.reinforcement_learning_and_alignment.direct_preference_optimization import (
    direct_preference_optimization,
)
from algorithms.reinforcement_learning_and_alignment.rlhf import kl_optimum
from core.errors import InputError

LOGS = st.lists(st.floats(-50, 0), min_size=3, max_size=3)


@given(LOGS, LOGS, LOGS, LOGS, st.floats(0.01, 5))
def test_loss_and_gradient_equal_torch(
    pw: list[float], pl: list[float], rw: list[float], rl: list[float], beta: float
) -> None:
    tw, tl = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (pw, pl))
    logits = (tw - torch.tensor(rw, dtype=torch.float64)) - (tl - torch.tensor(rl, dtype=torch.float64))
    loss = -torch.nn.functional.logsigmoid(beta * logits).mean()
    loss.backward()
    output = direct_preference_optimization(pw, pl, rw, rl, beta)
    assert output["loss"] == pytest.approx(loss.item())
    assert tw.grad is not None and tl.grad is not None
    np.testing.assert_allclose(output["gradient_chosen"], tw.grad, atol=1e-12)
    np.testing.assert_allclose(-output["gradient_chosen"], tl.grad, atol=1e-12)


@given(LOGS, LOGS)
def test_is_ln_2_at_the_reference(w: list[float], l: list[float]) -> None:
    assert direct_preference_optimization(w, l, w, l)["loss"] == pytest.approx(math.log(2))


def test_golden() -> None:
    # 0.1 * [(-10 + 12) - (-14 + 13)] = 0.1 * (2 + 1) = 0.3
    output = direct_preference_optimization([-10], [-14], [-12], [-13])
    assert output["margins"] == pytest.approx([0.3])
    assert output["chosen_rewards"] == pytest.approx([0.2])
    assert output["loss"] == pytest.approx(math.log(1 + math.exp(-0.3)))
    assert output["preference_probabilities"][0] == pytest.approx(bradley_terry_model(0.2, -0.1)["probability"])


def test_descending_on_bradley_terry_preferences_reaches_the_rlhf_optimum() -> None:
    rewards, reference, beta = np.array([1.0, 0.0, -0.5]), np.array([0.2, 0.5, 0.3]), 0.7
    logits = np.log(reference)
    for _ in range(4000):
        log_pi = np.log(softmax_along(logits))
        gradient = np.zeros(3)
        for w in range(3):
            for l in range(3):
                if w != l:
                    share = bradley_terry_model(rewards[w], rewards[l])["probability"] / 6
                    g = direct_preference_optimization(
                        [log_pi[w]], [log_pi[l]], [np.log(reference[w])], [np.log(reference[l])], beta
                    )["gradient_chosen"][0]
                    gradient[w] += share * g
                    gradient[l] -= share * g
        if np.abs(gradient).max() < 1e-6:
            break
        logits = logits - 5 * gradient  # the softmax terms cancel, since the two gradients sum to zero
    np.testing.assert_allclose(softmax_along(logits), kl_optimum(reference, rewards, beta), atol=1e-4)


@pytest.mark.parametrize("bad", [{"policy_chosen": [-1.0, -2.0]}, {"beta": 0}, {"policy_rejected": [0.5]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("direct-preference-optimization").run(bad)
