from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.nlp_tasks.deductive_inference import deductive_inference, forward_chain
from algorithms.registry import load
from core.errors import InputError

ATOM = st.sampled_from("abcdef")
RULES = st.lists(st.tuples(st.lists(ATOM, max_size=3), ATOM), max_size=10)


@given(st.lists(ATOM, max_size=3), RULES)
def test_equals_repeated_scanning_until_a_fixed_point(facts: list[str], rules: list[tuple[list[str], str]]) -> None:
    known = set(facts)
    for _ in range(10):
        known |= {conclusion for premises, conclusion in rules if set(premises) <= known}
    found = forward_chain(facts, rules)
    assert set(found) == known
    assert forward_chain(list(found), rules).keys() == found.keys()


@given(st.lists(ATOM, max_size=3), RULES, ATOM)
def test_each_line_of_a_proof_rests_on_facts_and_earlier_lines(facts: list[str], rules: list, goal: str) -> None:
    proof = deductive_inference(facts, rules, goal)["proof"]
    known = set(facts)
    for line in proof:
        premises, conclusion = line.split(", so ")
        assert premises == "always" or set(premises.split(" and ")) <= known
        known.add(conclusion)
    assert not proof or goal in known


def test_worked_example() -> None:
    r = load("deductive-inference").run()
    assert r["derived"] == ["Socrates is mortal", "Socrates will die"] and r["goal_holds"] is True
    assert r["proof"][-1] == "Socrates is mortal, so Socrates will die"


def test_the_consequent_does_not_give_the_premise() -> None:
    assert deductive_inference(["q"], [(["p"], "q")], goal="p")["goal_holds"] is False


@pytest.mark.parametrize("bad", [{"rules": [["a", "b"]]}, {"facts": [""]}, {"rules": [[["a"]]]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("deductive-inference").run(bad)
