"""The handbook is found by people who do not know its titles: paraphrased questions, and where their answer stands."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from algorithms.registry import catalog
from knowledge.handbook import articles

FILE = Path(__file__).with_name("questions.jsonl")
PLAIN = Path(__file__).with_name("plain_questions.jsonl")
QUESTIONS: list[dict[str, Any]] = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
FURTHER = Path(__file__).with_name("further_questions.jsonl")
FURTHER_QUESTIONS: list[dict[str, Any]] = [
    json.loads(line) for line in FURTHER.read_text(encoding="utf-8").splitlines()
]
PLAIN_QUESTIONS: list[dict[str, Any]] = [json.loads(line) for line in PLAIN.read_text(encoding="utf-8").splitlines()]
IGNORED = frozenset(
    re.findall(
        r"\w+",
        """
a an and are as becomes between by for from how in into is it its kinds large more most needed not of on one or other own
poor that the their to versus what which why with
""",
    )
)


def words(text: str) -> set[str]:
    """Content words without their commonest endings."""
    found = re.findall(r"[a-z0-9]+", text.lower())
    return {re.sub(r"(ies|es|s|ing|ed)$", "", word) for word in found if word not in IGNORED and len(word) > 1}


def test_the_questions_cover_the_handbook():
    assert len(QUESTIONS) >= 200
    assert len({question["question"] for question in QUESTIONS}) == len(QUESTIONS)
    assert {slug for question in QUESTIONS for slug in question["articles"]} == set(articles())
    assert {id for question in QUESTIONS for id in question["algorithms"]} <= set(catalog())


def test_the_plain_questions_name_what_exists():
    assert len({question["question"] for question in PLAIN_QUESTIONS}) == len(PLAIN_QUESTIONS) >= 120
    assert {slug for question in PLAIN_QUESTIONS for slug in question["articles"]} <= set(articles())
    assert {id for question in PLAIN_QUESTIONS for id in question["algorithms"]} <= set(catalog())


def test_the_further_questions_reach_every_article():
    assert len({question["question"] for question in FURTHER_QUESTIONS}) == len(FURTHER_QUESTIONS) == 200
    assert {slug for question in FURTHER_QUESTIONS for slug in question["articles"]} == set(articles())
    assert {id for question in FURTHER_QUESTIONS for id in question["algorithms"]} <= set(catalog())


@pytest.mark.parametrize(
    "question", QUESTIONS + PLAIN_QUESTIONS + FURTHER_QUESTIONS, ids=lambda question: question["question"][:40]
)
def test_no_question_uses_a_word_of_its_articles_title(question):
    for slug in question["articles"][: None if question in QUESTIONS else 1]:
        assert not words(question["question"]) & words(articles()[slug].title)
