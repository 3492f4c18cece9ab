from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import binary_cross_entropy_with_logits as loss

from algorithms.fairness_and_interpretability.adversarial_debiasing import (
    adversarial_debiasing,
    best_guess,
    gradients,
)
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 1000), st.floats(0, 5))
@settings(max_examples=15)
def test_gradients_equal_torch(seed: int, strength: float) -> None:
    rng = np.random.default_rng(seed)
    X, y, a = rng.standard_normal((8, 3)), rng.integers(2, size=8).astype(float), rng.integers(2, size=8).astype(float)
    w, u = rng.standard_normal(3), rng.standard_normal(2)
    W, U = torch.tensor(w, requires_grad=True), torch.tensor(u, requires_grad=True)
    z = torch.tensor(X) @ W
    label, group = loss(z, torch.tensor(y)), loss(U[0] * z + U[1], torch.tensor(a))
    to_w = torch.autograd.grad(label - strength * group, W, retain_graph=True)[0]
    to_u = torch.autograd.grad(group, U)[0]
    ours = gradients(w, u, X, y, a, strength)
    np.testing.assert_allclose(ours[0], to_w, atol=1e-10)
    np.testing.assert_allclose(ours[1], to_u, atol=1e-10)


@given(st.lists(st.tuples(st.integers(0, 1000), st.booleans()), min_size=1, max_size=20, unique_by=lambda p: p[0]))
def test_best_guess_tries_every_threshold_both_ways(pairs: list[tuple[int, bool]]) -> None:
    z, a = np.array([p for p, _ in pairs]), np.array([q for _, q in pairs], dtype=float)
    options = [((z >= t) == (a == 1)).mean() for t in [*z, 2000]]
    assert best_guess(z.astype(float), a) == pytest.approx(max(*options, *(1 - o for o in options)))


def test_the_adversary_falls_towards_the_base_rate() -> None:
    r = load("adversarial-debiasing").run()
    assert r["adversary_accuracy_plain"] > r["base_rate"] + 0.15
    assert r["adversary_accuracy_debiased"] < r["base_rate"] + 0.07
    assert r["parity_gap_debiased"] < 0.4 * r["parity_gap_plain"]
    assert r["accuracy_plain"] - 0.1 < r["accuracy_debiased"] < r["accuracy_plain"]
    assert abs(r["weights_debiased"][1]) < 0.4 * r["weights_plain"][1]  # the proxy of the group is given up


def test_more_strength_more_parity() -> None:
    r = load("adversarial-debiasing").run()
    assert np.all(np.diff(r["sweep_parity_gap"]) < 0) and r["sweep_accuracy"][0] > r["sweep_accuracy"][-1]


def test_unbiased_labels_leave_little_to_remove() -> None:
    r = adversarial_debiasing(bias=0.0, steps=150)
    assert r["parity_gap_plain"] < 0.1 and abs(r["accuracy_plain"] - r["accuracy_debiased"]) < 0.03


@pytest.mark.parametrize("bad", [{"strength": -1}, {"n": 10}, {"steps": 10**5}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("adversarial-debiasing").run(bad)
