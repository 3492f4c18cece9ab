from __future__ import annotations

import numpy as np
import pytest
import torch

from algorithms.convolution_and_vision.cnn_classifier import alexnet_table, backward, bar_images, forward
from algorithms.losses.cross_entropy_loss import cross_entropy_from_logits
from algorithms.registry import load
from core.errors import InputError


def test_logits_and_gradients_equal_torch() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(4, 1, 8, 8)), np.array([0, 1, 2, 0])
    parameters = [rng.normal(size=s) for s in [(5, 1, 3, 3), (5,), (3, 45), (3,)]]
    tensors = [torch.tensor(p, requires_grad=True) for p in parameters]
    h = torch.relu(torch.nn.functional.conv2d(torch.tensor(X), tensors[0], tensors[1]))
    logits = torch.nn.functional.max_pool2d(h, 2).flatten(1) @ tensors[2].T + tensors[3]
    torch.nn.functional.cross_entropy(logits, torch.tensor(y)).backward()
    ours, cache = forward(X, parameters)
    np.testing.assert_allclose(ours, logits.detach(), atol=1e-10)
    gradients = backward(X, parameters, cache, cross_entropy_from_logits(ours, y)[1])
    for gradient, tensor in zip(gradients, tensors, strict=True):
        np.testing.assert_allclose(gradient, tensor.grad, atol=1e-10)


def test_bars_differ_in_direction_only() -> None:
    X, y = bar_images(30, 0.0, np.random.default_rng(1))
    rows, columns = X[:, 0].any(axis=2).sum(axis=1), X[:, 0].any(axis=1).sum(axis=1)
    for label, shape in [(0, (1, 4)), (1, (4, 1)), (2, (4, 4))]:
        assert {*zip(rows[y == label].tolist(), columns[y == label].tolist(), strict=True)} == {shape}


def test_learns_bars_at_new_places() -> None:
    output = load("cnn-classifier").run()
    assert output["loss_before"] > 0.9
    assert output["loss_after"] < 0.1
    assert output["test_accuracy"] > 0.95
    assert output["parameters"] == 6 * 9 + 6 + 3 * 54 + 3


def test_alexnet() -> None:
    sides, parameters = alexnet_table(224)
    # conv 1 to 5 with biases: 23296 + 307392 + 663936 + 884992 + 590080; dense: 37752832 + 16781312 + 4097000
    assert parameters == 2_469_696 + 58_631_144
    assert parameters == pytest.approx(61e6, rel=0.01)
    assert sides[0] == 55
    assert 58_631_144 / parameters == pytest.approx(0.96, abs=0.001)
    assert alexnet_table(63)[0][-1] >= 1


@pytest.mark.parametrize("bad", [{"filters": 0}, {"steps": 10**6}, {"alexnet_input": 10}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("cnn-classifier").run(bad)
