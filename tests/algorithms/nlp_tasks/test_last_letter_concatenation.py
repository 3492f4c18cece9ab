from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.nlp_tasks.last_letter_concatenation import last_letter_concatenation
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.text("abcXYZ", min_size=1, max_size=6), min_size=1, max_size=10))
def test_equals_the_slow_loop(words: list[str]) -> None:
    r = last_letter_concatenation(" ".join(words))
    assert r["answer"] == "".join(word[len(word) - 1] for word in words) and r["n_words"] == len(words)


def test_worked_example() -> None:
    r = load("last-letter-concatenation").run()
    assert r["answer"] == "ya" and r["steps"][0] == 'the last letter of "Lady" is "y"'
    assert last_letter_concatenation("Stefani, Joanne; NASA!")["answer"] == "ieA"


@pytest.mark.parametrize("bad", [{"text": "123 !"}, {"text": ""}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("last-letter-concatenation").run(bad)
