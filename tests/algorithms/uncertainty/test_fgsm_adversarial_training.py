from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.uncertainty.fgsm_adversarial_training import fgsm, fgsm_adversarial_training
from core.errors import InputError


@given(st.integers(0, 1000), st.floats(0, 2))
def test_attack_equals_torch(seed: int, epsilon: float) -> None:
    rng = np.random.default_rng(seed)
    X, w, y = rng.standard_normal((4, 3)), rng.standard_normal(3), rng.integers(2, size=4).astype(float)
    T = torch.tensor(X, requires_grad=True)
    logits = T @ torch.tensor(w) + 0.2
    torch.nn.functional.binary_cross_entropy_with_logits(logits, torch.tensor(y), reduction="sum").backward()
    np.testing.assert_allclose(fgsm(X, y, w, 0.2, epsilon), X + epsilon * np.sign(T.grad.numpy()))


@given(st.integers(0, 1000), st.floats(0.01, 2), st.integers(0, 1))
def test_logit_moves_by_epsilon_times_the_one_norm_against_the_label(seed: int, epsilon: float, y: int) -> None:
    rng = np.random.default_rng(seed)
    x, w = rng.standard_normal(3), rng.standard_normal(3)
    moved = fgsm(x[None], np.array([float(y)]), w, 0.0, epsilon)[0]
    assert (moved - x) @ w == pytest.approx((-1 if y else 1) * epsilon * np.abs(w).sum())
    assert np.abs(moved - x).max() <= epsilon + 1e-12


def test_training_on_attacks_trades_clean_for_robust_accuracy() -> None:
    r = load("fgsm-adversarial-training").run()
    assert r["logit_change"] == pytest.approx(-0.3 * 3.5)
    assert r["standard_clean_accuracy"] > 0.99 > 0.7 > r["standard_attacked_accuracy"]
    assert r["robust_attacked_accuracy"] > 0.8 and r["robust_clean_accuracy"] < r["standard_clean_accuracy"]
    assert r["strong_share_robust"] > 4 * r["strong_share_standard"]


def test_no_attack_no_difference() -> None:
    r = fgsm_adversarial_training([1.0], [1.0], epsilon=0.0, steps=50)
    assert r["standard_clean_accuracy"] == r["robust_attacked_accuracy"] and r["logit_change"] == 0


@pytest.mark.parametrize("bad", [{"x": [1.0]}, {"epsilon": -1}, {"y": 2}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("fgsm-adversarial-training").run(bad)
