from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.positional_encoding.learned_positional_embedding import learned_positional_embedding
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(1, 10_000), st.integers(1, 5_000))
def test_parameters_are_positions_times_dimension(N: int, D: int) -> None:
    assert learned_positional_embedding(N, D, steps=1)["parameters"] == N * D


@pytest.mark.parametrize("seed", range(3))
def test_learns_what_only_the_place_tells(seed: int) -> None:
    output = learned_positional_embedding(seed=seed)
    # without positions every token looks alike, so the loss starts near ln 2 and accuracy stays at a half
    assert output["loss_before"] == pytest.approx(np.log(2), abs=0.3)
    assert output["loss_after"] < 0.05
    assert (output["accuracy_with_positions"], output["accuracy_without"]) == (1.0, 0.5)


def test_rows_beyond_training_never_move() -> None:
    changes = learned_positional_embedding(trained_length=4, table_length=6)["row_changes"]
    assert (changes[:4] > 0.1).all()
    assert (changes[4:] == 0).all()


def test_one_step_equals_torch() -> None:
    rng = np.random.default_rng(0)
    E = torch.tensor(rng.standard_normal(8))
    P = torch.tensor(0.1 * rng.standard_normal((8, 8)), requires_grad=True)
    W = torch.tensor(0.1 * rng.standard_normal((8, 2)), requires_grad=True)

    def loss(P: torch.Tensor, W: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.cross_entropy((E + P[:6]) @ W, torch.arange(6) % 2)

    first = loss(P, W)
    dP, dW = torch.autograd.grad(first, (P, W))
    output = learned_positional_embedding(steps=1, learning_rate=0.1, seed=0)
    assert output["loss_before"] == pytest.approx(first.item())
    assert output["loss_after"] == pytest.approx(loss(P - 0.1 * dP, W - 0.1 * dW).item())
    np.testing.assert_allclose(output["row_changes"], 0.1 * dP.norm(dim=1), atol=1e-12)


@pytest.mark.parametrize("bad", [{"trained_length": 9, "table_length": 8}, {"steps": 0}, {"max_length": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("learned-positional-embedding").run(bad)
