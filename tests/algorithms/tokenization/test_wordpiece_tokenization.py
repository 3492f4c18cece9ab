from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models

from algorithms.registry import load
from algorithms.tokenization.wordpiece_tokenization import learn_pieces, longest_match, wordpiece_tokenization
from core.errors import InputError

PIECES = st.lists(st.text("ab", min_size=1, max_size=3), max_size=6)


@given(PIECES, PIECES, st.text("ab", min_size=1, max_size=12))
def test_equals_the_tokenizers_library(starts: list[str], insides: list[str], word: str) -> None:
    vocabulary = dict.fromkeys([*starts, *("##" + p for p in insides)])
    numbered = {piece: i for i, piece in enumerate(["[UNK]", *vocabulary])}
    library = Tokenizer(models.WordPiece(numbered, unk_token="[UNK]"))
    assert longest_match(word, set(vocabulary)) == library.encode(word).tokens


def test_a_word_that_cannot_be_covered_is_unknown_as_a_whole() -> None:
    output = load("wordpiece-tokenization").run()
    assert output["tokens"] == ["un", "##aff", "##able", "play", "##ing", "[UNK]"]
    assert output["unknown"] == 1
    assert output["decoded"] == "unaffable playing [UNK]"


def test_training_prefers_pairs_that_belong_together() -> None:
    # ab 4 times, cd twice, ax 4 times: score(a, ##b) = 4/(8*4), score(a, ##x) the same, score(c, ##d) = 2/(2*2) = .5
    assert learn_pieces(Counter({"ab": 4, "ax": 4, "cd": 2}), 1)[-1] == "cd"
    learned = learn_pieces(Counter({"hug": 10, "pug": 5, "pun": 12, "bun": 4, "hugs": 5}), 3)
    # ##g ##s: 5/(20*5) = 1/20; then all pairs with ##u tie at 1/36 and ##u ##g is the smallest; then ##u ##gs:
    # 5/(21*5) = 1/21 beats h ##ug: 10/(15*15) = 1/22.5
    assert learned[7:] == ["##gs", "##ug", "##ugs"]


@given(st.lists(st.text("abc", min_size=1, max_size=5), min_size=1, max_size=6), st.integers(0, 10))
def test_training_words_are_always_covered(words: list[str], merges: int) -> None:
    output = wordpiece_tokenization(" ".join(words), None, " ".join(words), merges)
    assert output["unknown"] == 0
    assert output["decoded"] == " ".join(words)


@pytest.mark.parametrize("bad", [{"text": ""}, {"vocabulary": []}, {"merges": 101}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("wordpiece-tokenization").run(bad)
