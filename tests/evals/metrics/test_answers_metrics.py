"""Evidence, citations, values, key facts and short answers on hand-made cases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.datasets.seeds import Evidence
from evals.metrics.evidence import cited_groups, evidence_recall, holds_quote, span_precision, span_recall, visible
from evals.metrics.key_facts import conveyed, key_fact_recall, share_conveyed
from evals.metrics.reading import exact_match, token_f1
from evals.metrics.values import numbers_in, right_value


def passage(
    start: int, end: int, quote: str = "alpha beta gamma delta epsilon zeta", group: int = 0, doc: str = "001"
) -> Evidence:
    return Evidence(doc=doc, start=start, end=end, quote=quote, group=group)


def citation(start: int, end: int, source: str = "notes/001_x.txt") -> dict[str, object]:
    return {"source": source, "start": start, "end": end}


def test_a_quote_is_found_through_punctuation_and_case():
    assert holds_quote("… Alpha, *beta*\n gamma – delta!", "alpha beta gamma delta")
    assert not holds_quote("alpha gamma beta delta", "alpha beta gamma delta epsilon zeta")


def test_half_of_the_five_grams_suffice():
    quote = "a1 a2 a3 a4 a5 a6"  # two 5-grams
    assert holds_quote("x a1 a2 a3 a4 a5 y", quote)
    assert not holds_quote("x a1 a2 a3 a4 y", quote)


def test_only_the_budget_of_characters_counts():
    evidence = [passage(0, 9, "needle in it")]
    assert evidence_recall(evidence, ["x" * 10 + " needle in it"], k=1, budget=30) == 1.0
    assert evidence_recall(evidence, ["x" * 10 + " needle in it"], k=1, budget=15) == 0.0
    assert visible(["a" * 4, "b" * 4, "c" * 4], 3, 6) == ["aaaa", "bb"]


def test_alternatives_share_a_group_and_all_groups_are_needed():
    evidence = [passage(0, 5, "first way", 0), passage(0, 5, "second way", 0), passage(0, 5, "other part", 1)]
    assert evidence_recall(evidence, ["the second way"], k=5) == 0.5
    assert evidence_recall(evidence, ["the second way", "other part"], k=5) == 1.0
    assert evidence_recall(evidence, ["the second way", "other part"], k=1) == 0.5


def test_span_precision_and_recall_by_overlap():
    evidence = [passage(100, 200), passage(400, 500, group=1)]
    cited = [citation(110, 150), citation(300, 320)]
    assert span_precision(evidence, cited) == 0.5  # the first lies inside gold, the second nowhere
    assert span_recall(evidence, cited) == 0.5
    assert span_recall(evidence, [citation(90, 260), citation(390, 510)]) == 1.0  # covers gold whole
    assert span_precision(evidence, [citation(195, 400)]) == 0.0  # touches both, half of neither
    assert span_precision(evidence, [citation(110, 150, "notes/002_x.txt")]) == 0.0


def test_cited_groups_accept_a_part_of_the_gold_quote():
    assert cited_groups([passage(0, 1)], ["beta gamma"]) == 1.0
    assert cited_groups([passage(0, 1)], ["omega"]) == 0.0


def test_values():
    assert right_value("about 12.5 %", [], [0.125], [], 0.001)
    assert right_value("", [{"p": [0.1251]}], [0.125], [], 0.001)
    assert not right_value("", [{"p": [0.127]}], [0.125], [], 0.001)
    assert not right_value("see [3]", [], [3.0], [], 0.0)  # a marker is no result
    assert not right_value("3. first step", [], [3.0], [], 0.0)  # neither is the number of a list item
    assert right_value("It is Odd.", [], [], ["odd"], 0.0)
    assert not right_value("It is even.", [], [], ["odd"], 0.0)
    assert numbers_in(True) == []


@pytest.mark.parametrize(
    ("fact", "answer", "expected"),
    [
        ("Bagging reduces variance.", "Variance is reduced by bagging. [1]", True),
        ("Bagging reduces variance.", "Boosting reduces bias.", False),
        ("GPT-3 uses 96 layers.", "GPT-3 has 96 layers and heads, it uses many.", True),
        ("GPT-3 uses 96 layers.", "GPT-3 uses 12 layers.", False),
        ("It does not overfit with more trees.", "It overfits with more trees.", False),
        ("Dropout is disabled at test time.", "", False),
    ],
)
def test_key_facts(fact, answer, expected):
    assert conveyed(fact, answer) is expected


def test_a_fact_spread_over_distant_sentences_is_not_conveyed():
    answer = "Bagging is old. Many people use it. It was published early. Variance was reduced elsewhere."
    assert share_conveyed("Bagging reduces variance of trees.", answer) <= 0.5


def test_key_fact_recall_is_a_mean():
    assert key_fact_recall(["Bagging reduces variance.", "Boosting reduces bias."], "Bagging reduces variance.") == 0.5


@given(st.text(max_size=60), st.text(max_size=200))
def test_a_share_is_a_share(fact, answer):
    assert 0.0 <= share_conveyed(fact, answer) <= 1.0


@pytest.mark.parametrize(
    ("prediction", "answers", "em", "f1"),
    [
        ("the Denver Broncos", ["Denver Broncos"], 1.0, 1.0),
        ("Denver", ["Denver Broncos"], 0.0, 2 / 3),
        ("", [], 1.0, 1.0),
        ("something", [], 0.0, 0.0),
        ("", ["x"], 0.0, 0.0),
        ("b b c", ["b c c"], 0.0, 2 / 3),  # shared as multisets: b and c
    ],
)
def test_reading(prediction, answers, em, f1):
    assert exact_match(prediction, answers) == em
    assert token_f1(prediction, answers) == pytest.approx(f1)


@given(st.text(max_size=40))
def test_a_text_matches_itself(text):
    assert exact_match(text, [text]) == 1.0
    assert token_f1(text, [text]) == 1.0
