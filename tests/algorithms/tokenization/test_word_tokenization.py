from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers.pre_tokenizers import Whitespace

from algorithms.registry import load
from algorithms.tokenization.word_tokenization import split_words, word_tokenization
from core.errors import InputError


def test_the_cat_sat_on_the_mat() -> None:
    output = load("word-tokenization").run()
    assert output["tokens"] == ["The", "cat", "sat", "on", "the", "mat"]
    assert (output["count"], output["vocabulary_size"]) == (6, 6)
    assert word_tokenization("The cat sat on the mat", lowercase=True)["vocabulary_size"] == 5


def test_a_split_at_spaces_keeps_the_full_stop() -> None:
    text = "I love machine learning."
    assert word_tokenization(text, "whitespace")["tokens"] == ["I", "love", "machine", "learning."]
    assert word_tokenization(text)["tokens"] == ["I", "love", "machine", "learning", "."]
    assert word_tokenization("I love machine learning")["count"] == 4


@given(st.text(min_size=1, max_size=80))
def test_characters_are_lossless(text: str) -> None:
    output = word_tokenization(text, "character")
    assert output["count"] == len(text)
    assert output["lossless"]
    assert "".join(output["tokens"]) == text


@given(st.text("ab ,.!?\n", min_size=1, max_size=40))
def test_nothing_but_white_space_is_lost(text: str) -> None:
    assert "".join(split_words(text)) == "".join(text.split()) == "".join(split_words(text, "whitespace"))


@given(st.lists(st.sampled_from(["Hello", "big", "world42", "don", ",", "."]), min_size=1, max_size=8))
def test_words_equal_a_reference_tokenizer(parts: list[str]) -> None:
    text = " ".join(parts)
    assert split_words(text) == [token for token, _ in Whitespace().pre_tokenize_str(text)]


@pytest.mark.parametrize("bad", [{"text": ""}, {"level": "morpheme"}, {"text": "x" * 2001}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("word-tokenization").run(bad)
