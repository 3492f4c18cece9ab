from __future__ import annotations

import numpy as np
import pytest
import torch

from algorithms.registry import load
from algorithms.toy_networks import Adam, backward, cross_entropy, forward, new_network
from algorithms.transfer_and_efficient_tuning.transfer_learning import transfer_learning
from core.errors import InputError


def test_gradients_equal_torch() -> None:
    rng = np.random.default_rng(1)
    params = new_network((3, 5, 4, 2), rng)
    x, y = rng.standard_normal((6, 3)), rng.integers(0, 2, 6)
    layers = forward(params, x)
    loss, d = cross_entropy(layers[-1], y)
    grads, d_x = backward(params, layers, d)
    tensors = [torch.tensor(p, requires_grad=True) for p in params]
    tx = torch.tensor(x, requires_grad=True)
    h = torch.tanh(tx @ tensors[0] + tensors[1])
    h = torch.tanh(h @ tensors[2] + tensors[3])
    expected = torch.nn.functional.cross_entropy(h @ tensors[4] + tensors[5], torch.tensor(y))
    expected.backward()
    assert loss == pytest.approx(expected.item())
    for ours, theirs in zip([*grads, d_x], [*tensors, tx], strict=True):
        assert theirs.grad is not None
        np.testing.assert_allclose(ours, theirs.grad, atol=1e-12)


def test_adam_equals_torch_and_leaves_frozen_arrays_alone() -> None:
    ours = [np.array([1.0, -2.0]), np.array([3.0])]
    theirs = torch.tensor([1.0, -2.0], dtype=torch.float64, requires_grad=True)
    optimizer, oracle = Adam(0.1), torch.optim.Adam([theirs], lr=0.1)
    for _ in range(20):
        optimizer.step(ours, [2 * ours[0], 2 * ours[1]], (0,))
        oracle.zero_grad()
        (theirs**2).sum().backward()
        oracle.step()
    np.testing.assert_allclose(ours[0], theirs.detach(), rtol=1e-7)
    assert ours[1].tolist() == [3.0]


def test_frozen_features_and_a_linear_head_beat_scratch_on_few_samples() -> None:
    for seed in (0, 1, 2):
        output = transfer_learning(20, seed=seed)
        assert output["source_accuracy"] > 0.9
        assert output["feature_change"] == 0
        # only two of twenty coordinates matter, and twenty points do not show which; the pretrained features do
        assert output["transfer_accuracy"] > output["scratch_accuracy"] + 0.08
    assert (output["trainable_parameters"], output["parameters"]) == (66, 738)


def test_a_smaller_rate_stays_nearer_to_the_pretrained_weights() -> None:
    changes = [transfer_learning(20, "full", rate)["feature_change"] for rate in (1e-5, 1e-3, 1e-1)]
    assert 0 < changes[0] < changes[1] < changes[2]


@pytest.mark.parametrize("bad", [{"n_target": 2}, {"method": "none"}, {"learning_rate": 0}, {"steps": 10**6}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("transfer-learning").run(bad)
