from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.quantization_and_compression.weight_pruning import magnitude_mask, train_masked, weight_pruning
from algorithms.registry import load
from algorithms.toy_networks import new_network
from core.errors import InputError


@given(st.integers(0, 1000), st.floats(0.05, 1))
def test_mask_equals_torch_pruning(seed: int, keep: float) -> None:
    w = np.random.default_rng(seed).standard_normal((4, 5))
    mask = magnitude_mask(w, keep)
    assert mask.sum() == round(keep * 20)
    expected = torch.topk(torch.tensor(w).abs().ravel(), round(keep * 20)).indices
    assert set(np.flatnonzero(mask)) == set(expected.tolist())


def test_pruned_weights_stay_zero_in_training() -> None:
    rng = np.random.default_rng(0)
    params = new_network((3, 4, 2), rng)
    masks = [(rng.random(p.shape) < 0.5).astype(float) for p in params]
    trained = train_masked(params, masks, rng.standard_normal((9, 3)), rng.integers(0, 2, 9), 20)
    for before, after, mask in zip(params, trained, masks, strict=True):
        assert (after[mask == 0] == 0).all()
        assert (after[mask == 1] != before[mask == 1]).any()


def test_retraining_repairs_what_pruning_broke() -> None:
    output = weight_pruning(0.1, "magnitude")
    assert output["dense_accuracy"] > 0.98
    assert output["pruned_accuracy"] < output["retrained_accuracy"] - 0.1
    assert output["retrained_accuracy"] > 0.97
    assert output["kept_weights"] == round(0.1 * 1152) and output["revived"] == 0


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_winning_ticket_beats_a_random_mask_of_its_size(seed: int) -> None:
    ticket = weight_pruning(0.03, "lottery ticket", seed=seed)
    random = weight_pruning(0.03, "random mask", seed=seed)
    assert ticket["kept_weights"] == random["kept_weights"] == 35
    assert ticket["retrained_accuracy"] > 0.95
    assert random["retrained_accuracy"] < 0.9


@pytest.mark.parametrize("bad", [{"keep": 0}, {"rounds": 100}, {"method": "structured"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("weight-pruning").run(bad)
