from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.attention.attention_permutation_equivariance import attention_permutation_equivariance, matching
from algorithms.registry import load
from core.errors import InputError

WORDS = ["a", "small", "dog", "saw", "the", "cat"]


@given(st.permutations(range(6)), st.integers(0, 50))
def test_outputs_move_with_their_tokens(order: list[int], seed: int) -> None:
    output = attention_permutation_equivariance(" ".join(WORDS), " ".join(WORDS[i] for i in order), seed=seed)
    assert output["permutation"] == list(order)
    assert output["equivariance_error"] < 1e-12
    assert output["pooled_difference"] < 1e-12
    assert output["moved"] == (order != list(range(6)))


def test_positions_break_the_symmetry_and_it_is_not_invariance() -> None:
    output = load("attention-permutation-equivariance").run()
    assert output["moved"]
    assert output["equivariance_error_with_positions"] > 0.01
    assert output["pooled_difference_with_positions"] > 0.001


def test_matching_uses_each_word_once() -> None:
    assert matching(["the", "cat", "the"], ["the", "the", "cat"]) == [0, 2, 1]


@pytest.mark.parametrize("bad", [{"second": "the cat chased a mouse"}, {"first": "  ", "second": " "}, {"d": 1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("attention-permutation-equivariance").run(bad)
