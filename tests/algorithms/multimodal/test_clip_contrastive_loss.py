from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.multimodal.clip_contrastive_loss import clip_contrastive_loss, loss_and_gradients
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(1, 6), st.integers(2, 5), st.floats(0.05, 2), st.integers(0, 100))
def test_loss_and_gradients_equal_torch(n: int, d: int, tau: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    U, V = rng.standard_normal((n, d)), rng.standard_normal((n, d))
    tu, tv = (torch.tensor(x, requires_grad=True) for x in (U, V))
    normal = torch.nn.functional.normalize
    S = normal(tu, dim=1) @ normal(tv, dim=1).T / tau
    cross = torch.nn.functional.cross_entropy
    loss = (cross(S, torch.arange(n)) + cross(S.T, torch.arange(n))) / 2
    loss.backward()
    ours = loss_and_gradients(U, V, tau)
    assert ours[0] == pytest.approx(loss.item(), abs=1e-9)
    assert tu.grad is not None and tv.grad is not None
    np.testing.assert_allclose(ours[2], tu.grad, atol=1e-9)
    np.testing.assert_allclose(ours[3], tv.grad, atol=1e-9)


@given(st.integers(1, 10))
def test_equal_similarities_give_ln_n(n: int) -> None:
    output = clip_contrastive_loss([[1.0, 2.0]] * n, [[3.0, 1.0]] * n, steps=0)
    assert output["loss"] == pytest.approx(math.log(n), abs=1e-12) == output["chance_loss"]


def test_only_directions_count() -> None:
    U, V = [[1.0, 0.1], [0.0, 1.0]], [[0.9, 0.3], [0.2, 1.0]]
    scaled = clip_contrastive_loss([[10.0, 1.0], [0.0, 0.1]], V, steps=0)
    assert scaled["loss"] == pytest.approx(clip_contrastive_loss(U, V, steps=0)["loss"])


def test_descent_pairs_images_with_their_captions() -> None:
    rng = np.random.default_rng(0)
    U, V = rng.standard_normal((8, 6)).tolist(), rng.standard_normal((8, 6)).tolist()
    output = clip_contrastive_loss(U, V, steps=200, learning_rate=0.5)
    assert output["image_to_text_accuracy"] < 0.6
    assert output["accuracy_after_descent"] == 1
    assert output["loss_after_descent"] < 0.1 * output["loss"]


@pytest.mark.parametrize(
    "bad", [{"image_embeddings": [[1.0, 0.0]]}, {"temperature": 0}, {"text_embeddings": [[0.0, 0.0]] * 3}]
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("clip-contrastive-loss").run(bad)
