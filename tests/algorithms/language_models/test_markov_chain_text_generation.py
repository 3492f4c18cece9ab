from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.language_models.markov_chain_text_generation import markov_chain_text_generation, transition_matrix
from algorithms.language_models.n_gram_language_model import SENTENCES
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=5), min_size=1, max_size=4), st.integers(0, 99))
def test_every_pair_is_one_of_the_corpus(sentences: list[list[str]], seed: int) -> None:
    output = markov_chain_text_generation([" ".join(s) for s in sentences], words=20, walk=200, seed=seed)
    assert output["unseen_pairs"] == 0
    pairs = {pair for s in sentences for pair in itertools.pairwise(s)}
    starts, ends = {s[0] for s in sentences}, {s[-1] for s in sentences}
    written = output["text"].split()
    assert len(written) == 20
    for a, b in itertools.pairwise(written):
        assert (a.rstrip("."), b.rstrip(".")) in pairs if not a.endswith(".") else b.rstrip(".") in starts
        assert not a.endswith(".") or a.rstrip(".") in ends


def test_matrix_by_hand() -> None:
    states, P = transition_matrix([["a", "b", "a"], ["b"]])
    assert states == ["<s>", "</s>", "a", "b"]
    np.testing.assert_allclose(P, [[0, 0, 0.5, 0.5], [1, 0, 0, 0], [0, 0.5, 0, 0.5], [0, 0.5, 0.5, 0]])


def test_frequencies_converge_to_the_matrix() -> None:
    output = markov_chain_text_generation(SENTENCES, walk=50_000, seed=1)
    np.testing.assert_allclose(output["measured_frequencies"], output["expected_frequencies"], atol=0.02)


def test_the_seed_fixes_the_text() -> None:
    texts = [markov_chain_text_generation(SENTENCES, seed=seed)["text"] for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]


@pytest.mark.parametrize("bad", [{"corpus": []}, {"corpus": [" "]}, {"words": 0}, {"walk": 10**6}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("markov-chain-text-generation").run(bad)
