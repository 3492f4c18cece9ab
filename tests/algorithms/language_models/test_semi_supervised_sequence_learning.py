from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.language_models.semi_supervised_sequence_learning import (
    V,
    bags,
    classify,
    pretrain,
    semi_supervised_sequence_learning,
    topic_texts,
)
from algorithms.registry import load
from core.errors import InputError


@pytest.mark.parametrize("objective", ["language-model", "autoencoder"])
def test_pretraining_lowers_the_loss_with_few_labels(objective: str) -> None:
    runs = [semi_supervised_sequence_learning(objective=objective, seed=seed) for seed in range(4)]  # type: ignore[arg-type]
    for output in runs:
        # an untrained model guesses among 40 words: ln 40 = 3.69
        assert output["pretraining_loss_before"] == pytest.approx(np.log(40), abs=0.05)
        assert output["pretraining_loss_after"] < output["pretraining_loss_before"] - 0.1
        assert output["test_loss_pretrained"] < output["test_loss_random"]
    gain = np.mean([r["accuracy_pretrained"] - r["accuracy_random"] for r in runs])
    assert gain > 0.05


def test_the_gain_shrinks_with_more_labels() -> None:
    few, many = (semi_supervised_sequence_learning(labelled=n) for n in (6, 200))
    assert many["accuracy_random"] > few["accuracy_random"]
    assert (
        many["test_loss_random"] - many["test_loss_pretrained"] < few["test_loss_random"] - few["test_loss_pretrained"]
    )


def test_one_step_of_the_language_model_equals_autograd() -> None:
    rng = np.random.default_rng(0)
    X, _ = topic_texts(3, rng)
    E = rng.standard_normal((V, 8))
    U = 0.1 * np.random.default_rng(7).standard_normal((8, V))
    mine, losses = pretrain(X, "language-model", 1, E, np.random.default_rng(7))
    T = torch.tensor(E, requires_grad=True)
    terms = []
    for text in X:
        for t in range(1, 10):
            h = T[torch.tensor(text[:t])].mean(dim=0)
            terms.append(torch.nn.functional.cross_entropy((h @ torch.tensor(U))[None], torch.tensor(text[t : t + 1])))
    loss = torch.stack(terms).mean()
    loss.backward()
    assert losses[0] == pytest.approx(loss.item())
    np.testing.assert_allclose(mine, E - 20 * T.grad.numpy(), atol=1e-9)


def test_one_step_of_the_classifier_equals_autograd() -> None:
    rng = np.random.default_rng(1)
    X, y = topic_texts(5, rng)
    E, w = rng.standard_normal((V, 8)), torch.zeros(9, dtype=torch.float64, requires_grad=True)
    T = torch.tensor(E, requires_grad=True)
    for _ in range(2):
        h = torch.cat([torch.tensor(bags(X)) @ T, torch.ones(5, 1, dtype=torch.float64)], dim=1)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(h @ w, torch.tensor(y, dtype=torch.float64))
        dT, dw = torch.autograd.grad(loss, (T, w))
        T, w = (T - dT).detach().requires_grad_(), (w - dw).detach().requires_grad_()
    mine_E, mine_w = classify(X, y, E, steps=2)
    np.testing.assert_allclose(mine_w, w.detach(), atol=1e-10)
    np.testing.assert_allclose(mine_E, T.detach(), atol=1e-10)


@settings(max_examples=10)
@given(st.integers(1, 50), st.integers(0, 99))
def test_texts_prefer_the_words_of_their_class(n: int, seed: int) -> None:
    X, _y = topic_texts(n, np.random.default_rng(seed))
    assert X.min() >= 0
    assert X.max() < V
    np.testing.assert_allclose(bags(X).sum(axis=1), 1)
    many, labels = topic_texts(2000, np.random.default_rng(seed))
    assert ((many >= V // 2) == labels[:, None].astype(bool)).mean() == pytest.approx(0.75, abs=0.02)


@pytest.mark.parametrize("bad", [{"labelled": 1}, {"unlabelled": 5}, {"objective": "gan"}, {"steps": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("semi-supervised-sequence-learning").run(bad)
