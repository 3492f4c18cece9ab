from __future__ import annotations

import math
from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from algorithms.probability_puzzles.penney_game import penney_game, winning_chances
from algorithms.registry import load
from core.errors import InputError


def leading_number(a: str, b: str) -> int:
    """Conway: sum of 2^(k-1) over the k for which the last k of a are the first k of b."""
    return sum(2 ** (k - 1) for k in range(1, min(len(a), len(b)) + 1) if a[-k:] == b[:k])


def test_hh_against_th() -> None:
    output = penney_game("HH", "TH")
    assert output["you"] == pytest.approx(1 / 4)
    assert output["friend"] == pytest.approx(3 / 4)
    assert output["simulated_you"] == pytest.approx(1 / 4, abs=4 * math.sqrt(3 / 16 / 2000))


@pytest.mark.parametrize("length", [2, 3])
def test_equals_conways_formula_for_all_pairs(length: int) -> None:
    sequences = ["".join(s) for s in product("HT", repeat=length)]
    for a, b in product(sequences, repeat=2):
        if a != b:
            odds_b = leading_number(a, a) - leading_number(a, b)
            odds_a = leading_number(b, b) - leading_number(b, a)
            assert winning_chances(a, b, 0.5)[0] == pytest.approx(odds_a / (odds_a + odds_b))


def test_not_transitive() -> None:
    for second, first in [("THH", "HHT"), ("TTH", "THH"), ("HTT", "TTH"), ("HHT", "HTT")]:
        assert winning_chances(second, first, 0.5)[0] >= 2 / 3 - 1e-12


@given(st.text("HT", min_size=1, max_size=5), st.text("HT", min_size=1, max_size=5), st.floats(0.2, 0.8))
def test_chances_are_complementary_and_mirror_with_the_coin(a: str, b: str, heads: float) -> None:
    assume(not a.endswith(b) and not b.endswith(a))
    you, flips = winning_chances(a, b, heads)
    assert winning_chances(b, a, heads)[0] == pytest.approx(1 - you)
    swap = str.maketrans("HT", "TH")
    assert winning_chances(a.translate(swap), b.translate(swap), 1 - heads) == pytest.approx((you, flips))


def test_contained_sequence_cannot_lose() -> None:
    assert winning_chances("HH", "THHT", 0.5)[0] == pytest.approx(1)


@pytest.mark.parametrize(
    "bad",
    [{"yours": "HX"}, {"yours": "HH", "friend": "THH"}, {"yours": "HTHTHTHT", "friend": "HHHHHHHH", "heads": 0.05}],
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("penney-game").run(bad)
