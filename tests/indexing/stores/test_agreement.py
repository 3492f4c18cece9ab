from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexing.stores.agreement import padded, rank_biased_overlap

RANKINGS = st.permutations(list(range(8)))


def test_by_hand() -> None:
    # p = .9, depths: 1/1, 1/2, 3/3; ext = 1 · .9³ + (.1/.9)(.9 + .5 · .81 + .729) = .729 + .2260 = .9550
    assert rank_biased_overlap("abc", "acb") == pytest.approx(0.729 + (0.9 + 0.405 + 0.729) / 9)
    # the first place counts most
    assert rank_biased_overlap("abc", "bac") < rank_biased_overlap("abc", "acb")


@given(RANKINGS, RANKINGS, st.floats(0.05, 0.95))
def test_symmetric_bounded_and_one_only_for_equals(first: list[int], second: list[int], p: float) -> None:
    overlap = rank_biased_overlap(first, second, p)
    assert overlap == pytest.approx(rank_biased_overlap(second, first, p))
    assert 0 < overlap <= 1 + 1e-12
    assert (overlap > 1 - 1e-9) == (first == second)


def test_a_missing_place_agrees_with_nothing() -> None:
    one, other = padded("ab", "a")
    assert one == ["a", "b"] and other[:1] == ["a"]
    # p = .5: overlap 1 at depth 1 and 1 of 2 at depth 2: 1/2 · .5² + .5/.5 · (1 · .5 + .5 · .5²)
    assert rank_biased_overlap(one, other, p=0.5) == pytest.approx(0.125 + 0.5 + 0.125)
    # two places that are both empty would be no agreement, so a ranking is not filled beyond the longer one
    assert padded([], []) == ([], [])


def test_empty_and_uneven_rankings() -> None:
    assert rank_biased_overlap([], []) == 1.0
    assert rank_biased_overlap([], [1]) == 0.0
    with pytest.raises(ValueError, match="one depth"):
        rank_biased_overlap([1], [1, 2])
    with pytest.raises(ValueError, match="inside"):
        rank_biased_overlap([1], [1], p=1.0)
