from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.model_selection.neural_architecture_search import (
    log_loss,
    neural_architecture_search,
    train_network,
)
from algorithms.registry import load
from algorithms.toy_data import two_moons
from core.errors import InputError


def test_training_equals_torch() -> None:
    X, y = two_moons(30, 0.1, seed=0)
    start = train_network((4, 3), X, y.astype(float), 0, seed=1)
    ours = train_network((4, 3), X, y.astype(float), 20, seed=1)
    weights = [torch.tensor(p, requires_grad=True) for layer in start for p in layer]
    optimiser = torch.optim.SGD(weights, lr=0.5, momentum=0.9)
    A, t = torch.tensor(X), torch.tensor(y, dtype=torch.float64)
    for _ in range(20):
        h = torch.tanh(torch.tanh(A @ weights[0] + weights[1]) @ weights[2] + weights[3])
        z = (h @ weights[4] + weights[5])[:, 0]
        loss = torch.nn.functional.binary_cross_entropy_with_logits(z, t)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    for mine, theirs in zip([p for layer in ours for p in layer], weights, strict=True):
        np.testing.assert_allclose(mine, theirs.detach(), atol=1e-9)


@pytest.mark.parametrize("strategy", ["random", "evolution"])
def test_the_winner_beats_the_worst_and_the_smallest(strategy: str) -> None:
    output = neural_architecture_search(strategy)
    assert output["best_loss"] < 0.5 * output["worst_loss"]
    assert output["best_loss"] < output["smallest_loss"]
    assert output["test_loss"] < 0.2
    assert len(output["tried"]) == 10
    assert output["best_loss"] == min(entry["loss"] for entry in output["tried"])


@settings(max_examples=5)
@given(st.lists(st.sampled_from([1, 2, 4]), min_size=1, max_size=3))
def test_more_steps_fit_the_training_rows_better(widths: list[int]) -> None:
    X, y = two_moons(40, 0.1, seed=0)
    losses = [log_loss(train_network(tuple(widths), X, y.astype(float), s, seed=0), X, y) for s in (0, 60)]
    assert losses[1] < losses[0]


@pytest.mark.parametrize("bad", [{"strategy": "gradient"}, {"candidates": 2}, {"steps": 1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("neural-architecture-search").run(bad)
