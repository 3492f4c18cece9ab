from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from algorithms.multimodal.masked_language_image_modeling import (
    masked_language_image_modeling,
    masked_loss,
    one_hot,
    paired_tokens,
)
from algorithms.registry import load
from core.errors import InputError


def test_loss_and_gradient_equal_torch() -> None:
    rng = np.random.default_rng(0)
    W, tokens, mask = rng.standard_normal((20, 16)), rng.integers(0, 4, (6, 4)), rng.random((6, 4)) < 0.5
    t = torch.tensor(W, requires_grad=True)
    logits = (torch.tensor(one_hot(np.where(mask, 4, tokens))) @ t).reshape(-1, 4)
    labels = torch.tensor(np.where(mask, tokens, -100).ravel())
    expected = torch.nn.functional.cross_entropy(logits, labels)
    expected.backward()
    loss, gradient, _ = masked_loss(W, tokens, mask)
    assert loss == pytest.approx(expected.item())
    assert t.grad is not None
    np.testing.assert_allclose(gradient, t.grad, atol=1e-12)


def test_visible_tokens_give_no_loss() -> None:
    W = np.random.default_rng(1).standard_normal((20, 16))
    tokens = np.array([[0, 1, 2, 3]])
    mask = np.array([[True, False, False, False]])
    loss, gradient, p = masked_loss(W, tokens, mask)
    assert loss == pytest.approx(-np.log(p[0, 0, 0]))
    assert (gradient[:, 4:] == 0).all()  # columns of the other positions


def test_each_modality_restores_the_other() -> None:
    output = masked_language_image_modeling()
    assert output["loss_before"] == pytest.approx(math.log(4))
    assert output["loss_after"] < 0.6 * output["loss_before"]
    for name in ("colour word", "shape word", "colour patch", "shape patch"):
        assert output["accuracy"][name] == pytest.approx(output["best_possible"], abs=0.03)
        assert output["accuracy_hidden"][name] == pytest.approx(0.25, abs=0.06)  # colour and shape are independent


def test_pairs() -> None:
    pairs = paired_tokens(4000, 0.2, np.random.default_rng(0))
    assert (pairs[:, :2] == pairs[:, 2:]).mean() == pytest.approx(1 - 0.2 * 0.75, abs=0.02)


@pytest.mark.parametrize("bad", [{"mask_rate": 0}, {"mask_rate": 1}, {"steps": 10**6}, {"noise": 2}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("masked-language-image-modeling").run(bad)
