from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.embeddings.contextual_vs_static_embeddings import (
    contextual_vs_static_embeddings,
    elmo_mix,
    layers_of,
)
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 50), st.sampled_from(["the river bank", "bank holiday in may", "a bank"]))
def test_static_vectors_agree_and_contextual_ones_differ(seed: int, second: str) -> None:
    output = contextual_vs_static_embeddings("money in the bank", second, "bank", seed=seed)
    assert output["static_equal"]
    assert output["similarity_by_layer"][0] == pytest.approx(1)
    assert output["similarity_by_layer"][1] < 0.999
    assert output["contextual_difference"] > 0.05


def test_the_same_sentence_gives_the_same_vector() -> None:
    output = contextual_vs_static_embeddings("money in the bank", "money in the bank", "bank")
    np.testing.assert_allclose(output["similarity_by_layer"], 1)
    assert output["contextual_difference"] == 0


@given(st.lists(st.floats(-3, 3), min_size=3, max_size=3), st.floats(0.1, 5))
def test_elmo_is_a_softmax_weighted_sum(scores: list[float], gamma: float) -> None:
    layers = np.random.default_rng(0).standard_normal((3, 2, 4))
    s = torch.softmax(torch.tensor(scores, dtype=torch.float64), 0).numpy()
    slow = gamma * sum(s[j] * layers[j] for j in range(3))
    np.testing.assert_allclose(elmo_mix(layers, np.array(scores), gamma), slow)


def test_elmo_of_the_static_layer_alone_is_static() -> None:
    output = load("contextual-vs-static-embeddings").run({"layer_scores": [100, 0, 0]})
    assert output["elmo_similarity"] == pytest.approx(1)
    assert output["elmo_weights"] == pytest.approx([1, 0, 0])
    equal = load("contextual-vs-static-embeddings").run()
    assert equal["elmo_weights"] == pytest.approx([1 / 3] * 3)
    words = ["we", "sat", "on", "the", "bank", "of", "the", "river"]
    np.testing.assert_allclose(equal["elmo_vector_first"], layers_of(words, 16, 0).mean(axis=0)[4, :8])


@pytest.mark.parametrize("bad", [{"word": "money"}, {"first": ""}, {"layer_scores": [1.0]}, {"gamma": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("contextual-vs-static-embeddings").run(bad)
