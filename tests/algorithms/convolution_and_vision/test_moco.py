from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.convolution_and_vision.moco import encoder_gradient, enqueue, moco, moco_loss
from algorithms.convolution_and_vision.nt_xent_loss import unit_rows
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(1, 5), st.integers(1, 6), st.floats(0.1, 3), st.integers(0, 99))
def test_loss_and_encoder_gradient_equal_torch(n: int, size: int, temperature: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    X, W = rng.normal(size=(n, 5)), rng.normal(size=(3, 5))
    k, queue = unit_rows(rng.normal(size=(n, 3))), unit_rows(rng.normal(size=(size, 3)))
    weight = torch.tensor(W, requires_grad=True)
    q = torch.nn.functional.normalize(torch.tensor(X) @ weight.T, dim=1)
    logits = torch.cat([(q * torch.tensor(k)).sum(1, keepdim=True), q @ torch.tensor(queue).T], dim=1) / temperature
    loss = torch.nn.functional.cross_entropy(logits, torch.zeros(n, dtype=torch.long))
    loss.backward()
    ours, by_query = moco_loss(unit_rows(X @ W.T), k, queue, temperature)
    assert ours == pytest.approx(loss.item(), abs=1e-9)
    np.testing.assert_allclose(encoder_gradient(X, W, by_query), weight.grad, atol=1e-9)


@given(st.integers(1, 10), st.lists(st.integers(1, 12), min_size=1, max_size=5))
def test_the_queue_is_first_in_first_out(size: int, batches: list[int]) -> None:
    queue, series = np.arange(size, dtype=float)[:, None], list(range(size))
    for n in batches:
        keys = np.arange(len(series), len(series) + n)
        series.extend(keys.tolist())
        queue = enqueue(queue, keys[:, None].astype(float))
        assert queue.ravel().tolist() == series[-size:]


def test_key_encoder_is_the_moving_average() -> None:
    still, copied = moco(momentum=1.0, steps=30), moco(momentum=0.0, steps=30)
    assert copied["encoder_gaps"].max() == 0
    assert np.all(np.diff(still["encoder_gaps"][:5]) > 0)
    assert still["key_drift"] < 1e-12  # the keys were made by the very same encoder
    assert copied["key_drift"] > moco(momentum=0.99, steps=30)["key_drift"] > 0


def test_learns_the_shared_directions() -> None:
    output = load("moco").run()
    assert output["chance_loss"] == pytest.approx(np.log(129))
    assert output["loss_after"] < 0.6 * output["chance_loss"] < output["loss_before"]
    assert output["accuracy_before"] < 0.2
    assert output["accuracy_after"] > 0.7


@pytest.mark.parametrize("bad", [{"momentum": 1.1}, {"queue_size": 10**6}, {"temperature": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("moco").run(bad)
