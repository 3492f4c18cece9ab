from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.probability_puzzles.consecutive_threes_dice import (
    consecutive_threes_dice,
    inclusion_exclusion,
    run_probability,
)
from algorithms.registry import load
from core.errors import InputError


def test_11_of_216() -> None:
    output = consecutive_threes_dice(3, 6, 2)
    assert output["fraction"] == output["by_inclusion_exclusion"] == "11/216"
    assert (output["favourable"], output["outcomes"]) == (11, 216)
    assert output["probability"] == pytest.approx(2 * 5 / 6 * (1 / 6) ** 2 + (1 / 6) ** 3)
    # the misprint with a product in place of the power
    assert 2 * Fraction(5, 6) * Fraction(1, 6) ** 2 + Fraction(1, 6) * 3 == Fraction(59, 108)


@given(st.integers(1, 6), st.integers(1, 4), st.integers(1, 4))
def test_equals_enumeration(rolls: int, sides: int, run: int) -> None:
    hits = sum("x" * run in "".join("x" if r == 0 else "." for r in seq) for seq in product(range(sides), repeat=rolls))
    expected = Fraction(hits, sides**rolls)
    assert run_probability(rolls, sides, run) == expected
    assert inclusion_exclusion(rolls, sides, run) == expected


@given(st.integers(1, 11), st.integers(2, 30), st.integers(1, 5))
def test_more_rolls_help_and_both_methods_agree(rolls: int, sides: int, run: int) -> None:
    exact = run_probability(rolls, sides, run)
    assert exact == inclusion_exclusion(rolls, sides, run)
    assert run_probability(rolls + 1, sides, run) >= exact
    assert run_probability(rolls, sides, run + 1) <= exact


@pytest.mark.parametrize("bad", [{"rolls": 0}, {"rolls": 13}, {"sides": 0}, {"run": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("consecutive-threes-dice").run(bad)
