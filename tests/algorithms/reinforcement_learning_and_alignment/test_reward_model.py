from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from algorithms.registry import load
from algorithms.reinforcement_learning_and_alignment.reward_model import (
    pairwise_loss,
    rank_correlation,
    reward_model,
)
from core.errors import InputError


def test_loss_and_gradient_equal_torch() -> None:
    rng = np.random.default_rng(0)
    w, better, worse = rng.standard_normal(3), rng.standard_normal((5, 3)), rng.standard_normal((5, 3))
    t = torch.tensor(w, requires_grad=True)
    expected = -torch.nn.functional.logsigmoid((torch.tensor(better) - torch.tensor(worse)) @ t).mean()
    expected.backward()
    loss, gradient = pairwise_loss(w, better, worse)
    assert loss == pytest.approx(expected.item())
    assert t.grad is not None
    np.testing.assert_allclose(gradient, t.grad, atol=1e-12)


@given(st.permutations(list(range(8))))
def test_rank_correlation_equals_scipy(order: list[int]) -> None:
    a, b = np.arange(8.0), np.array(order, dtype=float)
    assert rank_correlation(a, b) == pytest.approx(spearmanr(a, b).statistic)


def test_known_scores_are_recovered() -> None:
    output = reward_model()
    assert output["pairs"] == 100 * math.comb(4, 2)
    assert output["loss_before"] == pytest.approx(math.log(2))
    assert output["loss_after"] < 0.8 * output["loss_before"]
    assert output["rank_correlation"] > 0.95 and output["pair_accuracy"] > 0.9


def test_more_data_and_less_noise_come_nearer_to_the_truth() -> None:
    few, many = reward_model(10)["direction_cosine"], reward_model(500)["direction_cosine"]
    assert many > 0.99 > few
    assert reward_model(30, judge_noise=0)["rank_correlation"] > reward_model(30, judge_noise=20)["rank_correlation"]


@pytest.mark.parametrize("bad", [{"prompts": 0}, {"outputs_per_prompt": 1}, {"features": 10**6}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("reward-model").run(bad)
