from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.nlp_tasks.sentiment_analysis import LEXICON, contributions, sentiment_analysis
from algorithms.registry import load
from core.errors import InputError


@given(st.sampled_from(sorted(LEXICON)), st.sampled_from(["not", "never", "isn't", "hardly"]))
def test_negation_flips_the_sign(word: str, negation: str) -> None:
    assert contributions(f"it is {negation} {word}") == [(word, -LEXICON[word])]
    assert contributions(f"it is {negation} never {word}") == [(word, LEXICON[word])]


@given(st.lists(st.sampled_from(sorted(LEXICON)), max_size=8))
def test_score_is_the_sum_and_order_does_not_matter_without_negation(words: list[str]) -> None:
    r = sentiment_analysis(" ".join(["so", *words]))
    assert r["score"] == sum(LEXICON[w] for w in words) and -1 < r["compound"] < 1
    assert sentiment_analysis(" ".join(["so", *words[::-1]]))["compound"] == r["compound"]


def test_golden() -> None:
    # good 2 flipped to -2; love 3 times 1.5
    r = load("sentiment-analysis").run()
    assert r["contributions"] == [["good", -2], ["love", 4.5]] and r["score"] == 2.5
    assert r["compound"] == pytest.approx(2.5 / (2.5**2 + 15) ** 0.5) and r["label"] == "positive"


def test_scope_ends_at_punctuation_and_after_three_words() -> None:
    assert contributions("not this, good") == [("good", 2.0)]
    assert contributions("not a b c good") == [("good", 2.0)]
    assert sentiment_analysis("The sky is blue.")["label"] == "neutral"


@pytest.mark.parametrize("bad", [{"text": ""}, {"text": 5}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("sentiment-analysis").run(bad)
