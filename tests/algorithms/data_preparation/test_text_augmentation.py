from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.data_preparation.text_augmentation import THESAURUS, TO_PIVOT, text_augmentation
from algorithms.registry import load
from core.errors import InputError

WORDS = st.lists(st.sampled_from(["good", "film", "the", "big", "xyz", "quick", "plot"]), min_size=1, max_size=15)
SEEDS = st.integers(0, 10_000)


@given(WORDS, st.integers(0, 10), SEEDS)
def test_insertion_adds_n_and_keeps_the_rest_in_order(words: list[str], n: int, seed: int) -> None:
    after = text_augmentation(" ".join(words), "insertion", n=n, seed=seed)["text"].split()
    assert len(after) == len(words) + n
    remaining = iter(after)
    assert all(word in remaining for word in words)  # a subsequence
    allowed = {s for options in THESAURUS.values() for s in options} | set(words)
    assert set(after) <= allowed


@given(WORDS, st.integers(0, 10), SEEDS)
def test_swap_keeps_the_multiset(words: list[str], n: int, seed: int) -> None:
    after = text_augmentation(" ".join(words), "swap", n=n, seed=seed)["text"].split()
    assert Counter(after) == Counter(words)
    if n == 1:
        assert sum(a != b for a, b in zip(after, words, strict=True)) in (0, 2)


@given(WORDS, st.floats(0, 1), SEEDS)
def test_deletion_is_never_empty(words: list[str], p: float, seed: int) -> None:
    after = text_augmentation(" ".join(words), "deletion", p=p, seed=seed)["text"].split()
    remaining = iter(words)
    assert after
    assert all(word in remaining for word in after)


def test_deletion_keeps_each_word_with_its_probability() -> None:
    text = " ".join(["word"] * 300)
    assert text_augmentation(text, "deletion", p=0.3)["words_after"] == pytest.approx(210, abs=35)
    assert text_augmentation(text, "deletion", p=0.0)["words_after"] == 300
    assert text_augmentation(text, "deletion", p=1.0)["words_after"] == 1


@given(WORDS, st.integers(0, 10), SEEDS)
def test_replacement_changes_at_most_n_words_to_synonyms(words: list[str], n: int, seed: int) -> None:
    after = text_augmentation(" ".join(words), n=n, seed=seed)["text"].split()
    changed = [(a, b) for a, b in zip(words, after, strict=True) if a != b]
    assert len(changed) == min(n, sum(w in THESAURUS for w in words))
    assert all(b in THESAURUS[a] for a, b in changed)


@given(WORDS, SEEDS)
def test_back_translation_keeps_the_pivot(words: list[str], seed: int) -> None:
    after = text_augmentation(" ".join(words), "back-translation", seed=seed)["text"].split()
    for a, b in zip(words, after, strict=True):
        assert TO_PIVOT.get(a, a) == TO_PIVOT.get(b, b)


def test_own_thesaurus_and_variety() -> None:
    assert text_augmentation("A cat", synonyms={"cat": ["feline"]})["text"] == "A feline"
    variants = {text_augmentation("the good film", "back-translation", seed=s)["text"] for s in range(30)}
    assert "the fine movie" in variants


@pytest.mark.parametrize("bad", [{"text": "  "}, {"method": "rot13"}, {"n": 51}, {"synonyms": {}}, {"p": 1.5}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("text-augmentation").run(bad)
