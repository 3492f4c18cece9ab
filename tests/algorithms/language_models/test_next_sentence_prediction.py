from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.language_models.next_sentence_prediction import next_sentence_prediction, overlap, sentences_of
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.integers(2, 4), min_size=2, max_size=4), st.integers(0, 50))
def test_labels_are_true(lengths: list[int], seed: int) -> None:
    documents = [" ".join(f"d{d}s{i}." for i in range(n)) for d, n in enumerate(lengths)]
    for pair in next_sentence_prediction(documents, 30, seed)["pairs"]:
        d, other = pair["documents"]
        sentences = sentences_of(documents[d])
        assert pair["first"] in sentences
        assert pair["second"] in sentences_of(documents[other])
        follows = d == other and sentences.index(pair["second"]) == sentences.index(pair["first"]) + 1
        assert follows == (pair["label"] == "IsNext")
        assert (d == other) == follows


def test_half_are_positive_and_true_neighbours_share_words() -> None:
    output = load("next-sentence-prediction").run()
    assert len(output["pairs"]) == 8
    assert output["positive_share"] == pytest.approx(0.5, abs=0.04)  # standard error .011
    assert output["overlap_next"] > output["overlap_other"] + 0.1


def test_overlap_by_hand() -> None:
    assert overlap("The cat sat.", "the cat ran") == 0.5  # {the, cat} of {the, cat, sat, ran}


@pytest.mark.parametrize("bad", [{"documents": ["One. Two."]}, {"documents": ["One.", "Two."]}, {"pairs": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("next-sentence-prediction").run(bad)
