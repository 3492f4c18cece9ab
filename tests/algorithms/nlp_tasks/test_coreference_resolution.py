from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.nlp_tasks.coreference_resolution import coreference_resolution
from algorithms.registry import load
from core.errors import InputError


def links(text: str) -> list[list[str | None]]:
    return coreference_resolution(text)["links"]


def test_worked_example() -> None:
    r = load("coreference-resolution").run()
    assert r["links"] == [["he", "Mohit"]] and r["clusters"] == [["Mohit", "he"]]
    assert r["resolved"].startswith("Mohit lives in Pune and Mohit works")


def test_gender_and_number_rule_candidates_out() -> None:
    assert links("Mary met Tom. He was late.") == [["He", "Tom"]]
    assert links("Mary met Tom. She was late.") == [["She", "Mary"]]
    assert links("Ann moved to Rome. It is warm.") == [["It", "Rome"]]
    assert links("The dogs barked at Tom. They ran.") == [["They", "The dogs"]]
    assert links("She left.") == [["She", None]]


def test_subjects_are_preferred_and_a_referent_is_kept() -> None:
    assert links("Tom called Bob because he was ill.") == [["he", "Tom"]]
    assert links("Mary sang. She smiled and her voice rose.") == [["She", "Mary"], ["her", "Mary"]]
    assert coreference_resolution("Mary sang. Her voice rose.")["mentions"] == ["Mary", "Her"]


def test_an_unknown_name_keeps_its_gender_once_it_is_used() -> None:
    assert links("Zorp came. He sat. Tom stood. She left.") == [["He", "Zorp"], ["She", None]]


def test_possessives_in_the_resolved_text() -> None:
    assert coreference_resolution("Tom lost his key.")["resolved"] == "Tom lost Tom's key."


@given(
    st.lists(
        st.sampled_from(["Mary", "Tom", "he", "she", "it", "saw", "in", "Rome", ".", "the", "dog"]),
        min_size=1,
        max_size=15,
    )
)
def test_an_antecedent_stands_before_its_pronoun(parts: list[str]) -> None:
    text = " ".join(parts)
    r = coreference_resolution(text)
    for pronoun, antecedent in r["links"]:
        assert antecedent is None or antecedent in r["mentions"]
        assert antecedent is None or text.index(antecedent) < text.rindex(pronoun)


@pytest.mark.parametrize("bad", [{"text": ""}, {"text": "x" * 2001}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("coreference-resolution").run(bad)
