from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.text_generation_metrics.nli_hallucination_detection import nli_hallucination_detection
from core.errors import InputError

EVIDENCE = "The tower was built in 1889. The lift is not open in winter. Visitor numbers rose in May."


@pytest.mark.parametrize(
    ("sentence", "label"),
    [
        ("The tower was built in 1889.", "entailment"),
        ("In 1889 they built the tower.", "entailment"),
        ("The tower was built in 1925.", "contradiction"),
        ("The lift is open in winter.", "contradiction"),
        ("The lift isn't open in winter.", "entailment"),
        ("Visitor numbers fell in May.", "contradiction"),
        ("The tower is painted red.", "neutral"),
    ],
)
def test_labels(sentence: str, label: str) -> None:
    output = nli_hallucination_detection(EVIDENCE, sentence)
    assert output["labels"] == [label]
    assert output["flagged"] == ([] if label == "entailment" else [sentence])


def test_contradicting_and_unsupported_sentences_are_both_flagged() -> None:
    text = "The tower was built in 1889. The tower was built in 1925. The tower is painted red."
    output = nli_hallucination_detection(EVIDENCE, text)
    assert output["hallucination_rate"] == pytest.approx(2 / 3)


def test_coverage_golden() -> None:
    # content words of the hypothesis: tower, painted, red; only "tower" is known
    assert nli_hallucination_detection(EVIDENCE, "The tower is painted red.")["coverage"] == [pytest.approx(1 / 3)]


@given(st.permutations(["The tower was built in 1889.", "The lift is shut.", "Sales rose."]))
def test_evidence_entails_itself_in_any_order(sentences: list[str]) -> None:
    text = " ".join(sentences)
    assert nli_hallucination_detection(text, " ".join(reversed(sentences)))["hallucination_rate"] == 0


@pytest.mark.parametrize("bad", [{"evidence": ""}, {"threshold": 1.5}, {"output": "  "}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("nli-hallucination-detection").run(bad)
