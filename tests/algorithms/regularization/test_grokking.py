from __future__ import annotations

import numpy as np
import pytest
import torch

from algorithms.registry import load
from algorithms.regularization.grokking import QuadraticNetwork, grokking, modular_pairs
from core.errors import InputError


def test_pairs_and_sums() -> None:
    X, y = modular_pairs(7)
    a, b = X[:, :7].argmax(axis=1), X[:, 7:].argmax(axis=1)
    assert len({*zip(a.tolist(), b.tolist(), strict=True)}) == 49
    np.testing.assert_array_equal((a + b) % 7, y)
    assert np.all(X.sum(axis=1) == 2)


def test_training_steps_equal_torch_adamw() -> None:
    p, hidden = 5, 6
    network = QuadraticNetwork(p, hidden, np.random.default_rng(0))
    weights = [torch.tensor(w, dtype=torch.float64, requires_grad=True) for w in network.parameters]
    optimizer = torch.optim.AdamW(weights, lr=0.01, betas=(0.9, 0.98), weight_decay=0.5)
    X, y = modular_pairs(p)
    for _ in range(5):
        network.step(X, np.eye(p)[y], 0.01, 0.5)
        optimizer.zero_grad()
        logits = (torch.tensor(X) @ weights[0]) ** 2 @ weights[1]
        torch.nn.functional.cross_entropy(logits, torch.tensor(y)).backward()
        optimizer.step()
    for ours, theirs in zip(network.parameters, weights, strict=True):
        np.testing.assert_allclose(ours, theirs.detach(), rtol=1e-7)


def test_validation_accuracy_is_low_when_the_training_set_is_fitted_and_jumps_much_later() -> None:
    output = load("grokking").run()
    assert output["validation_accuracy_when_fitted"] < 0.2
    assert output["generalised_at"] > 5 * output["fitted_at"]
    assert output["validation_accuracy"][-1] > 0.95
    assert output["chance"] == 1 / 23


def test_without_weight_decay_it_does_not_happen_in_this_time_and_weights_grow_larger() -> None:
    without, with_decay = grokking(weight_decay=0.0), grokking()
    assert without["training_accuracy"][-1] == 1
    assert without["generalised_at"] is None
    assert without["validation_accuracy"][-1] < 0.3
    assert without["weight_norms"][-1] > 1.2 * with_decay["weight_norms"][-1]


@pytest.mark.parametrize("bad", [{"p": 97}, {"steps": 10**6}, {"train_share": 1.0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("grokking").run(bad)
