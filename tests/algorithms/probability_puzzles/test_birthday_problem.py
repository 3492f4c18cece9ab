from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.probability_puzzles.birthday_problem import (
    all_different,
    all_different_weighted,
    birthday_problem,
    smallest_group,
)
from algorithms.registry import load
from core.errors import InputError


@pytest.mark.parametrize(("people", "match"), [(22, 0.4757), (23, 0.5073), (56, 0.9883), (57, 0.9901)])
def test_known_probabilities(people: int, match: float) -> None:
    assert birthday_problem(people)["match"] == pytest.approx(match, abs=5e-5)


def test_thirty_people_and_pairs() -> None:
    output = birthday_problem(30)
    assert output["all_different"] == pytest.approx(0.2936838, abs=5e-8)
    assert round(output["all_different"], 4) == 0.2937
    assert birthday_problem(23)["pairs"] == 253 == 23 * 11
    assert (output["people_for_50_percent"], output["people_for_99_percent"]) == (23, 57)


@given(st.integers(1, 4), st.lists(st.integers(1, 9), min_size=1, max_size=5))
def test_weighted_equals_enumeration(people: int, weights: list[int]) -> None:
    p = np.array(weights) / sum(weights)
    expected = sum(np.prod(p[list(days)]) for days in product(range(len(p)), repeat=people) if len(set(days)) == people)
    assert all_different_weighted(people, p) == pytest.approx(expected)


@given(st.integers(2, 40), st.lists(st.floats(0.01, 10), min_size=2, max_size=60))
def test_unequal_days_make_a_match_likelier(people: int, weights: list[float]) -> None:
    output = birthday_problem(people, weights=weights)
    assert output["match"] >= output["match_if_uniform"] - 1e-12


@given(st.integers(1, 60), st.integers(1, 400))
def test_equal_weights_are_uniform(people: int, days: int) -> None:
    assert all_different_weighted(people, np.full(days, 1 / days)) == pytest.approx(all_different(people, days))


@given(st.floats(0.01, 0.999), st.integers(1, 2000))
def test_smallest_group_is_smallest(target: float, days: int) -> None:
    n = smallest_group(target, days)
    assert 1 - all_different(n, days) >= target > 1 - all_different(n - 1, days)


@pytest.mark.parametrize("bad", [{"people": 0}, {"days": 0}, {"weights": [0.0]}, {"weights": [1.0] * 400}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("birthday-problem").run(bad)
