from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sacrebleu.metrics import BLEU

from algorithms.registry import load
from algorithms.text_generation_metrics.bleu import bleu
from core.errors import InputError

SENTENCES = st.lists(st.sampled_from(["cat", "the", "sat", "on"]), min_size=4, max_size=14).map(" ".join)


@given(SENTENCES, st.lists(SENTENCES, min_size=1, max_size=3), st.sampled_from(["none", "add-one"]))
def test_equals_sacrebleu(candidate: str, references: list[str], smoothing: str) -> None:
    method = {"none": "none", "add-one": "add-k"}[smoothing]
    oracle = BLEU(tokenize="none", smooth_method=method, smooth_value=1 if method == "add-k" else None)
    expected = oracle.sentence_score(candidate, references)
    output = bleu(candidate, references, 4, smoothing)  # type: ignore[arg-type]
    assert output["bleu"] == pytest.approx(expected.score / 100, abs=1e-12)
    assert output["brevity_penalty"] == pytest.approx(expected.bp)
    assert output["reference_length"] == expected.ref_len


def test_repeating_a_right_word_is_clipped() -> None:
    output = bleu("the the the the the the the", ["the cat is on the mat"], 1)
    assert output["precisions"] == [2 / 7]
    assert output["brevity_penalty"] == 1  # 7 > 6


def test_brevity_penalty() -> None:
    output = bleu("the cat", ["the cat is on the mat"], 1)
    assert output["brevity_penalty"] == pytest.approx(math.exp(1 - 6 / 2))
    assert output["bleu"] == pytest.approx(math.exp(-2))


@given(SENTENCES)
def test_a_copy_scores_one(sentence: str) -> None:
    assert bleu(sentence, [sentence])["bleu"] == pytest.approx(1)


@pytest.mark.parametrize("bad", [{"candidate": " "}, {"references": []}, {"max_n": 0}, {"smoothing": "floor"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("bleu").run(bad)
