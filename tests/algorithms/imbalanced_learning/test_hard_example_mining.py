from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.imbalanced_learning.hard_example_mining import hard_example_mining, hardest, train_top_k
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.floats(0, 100), min_size=1, max_size=20), st.integers(1, 20))
def test_selects_the_top_k(losses: list[float], k: int) -> None:
    k = min(k, len(losses))
    top = hardest(np.array(losses), k)
    np.testing.assert_allclose(np.array(losses)[top], torch.topk(torch.tensor(losses, dtype=torch.float64), k).values)
    assert len(set(top.tolist())) == k


def test_gradient_weights_are_those_of_the_top_k_loss() -> None:
    output = hard_example_mining([0.05, 1.2, 0.3, 2.5, 0.01, 0.8], 2)
    losses = torch.tensor([0.05, 1.2, 0.3, 2.5, 0.01, 0.8], requires_grad=True)
    (expected,) = torch.autograd.grad(torch.topk(losses, 2).values.mean(), losses)
    np.testing.assert_allclose(output["gradient_weights"], expected)
    assert output["top_k_loss"] == pytest.approx((2.5 + 1.2) / 2)
    assert output["top_k_loss"] > output["mean_loss"]


def test_mining_finds_the_positives_and_learns_them_faster() -> None:
    runs = [hard_example_mining([1.0], 1, seed=s) for s in range(5)]
    mean = {key: np.mean([run[key] for run in runs]) for key in ("recall", "recall_all", "positives_in_top")}
    assert mean["positives_in_top"] > 4 * 0.05
    assert mean["recall"] > mean["recall_all"] + 0.1


def test_label_noise_fills_the_top() -> None:
    output = hard_example_mining([1.0], 1, flipped=0.05)
    assert output["mislabelled_in_top"] > 5 * 0.05
    assert hard_example_mining([1.0], 1)["mislabelled_in_top"] == 0


def test_the_whole_batch_is_plain_gradient_descent() -> None:
    rng = np.random.default_rng(0)
    A, y = rng.standard_normal((10, 2)), rng.integers(0, 2, 10).astype(float)
    w, chosen = train_top_k(A, y, 10, 10, 1, 0.5, rng)
    np.testing.assert_allclose(w, -0.5 * A.T @ (0.5 - y) / 10)
    assert chosen.tolist() == [1] * 10


@pytest.mark.parametrize("bad", [{"k": 7}, {"losses": []}, {"losses": [-1.0]}, {"top_share": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("hard-example-mining").run(bad)
