from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.nlp_tasks.chain_of_thought_prompting import build_prompt, chain_of_thought_prompting, extract_answer
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.tuples(*[st.text("ab ", min_size=1, max_size=5)] * 3), max_size=4))
def test_few_shot_holds_every_example_before_the_question(examples: list[tuple[str, str, str]]) -> None:
    prompt = build_prompt("why?", examples, "few-shot")
    assert prompt.endswith("Q: why?\nA:") and prompt.count("Q: ") == len(examples) + 1
    for question, steps, answer in examples:
        assert f"Q: {question}\nA: {steps} The answer is {answer}.\n\n" in prompt


def test_zero_shot_leaves_the_steps_to_the_model() -> None:
    prompt = chain_of_thought_prompting("why?", mode="zero-shot")["prompt"]
    assert prompt == "Q: why?\nA: Let's think step by step."


@pytest.mark.parametrize(
    ("completion", "answer"),
    [
        ("36 - 4 = 32. The answer is 32.", "32"),
        ("The answer is 7. No: the answer is 8.", "8"),
        ("the answer is $1,205.50.", "1205.50"),
        ("The answer is yes.", "yes"),
        ("First 3, then -4", "-4"),
        ("no idea", None),
    ],
)
def test_extraction(completion: str, answer: str | None) -> None:
    assert extract_answer(completion) == answer


def test_majority() -> None:
    r = load("chain-of-thought-prompting").run()
    assert r["answers"] == ["32", "36", "32"] and r["majority"] == "32" and r["agreement"] == pytest.approx(2 / 3)
    assert chain_of_thought_prompting("?")["majority"] is None


@pytest.mark.parametrize("bad", [{"question": ""}, {"mode": "one-shot"}, {"examples": [["q", "a"]]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("chain-of-thought-prompting").run(bad)
