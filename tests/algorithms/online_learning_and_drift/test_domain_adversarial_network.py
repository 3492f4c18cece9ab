from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import binary_cross_entropy_with_logits as loss

from algorithms.online_learning_and_drift.domain_adversarial_network import (
    GradientReversal,
    domain_accuracy,
    domain_adversarial_network,
    gradients,
)
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=5), st.floats(0, 3))
def test_layer(values: list[float], strength: float) -> None:
    layer, x = GradientReversal(strength), np.array(values)
    assert layer.forward(x).tolist() == values
    np.testing.assert_array_equal(layer.backward(x), -strength * x)


@given(st.integers(0, 1000), st.floats(0, 3))
@settings(max_examples=10)
def test_gradients_equal_torch(seed: int, strength: float) -> None:
    rng = np.random.default_rng(seed)
    X, T, y = rng.standard_normal((6, 3)), rng.standard_normal((5, 3)), rng.integers(2, size=6).astype(float)
    F, u, v = rng.standard_normal((3, 2)), rng.standard_normal(3), rng.standard_normal(3)
    f, a, b = (torch.tensor(w, requires_grad=True) for w in (F, u, v))
    both, domain = torch.tensor(np.vstack([X, T])), torch.tensor(np.repeat([0.0, 1.0], [6, 5]))
    label_loss = loss(torch.tensor(X) @ f @ a[:2] + a[2], torch.tensor(y))
    domain_loss = loss(both @ f @ b[:2] + b[2], domain)
    to_F = torch.autograd.grad(label_loss - strength * domain_loss, f, retain_graph=True)[0]
    to_u = torch.autograd.grad(label_loss, a)[0]
    to_v = torch.autograd.grad(domain_loss, b)[0]
    for ours, theirs in zip(gradients(F, u, v, X, y, T, GradientReversal(strength)), (to_F, to_u, to_v), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-10)


def test_reversal_drops_the_feature_that_betrays_the_domain() -> None:
    r = load("domain-adversarial-network").run()
    assert r["source_accuracy_plain"] > 0.98 and r["target_accuracy_plain"] < 0.5
    assert r["target_accuracy_adversarial"] > r["target_accuracy_plain"] + 0.25
    assert r["domain_accuracy_adversarial"] < 0.65 < 0.8 < r["domain_accuracy_plain"]
    assert r["tempting_share_adversarial"] < 0.3 * r["tempting_share_plain"]


def test_strength_zero_is_plain_training() -> None:
    r = domain_adversarial_network(reversal_strength=0, steps=100)
    assert r["target_accuracy_plain"] == r["target_accuracy_adversarial"]


def test_fresh_classifier_sees_what_is_there() -> None:
    rng = np.random.default_rng(0)
    domain = np.repeat([0.0, 1.0], 200)
    assert domain_accuracy(rng.standard_normal((400, 2)), domain) < 0.6
    assert domain_accuracy(rng.standard_normal((400, 2)) + 6 * domain[:, None], domain) > 0.99


@pytest.mark.parametrize("bad", [{"reversal_strength": -1}, {"steps": 10**6}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("domain-adversarial-network").run(bad)
