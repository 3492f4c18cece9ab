from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.nlp_tasks.dialogue_system import FALLBACK, dialogue_system
from algorithms.registry import load
from core.errors import InputError

MESSAGES = st.lists(
    st.sampled_from(["hello", "my name is Bo", "I like tea", "what is my name?", "xyz", "bye"]), min_size=1, max_size=30
)


@given(MESSAGES, st.integers(0, 5))
def test_the_prompt_stays_bounded_and_the_history_does_not(messages: list[str], keep: int) -> None:
    r = dialogue_system(messages, keep)
    assert max(r["prompt_words"]) <= 1 + 4 * 2 + keep * 16 + 6  # summary of two facts, turns of 16 words, the message
    assert all(b > a for a, b in zip(r["full_prompt_words"], r["full_prompt_words"][3:], strict=False))
    assert r["prompt"].count("Bot:") == min(keep, len(messages) - 1)


def test_a_fact_outlives_its_turn_through_the_summary() -> None:
    r = load("dialogue-system").run()
    assert r["replies"][1] == "Nice to meet you, Ann." and r["replies"][-1] == "Your name is Ann."
    assert "name: Ann" in r["summary"] and "likes: cats" in r["summary"]
    assert "my name is" not in r["prompt"].lower().split("user: what")[0] and "name: Ann" in r["prompt"]
    assert r["replies"][3] == "Why do you feel tired?" and r["replies"][4] == FALLBACK


def test_a_question_states_no_fact_and_a_later_statement_replaces() -> None:
    assert dialogue_system(["what is my name?"])["replies"] == [FALLBACK]
    assert dialogue_system(["My name is Al", "my name is Bo", "what is my name"])["replies"][-1] == "Your name is Bo."
    assert dialogue_system(["Do you think I like spiders?"])["summary"] == ""


@pytest.mark.parametrize("bad", [{"messages": []}, {"keep_turns": -1}, {"messages": ["x" * 301]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("dialogue-system").run(bad)
