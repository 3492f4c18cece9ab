from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.tokenization.byte_pair_encoding import byte_pair_encoding
from algorithms.tokenization.vocabulary_size_tradeoff import TEXT, vocabulary_size_tradeoff
from core.errors import InputError


def test_gpt2_small() -> None:
    output = load("vocabulary-size-tradeoff").run()
    assert output["embedding_parameters"] == 38_597_376
    assert output["share"] == pytest.approx(0.31, abs=0.005)


def test_a_larger_vocabulary_makes_a_shorter_text() -> None:
    output = vocabulary_size_tradeoff()
    sizes, counts = output["vocabulary_sizes"], output["token_counts"]
    assert sizes == sorted(set(sizes))
    assert counts == sorted(set(counts), reverse=True)
    assert counts[0] == len(TEXT) - TEXT.count(" ") + len(TEXT.split())  # characters and one end mark a word
    encoded = byte_pair_encoding(TEXT, 32, TEXT)
    assert (encoded["vocabulary_size"], len(encoded["tokens"])) == (sizes[3], counts[3])


@given(st.integers(1, 10**6), st.integers(1, 10**4))
def test_parameters_are_a_product(V: int, d: int) -> None:
    output = vocabulary_size_tradeoff(V, d, 10**6, "a b")
    assert output["embedding_parameters"] == V * d
    assert output["share"] == V * d / 10**6


@pytest.mark.parametrize("bad", [{"vocabulary": 0}, {"d_model": -1}, {"text": ""}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("vocabulary-size-tradeoff").run(bad)
