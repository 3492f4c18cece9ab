from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.reinforcement_learning_and_alignment.content_moderation_blocklist import (
    content_moderation_blocklist,
    fold,
)
from core.errors import InputError

WORDS = st.lists(st.sampled_from(["spam", "SPAM", "Spammer", "sp4m", "ham", "no"]), min_size=1, max_size=10)


@given(WORDS)
def test_equals_a_comparison_word_by_word(tokens: list[str]) -> None:
    output = content_moderation_blocklist(" ".join(tokens), ["spam", "no"])
    hits = [word for word in tokens if word.lower() in ("spam", "no")]
    assert output["matches"] == hits
    assert output["masked"].split() == ["*" * len(w) if w.lower() in ("spam", "no") else w for w in tokens]
    assert output["count"] == len(hits) and output["flagged"] is bool(hits)


@given(WORDS, st.booleans())
def test_masking_is_idempotent_and_keeps_the_length(tokens: list[str], folded: bool) -> None:
    text = " ".join(tokens)
    once = content_moderation_blocklist(text, ["spam"], fold_look_alikes=folded)["masked"]
    assert len(once) == len(text)
    assert content_moderation_blocklist(once, ["spam"], fold_look_alikes=folded)["masked"] == once


def test_misses_obfuscated_spellings_unless_folded() -> None:
    assert content_moderation_blocklist("sp4m s p a m", ["spam"])["count"] == 0
    assert content_moderation_blocklist("sp4m s p a m", ["spam"], fold_look_alikes=True)["matches"] == ["sp4m"]
    assert content_moderation_blocklist("spám", ["spam"], fold_look_alikes=True)["masked"] == "****"


def test_whole_words_only_and_no_pattern_syntax() -> None:
    assert content_moderation_blocklist("class passes", ["ass"])["masked"] == "class passes"
    assert content_moderation_blocklist("a.b axb", ["a.b"])["masked"] == "*** axb"
    assert content_moderation_blocklist("very bad", ["very", "very bad"])["masked"] == "********"


@given(st.text("aé4$ñßΩ", max_size=30))
def test_folding_keeps_the_length(text: str) -> None:
    assert len(fold(text)) == len(text)


@pytest.mark.parametrize("bad", [{"blocklist": []}, {"blocklist": [" "]}, {"mask": "xx"}, {"text": ""}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("content-moderation-blocklist").run(bad)
