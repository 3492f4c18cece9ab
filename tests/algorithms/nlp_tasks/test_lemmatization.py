from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.nlp_tasks.lemmatization import DICTIONARY, IRREGULAR, lemma, lemmatization
from algorithms.registry import load
from core.errors import InputError

PARTS = st.sampled_from(sorted(DICTIONARY))


@given(PARTS, st.data())
def test_a_lemma_is_its_own_lemma(pos: str, data: st.DataObject) -> None:
    word = data.draw(st.sampled_from(DICTIONARY[pos].split()))
    if word not in IRREGULAR[pos]:
        assert lemma(word, pos) == (word, "dictionary")


@pytest.mark.parametrize(
    ("word", "pos", "expected"),
    [
        ("running", "verb", "run"),
        ("making", "verb", "make"),
        ("studies", "verb", "study"),
        ("stopped", "verb", "stop"),
        ("hoping", "verb", "hope"),
        ("hopping", "verb", "hop"),
        ("went", "verb", "go"),
        ("saw", "verb", "see"),
        ("saw", "noun", "saw"),
        ("cities", "noun", "city"),
        ("boxes", "noun", "box"),
        ("wolves", "noun", "wolf"),
        ("mice", "noun", "mouse"),
        ("better", "adjective", "good"),
        ("biggest", "adjective", "big"),
        ("nicer", "adjective", "nice"),
        ("happier", "adjective", "happy"),
        ("running", "noun", "running"),
    ],
)
def test_forms(word: str, pos: str, expected: str) -> None:
    assert lemmatization(word, pos)["lemmas"] == [expected]


def test_context_tells_verb_from_noun() -> None:
    r = lemmatization("She saw the saw")
    assert r["lemmas"] == ["she", "see", "the", "saw"] and r["parts_of_speech"][1:4:2] == ["verb", "noun"]
    assert lemmatization("gizmos", "noun")["lemmas"] == ["gizmo"] and lemmatization("gizmos", "noun")["found_by"] == [
        "rule"
    ]
    assert lemmatization("corpus", "noun")["lemmas"] == ["corpus"]


@pytest.mark.parametrize("bad", [{"text": "12 34"}, {"part_of_speech": "article"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("lemmatization").run(bad)
