"""Questions about the asker's present or about the future, and kinds of answers that no passage holds."""

from __future__ import annotations

import pytest

from answering.abstain import names_in, versions_in
from answering.beyond import beyond_documents, kind_missing

PRESENT = [
    "How many users do we have right now?",
    "What is our current error rate today?",
    "Which learning rate are we using in production at the moment?",
    "Is my training job still running at this moment?",
    "Who of our team deployed the model last night?",
]
FUTURE = [
    "Who will win the Turing award in 2031?",
    "What will GPT-7 cost next year?",
    "How many parameters is the largest model going to have by 2040?",
]
ORDINARY = [
    "My model overfits now, what is going on?",
    "I am currently training a network. Which optimizer is common?",
    "Why is my loss going up right now?",
    "What is currently the best practice for our kind of data?",
    "What will happen to my gradients when the network gets deeper?",
    "Which models came out in 2020?",
    "What do I do now that my loss is NaN?",
    "How much memory will my model need in 8 bit?",
    "What should we monitor today?",
    "Which token will the model predict next?",
    "How many years will a disk last before it fails?",
]


@pytest.mark.parametrize("question", PRESENT)
def test_the_askers_present_stands_in_no_document(question):
    assert beyond_documents(question, 2026) == "present"


@pytest.mark.parametrize("question", FUTURE)
def test_what_is_yet_to_come_stands_in_no_document(question):
    assert beyond_documents(question, 2026) == "future"


@pytest.mark.parametrize("question", ORDINARY)
def test_ordinary_questions_may_be_answered(question):
    assert beyond_documents(question, 2026) is None


def test_a_year_is_coming_only_until_it_is_there():
    asked = "What will happen in 2030?"
    assert [beyond_documents(asked, year) for year in (2029, 2030)] == ["future", None]


@pytest.mark.parametrize(
    ("question", "held", "kind"),
    [
        ("What is the URL of the data set?", "See https://example.org/data.", "address"),
        ("In which year did it appear?", "It appeared in 1998.", "year"),
        ("What is the price of a GPU hour?", "An hour costs $2.", "price"),
        ("What is her e-mail address?", "Write to jane@example.org.", "e-mail address"),
        ("What's the phone number of support?", "Call +1 555 010 9999.", "telephone number"),
    ],
)
def test_a_kind_is_missing_until_a_passage_holds_it(question, held, kind):
    assert kind_missing(question, ["It is well known that", "nothing is"]) == kind
    assert kind_missing(question, ["nothing is", held]) is None
    assert kind_missing("How does it work?", []) is None


def test_a_version_is_one_name():
    assert versions_in("What changed between Mamba and Mamba-2, and does GPT-3.5 matter?") == ["mamba-2", "gpt-3.5"]
    assert versions_in("a 2-layer network of top-5 accuracy") == []
    assert "GPT" in names_in("What does GPT do?")
