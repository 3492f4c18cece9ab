from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.nlp_tasks.tree_of_thought_prompting import thoughts, tree_of_thought_prompting
from algorithms.registry import load
from core.errors import InputError

NUMBERS = st.lists(st.integers(1, 9), min_size=2, max_size=3)


def check(solution: str, numbers: list[int], target: int) -> None:
    exact = re.sub(r"(\d+)", r"Fraction(\1)", solution)
    assert eval(exact, {"Fraction": Fraction}) == target
    assert sorted(map(int, re.findall(r"\d+", solution))) == sorted(numbers)


def reachable(values: list[Fraction], target: Fraction) -> bool:
    if len(values) == 1:
        return values[0] == target
    for i, a in enumerate(values):
        for j, b in enumerate(values):
            if i != j:
                rest = [v for k, v in enumerate(values) if k not in (i, j)]
                results = [a + b, a - b, a * b] + ([a / b] if b else [])
                if any(reachable([*rest, r], target) for r in results):
                    return True
    return False


@given(NUMBERS, st.integers(-10, 30))
def test_depth_first_finds_a_solution_exactly_if_there_is_one(numbers: list[int], target: int) -> None:
    r = tree_of_thought_prompting(numbers, target, "dfs")
    assert r["solved"] == reachable([Fraction(n) for n in numbers], Fraction(target))
    if r["solved"]:
        check(r["solution"], numbers, target)
    else:
        assert r["backtracks"] == r["states_expanded"]


def test_backtracking_solves_what_one_chain_does_not() -> None:
    r = load("tree-of-thought-prompting").run()
    assert r["solved"] and r["backtracks"] == 11 and r["states_expanded"] == 14 and not r["single_chain_solved"]
    check(r["solution"], [4, 7, 8, 8], 24)


def test_a_wider_beam_solves_more() -> None:
    narrow, wide = (tree_of_thought_prompting([4, 7, 8, 8], 24, "bfs", beam_width=b) for b in (1, 20))
    assert not narrow["solved"] and wide["solved"]
    check(wide["solution"], [4, 7, 8, 8], 24)


def test_generator_proposes_all_operations_on_a_pair() -> None:
    values = {child[0][0] for child in thoughts(((Fraction(6), "6"), (Fraction(3), "3")))}
    assert values == {9, 3, -3, 18, 2, Fraction(1, 2)}


@pytest.mark.parametrize("bad", [{"numbers": [1]}, {"numbers": [1] * 5}, {"search": "mcts"}, {"beam_width": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("tree-of-thought-prompting").run(bad)
