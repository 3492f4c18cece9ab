from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.stem import PorterStemmer

from algorithms.nlp_tasks.porter_stemmer import porter_stemmer, stem_word
from algorithms.registry import load
from core.errors import InputError

ORACLE = PorterStemmer(mode="ORIGINAL_ALGORITHM")
SUFFIXES = [
    *["", "s", "es", "sses", "ies", "ed", "eed", "ing", "y", "ational", "tional", "enci", "izer", "ization", "ator"],
    *["alism", "iveness", "fulness", "ousness", "aliti", "iviti", "biliti", "icate", "ative", "alize", "ical", "ness"],
    *[
        "al",
        "ance",
        "er",
        "able",
        "ement",
        "ment",
        "ent",
        "ion",
        "sion",
        "tion",
        "ism",
        "ate",
        "ous",
        "ive",
        "ize",
        "e",
        "ll",
    ],
]
WORDS = st.builds(str.__add__, st.text("aeioybtlszrnwx", min_size=1, max_size=6), st.sampled_from(SUFFIXES)).filter(
    lambda word: len(word) > 2
)


@given(WORDS)
@settings(max_examples=1500)
def test_equals_the_original_algorithm_of_nltk(word: str) -> None:
    assert stem_word(word) == ORACLE.stem(word)


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("running", "run"),
        ("caresses", "caress"),
        ("ponies", "poni"),
        ("agreed", "agre"),
        ("plastered", "plaster"),
        ("motoring", "motor"),
        ("hopping", "hop"),
        ("falling", "fall"),
        ("filing", "file"),
        ("happy", "happi"),
        ("sky", "sky"),
        ("relational", "relat"),
        ("generalizations", "gener"),
        ("university", "univers"),
        ("ran", "ran"),
    ],
)
def test_published_examples(word: str, stem: str) -> None:
    assert stem_word(word) == stem


def test_groups() -> None:
    r = porter_stemmer(["Connection", "connected", "run"])
    assert r["groups"] == {"connect": ["connection", "connected"], "run": ["run"]} and r["measures"][2] == 1


@pytest.mark.parametrize("bad", [{"words": ["two words"]}, {"words": []}, {"words": [""]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("porter-stemmer").run(bad)
