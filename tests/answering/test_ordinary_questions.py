from __future__ import annotations

import json
from pathlib import Path

import pytest

from answering.instructions import without_instructions
from answering.route import route

QUESTIONS = Path(__file__).parents[1] / "knowledge"


@pytest.mark.parametrize(
    "question",
    [
        "I want to go from FP32 to INT8, to the nearest code. To which scale do I round?",
        "I want each worker to keep to one shard. Which rule is to be used?",
        "Quantise 0.7, -1.9 to int8 (absmax to 127, round to nearest). What are the codes?",
        "Tell me what dropout is. Then show the formula.",
    ],
)
def test_questions_that_give_no_orders_stay_whole(question: str) -> None:
    assert without_instructions(question) == question


def test_no_question_to_the_handbook_loses_a_word() -> None:
    files = sorted(QUESTIONS.glob("*.jsonl"))
    asked = [json.loads(line)["question"] for file in files for line in file.read_text("utf-8").splitlines()]
    assert len(asked) >= 200
    assert [q for q in asked if without_instructions(q) != q] == []


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Precision and recall for TP=30, FP=10, FN=20?", "compute"),
        ("Levenshtein distance between kitten and sitting", "compute"),
        ("What is the difference between bagging and boosting?", "compare"),
        ("What does lr=0.1 mean?", "explain"),
    ],
)
def test_values_by_name_and_strings_are_computed_on(question: str, kind: str) -> None:
    assert route(question) == kind
