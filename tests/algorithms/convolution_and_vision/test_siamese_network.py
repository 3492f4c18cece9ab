from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.convolution_and_vision.siamese_network import contrastive_loss, separation
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 99), st.floats(0.2, 3))
def test_loss_and_gradient_equal_torch(seed: int, margin: float) -> None:
    rng = np.random.default_rng(seed)
    a, b, same = rng.normal(size=(5, 3)), rng.normal(size=(5, 3)), rng.integers(2, size=5).astype(float)
    t = torch.tensor(a, requires_grad=True)
    d = (t - torch.tensor(b)).norm(dim=1)
    y = torch.tensor(same)
    loss = (y * d**2 + (1 - y) * torch.relu(margin - d) ** 2).mean()
    loss.backward()
    ours, gradient = contrastive_loss(a, b, same, margin)
    assert ours == pytest.approx(loss.item(), abs=1e-8)
    np.testing.assert_allclose(gradient, t.grad, atol=1e-8)


def test_goldens() -> None:
    # distance 1: same pair costs 1, other pair with margin 3 costs (3 - 1)² = 4, with margin 0.5 nothing
    a, b = np.array([[0.0, 0.0]]), np.array([[0.6, 0.8]])
    assert contrastive_loss(a, b, np.array([1.0]), 3.0)[0] == pytest.approx(1)
    assert contrastive_loss(a, b, np.array([0.0]), 3.0)[0] == pytest.approx(4)
    assert contrastive_loss(a, b, np.array([0.0]), 0.5)[0] == 0


def test_separation_counts_ordered_pairs() -> None:
    # same-class distances 3 and 1, others 5, 6, 2, 3: 1 is below all four, 3 below two
    assert separation(np.array([[0.0], [3.0], [5.0], [6.0]]), np.array([0, 0, 1, 1])) == pytest.approx(6 / 8)


def test_distance_carries_over_to_unseen_classes() -> None:
    output = load("siamese-network").run()
    assert output["loss_after"] < 0.2 * output["loss_before"]
    assert output["order_after"] > 0.95
    assert output["new_order_raw"] < 0.7
    assert output["new_order_after"] > 0.95


def test_twins_are_symmetric_and_give_zero_for_equal_inputs() -> None:
    output = load("siamese-network").run({"steps": 20})
    assert output["self_distance"] == 0
    assert output["asymmetry"] == 0


@pytest.mark.parametrize("bad", [{"margin": 0}, {"steps": 10**6}, {"learning_rate": 5}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("siamese-network").run(bad)
