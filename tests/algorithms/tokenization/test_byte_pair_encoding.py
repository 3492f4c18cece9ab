from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models

from algorithms.registry import load
from algorithms.tokenization.byte_pair_encoding import END, byte_pair_encoding, encode_word, learn_merges
from core.errors import InputError

WORDS = st.lists(st.text("abcd", min_size=1, max_size=6), min_size=1, max_size=10)


def test_first_merges_of_the_paper_corpus() -> None:
    # low 5, lower 2, newest 6, widest 3: e-s 9, then es-t 9, est-</w> 9, l-o 7, lo-w 7
    counts = Counter({"low": 5, "lower": 2, "newest": 6, "widest": 3})
    assert learn_merges(counts, 5) == [("e", "s"), ("es", "t"), ("est", END), ("l", "o"), ("lo", "w")]
    output = load("byte-pair-encoding").run()
    assert output["merges"][:3] == [["e", "s"], ["es", "t"], ["est", "</w>"]]
    assert output["tokens"][:2] == ["low", "est</w>"]


@given(WORDS, st.integers(0, 30))
def test_decoding_returns_the_text(words: list[str], merges: int) -> None:
    text = " ".join(words)
    output = byte_pair_encoding(text, merges, text)
    assert output["decoded"] == text
    assert output["vocabulary_size"] == output["base_symbols"] + output["merge_count"]
    assert output["unknown_symbols"] == []


@given(WORDS, st.text("abcd", min_size=1, max_size=10))
def test_encoding_equals_the_tokenizers_library(words: list[str], new: str) -> None:
    merges = learn_merges(Counter(words), 15)
    # the library works on the characters of the word; its end mark is one symbol, so encode a stand-in character
    plain = [(a.replace(END, "#"), b.replace(END, "#")) for a, b in merges]
    vocabulary = {s: i for i, s in enumerate(dict.fromkeys([*"abcd#", *(a + b for a, b in plain)]))}
    library = Tokenizer(models.BPE(vocabulary, plain))
    assert [t.replace(END, "#") for t in encode_word(new, merges)] == library.encode(new + "#").tokens


def test_most_frequent_pair_is_weighted_by_the_words() -> None:
    assert learn_merges(Counter({"ab": 1, "cd": 3}), 1)[0] in {("c", "d"), ("d", END)}
    assert learn_merges(Counter({"ab": 1, "cd": 3}), 1) == [("c", "d")]
    assert learn_merges(Counter({"a": 1}), 9) == [("a", END)]


def test_unknown_characters_are_reported() -> None:
    assert byte_pair_encoding("abc", 2, "abz")["unknown_symbols"] == ["z"]


@pytest.mark.parametrize("bad", [{"corpus": ""}, {"merges": 201}, {"merges": -1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("byte-pair-encoding").run(bad)
