from __future__ import annotations

from itertools import combinations
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.coding_puzzles.max_product_of_three import max_product_of_three
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.integers(-9, 9), min_size=3, max_size=9), st.sampled_from(["sort", "heap"]))
def test_equals_all_triples(numbers: list[int], method: str) -> None:
    r = max_product_of_three(numbers, method)
    assert r["product"] == max(prod(triple) for triple in combinations(numbers, 3)) == prod(r["factors"])
    rest = list(numbers)
    for factor in r["factors"]:
        rest.remove(factor)


@pytest.mark.parametrize(
    ("numbers", "expected"), [([1, 5, 3, 4], 60), ([-2, -4, 5, 3], 40), ([-1, -2, 3, 4, 5], 60), ([-5, -2, -3], -30)]
)
def test_worked_examples(numbers: list[int], expected: int) -> None:
    assert max_product_of_three(numbers)["product"] == expected


def test_the_negatives_rule_fails() -> None:
    assert max_product_of_three([-1, -2, 3, 4, 5])["negatives_rule"] == 10
    assert max_product_of_three([-1, 2, 3, 4])["negatives_rule"] == -8
    assert max_product_of_three([1, 2, 3, 4])["negatives_rule"] == 24


@pytest.mark.parametrize("bad", [{"numbers": [1, 2]}, {"numbers": [1, 2, 0.5]}, {"method": "brute"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("max-product-of-three").run(bad)
