from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.text_generation_metrics.grammar_error_rate import grammar_error_rate
from core.errors import InputError

CLEAN = "An honest man waited for an hour. She goes to a university. They were here, and it has a use."


def test_a_text_without_violations_scores_zero() -> None:
    output = grammar_error_rate(CLEAN)
    assert output["errors"] == []
    assert output["error_rate"] == 0


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("The the cat sat.", "doubled word"),
        ("It is a apple.", "a before a vowel sound"),
        ("It took a hour.", "a before a vowel sound"),
        ("It is an dog.", "an before a consonant sound"),
        ("He are late.", "subject and verb disagree"),
        ("Yesterday they was late.", "subject and verb disagree"),
        ("You could of won.", "of after a modal"),
        ("the cat sat.", "lower-case start"),
        ("The cat sat", "no final mark"),
    ],
)
def test_each_rule_fires_alone(text: str, rule: str) -> None:
    assert [error["rule"] for error in grammar_error_rate(text)["errors"]] == [rule]


def test_golden_rate() -> None:
    # "She go", "the the", "a apple": 3 errors in 10 tokens
    output = grammar_error_rate("She go to the the market. He bought a apple.")
    assert (output["error_count"], output["token_count"]) == (3, 10)
    assert output["error_rate"] == pytest.approx(0.3)


@given(st.integers(1, 20))
def test_repeating_a_text_keeps_its_rate(times: int) -> None:
    text = "She go home. It is fine."
    once = grammar_error_rate(text)
    many = grammar_error_rate(" ".join([text] * times))
    assert many["error_rate"] == pytest.approx(once["error_rate"])


@pytest.mark.parametrize("bad", ["", "...", "a" * 30_000])
def test_bad_input_is_refused(bad: str) -> None:
    with pytest.raises(InputError):
        load("grammar-error-rate").run({"text": bad})
