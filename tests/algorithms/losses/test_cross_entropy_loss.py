from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.losses.cross_entropy_loss import cross_entropy_from_logits, cross_entropy_loss
from algorithms.registry import load
from core.errors import InputError

ROWS = st.integers(2, 6).flatmap(
    lambda k: st.lists(st.lists(st.floats(-30, 30), min_size=k, max_size=k), min_size=1, max_size=6)
)


@given(ROWS)
def test_loss_and_gradient_equal_torch(rows: list[list[float]]) -> None:
    labels = [i % len(rows[0]) for i in range(len(rows))]
    z = torch.tensor(rows, dtype=torch.float64, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(z, torch.tensor(labels))
    (gradient,) = torch.autograd.grad(loss, z)
    output = cross_entropy_loss(rows, labels)
    assert output["loss"] == pytest.approx(loss.item(), abs=1e-10)
    np.testing.assert_allclose(output["gradient"], gradient[0], atol=1e-12)
    value, all_gradients = cross_entropy_from_logits(np.array(rows), np.array(labels))
    assert value == pytest.approx(loss.item(), abs=1e-10)
    np.testing.assert_allclose(all_gradients, gradient, atol=1e-12)


def test_golden_of_four_samples() -> None:
    # -(2 ln 0.9 + ln 0.8 + ln 0.65) / 4 = (0.210721 + 0.223144 + 0.430783) / 4
    assert load("cross-entropy-loss").run()["loss"] == pytest.approx(0.21616, abs=1e-5)


def test_binary_equals_torch_from_probabilities_and_logits() -> None:
    p, y = [0.9, 0.2, 0.6], [1, 0, 0]
    expected = torch.nn.functional.binary_cross_entropy(torch.tensor(p), torch.tensor(y, dtype=torch.float32))
    rows = [[v] for v in p]
    assert cross_entropy_loss(rows, y, "probabilities", "binary")["loss"] == pytest.approx(expected.item(), rel=1e-5)
    logits = [[float(np.log(v / (1 - v)))] for v in p]
    assert cross_entropy_loss(logits, y, "logits", "binary")["loss"] == pytest.approx(expected.item(), rel=1e-5)
    assert cross_entropy_loss([[0.5]], [1], "probabilities", "binary")["loss"] == pytest.approx(np.log(2))


def test_sparse_and_one_hot_labels_give_the_same_value() -> None:
    z = [[2.0, 1.0, 0.1], [0.0, -1.0, 3.0]]
    sparse = cross_entropy_loss(z, [0, 2])["loss"]
    assert cross_entropy_loss(z, [0, 0], targets=[[1, 0, 0], [0, 0, 1]])["loss"] == pytest.approx(sparse)


def test_ignored_rows_count_neither_above_nor_below_the_line() -> None:
    z = np.random.default_rng(0).normal(size=(5, 7)).tolist()
    labels = [3, -100, 0, -100, 6]
    expected = torch.nn.functional.cross_entropy(torch.tensor(z), torch.tensor(labels), ignore_index=-100)
    output = cross_entropy_loss(z, labels)
    assert output["loss"] == pytest.approx(expected.item(), rel=1e-6)
    assert output["counted"] == 3


def test_uniform_and_perfect_predictions() -> None:
    uniform = cross_entropy_loss([[0.0] * 50], [7])
    assert uniform["loss"] == pytest.approx(3.912, abs=5e-4)
    assert uniform["perplexity"] == pytest.approx(50)
    assert uniform["uniform_loss"] == pytest.approx(np.log(50))
    assert cross_entropy_loss([[1.0, 0.0]], [0], "probabilities")["loss"] == 0
    assert cross_entropy_loss([[1.0, 0.0]], [1], "probabilities")["loss"] == pytest.approx(-np.log(1e-12))


@pytest.mark.parametrize(
    "bad",
    [
        {"predictions": [[0.5, 0.2]], "labels": [0]},
        {"labels": [0, 1]},
        {"labels": [0, 1, 2, 3]},
        {"labels": [-100] * 4},
        {"variant": "binary"},
        {"targets": [[1.0, 0.0]]},
        {"predictions": [[1.0], [1.0, 2.0]]},
    ],
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("cross-entropy-loss").run(bad)
