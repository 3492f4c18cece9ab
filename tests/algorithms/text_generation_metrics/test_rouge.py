from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rouge_score import rouge_scorer

from algorithms.registry import load
from algorithms.text_generation_metrics.rouge import rouge
from core.errors import InputError

SENTENCES = st.lists(st.sampled_from(["cat", "dog", "the", "sat", "on"]), min_size=1, max_size=12).map(" ".join)


@given(SENTENCES, SENTENCES, st.integers(1, 3))
def test_equals_rouge_score(candidate: str, reference: str, n: int) -> None:
    output = rouge(candidate, reference, n)
    expected = rouge_scorer.RougeScorer([f"rouge{n}", "rougeL"]).score(reference, candidate)
    for ours, theirs in (("rouge_n", f"rouge{n}"), ("rouge_l", "rougeL")):
        assert output[ours]["precision"] == pytest.approx(expected[theirs].precision)
        assert output[ours]["recall"] == pytest.approx(expected[theirs].recall)
        assert output[ours]["f1"] == pytest.approx(expected[theirs].fmeasure)


def test_golden_recall_and_precision() -> None:
    # 6 of the 6 reference unigrams come back, 6 of 7 candidate unigrams are covered; bigrams: "the cat", "cat was",
    # "under the", "the bed" of 5 in the reference
    output = rouge("the cat was found under the bed", "the cat was under the bed")
    assert output["rouge_n"]["recall"] == 1
    assert output["rouge_n"]["precision"] == pytest.approx(6 / 7)
    assert rouge("the cat was found under the bed", "the cat was under the bed", 2)["rouge_n"]["recall"] == 0.8


def test_rouge_c_takes_the_source_as_the_reference() -> None:
    source = "A dog barked at the cat all night"
    output = rouge("dog barked", "cat fled", 1, source)
    assert output["rouge_n"]["f1"] == 0
    assert output["rouge_c"]["precision"] == 1
    assert output["rouge_c"]["recall"] == pytest.approx(2 / 8)
    assert "rouge_c" not in rouge("dog barked", "cat fled")


def test_order_matters_to_rouge_l_only() -> None:
    output = rouge("mat the on sat cat", "cat sat on the mat")
    assert output["rouge_n"]["f1"] == 1
    assert output["rouge_l"]["recall"] == pytest.approx(1 / 5)


@pytest.mark.parametrize("bad", [{"candidate": ""}, {"n": 0}, {"reference": "a" * 3000}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("rouge").run(bad)
