from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.coding_puzzles.xor_swap import eliminate, run_swaps, xor_swap
from algorithms.registry import load
from core.errors import InputError

NUMBER = st.integers(-(2**40), 2**40)
SWAPS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), max_size=12)


@given(NUMBER, NUMBER)
def test_swaps_like_a_temporary_and_loses_an_aliased_cell(a: int, b: int) -> None:
    r = xor_swap(a, b)
    assert r["swapped"] == [b, a] and r["steps"][2] == [b, a]
    assert r["steps"][0] == [a ^ b, b] and r["steps"][1] == [a ^ b, a]
    assert r["aliased"] == 0


@given(NUMBER, NUMBER, NUMBER)
def test_algebra(a: int, b: int, c: int) -> None:
    def xor(x: int, y: int) -> int:
        return xor_swap(x, y)["xor"]

    assert xor(a, a) == 0 and xor(a, 0) == a and xor(a, b) == xor(b, a)
    assert xor(xor(a, b), c) == xor(a, xor(b, c)) and xor(xor(a, b), a) == b


@given(SWAPS)
def test_elimination_keeps_the_meaning(swaps: list[tuple[int, int]]) -> None:
    short = eliminate(swaps)
    assert run_swaps(short) == run_swaps(swaps)
    assert eliminate(short) == short and eliminate(swaps + swaps[::-1]) == []


def test_swaps_with_something_in_between_stay() -> None:
    assert eliminate([(0, 1), (1, 2), (0, 1)]) == [(0, 1), (1, 2), (0, 1)]


@pytest.mark.parametrize("bad", [{"a": 1.5}, {"swaps": [[0, 8]]}, {"swaps": [[0]]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("xor-swap").run(bad)
