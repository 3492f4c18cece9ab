from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import TopKLogitsWarper

from algorithms.decoding_and_sampling.top_k_sampling import keep_top_k, top_k_sampling
from algorithms.registry import load
from core.errors import InputError

P = [0.5, 0.3, 0.15, 0.05]


@given(st.integers(2, 10), st.integers(1, 12), st.integers(0, 99))
def test_equals_transformers(V: int, k: int, seed: int) -> None:
    p = np.random.default_rng(seed).dirichlet(np.ones(V))
    scores = TopKLogitsWarper(k)(torch.zeros(1, 1, dtype=torch.long), torch.log(torch.tensor(p))[None])
    np.testing.assert_allclose(keep_top_k(p, k), torch.softmax(scores[0], 0), atol=1e-12)


def test_two_of_four() -> None:
    output = load("top-k-sampling").run()
    assert output["probabilities"] == pytest.approx([0.625, 0.375, 0, 0])
    assert output["kept"] == [0, 1]
    assert output["removed_mass"] == pytest.approx(0.2)
    np.testing.assert_allclose(output["frequencies"], [0.625, 0.375, 0, 0], atol=0.06)


def test_one_is_greedy_for_every_seed_and_all_changes_nothing() -> None:
    for seed in range(5):
        assert set(top_k_sampling([0.2, 0.5, 0.3], k=1, seed=seed)["tokens"]) == {1}
    np.testing.assert_allclose(top_k_sampling(P, k=50)["probabilities"], P)


def test_ties_go_to_the_lower_number() -> None:
    assert top_k_sampling([0.25] * 4, k=2)["kept"].tolist() == [0, 1]


@pytest.mark.parametrize("bad", [{"k": 0}, {"probabilities": [0.9]}, {"draws": 10**6}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("top-k-sampling").run(bad)
