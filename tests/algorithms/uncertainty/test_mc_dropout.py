from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.uncertainty.mc_dropout import backward, dropout_masks, forward, initial, mc_dropout
from core.errors import InputError


@given(st.integers(0, 1000))
@settings(max_examples=10)
def test_gradients_equal_torch(seed: int) -> None:
    rng = np.random.default_rng(seed)
    theta, x, y = initial(5, rng), rng.standard_normal(7), rng.standard_normal(7)
    masks = dropout_masks((7, 5), 0.3, rng)
    out, layers = forward(theta, x, masks)
    found = backward(theta, layers, masks, 2 * (out - y) / 7)
    T = [torch.tensor(p, requires_grad=True) for p in theta]
    h = torch.tensor(x)[:, None]
    for i in range(2):
        h = torch.relu(h @ T[2 * i] + T[2 * i + 1]) * torch.tensor(masks[i])
    torch.mean(((h @ T[4] + T[5])[:, 0] - torch.tensor(y)) ** 2).backward()
    for ours, theirs in zip(found, T, strict=True):
        np.testing.assert_allclose(ours, theirs.grad, atol=1e-10)


def test_masks_keep_the_expectation() -> None:
    mask = dropout_masks((1000, 100), 0.25, np.random.default_rng(0))[0]
    assert set(np.unique(mask)) == {0, 1 / 0.75}
    assert mask.mean() == pytest.approx(1, abs=0.01) and (mask == 0).mean() == pytest.approx(0.25, abs=0.01)


def test_learns_and_is_unsure_where_it_has_no_data() -> None:
    r = load("mc-dropout").run()
    assert r["loss_after"] < 0.05 < 0.5 < r["loss_before"]  # the sine has variance near one half, the noise 0.01
    assert r["rmse_inside"] < 0.15 and r["std_outside"] > 2 * r["std_inside"] > 0


def test_no_dropout_no_spread() -> None:
    assert max(mc_dropout(dropout=0.0, steps=20, passes=5)["std"]) < 1e-12


@pytest.mark.parametrize("bad", [{"dropout": 1}, {"passes": 1}, {"steps": 10**5}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("mc-dropout").run(bad)
