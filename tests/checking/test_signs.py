"""The signs by which a claim is told: concern, polarity, phrases, synonyms, and the model over all of them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from checking.concern import BY_WORDS, concerns
from checking.entailment import Entailment, Parts, probability, weights
from checking.errata_book import errata
from checking.phrases import Concepts, Phrases
from checking.polarity import contrary, numbers, opposed, read, reversed_comparison
from checking.regions import regions
from checking.signature import Signature
from checking.synonyms import classes, key, synonyms
from indexing.stores.analysis import stems

BOOK = [entry for entry in errata() if entry.id in {"ridge-l1-lasso-l2", "ica-supervised", "saddles-less-problematic"}]
PLACE = {entry.id: index for index, entry in enumerate(BOOK)}


def told(sentence: str) -> tuple[str, frozenset[str]]:
    found = stems(sentence)
    return f" {' '.join(found)} ", frozenset(found)


@pytest.mark.parametrize(
    ("one", "other", "turned"),
    [
        ("A has more memory than B.", "A has less memory than B.", True),
        ("A needs more memory than B.", "B needs more memory than A.", True),
        ("Bloom filters need more memory than XOR filters.", "XOR filters need less memory than Bloom filters.", False),
        ("XOR filters need more memory than Bloom filters.", "Bloom filters need more memory than XOR filters.", True),
        ("Saddles are a bigger problem than minima.", "Saddles are less problematic than minima.", True),
        ("Saddles are a bigger problem than minima.", "Minima are less problematic than saddles.", False),
        ("XOR filters need more memory than Bloom filters.", "XOR filters take less time than Bloom filters.", False),
        ("XOR filters need more memory.", "XOR filters need less memory than Bloom filters.", False),
    ],
)
def test_a_comparison_has_a_direction_and_two_sides(one, other, turned):
    if "A has" in one or "A needs" in one:
        one, other = (text.replace("A", "Adam").replace("B", "Momentum") for text in (one, other))
    assert reversed_comparison(read(one).compared, read(other).compared) is turned
    assert reversed_comparison(read(other).compared, read(one).compared) is turned


def test_a_negation_turns_and_a_double_one_does_not():
    assert contrary(read("Isomap copes with noise."), read("Isomap does not cope with noise."))
    assert not contrary(read("Isomap is robust."), read("Noise is no obstacle for Isomap."))


def test_opposites_count_only_where_the_word_itself_is_missing():
    assert opposed(read("It grows linearly."), read("It grows exponentially.")) == 1
    assert opposed(read("It grows linearly."), read("It grows linearly, not exponentially.")) == 0


def test_small_numbers_in_words_count_nothing():
    assert numbers("one of two, twelve of 1,024 and 0.5") == {12.0, 1024.0, 0.5}


def test_words_of_a_phrase_stand_in_order_and_of_a_concept_in_any():
    assert Phrases(["gradient norm"]).found(*told("the gradient norm is large"))
    assert not Phrases(["gradient norm"]).found(*told("the norm of the gradient is large"))
    assert Concepts("gradient norm").found(*told("the norm of the gradient is large"))
    assert not Concepts("gradient norm").found(*told("the norm is large"))


def test_what_says_the_same_says_it_both_ways():
    one_way = [
        (phrase, member)
        for phrase, members in classes().items()
        for member in members
        if phrase not in map(key, synonyms(member))
    ]
    assert one_way == []


def test_the_mean_of_k_means_is_no_centroid():
    assert not Concepts("centroids").found(*told("choose k in k-means"))


def test_without_vectors_common_words_decide_the_concern():
    found = concerns("Is ICA supervised?", [Signature(entry) for entry in BOOK], None)
    assert set(found) == {"ica-supervised"}
    assert found["ica-supervised"].nearness == BY_WORDS + found["ica-supervised"].named
    assert concerns("How many trees has a forest?", [Signature(entry) for entry in BOOK], None) == {}


def signs(sentence: str, id: str, wrong: float, right: float) -> dict[str, float]:
    entry = BOOK[PLACE[id]]
    near = (np.full(1 + len(entry.examples), wrong), np.full(1 + len(entry.right), right))
    parts = Parts(told=1.0, widened=1.0, forbidden=False, denied=False, excepted=False, named=True)
    return Entailment(BOOK).signs(sentence, PLACE[id], *(v.astype(np.float32) for v in near), parts)


def test_signs_of_a_claim_and_of_its_reverse():
    claim = signs("ICA is a supervised method.", "ica-supervised", 0.9, 0.6)
    assert claim["mean lead"] == pytest.approx(0.3, abs=1e-6) and claim["contrary to wrong"] == 0
    assert signs("ICA is never a supervised method.", "ica-supervised", 0.9, 0.6)["contrary to wrong"] == 1
    turned = signs("Saddle points are a bigger problem than local minima.", "saddles-less-problematic", 0.8, 0.7)
    assert turned["contrary to wrong"] == 1


def test_the_probability_is_the_logistic_of_the_weighted_signs():
    given = signs("ICA is a supervised method.", "ica-supervised", 0.9, 0.6)
    assert set(given) == set(weights()) - {"intercept"}
    total = weights()["intercept"] + math.fsum(weights()[name] * value for name, value in given.items())
    assert probability(given) == pytest.approx(1 / (1 + math.exp(-total)))
    assert probability({**given, "excepted": 1.0}) < probability(given)
    with pytest.raises(KeyError):
        probability({name: value for name, value in given.items() if name != "named"})


@pytest.mark.parametrize("text", ["```python\nx = 1\n## Next\nRidge.\n", "```\nx\n```python\ny = 1\n- Ridge.\n"])
def test_a_fence_that_never_ends_does_not_swallow_the_document(text):
    found = [region for region in regions(text) if region.kind == "prose"]
    assert "Ridge." in text[found[-1].start : found[-1].end]
    assert not any(region.closed for region in regions(text) if region.kind == "code")


def test_a_fence_may_end_with_a_line_of_code():
    text = "```\nx = 1 ```\nRidge."
    assert [(r.kind, text[r.start : r.end].strip()) for r in regions(text)] == [("code", "x = 1"), ("prose", "Ridge.")]
