from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.text_generation_metrics.coherence_consistency_check import (
    coherence_consistency_check,
    one_edit_apart,
)
from core.errors import InputError


def test_a_changed_date_for_the_same_event_is_flagged() -> None:
    text = "The bridge was opened in 1932. Many people came. The bridge was opened in 1935."
    output = coherence_consistency_check(text)
    assert output["conflicts"] == [
        {"subject": "the bridge", "verb": "was opened", "kind": "date", "values": ["1932", "1935"]}
    ]
    assert output["consistent"] is False


@pytest.mark.parametrize(
    "text",
    [
        "The bridge was opened in 1932. The bridge was opened in 1932.",
        "The bridge was opened in 1932. The tunnel was opened in 1935.",
        "The bridge was opened in 1932. The bridge was closed in 1935.",
        "The bridge was opened in 1932. The bridge was opened in Sydney.",
    ],
)
def test_statements_that_agree_are_not_flagged(text: str) -> None:
    assert coherence_consistency_check(text)["consistent"] is True


def test_a_moved_place_and_a_changed_name_are_flagged() -> None:
    output = coherence_consistency_check("Maria lived in Rome. Maria lived in Oslo. Marta slept.")
    assert output["conflicts"][0]["kind"] == "place"
    assert output["name_variants"] == [["Maria", "Marta"]]


def test_coherence_golden() -> None:
    # {cat, sat} and {cat, ran}: 1 of 3 shared; {cat, ran} and {stocks, fell}: none -> mean 1/6
    output = coherence_consistency_check("The cat sat. The cat ran. Stocks fell.")
    assert output["coherence"] == pytest.approx(1 / 6)


def levenshtein(a: str, b: str) -> int:
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        new = [i]
        for j, y in enumerate(b, 1):
            new.append(min(row[j] + 1, new[-1] + 1, row[j - 1] + (x != y)))
        row = new
    return row[-1]


@given(st.text("ab", max_size=5), st.text("ab", max_size=5))
def test_one_edit_apart_is_edit_distance_one(a: str, b: str) -> None:
    assert one_edit_apart(a, b) is (levenshtein(a, b) == 1)


def test_bad_input_is_refused() -> None:
    with pytest.raises(InputError):
        load("coherence-consistency-check").run({"text": ""})
