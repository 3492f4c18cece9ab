from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models

from algorithms.registry import load
from algorithms.tokenization.sentencepiece_tokenization import (
    expected_counts,
    sentencepiece_tokenization,
    train_unigram,
    viterbi_segment,
)
from core.errors import InputError

LOG_P = {"a": -1.5, "b": -2.0, "c": -3.0, "ab": -2.2, "bc": -4.1, "abc": -5.0, "ca": -2.5}


def segmentations(text: str) -> list[list[str]]:
    cuts = itertools.product([False, True], repeat=len(text) - 1)
    splits = []
    for cut in cuts:
        bounds = [0, *(i + 1 for i, here in enumerate(cut) if here), len(text)]
        splits.append([text[a:b] for a, b in itertools.pairwise(bounds)])
    return [s for s in splits if all(piece in LOG_P for piece in s)]


@given(st.text("abc", min_size=1, max_size=9))
def test_viterbi_and_counts_equal_enumeration(text: str) -> None:
    scores = [sum(LOG_P[piece] for piece in s) for s in segmentations(text)]
    pieces, score = viterbi_segment(text, LOG_P, -99)
    assert score == pytest.approx(max(scores)) == pytest.approx(sum(LOG_P[p] for p in pieces))
    total = math.log(sum(math.exp(s) for s in scores))
    counts, likelihood = expected_counts(text, LOG_P)
    assert likelihood == pytest.approx(total)
    for piece in LOG_P:
        by_hand = sum(
            math.exp(s - total) * split.count(piece) for s, split in zip(scores, segmentations(text), strict=True)
        )
        assert counts.get(piece, 0.0) == pytest.approx(by_hand, abs=1e-9)


@given(st.text("abc", min_size=1, max_size=12))
def test_equals_the_tokenizers_library(text: str) -> None:
    library = Tokenizer(models.Unigram([("<unk>", -50.0), *LOG_P.items()], unk_id=0))
    tokens = library.encode(text).tokens
    assert sum(LOG_P[t] for t in tokens) == pytest.approx(viterbi_segment(text, LOG_P, -99)[1])


def test_spaces_are_symbols_and_nothing_is_lost() -> None:
    output = load("sentencepiece-tokenization").run()
    assert output["lossless"]
    assert "".join(output["tokens"]).replace("▁", " ").strip() == "new lower lowest"
    assert output["tokens"][0].startswith("▁")
    assert len(output["tokens"]) < len("new lower lowest")


def test_training_raises_the_likelihood() -> None:
    log_p, likelihoods = train_unigram("▁low▁lower▁lowest▁new▁newer▁newest", 8, 25, 4)
    assert all(b >= a - 1e-9 for a, b in itertools.pairwise(likelihoods))
    assert likelihoods[-1] > likelihoods[0] + 1
    assert sum(math.exp(v) for v in log_p.values()) == pytest.approx(1)
    assert set("▁lowerstn") <= set(log_p)


def test_unseen_characters_stay_single() -> None:
    output = sentencepiece_tokenization("low zzz")
    assert output["tokens"].count("z") == 3
    assert output["lossless"]


@pytest.mark.parametrize("bad", [{"text": ""}, {"text": "  "}, {"probabilities": {"a": 2.0}}, {"rounds": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("sentencepiece-tokenization").run(bad)
