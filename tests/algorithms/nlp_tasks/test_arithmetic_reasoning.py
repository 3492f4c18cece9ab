from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.nlp_tasks.arithmetic_reasoning import arithmetic_reasoning, evaluate, number_words
from algorithms.registry import load
from core.errors import InputError

WORDS = {"+": "plus", "-": "minus", "*": "times", "/": "divided by"}


@given(st.lists(st.tuples(st.sampled_from("+-*/"), st.integers(1, 20)), min_size=1, max_size=6), st.integers(0, 20))
def test_equals_the_evaluated_expression(rest: list[tuple[str, int]], first: int) -> None:
    words = " ".join([str(first), *(f"{WORDS[op]} {n}" for op, n in rest)])
    exact = eval(" ".join([f"Fraction({first})", *(f"{op} Fraction({n})" for op, n in rest)]), {"Fraction": Fraction})
    assert Fraction(arithmetic_reasoning(f"What is {words}?")["exact"]) == exact


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("seven", "7"),
        ("forty-two", "42"),
        ("three hundred and five", "305"),
        ("two thousand nineteen", "2019"),
        ("one hundred thousand", "100000"),
    ],
)
def test_number_words(text: str, number: str) -> None:
    assert number_words(text) == number


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("What is three plus four times two?", 11),
        ("What is (three plus four) times two?", 14),
        ("What is three less than ten?", 7),
        ("What is three subtracted from ten?", 7),
        ("Tom has 5 apples. He buys 3 more and gives away 2.", 6),
        ("What is twenty-one divided by two?", 10.5),
    ],
)
def test_examples(text: str, result: float) -> None:
    assert arithmetic_reasoning(text)["result"] == result


def test_left_associativity() -> None:
    assert evaluate(["10", "-", "3", "-", "2"]) == 5 and evaluate(["8", "/", "4", "/", "2"]) == 1


@pytest.mark.parametrize("text", ["Hello there", "one divided by zero", "three plus", "(three plus two", "2) + 1"])
def test_bad_input_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        load("arithmetic-reasoning").run({"text": text})
